//! The real program as people run it, at a simulated venue on the real wire: on paper, live, and
//! while the venue is in trouble.

mod degraded;
mod doctor;
mod forecasts;
mod frames;
mod groups;
mod halting;
mod live;
mod paper;
mod program;
mod reload;
mod traces;
mod upgrade;
