//! From a task to signed bytes. Nothing leaves here.

use std::rc::Rc;
use std::time::Duration;

use engine::desk::TaskSight;
use engine::signal::ChainTask;
use polymarket::chain::{ChainOperation, ChainSender, Prepared, SenderError};
use polymarket::http::Retry;

use super::operations::operations;
use super::settings::ChainWorkerSettings;
use super::signed::Signed;
use super::trouble::Trouble;
use crate::clock::Clock;

/// A pause that somebody asks for is cut to this.
const PAUSE_MAX: Duration = Duration::from_secs(15);

/// What preparing needs besides the task.
pub(super) struct Desk {
    pub(super) sender: Rc<ChainSender>,
    pub(super) settings: Rc<ChainWorkerSettings>,
    pub(super) clock: Clock,
    pub(super) trouble: Trouble,
    /// Nonces below this belong to others that are signed and not done yet.
    pub(super) nonce_min: u64,
}

/// Signs what `task` asks for, within the limit of attempts.
pub(super) async fn prepare(desk: &Desk, task: &ChainTask) -> TaskSight {
    let operations = match operations(task) {
        Ok(operations) => operations,
        Err(unclear) => return TaskSight::Refused { why: unclear.to_string() },
    };
    let mut pauses = desk.settings.prepare_retries.delays();
    loop {
        let error = match attempt(desk, &operations).await {
            Ok(prepared) => {
                desk.trouble.over();
                return sight(prepared);
            }
            Err(error) => error,
        };
        let why = error.to_string();
        let pause = match (error.retry(), pauses.next()) {
            (Retry::Never, _) | (_, None) => {
                tracing::warn!(why, "a transaction cannot be prepared");
                return TaskSight::Refused { why };
            }
            (Retry::Backoff, Some(pause)) => pause,
            (Retry::After(wait), Some(pause)) => wait.max(pause).min(PAUSE_MAX),
        };
        tracing::debug!(why, ?pause, "preparing again");
        if !matches!(error, SenderError::Refused(_)) {
            desk.trouble.say(&format!("transactions cannot be prepared now: {why}"));
        }
        tokio::time::sleep(pause).await;
    }
}

async fn attempt(desk: &Desk, operations: &[ChainOperation]) -> Result<Prepared, SenderError> {
    let sender = &desk.sender;
    let mut all = match &**sender {
        ChainSender::Relayed(_) => sender.missing_approvals(operations).await?,
        // A transaction of the account's own carries one operation: approvals are steps before.
        ChainSender::Direct(_) => Vec::new(),
    };
    all.extend_from_slice(operations);
    let nonce = sender.next_nonce().await?.max(desk.nonce_min);
    sender.prepare(&all, nonce, desk.clock.now()).await
}

fn sight(prepared: Prepared) -> TaskSight {
    let signed = Signed::new(prepared);
    match signed.text() {
        Ok(prepared) => TaskSight::Prepared { prepared, reference: signed.reference() },
        Err(error) => TaskSight::Refused { why: error.to_string() },
    }
}
