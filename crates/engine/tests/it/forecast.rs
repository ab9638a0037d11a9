//! The swarm: words, prompts, pooling, scores, selection and budget.

mod budget;
mod kit;
mod panel;
mod pool;
mod prompt;
mod reading;
mod scores;
mod selection;
mod text;
mod words;
