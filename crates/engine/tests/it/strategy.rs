mod examples;
mod gates;
mod kit;
mod random;
mod waiting;
