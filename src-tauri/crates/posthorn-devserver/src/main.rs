//! Serves the engine's API over HTTP and WebSocket on loopback, for development and tests. Never shipped.
fn main() {}
