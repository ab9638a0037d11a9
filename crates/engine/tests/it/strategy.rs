mod examples;
mod forecast_edge;
mod gates;
mod kit;
mod random;
mod waiting;
