//! The one toolbox of the project.
fn main() {}
