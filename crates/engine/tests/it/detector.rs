mod brute;
mod examples;
mod random;
mod recorded;
