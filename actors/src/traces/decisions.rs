//! Decisions that were not told yet.

use std::sync::Arc;

use engine::desk::DecisionMade;

use crate::trading::TradingBoard;

/// The newest decision that was told.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    last: Option<Arc<DecisionMade>>,
}

impl Decisions {
    /// What was decided before is no news.
    pub(super) fn begin(&mut self, board: &TradingBoard) {
        self.last = board.decisions().into_iter().next();
    }
    /// What was decided since the last call, oldest first. The board keeps a bounded number: what fell
    /// out of it meanwhile is not told.
    pub(super) fn news(&mut self, board: &TradingBoard) -> Vec<Arc<DecisionMade>> {
        let known = |made: &Arc<DecisionMade>| {
            self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, made))
        };
        let decisions = board.decisions().into_iter();
        let mut news: Vec<_> = decisions.take_while(|made| !known(made)).collect();
        news.reverse();
        if let Some(newest) = news.last() {
            self.last = Some(Arc::clone(newest));
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use domain::UnixMillis;
    use engine::signal::{SignalId, StrategyName};

    use super::*;

    fn decide(board: &TradingBoard, id: &str) {
        board.decided(Arc::new(DecisionMade {
            at: UnixMillis(1),
            signal: SignalId::new(id).unwrap(),
            strategy: StrategyName::manual(),
            opportunity: None,
            gates: Vec::new(),
            plan: None,
        }));
    }

    #[test]
    fn each_decision_is_news_once_and_what_was_there_before_is_none() {
        let board = TradingBoard::default();
        decide(&board, "old");
        let mut decisions = Decisions::default();
        decisions.begin(&board);
        let mut ids = || {
            let news = decisions.news(&board);
            news.iter().map(|made| made.signal.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids(), [""; 0]);
        decide(&board, "a");
        decide(&board, "a");
        decide(&board, "b");
        assert_eq!(ids(), ["a", "a", "b"]);
        assert_eq!(ids(), [""; 0]);
    }
}
