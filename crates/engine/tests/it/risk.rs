mod gates;
pub(crate) mod kit;
mod room;
mod worst_case;
