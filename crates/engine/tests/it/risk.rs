mod gates;
mod kit;
mod room;
mod worst_case;
