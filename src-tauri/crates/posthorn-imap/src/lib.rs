//! IMAP sessions over any byte stream, on async-imap.
