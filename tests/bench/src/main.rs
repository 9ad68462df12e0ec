//! Benchmarks: each prints its figures beside the floors.
fn main() {}
