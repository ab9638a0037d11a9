//! Which markets in which something is held may be resolved, and whether they are.

use engine::desk::TradingView;
use std::collections::BTreeMap;

use domain::{ConditionId, UnixMillis};
use engine::desk::Input;
use engine::signal::TradedMarket;
use polymarket::chain::payouts::resolution;
use polymarket::chain::{ChainSender, PayoutError, Resolution};

use super::trouble::Trouble;
use engine::universe::Watched;

/// Markets in which something settled is held and which take no orders any more, or should have
/// ended. At most `count_max`, beginning behind `last` so that each has its turn.
pub(super) fn candidates(
    view: &TradingView,
    watched: &Watched,
    now: UnixMillis,
    last: Option<ConditionId>,
    count_max: usize,
) -> Vec<TradedMarket> {
    let held = view.held.iter().filter(|held| held.position.settled.is_positive());
    let markets = held.filter_map(|held| held.market.clone());
    let due: BTreeMap<ConditionId, TradedMarket> = markets
        .filter(|market| is_over(watched, &market.condition, now))
        .map(|market| (market.condition, market))
        .collect();
    let (behind, before): (Vec<_>, Vec<_>) =
        due.into_values().partition(|market| Some(market.condition) > last);
    behind.into_iter().chain(before).take(count_max).collect()
}

/// A market that is no longer listed counts as over: asking the chain costs little.
fn is_over(watched: &Watched, condition: &ConditionId, now: UnixMillis) -> bool {
    watched
        .market(condition)
        .is_none_or(|market| !market.is_open() || market.ends_at.is_some_and(|end| end <= now))
}

/// Asks for each of them; a node that does not answer ends the round.
pub(super) async fn ask(
    sender: &ChainSender,
    trouble: &Trouble,
    markets: Vec<TradedMarket>,
) -> (Vec<Input>, Option<ConditionId>) {
    let (mut found, mut last) = (Vec::new(), None);
    for market in markets {
        let TradedMarket { condition, tokens, version, .. } = market;
        let asked = resolution(sender.rpc(), sender.contracts(), version, &condition, tokens).await;
        match asked {
            Ok(Resolution::Open) => {}
            Ok(Resolution::Pays(payouts)) => {
                found.push(Input::Resolved { condition, tokens, payouts });
            }
            Err(error @ PayoutError::TooFine(_)) => {
                tracing::error!(%error, "redeem it by hand and write the difference off");
            }
            Err(PayoutError::Rpc(error)) => {
                trouble.say(&format!("it cannot be seen whether markets are resolved: {error}"));
                return (found, last);
            }
        }
        last = Some(condition);
    }
    (found, last)
}
