mod brute;
mod examples;
mod legs;
pub(crate) mod random;
mod recorded;
