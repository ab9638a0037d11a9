//! The words of the domain against golden files and recordings.

mod folders;
mod order_books;
