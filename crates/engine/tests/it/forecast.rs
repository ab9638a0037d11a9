//! The swarm: words, prompts, pooling, scores, selection and budget.

mod kit;
mod panel;
mod pool;
mod prompt;
mod reading;
mod text;
mod words;
