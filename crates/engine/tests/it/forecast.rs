//! The swarm: words, prompts, pooling, scores, selection and budget.

mod text;
mod words;
