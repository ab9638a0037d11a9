//! A decision with all that surrounded it.

use domain::{TokenId, Touch};
use engine::risk::Gate;
use engine::signal::Signal;
use replay::{Act, Change, DecisionThen, Exhibit, LegShown, Link, OpportunityShown, ReadThen};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::moment::side_code;
use super::{MomentView, NameView, RowView};
use crate::web::trading::shape::{GateView, Names};

/// Orders and prices that are told of one decision.
const LISTED_MAX: usize = 200;

/// A decision as it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionThenView {
    /// Its line.
    pub decision: RowView,
    /// The opportunities that it found or looked at.
    pub opportunities: Vec<OpportunityThenView>,
    /// What was let through or refused, with every gate.
    pub judged: Vec<JudgedView>,
    /// The orders of the wish that it is about.
    pub orders: Vec<OrderThenView>,
    /// What the desk wrote down.
    pub events: Vec<EventThenView>,
    /// What people were told. Text.
    #[schema(example = json!([]))]
    pub notices: Vec<String>,
    /// The prices that it read.
    pub prices: Vec<PriceReadView>,
    /// The number of the desk's view that it read; null where it read none.
    pub view_number: Option<u64>,
    /// What led to it, the first cause first.
    pub causes: Vec<PastLinkView>,
    /// What it led to, in order.
    pub effects: Vec<PastLinkView>,
    /// How everything stood.
    pub moment: MomentView,
}

/// An opportunity as it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpportunityThenView {
    /// Its name.
    pub id: String,
    /// Its kind.
    #[schema(example = "parity_long")]
    pub kind: &'static str,
    /// The title of its market or group. Text from the venue: not to be trusted.
    pub title: String,
    /// Complete sets.
    pub size_shares: String,
    /// What they bring before any cost.
    pub gross_usd: String,
    /// Fees of trading and of converting.
    pub fees_usd: String,
    /// What the on-chain actions cost.
    pub chain_cost_usd: String,
    /// What is left.
    pub net_usd: String,
    /// Dollars needed at the worst moment.
    pub capital_usd: String,
    /// 0 to 100.
    pub score: u8,
    /// What to trade.
    pub legs: Vec<LegThenView>,
}

/// One order of an opportunity.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LegThenView {
    /// What is traded.
    pub token_id: String,
    /// In which market.
    pub condition_id: String,
    /// The market's title. Text from the venue: not to be trusted.
    pub title: String,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// How many shares.
    pub size_shares: String,
    /// The worst price touched.
    #[schema(example = "0.52")]
    pub limit: String,
    /// What is paid or received before fees.
    pub value_usd: String,
    /// The taker's fee.
    pub fee_usd: String,
    /// What giving it back into a stressed book brings.
    pub unwind_usd: String,
}

/// A wish or an opportunity that was judged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JudgedView {
    /// Its name.
    pub of: String,
    /// `raised`, `passed`, `approved` or `refused`.
    #[schema(example = "approved")]
    pub verdict: &'static str,
    /// Every gate with its value and its limit, in the order they were asked.
    pub gates: Vec<GateView>,
}

/// One order of a wish.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderThenView {
    /// What is traded.
    pub token_id: String,
    /// The market's title. Text from the venue: not to be trusted.
    pub title: String,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// The worst price accepted.
    pub price: String,
    /// How many shares.
    pub size_shares: String,
}

/// Something that the desk wrote down.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventThenView {
    /// A stable name of the kind.
    #[schema(example = "order_intended")]
    pub kind: &'static str,
    /// Its figures in a line.
    #[schema(example = "order 7, plan 3")]
    pub text: String,
}

/// A price that was read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PriceReadView {
    /// Of what: a token, or a market with the number of its outcome.
    pub of: String,
    /// The best bid; null where nobody bid.
    pub bid: Option<String>,
    /// The best ask; null where nobody asked.
    pub ask: Option<String>,
}

/// Another decision that this one hangs together with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PastLinkView {
    /// The name that both carry.
    pub by: NameView,
    /// The other's line.
    pub decision: RowView,
}

impl DecisionThenView {
    pub(in super::super) fn of(then: &DecisionThen, names: &Names) -> Self {
        let (found, judged, wishes) = parts(then.exhibit.as_ref());
        let legs: Vec<LegShown> = found.iter().flat_map(|it| it.legs.iter().cloned()).collect();
        let orders = wishes.iter().flat_map(|wish| wish.orders());
        let (events, notices) = match &then.exhibit {
            Some(Exhibit::Desk(of)) => {
                let events = of.events.iter().take(LISTED_MAX);
                (events.map(|it| EventThenView::of(&it.event)).collect(), of.notices.clone())
            }
            _ => (Vec::new(), Vec::new()),
        };
        let link = |link: &Link| PastLinkView {
            by: NameView::of(&link.by),
            decision: RowView::of(&link.row),
        };
        Self {
            decision: RowView::of(&then.row),
            opportunities: found.iter().map(|it| OpportunityThenView::of(it, names)).collect(),
            judged,
            orders: orders.take(LISTED_MAX).map(|it| OrderThenView::of(it, names)).collect(),
            events,
            notices,
            prices: read(then.exhibit.as_ref()).map(prices).unwrap_or_default(),
            view_number: then.view,
            causes: then.causes.iter().map(link).collect(),
            effects: then.effects.iter().map(link).collect(),
            moment: MomentView::of(&then.moment, &legs, names),
        }
    }
}

/// What was found, what was judged, and what was wished.
fn parts(exhibit: Option<&Exhibit>) -> (Vec<&OpportunityShown>, Vec<JudgedView>, Vec<&Signal>) {
    let (mut found, mut judged, mut wishes) = (Vec::new(), Vec::new(), Vec::new());
    match exhibit {
        None => {}
        Some(Exhibit::Detector { changes }) => {
            found.extend(changes.iter().filter_map(|change| match change {
                Change::Opened(of) | Change::Changed(of) => Some(&**of),
                Change::Closed { .. } => None,
            }));
        }
        Some(Exhibit::Strategy(of)) => {
            found.extend(&of.opportunity);
            for act in &of.acts {
                match act {
                    Act::Raised { signal, gates, .. } => {
                        wishes.push(&**signal);
                        judged.push(JudgedView::of(signal.id.to_string(), "raised", gates));
                    }
                    Act::Passed(it) => {
                        judged.push(JudgedView::of(it.of.to_string(), "passed", &it.gates));
                    }
                }
            }
        }
        Some(Exhibit::Desk(of)) => {
            for it in &of.decisions {
                let verdict = if it.plan.is_some() { "approved" } else { "refused" };
                judged.push(JudgedView::of(it.signal.to_string(), verdict, &it.gates));
            }
            wishes.extend(of.events.iter().filter_map(|it| match &it.event {
                engine::desk::Event::PlanOpened { signal, .. } => Some(&**signal),
                _ => None,
            }));
        }
    }
    (found, judged, wishes)
}

const fn read(exhibit: Option<&Exhibit>) -> Option<&ReadThen> {
    match exhibit {
        Some(Exhibit::Strategy(of)) => Some(&of.read),
        Some(Exhibit::Desk(of)) => Some(&of.read),
        Some(Exhibit::Detector { .. }) | None => None,
    }
}

fn prices(read: &ReadThen) -> Vec<PriceReadView> {
    let one = |of: String, touch: Touch| PriceReadView {
        of,
        bid: touch.bid.map(|price| price.to_string()),
        ask: touch.ask.map(|price| price.to_string()),
    };
    let quotes =
        read.quotes.iter().map(|(token, touch): (&TokenId, _)| one(token.to_string(), *touch));
    let touches = read.touches.iter().flat_map(|(condition, touches)| {
        let numbered = touches.iter().zip(1..);
        numbered.map(move |(touch, number)| one(format!("{condition} {number}"), *touch))
    });
    quotes.chain(touches).take(LISTED_MAX).collect()
}

impl OpportunityThenView {
    fn of(it: &OpportunityShown, names: &Names) -> Self {
        let leg = |leg: &LegShown| LegThenView {
            token_id: leg.token.to_string(),
            condition_id: leg.condition.to_string(),
            title: names.title(&leg.condition),
            side: side_code(leg.side),
            size_shares: leg.size.to_string(),
            limit: leg.limit.to_string(),
            value_usd: leg.value.to_string(),
            fee_usd: leg.fee.to_string(),
            unwind_usd: leg.unwind.to_string(),
        };
        Self {
            id: it.id.to_string(),
            kind: it.id.kind.code(),
            title: names.subject(&it.id.subject),
            size_shares: it.size.to_string(),
            gross_usd: it.gross.to_string(),
            fees_usd: (it.trading_fees + it.convert_fee).to_string(),
            chain_cost_usd: it.chain_cost.to_string(),
            net_usd: it.net.to_string(),
            capital_usd: it.capital.to_string(),
            score: it.score,
            legs: it.legs.iter().map(leg).collect(),
        }
    }
}

impl JudgedView {
    fn of(of: String, verdict: &'static str, gates: &[Gate]) -> Self {
        Self { of, verdict, gates: gates.iter().map(GateView::from).collect() }
    }
}

impl OrderThenView {
    fn of(order: &engine::signal::PlannedOrder, names: &Names) -> Self {
        Self {
            token_id: order.terms.token.to_string(),
            title: names.title(&order.market.condition),
            side: side_code(order.terms.side),
            price: order.terms.price.to_string(),
            size_shares: order.terms.size.to_string(),
        }
    }
}

impl EventThenView {
    fn of(event: &engine::desk::Event) -> Self {
        let fields = match serde_json::to_value(event) {
            Ok(Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let figures = fields.iter().filter(|(name, _)| *name != "event");
        let figures = figures.filter_map(|(name, value)| {
            let text = match value {
                Value::String(text) if !text.is_empty() => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(yes) => yes.to_string(),
                _ => return None,
            };
            Some(format!("{name} {text}"))
        });
        Self { kind: event.kind(), text: figures.collect::<Vec<_>>().join(", ") }
    }
}
