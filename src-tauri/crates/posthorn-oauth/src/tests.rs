//! Against a token endpoint that says what a test wants.

mod endpoint;
mod redirect;
mod tokens;
