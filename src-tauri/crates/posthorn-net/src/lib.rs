//! Dialling: TLS, timeouts, backoff, discovery, secrets that cannot be printed.
