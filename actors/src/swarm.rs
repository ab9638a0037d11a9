//! The swarm: language models that are asked what will happen, and what is made of their answers.
//!
//! ```text
//! people ──AskSwarm──▶ SwarmDesk ──AskMember──▶ Member (one a model) ──Reserve, Settle──▶ Treasurer
//!                         │    ◀──MemberSaid───┘
//!                         └──ForecastChanged──▶ Publisher, strategies
//! ```
//!
//! The desk chooses markets, writes everything down, and makes a forecast of whatever answers have
//! come when the time is over. A member asks its own model with its own connections, so that no
//! provider's trouble is another's. The treasurer reserves the worst case of every call in the
//! database before it is made; where that fails the call is not made.
//!
//! How beliefs become one belief, and what is learned from outcomes, is plain code of
//! `engine::forecast`. What the desk knows of the past it folds from the database at every start.

mod answers;
mod board;
mod cache;
mod call;
mod desk;
mod member;
mod messages;
mod question;
mod record;
mod research;
mod round;
mod scores;
mod settings;
mod treasurer;
mod tree;

pub use board::{MemberStatus, RunningRound, SwarmBoard, SwarmView};
pub use messages::{AskRefused, AskSwarm, ForecastChanged, ForecastSource};
pub use record::{ForecastRecord, ForecastStage};
pub use research::ResearchSettings;
pub use scores::{CategoryScore, MemberScore, SwarmScores};
pub use settings::{MemberSettings, SwarmSettings};
pub use tree::{SwarmOutlets, SwarmTree, plant};
