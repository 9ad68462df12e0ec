//! Bytes <-> meaning, pure and total: parse, charsets, clean HTML, quote, compose, thread keys.
