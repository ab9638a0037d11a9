//! From everything that was looked at to what was traded: where it was left, and why.

use std::collections::BTreeMap;

use engine::risk::Rule;
use serde::Serialize;
use store::{DecisionCount, Verdict};
use utoipa::ToSchema;

/// What became of everything that was looked at within a span of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FunnelView {
    /// Decisions made at this moment or later, RFC 3339.
    pub from: String,
    /// Decisions made before this moment, RFC 3339.
    pub to: String,
    /// `looked_at`, `wished`, `approved`, `traded`, in this order. What goes on from one is what the
    /// next begins with.
    pub stages: Vec<StageView>,
}

/// One stage: `count` is what left it and what went on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StageView {
    /// `looked_at`, `wished`, `approved` or `traded`.
    #[schema(example = "looked_at")]
    pub stage: &'static str,
    /// How many came here.
    pub count: u64,
    /// Those that went no further, the most frequent reason first.
    pub left: Vec<LeftView>,
    /// How many went on.
    pub on: u64,
}

/// What went no further, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftView {
    /// The gate that refused; `nothing_matched` for plans that ended without a trade, `open` for those
    /// that are not over; `none` where no gate is written down.
    #[schema(example = "edge_min")]
    pub rule: String,
    /// The same in a sentence.
    #[schema(example = "Too little profit is left at this size.")]
    pub text: String,
    /// How many.
    pub count: u64,
}

/// Why things went no further, and how many each.
type Left = BTreeMap<String, u64>;

/// The stages, from decisions counted.
#[must_use]
pub fn stages(counts: &[DecisionCount]) -> Vec<StageView> {
    let (mut passed, mut refused, mut ended) = (Left::new(), Left::new(), Left::new());
    let mut traded = 0;
    for row in counts {
        let rule = || row.rule.as_ref().map_or_else(|| NO_RULE.to_owned(), ToString::to_string);
        let (left, why) = match row.verdict {
            Verdict::Passed => (&mut passed, rule()),
            Verdict::Refused => (&mut refused, rule()),
            Verdict::Approved => match row.plan_state.as_ref().map_or(OPEN, |state| state.as_str())
            {
                "done" | "unbalanced" => {
                    traded += row.count;
                    continue;
                }
                "nothing" => (&mut ended, NOTHING_MATCHED.to_owned()),
                other => (&mut ended, other.to_owned()),
            },
        };
        *left.entry(why).or_default() += row.count;
    }
    // From the end to the beginning, so that every sum holds by the way it is made.
    let last = stage("traded", Left::new(), traded);
    let approved = stage("approved", ended, last.count);
    let wished = stage("wished", refused, approved.count);
    let looked_at = stage("looked_at", passed, wished.count);
    vec![looked_at, wished, approved, last]
}

const NO_RULE: &str = "none";
const OPEN: &str = "open";
const NOTHING_MATCHED: &str = "nothing_matched";

fn stage(stage: &'static str, left: Left, on: u64) -> StageView {
    let left = left.into_iter().map(|(rule, count)| LeftView { text: text(&rule), rule, count });
    let mut left: Vec<LeftView> = left.collect();
    left.sort_by_key(|left| std::cmp::Reverse(left.count));
    let count = left.iter().map(|left| left.count).sum::<u64>() + on;
    StageView { stage, count, left, on }
}

fn text(rule: &str) -> String {
    let known = Rule::ALL.into_iter().find(|known| known.code() == rule).map(Rule::text);
    let text = known.unwrap_or(match rule {
        NO_RULE => "No gate is written down for it.",
        OPEN => "Still under way.",
        NOTHING_MATCHED => "Over; nothing was traded.",
        _ => "Unknown to this version.",
    });
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use store::{Label, Word};

    use super::*;

    fn row(verdict: Verdict, rule: &str, state: &str, count: u64) -> DecisionCount {
        let (rule, plan_state) = (Label::new(rule).ok(), Word::new(state).ok());
        DecisionCount { verdict, rule, plan_state, count }
    }

    fn counts() -> Vec<DecisionCount> {
        vec![
            row(Verdict::Passed, "score_min", "", 5),
            row(Verdict::Passed, "edge_min", "", 900),
            row(Verdict::Refused, "market_usd", "", 300),
            row(Verdict::Refused, "", "", 1),
            row(Verdict::Approved, "", "nothing", 4),
            row(Verdict::Approved, "", "open", 2),
            row(Verdict::Approved, "", "", 1),
            row(Verdict::Approved, "", "done", 30),
            row(Verdict::Approved, "", "unbalanced", 3),
            row(Verdict::Approved, "", "lost", 7),
        ]
    }

    #[test]
    fn what_comes_to_a_stage_is_what_leaves_it_and_what_goes_on() {
        let stages = stages(&counts());
        let names: Vec<_> = stages.iter().map(|stage| stage.stage).collect();
        assert_eq!(names, ["looked_at", "wished", "approved", "traded"]);
        assert_eq!(stages[0].count, counts().iter().map(|row| row.count).sum::<u64>());
        for pair in stages.windows(2) {
            assert_eq!(pair[0].on, pair[1].count);
        }
        for stage in &stages {
            let left: u64 = stage.left.iter().map(|left| left.count).sum();
            assert_eq!(stage.count, left + stage.on, "{stage:?}");
        }
        assert_eq!(stages.iter().map(|stage| stage.on).collect::<Vec<_>>(), [348, 47, 33, 33]);
    }

    #[test]
    fn every_reason_is_said_in_words_the_most_frequent_first() {
        let stages = stages(&counts());
        let left = |at: usize| -> Vec<(&str, &str, u64)> {
            let left = stages[at].left.iter();
            left.map(|left| (left.rule.as_str(), left.text.as_str(), left.count)).collect()
        };
        let edge = ("edge_min", Rule::EdgeMin.text(), 900);
        assert_eq!(left(0), [edge, ("score_min", Rule::ScoreMin.text(), 5)]);
        assert_eq!(left(1)[1], ("none", "No gate is written down for it.", 1));
        let ended = [
            ("lost", "Unknown to this version.", 7),
            ("nothing_matched", "Over; nothing was traded.", 4),
            ("open", "Still under way.", 3),
        ];
        assert_eq!(left(2), ended, "a plan that is not written down yet is under way");
        assert_eq!(left(3), []);
    }

    #[test]
    fn nothing_at_all_is_four_stages_of_nothing() {
        let none = |stage| StageView { stage, count: 0, left: Vec::new(), on: 0 };
        assert_eq!(stages(&[]), ["looked_at", "wished", "approved", "traded"].map(none));
    }
}
