//! The words of the domain against golden files and recordings.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests fail and report; clippy exempts test functions alone"
)]

mod folders;
mod order_books;
