//! Use cases for any front end; the only serializable types; methods, events, error codes.
