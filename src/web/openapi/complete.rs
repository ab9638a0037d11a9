//! What is true of every resource, said once and added to the description of each.

use serde_json::{Map, Value, json};

use super::{bounds, examples};
use crate::web::problem::Problem;
use crate::web::trading::{Refusal, RefusalKind};

const PROBLEM: &str = "application/problem+json";
const PROBLEM_SCHEMA: &str = "#/components/schemas/ProblemBody";
const JSON: &str = "application/json";
const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];
/// What moves money or costs some is only taken under a key.
const KEYED: [&str; 9] = [
    "/api/v1/execute/order",
    "/api/v1/execute/split",
    "/api/v1/execute/merge",
    "/api/v1/execute/redeem",
    "/api/v1/execute/transfer",
    "/api/v1/reconcile/accept",
    "/api/v1/opportunities/{id}/execute",
    "/api/v1/forecasts",
    "/api/v1/alerts/test",
];
/// What changes nothing although it is posted.
const PREVIEW: &str = "/api/v1/execute/order/preview";

/// Adds it.
pub(super) fn complete(description: &mut Value) {
    if let Some(schemas) = description["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas.iter_mut().filter(|(name, _)| is_asked(name)) {
            bounds::narrow_body(name, schema);
        }
    }
    let schemas = description["components"]["schemas"].clone();
    description["components"]["examples"] = problems();
    let Some(paths) = description["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else { continue };
            operation["operationId"] = json!(operation_id(method, path));
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                bounds::narrow(path, &name, &mut parameter["schema"]);
            }
            if path.starts_with("/api/v1/") {
                add_problems(method, path, operation);
            }
            if is_instruction(method, path, operation) {
                add_key(path, operation);
            }
            finish(operation, &schemas);
        }
    }
}

/// Whether a shape is one of a request's body.
fn is_asked(shape: &str) -> bool {
    shape.ends_with("Body") && shape != "ProblemBody"
}

/// `get_markets_condition_id_book`: each operation has a name of its own.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/api/v1");
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |name, word| format!("{name}_{word}"))
}

/// Goes to the risk manager or another role, once under each key.
fn is_instruction(method: &str, path: &str, operation: &Value) -> bool {
    let tag = &operation["tags"][0];
    let by_tag = ["trading", "forecasts", "alerts"].iter().any(|known| tag == known);
    method != "get" && by_tag && path != PREVIEW
}

fn add_problems(method: &str, path: &str, operation: &mut Value) {
    let mut known = vec![
        ("401", "Nobody known"),
        ("403", "Host or origin not served"),
        ("429", "Too many requests; Retry-After says how long to wait"),
    ];
    let named = |wanted: &str| {
        let all = operation["parameters"].as_array();
        all.is_some_and(|all| all.iter().any(|one| one["name"] == wanted))
    };
    if named("from") || named("cursor") {
        known.push(("422", "The span cannot be used, or the cursor is of another list"));
    }
    let has_parameters = operation["parameters"].as_array().is_some_and(|all| !all.is_empty());
    if has_parameters || operation.get("requestBody").is_some() {
        known.push(("400", "A parameter or the body cannot be used"));
    }
    if is_instruction(method, path, operation) {
        known.push(("400", "The key or the body cannot be used"));
        known.push(("422", "What was given can be read and cannot be used"));
        known.push(("409", "Refused, halted, or the key belongs to another request"));
        known.push(("503", "The service or its database is not ready; nothing was done"));
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, text) in known {
        let schema = json!({ "$ref": PROBLEM_SCHEMA });
        responses.entry(status).or_insert_with(
            || json!({ "description": text, "content": { PROBLEM: { "schema": schema } } }),
        );
    }
}

fn add_key(path: &str, operation: &mut Value) {
    let is_required = KEYED.contains(&path);
    let text = if is_required {
        "A name of your own for this request, the same one whenever you repeat it: it is carried out \
         once."
    } else {
        "A name of your own for this request; with it, a repetition gets the same answer."
    };
    let schema = json!({
        "type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$",
    });
    let key = json!({
        "name": "Idempotency-Key", "in": "header", "required": is_required,
        "description": text, "schema": schema, "example": "3f0c9a52-order-1",
    });
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.push(key),
        None => operation["parameters"] = json!([key]),
    }
}

/// The kind of content of each problem, and an example of each body.
fn finish(operation: &mut Value, schemas: &Value) {
    let body = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
    for media in body.into_iter().flat_map(Map::values_mut) {
        add_example(media, schemas);
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses {
        let content = response.get_mut("content").and_then(Value::as_object_mut);
        let Some(content) = content else { continue };
        let is_problem = |media: &Value| media["schema"]["$ref"] == PROBLEM_SCHEMA;
        if content.get(JSON).is_some_and(is_problem)
            && let Some(media) = content.remove(JSON)
        {
            content.insert(PROBLEM.to_owned(), media);
        }
        for media in content.values_mut() {
            if is_problem(media) && problem(status).is_some() {
                let place = format!("#/components/examples/problem_{status}");
                media["examples"] = json!({ "usual": { "$ref": place } });
            } else {
                add_example(media, schemas);
            }
        }
    }
}

fn add_example(media: &mut Value, schemas: &Value) {
    if media.get("example").is_none() {
        media["example"] = examples::of(&media["schema"], schemas);
    }
}

/// Each problem once; the answers refer to it.
fn problems() -> Value {
    let all = ["400", "401", "403", "404", "409", "410", "422", "426", "429", "503"];
    let one =
        |status: &str| Some((format!("problem_{status}"), json!({ "value": problem(status)? })));
    Value::Object(all.into_iter().filter_map(one).collect())
}

/// A problem as it is really answered with this status.
fn problem(status: &str) -> Option<Value> {
    let refusal = |kind, detail: &str| Refusal::new(kind, detail);
    let problem = match status {
        "400" => Problem::BadParameter {
            name: "limit".to_owned(),
            why: "0 is not between 1 and 500".to_owned(),
        },
        "401" => Problem::Unauthorized,
        "403" => Problem::WrongHost("example.org".to_owned()),
        "404" => Problem::NotFound { what: "market", name: "will-it-rain".to_owned() },
        "409" => refusal(RefusalKind::Halted, "trading is halted: a person looked").into(),
        "410" => refusal(RefusalKind::OpportunityOver, "the opportunity is over").into(),
        "422" => refusal(RefusalKind::PriceOffTick, "0.515 is not on the market's grid")
            .figures("0.515", "0.01")
            .nearest(["0.51".to_owned(), "0.52".to_owned()])
            .into(),
        "426" => Problem::UpgradeRequired("WebSocket upgrade is expected".to_owned()),
        "429" => Problem::RateLimited { retry_after_s: 2 },
        "503" => refusal(RefusalKind::StoreDown, "the database did not answer this request").into(),
        _ => return None,
    };
    serde_json::to_value(problem.body()).ok()
}
