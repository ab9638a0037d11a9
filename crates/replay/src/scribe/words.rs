//! Decisions in short, with their fingerprints.

use engine::desk::{Effect, Outcome};
use engine::opportunity::WatchlistEffect;
use engine::strategy::Count;

use crate::digest::Digest;
use crate::note::{Did, Taken};
use crate::step::Decision;

/// Things that are named; of more it is said how many.
const NAMED_MAX: usize = 8;

fn decision<T: std::fmt::Debug>(of: &[T], texts: Vec<String>) -> Option<Decision> {
    if of.is_empty() {
        return None;
    }
    Some(Decision { digest: Digest::of(&of), text: joined(texts), what: None })
}

fn joined(mut texts: Vec<String>) -> String {
    let more = texts.len().saturating_sub(NAMED_MAX);
    texts.truncate(NAMED_MAX);
    if more > 0 {
        texts.push(format!("and {more} more"));
    }
    texts.join("; ")
}

/// What a look of the detector changed.
pub(crate) fn effects(effects: &[WatchlistEffect]) -> Option<Decision> {
    let texts = effects.iter().map(|effect| match effect {
        WatchlistEffect::Opened(it) => format!("opened {} net {}", it.id, it.opportunity.net),
        WatchlistEffect::Updated(it) => format!("changed {} net {}", it.id, it.opportunity.net),
        WatchlistEffect::Closed { id, why, .. } => format!("closed {id}: {}", why.code()),
    });
    decision(effects, texts.collect())
}

/// What a strategy did in one moment.
pub(crate) fn did(did: &[Did]) -> Option<Decision> {
    let texts = did.iter().filter_map(|did| match did {
        Did::Raised { signal, .. } => Some(format!("raised {}", signal.id)),
        Did::Passed(passed) => {
            let rule = passed.gates.iter().find(|gate| gate.is_refused());
            let rule = rule.map_or("no reason", |gate| gate.rule.text());
            Some(format!("passed over {}: {rule}", passed.of))
        }
        Did::Counted(Count::Analysed | Count::Refusal(_)) => None,
        Did::Counted(count) => Some(format!("{count:?}")),
    });
    decision(did, texts.collect())
}

pub(crate) fn taken(did: &[Did]) -> impl Iterator<Item = Taken> {
    did.iter().filter_map(|did| match did {
        Did::Raised { taken, .. } => Some(*taken),
        Did::Passed(_) | Did::Counted(_) => None,
    })
}

/// What the desk decided on one input.
pub(crate) fn outcome(outcome: &Outcome) -> Option<Decision> {
    if outcome.events.is_empty() && outcome.effects.is_empty() {
        return None;
    }
    let events = outcome.events.iter().map(|recorded| recorded.event.kind().to_owned());
    let effects = outcome.effects.iter().map(|effect| match effect {
        Effect::Post(order) => format!("post order {}", order.get().number),
        Effect::Cancel(number, _) => format!("cancel order {number}"),
        Effect::CancelAll => "cancel everything".to_owned(),
        Effect::LookUp(number, _) => format!("ask for order {number}"),
        Effect::ReadTrades(_) => "ask for matches".to_owned(),
        Effect::Prepare(task) => format!("prepare transaction {}", task.get().number),
        Effect::Submit(task) => format!("submit transaction {}", task.get().number),
        Effect::Decided(decided) => {
            let refusal = decided.gates.iter().find(|gate| gate.is_refused());
            let word = refusal.map_or("approved", |gate| gate.rule.text());
            format!("decided {}: {word}", decided.signal)
        }
        Effect::Notify(notice) => format!("notice {}", notice.code),
    });
    let text = joined(effects.chain(events).collect());
    Some(Decision { digest: Digest::of(outcome), text, what: None })
}
