//! Names that are made of what they name.

use std::fmt;

use domain::{SpanId, TraceId, TradeId, UnixMillis};
use sha2::{Digest, Sha256};

use crate::desk::{OrderNumber, PlanNumber, TaskNumber};
use crate::opportunity::OpportunityId;
use crate::signal::{SignalId, StrategyName};

/// The trace of an opportunity: the first sixteen bytes of the SHA-256 of its id as text, so that a
/// person finds it with `sha256sum`.
#[must_use]
pub fn trace_of(opportunity: &OpportunityId) -> TraceId {
    let digest: [u8; 32] = Sha256::digest(opportunity.to_string()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    TraceId(bytes)
}

/// What a span is about, within its trace.
#[derive(Clone, Copy, Debug)]
pub enum SpanName<'a> {
    /// The whole life of the opportunity.
    Opportunity,
    /// The frame of this revision.
    Frame(u64),
    /// The examination of this revision.
    Examine(u64),
    /// Why a strategy wished nothing, at that moment.
    Pass(&'a StrategyName, UnixMillis),
    /// The decision about a wish.
    Decide(&'a SignalId),
    /// A plan.
    Plan(PlanNumber),
    /// An order.
    Order(OrderNumber),
    /// A match of an order.
    Settle(OrderNumber, &'a TradeId),
    /// A transaction.
    Transact(TaskNumber),
}

impl SpanName<'_> {
    /// The span of this name: the first eight bytes of the SHA-256 of the trace and the name.
    #[must_use]
    pub fn within(self, trace: TraceId) -> SpanId {
        let digest: [u8; 32] = Sha256::digest(format!("{trace}/{self}")).into();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        SpanId(bytes)
    }
}

impl fmt::Display for SpanName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opportunity => f.write_str("opportunity"),
            Self::Frame(revision) => write!(f, "frame:{revision}"),
            Self::Examine(revision) => write!(f, "examine:{revision}"),
            Self::Pass(strategy, at) => write!(f, "pass:{strategy}:{}", at.0),
            Self::Decide(signal) => write!(f, "decide:{}", signal.as_str()),
            Self::Plan(plan) => write!(f, "plan:{plan}"),
            Self::Order(order) => write!(f, "order:{order}"),
            Self::Settle(order, trade) => write!(f, "settle:{order}:{trade}"),
            Self::Transact(task) => write!(f, "transact:{task}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::GroupId;

    use super::*;
    use crate::opportunity::{OpportunityKind, Subject};

    #[test]
    fn the_trace_of_an_opportunity_is_what_sha256sum_says_of_its_id() {
        let id = OpportunityId {
            kind: OpportunityKind::NegRiskLong,
            subject: Subject::Group(GroupId("30829".into())),
            since: UnixMillis(1_790_586_000_000),
        };
        assert_eq!(id.to_string(), "neg_risk_long:30829:1790586000000");
        // printf %s neg_risk_long:30829:1790586000000 | sha256sum | cut -c1-32
        assert_eq!(trace_of(&id).to_string(), "d96d670637753d5808d3d08d305b07c6");
    }

    #[test]
    fn what_is_told_twice_has_one_name_and_no_two_things_share_one() {
        let trace = TraceId([7; 16]);
        let names = |trace| {
            let number = 3;
            [
                SpanName::Opportunity,
                SpanName::Frame(number),
                SpanName::Examine(number),
                SpanName::Plan(PlanNumber(number)),
                SpanName::Order(OrderNumber(number)),
                SpanName::Settle(OrderNumber(number), &TradeId("3".to_owned())),
                SpanName::Transact(TaskNumber(number)),
            ]
            .map(|name| name.within(trace))
        };
        assert_eq!(names(trace), names(trace));
        let all: std::collections::BTreeSet<_> =
            names(trace).into_iter().chain(names(TraceId([8; 16]))).collect();
        assert_eq!(all.len(), 14);
    }
}
