//! The project's commands: `cargo xtask NAME`.
fn main() {}
