mod brute;
mod examples;
mod random;
