//! What a parameter or a field of a body may hold: what the handlers check, said in the description,
//! so that a program can check it before it asks.

use engine::alert::{AlertKind, ChannelName, Severity};
use engine::opportunity::OpportunityKind;
use serde_json::{Map, Value, json};

use crate::web::trading::shape::ORDER_STATES;
use crate::web::{api, decimal, listing, tape, trading};

const CONDITION: &str = "^0x([0-9a-fA-F]{62}|[0-9a-fA-F]{64})$";
const HASH: &str = "^0x[0-9a-fA-F]{64}$";
const ACCOUNT: &str = "^0x[0-9a-fA-F]{40}$";
const TOKEN: &str = "^[0-9]{1,78}$";
const STRATEGY: &str = "^[a-z0-9_]{1,64}$";
const REFERENCE: &str = "^[!-~]{1,200}$";
/// Says something.
const WORDS: &str = r"[^\s]";

/// Narrows the schema of what is called `name`; `place` is the address of a parameter, or the name
/// of a body's shape.
pub(super) fn narrow(place: &str, name: &str, schema: &mut Value) {
    let Some(bounds) = schema.as_object_mut() else { return };
    if let Some(words) = words(place, name) {
        let is_nullable = bounds.get("type").is_some_and(Value::is_array);
        let null = is_nullable.then_some(Value::Null);
        let all = words.into_iter().map(Value::from).chain(null).collect();
        bounds.insert("enum".to_owned(), Value::Array(all));
        return;
    }
    let found = in_place(place, name).or_else(|| by_name(name));
    if let Some(Value::Object(found)) = found {
        bounds.extend(found);
    }
}

/// Narrows the fields of a body.
pub(super) fn narrow_body(shape: &str, schema: &mut Value) {
    if let Some(fields) = figures(shape) {
        schema["properties"] = Value::Object(fields);
        schema["additionalProperties"] = json!(false);
        return;
    }
    let Some(fields) = schema["properties"].as_object_mut() else { return };
    for (name, field) in fields {
        narrow(shape, name, field);
    }
}

fn pattern(text: &str) -> Value {
    json!({ "pattern": text })
}

fn by_name(name: &str) -> Option<Value> {
    Some(match name {
        "limit" => json!({ "minimum": 1, "maximum": store::PAGE_ROWS_MAX }),
        "cursor" => pattern(r"^([a-z0-9_]+\.(asc|desc)~)?-?[0-9]{1,18}~[!-~]{1,400}$"),
        "condition_id" | "market" => pattern(CONDITION),
        "order_id" => pattern(HASH),
        "wallet" | "address" | "to" => pattern(ACCOUNT),
        "token_id" => pattern(TOKEN),
        "strategy" => pattern(STRATEGY),
        "opportunity" | "signal" | "plan" | "reference" => pattern(REFERENCE),
        "usd_min" | "price" | "size_shares" | "amount_shares" | "amount" | "there" => {
            pattern(decimal::PATTERN)
        }
        "expires_at" | "until" => json!({ "format": "date-time" }),
        "for_seconds" => json!({ "minimum": 0, "maximum": u32::MAX }),
        "reason" | "why" => pattern(WORDS),
        "resume" => pattern("^[0-9a-fA-F]{1,16}-[0-9]{1,18}$"),
        "q" => json!({ "maxLength": 100 }),
        _ => return None,
    })
}

/// Where a name means something else than elsewhere.
fn in_place(place: &str, name: &str) -> Option<Value> {
    Some(match (place, name) {
        // Who halts need not say why.
        ("HaltBody", "reason")
        // It may be a slug.
        | ("AskBody", "market")
        // A strategy that nobody knows is not found.
        | ("ExecuteBody", "strategy") => json!({}),
        (path, "place") if path.starts_with("/api/v1/sessions") => {
            pattern("^(0x[0-9a-fA-F]{62,64}|[!-~]{1,100})$")
        }
        (path, "who") if path.starts_with("/api/v1/sessions") => pattern("^[a-z0-9_, ]*$"),
        (path, "kind") if path.starts_with("/api/v1/sessions") => pattern(&row_kinds()),
        (path, "at") if path.starts_with("/api/v1/sessions") => json!({ "format": "date-time" }),
        (path, "buckets") if path.starts_with("/api/v1/sessions") => {
            json!({ "minimum": 1, "maximum": replay::BUCKETS_MAX })
        }
        ("/api/v1/socket/snapshot", "topics") => pattern(&topics()),
        (path, "from" | "to") if path.starts_with('/') => json!({ "format": "date-time" }),
        ("TransferBody", "asset") => pattern("^(usd|[0-9]{1,78})$"),
        ("AcceptBody", "what") => pattern("^(usd|[0-9]{1,78}|0x[0-9a-fA-F]{64})$"),
        _ => return None,
    })
}

/// Kinds of records, with commas between them.
fn row_kinds() -> String {
    let one = replay::RowKind::ALL.map(replay::RowKind::code).join("|");
    format!("^(({one})(,({one})){{0,11}})?$")
}

/// Kinds of frames, and single markets, with commas between them.
fn topics() -> String {
    let kinds = actors::publisher::KINDS.join("|");
    let one = format!("({kinds}|market_update:0x[0-9a-f]{{64}})");
    format!("^({one}(,{one}){{0,20}})?$")
}

fn words(place: &str, name: &str) -> Option<Vec<&'static str>> {
    let place = place.trim_start_matches("/api/v1/");
    Some(match (place, name) {
        (_, "order") => listing::ORDERS.to_vec(),
        ("markets", "sort") => api::markets::SORTS.to_vec(),
        ("opportunities", "sort") => api::opportunities::SORTS.to_vec(),
        ("trades" | "whales", "sort") => tape::SORTS.to_vec(),
        ("alerts", "kind") => AlertKind::ALL.map(AlertKind::as_str).to_vec(),
        ("alerts", "severity") => Severity::ALL.map(Severity::as_str).to_vec(),
        ("alerts", "state") => vec!["waiting", "sent", "dead"],
        ("decisions", "verdict") => vec!["approved", "refused", "passed"],
        ("forecasts", "state") => vec!["asking", "published", "failed"],
        ("ledger", "phase") => vec!["provisional", "final", "reversal"],
        ("ledger", "cause") => trading::reads::money::CAUSES.to_vec(),
        ("opportunities", "state") => vec!["open", "closed", "all"],
        ("opportunities", "kind") => OpportunityKind::ALL.map(OpportunityKind::code).to_vec(),
        ("orders", "state") => {
            let states = ORDER_STATES.iter().map(|(word, ..)| *word);
            ["open", "ended"].into_iter().chain(states).collect()
        }
        ("plans", "state") => trading::reads::activity::PLAN_STATES.to_vec(),
        ("results", "by") => trading::reads::money::RESULTS_BY.to_vec(),
        ("trades", "side") | ("OrderBody", "side") => vec!["buy", "sell"],
        ("whales", "kind") => tape::KINDS.to_vec(),
        ("whales", "class") => tape::CLASSES.to_vec(),
        ("OrderBody", "lifetime") => vec!["FAK", "FOK", "GTC", "GTD"],
        ("AcceptBody", "booked_as") => vec!["owner", "result"],
        ("LockBody", "scope") => vec!["everything", "strategy", "market", "group"],
        ("TestBody", "channel") => ChannelName::ALL.map(ChannelName::as_str).to_vec(),
        _ => return None,
    })
}

/// The fields of a body that changes figures by name, as the figures themselves are.
fn figures(shape: &str) -> Option<Map<String, Value>> {
    let all = match shape {
        "LimitsBody" => serde_json::to_value(engine::risk::Limits::default()),
        "StrategySettingsBody" => {
            serde_json::to_value(engine::strategy::StrategySettings::default())
        }
        _ => return None,
    };
    let Ok(Value::Object(all)) = all else { return None };
    let one = |(name, usual): (String, Value)| {
        let schema = match usual {
            Value::Bool(_) => json!({ "type": "boolean" }),
            Value::Number(_) => json!({
                "type": "integer", "format": "int64", "minimum": 0,
                "maximum": trading::figures::WHOLE_MAX,
            }),
            _ => json!({ "type": "string", "pattern": decimal::PATTERN }),
        };
        (name, schema)
    };
    Some(all.into_iter().map(one).collect())
}
