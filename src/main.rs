//! The `sactl` program: everything is in the library.

fn main() {}
