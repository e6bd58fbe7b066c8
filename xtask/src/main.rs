//! Rebuilds what is generated and runs the large simulations.
fn main() {}
