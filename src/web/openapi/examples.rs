//! A value of each shape, for people who read the description.
//!
//! Names carry the unit of everything here, so most examples follow from the name; what a handler
//! says of a field itself counts first.

use serde_json::{Map, Value, json};

/// Shapes within shapes that are followed.
const DEPTH_MAX: usize = 8;

/// Names, or ends of names that begin with an underscore, and what stands there.
const BY_NAME: [(&str, &str); 54] = [
    ("condition_id", CONDITION),
    ("order_id", CONDITION),
    ("hash", CONDITION),
    ("token_id", TOKEN),
    ("market", "will-it-rain-tomorrow"),
    ("slug", "will-it-rain-tomorrow"),
    ("event_slug", "weather-tomorrow"),
    ("title", "Will it rain tomorrow?"),
    ("question", "Will it rain tomorrow?"),
    ("group_id", "30829"),
    ("opportunity_id", "parity_long:30829:1790586000000"),
    ("signal_id", "manual:1790586000000_7"),
    ("plan_id", "17"),
    ("outcome", "Yes"),
    ("name", "Yes"),
    ("strategy", "mint_split"),
    ("side", "buy"),
    ("lifetime", "FAK"),
    ("scope", "market"),
    ("of", CONDITION),
    ("price", "0.52"),
    ("_price", "0.52"),
    ("bid", "0.51"),
    ("ask", "0.53"),
    ("best_bid", "0.51"),
    ("best_ask", "0.53"),
    ("tick_size", "0.01"),
    ("_usd", "12.5"),
    ("_shares", "100"),
    ("amount", "25"),
    ("size", "100"),
    ("asset", "usd"),
    ("what", "usd"),
    ("there", "1012.5"),
    ("booked_as", "owner"),
    ("why", "A deposit of our own."),
    ("reason", "The weather service is down."),
    ("channel", "webhook"),
    ("to", ACCOUNT),
    ("address", ACCOUNT),
    ("wallet", ACCOUNT),
    ("next_cursor", "1790586000000000~17"),
    ("at", MOMENT),
    ("_at", MOMENT),
    ("from", MOMENT),
    ("until", MOMENT),
    ("rule", "market_usd"),
    ("text", "Too much would be in one market."),
    ("version", "0.1.0"),
    ("volume_24h", "125000"),
    ("liquidity", "8000"),
    ("edge", "0.004"),
    ("net", "0.4"),
    ("id", "17"),
];
const CONDITION: &str = "0x5f65177b394277fd294cd75650044e32ba009a95022d88a0c1d565897d72f8f1";
const TOKEN: &str = "52114319501245915516055106046884209969926127482827954674443846427813813222426";
const ACCOUNT: &str = "0x7a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b";
const MOMENT: &str = "2026-11-21T12:00:00.000Z";

/// A value of `schema`; `schemas` are those that it may refer to.
pub(super) fn of(schema: &Value, schemas: &Value) -> Value {
    value("", schema, schemas, 0)
}

fn value(name: &str, schema: &Value, schemas: &Value, depth: usize) -> Value {
    if let Some(given) = schema.get("example") {
        return given.clone();
    }
    if let Some(found) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return named(found).unwrap_or_else(|| value(name, &schemas[found], schemas, depth));
    }
    let choices = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array());
    if let Some(choices) = choices {
        let choice = choices.iter().find(|choice| choice["type"] != "null");
        return choice.map_or(Value::Null, |choice| value(name, choice, schemas, depth));
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut all = Map::new();
        for part in parts {
            if let Value::Object(fields) = value(name, part, schemas, depth) {
                all.extend(fields);
            }
        }
        return Value::Object(all);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    match kind(schema) {
        "object" => object(schema, schemas, depth),
        "array" if depth < DEPTH_MAX => json!([value(name, &schema["items"], schemas, depth + 1)]),
        "array" => json!([]),
        "integer" => {
            schema.get("minimum").filter(|least| **least != json!(0)).cloned().unwrap_or(json!(1))
        }
        "number" => json!(0.5),
        "boolean" => json!(true),
        "string" => Value::String(text(name, schema)),
        _ => Value::Null,
    }
}

/// Bodies whose fields the description does not list one by one.
fn named(schema: &str) -> Option<Value> {
    match schema {
        "LimitsBody" => Some(json!({ "market_usd_max": "250" })),
        "StrategySettingsBody" => Some(json!({ "enabled": true })),
        _ => None,
    }
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        one => one.as_str().unwrap_or("null"),
    }
}

fn object(schema: &Value, schemas: &Value, depth: usize) -> Value {
    let Some(fields) = schema["properties"].as_object().filter(|_| depth < DEPTH_MAX) else {
        return json!({});
    };
    let one =
        |(name, field): (&String, &Value)| (name.clone(), value(name, field, schemas, depth + 1));
    Value::Object(fields.iter().map(one).collect())
}

fn text(name: &str, schema: &Value) -> String {
    let ends = |known: &str| known.starts_with('_') && name.ends_with(known);
    let found = BY_NAME.iter().find(|(known, _)| *known == name || ends(known));
    if let Some((_, text)) = found {
        return (*text).to_owned();
    }
    // "`open` or `closed`": the words that may stand here.
    let said = schema["description"].as_str().unwrap_or_default();
    said.split('`').nth(1).unwrap_or("text").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_follows_the_shape_its_references_and_its_names() {
        let schemas = json!({
            "Inner": { "type": "object", "properties": {
                "value_usd": { "type": "string" },
                "side": { "type": ["string", "null"] },
            } },
        });
        let schema = json!({ "type": "object", "properties": {
            "rows": { "type": "array", "items": { "$ref": "#/components/schemas/Inner" } },
            "one": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Inner" }] },
            "state": { "type": "string", "description": "`open` or `closed`." },
            "share": { "type": "integer", "minimum": 3 },
            "given": { "type": "string", "example": "this" },
        } });
        let inner = json!({ "value_usd": "12.5", "side": "buy" });
        let want = json!({
            "rows": [inner], "one": inner, "state": "open", "share": 3, "given": "this",
        });
        assert_eq!(of(&schema, &schemas), want);
    }

    #[test]
    fn a_shape_that_holds_itself_comes_to_an_end() {
        let schemas = json!({ "Node": { "type": "object", "properties": {
            "children": { "type": "array", "items": { "$ref": "#/components/schemas/Node" } },
        } } });
        let example = of(&json!({ "$ref": "#/components/schemas/Node" }), &schemas);
        assert!(example["children"][0]["children"].is_array(), "{example:#}");
    }
}
