//! The API's description: complete, true of what is mounted, and the one that the page is built from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dutchbook::web::openapi::description;
use serde::Serialize;
use serde_json::Value;

const PROBLEM: &str = "application/problem+json";

/// Every operation with its method, its path and itself.
fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = description()["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &'static Value)| {
        let methods = item.as_object().unwrap().iter();
        let path = path.clone();
        let one = move |(method, operation): (&String, &'static Value)| {
            (method.clone(), path.clone(), operation)
        };
        methods.map(one).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// Fails with all of them.
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_is_built_from_the_description_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("dashboard/openapi.json");
    if std::env::var("RENEW_DESCRIPTION").is_ok_and(|it| it == "1") {
        let mut text = Vec::new();
        let form = serde_json::ser::PrettyFormatter::with_indent(b" ");
        let mut writer = serde_json::Serializer::with_formatter(&mut text, form);
        description().serialize(&mut writer).unwrap();
        text.push(b'\n');
        std::fs::write(&path, text).unwrap();
    }
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let same = kept == *description();
    assert!(
        same,
        "dashboard/openapi.json is not what the service says of itself. To renew it: \
         RENEW_DESCRIPTION=1 cargo test -p dutchbook --test it description, then \
         `npm run api-types` in dashboard/"
    );
}

#[test]
fn every_address_that_is_mounted_is_described_and_the_other_way_round() {
    let mounted = mounted();
    let described: BTreeSet<_> =
        operations().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    // What the page about the API is made of, and the page itself.
    let files = ["get /", "get /api/docs/page.css", "get /api/docs/page.js"];
    let wanted: BTreeSet<_> =
        mounted.iter().filter(|one| !files.contains(&one.as_str())).cloned().collect();
    assert!(wanted.len() > 50, "{wanted:?}");
    let off = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect();
    let (missing, made_up): (Vec<String>, Vec<String>) =
        (off(&wanted, &described), off(&described, &wanted));
    assert!(
        missing.is_empty() && made_up.is_empty(),
        "not described: {missing:?}; not mounted: {made_up:?}"
    );
}

/// The server keeps no list of its routes, so this reads how they are mounted.
fn mounted() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut found = BTreeSet::new();
    for file in files(&root) {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in text.split(".route(").skip(1) {
            let Some(path) = call.split('"').nth(1).filter(|path| path.starts_with('/')) else {
                continue;
            };
            let method = call.split("web::").nth(1).and_then(|rest| rest.split('(').next());
            // Whatever cannot be read is no method, and so is not described.
            let method = method.unwrap_or("?");
            let at_the_root =
                ["/", "/health/live", "/health/ready", "/metrics", "/openapi.json", "/ws"];
            let whole = at_the_root.contains(&path) || path.starts_with("/api/");
            let below = if whole { "" } else { "/api/v1" };
            found.insert(format!("{method} {below}{path}"));
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.flat_map(of).filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

#[test]
fn every_operation_says_what_it_does_and_has_a_name_of_its_own() {
    let (mut wrong, mut names) = (Vec::new(), BTreeSet::new());
    for (method, path, operation) in operations() {
        let says = |key: &str| operation[key].as_str().is_some_and(|text| text.len() > 5);
        if !says("summary") {
            wrong.push(format!("{method} {path} has no summary"));
        }
        if !names.insert(operation["operationId"].as_str().unwrap().to_owned()) {
            wrong.push(format!("{method} {path} shares its operationId"));
        }
        if operation["tags"].as_array().is_none_or(Vec::is_empty) {
            wrong.push(format!("{method} {path} has no tag"));
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["description"].as_str().is_none_or(str::is_empty) {
                wrong.push(format!("{method} {path}: {} is not explained", parameter["name"]));
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_operation_lists_the_problems_it_can_answer_with() {
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        let responses = operation["responses"].as_object().unwrap();
        let mut wanted: Vec<&str> = Vec::new();
        if path.starts_with("/api/v1/") {
            wanted.push("403");
            let parameters = operation["parameters"].as_array().is_some_and(|all| !all.is_empty());
            if parameters || operation.get("requestBody").is_some() {
                wanted.push("400");
            }
            if method != "get" {
                wanted.push("401");
            }
        }
        for status in wanted {
            if !responses.contains_key(status) {
                wrong.push(format!("{method} {path} does not list {status}"));
            }
        }
        let problems = responses.iter().filter(|(status, _)| status.starts_with(['4', '5']));
        for (status, response) in problems.filter(|_| path.starts_with("/api/v1/")) {
            let schema = &response["content"][PROBLEM]["schema"]["$ref"];
            if schema != "#/components/schemas/ProblemBody" {
                wrong.push(format!("{method} {path} {status} is not described as a problem"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn whatever_changes_something_names_who_may_and_the_key_it_takes() {
    let schemes = description()["components"]["securitySchemes"].as_object().unwrap();
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        let ways = operation["security"].as_array().cloned().unwrap_or_default();
        let named = ways.iter().filter_map(Value::as_object).flat_map(|way| way.keys());
        if let Some(unknown) = named.into_iter().find(|way| !schemes.contains_key(*way)) {
            wrong.push(format!("{method} {path}: nobody knows what {unknown} is"));
        }
        if method != "get" && ways.is_empty() {
            wrong.push(format!("{method} {path} does not say who may"));
        }
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        let key = parameters.find(|parameter| parameter["name"] == "Idempotency-Key");
        let about = operation["description"].as_str().unwrap_or_default();
        let needs = about.contains("Needs an `Idempotency-Key`");
        if needs && key.is_none_or(|key| key["required"] != true) {
            wrong.push(format!("{method} {path} needs a key and does not list it"));
        }
    }
    none(&wrong);
}

#[test]
fn every_body_has_an_example() {
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        let answers = operation["responses"].as_object().unwrap().iter();
        let answers = answers.map(|(status, response)| (status.as_str(), response));
        for (which, holder) in answers.chain([("body", &operation["requestBody"])]) {
            for (kind, media) in holder["content"].as_object().into_iter().flatten() {
                let first = media["examples"].as_object().and_then(|all| all.values().next());
                let place = first.and_then(|first| first["$ref"].as_str());
                let referred = place.and_then(|place| description().pointer(&place[1..]));
                if media["example"].is_null() && referred.is_none_or(|it| it["value"].is_null()) {
                    wrong.push(format!("{method} {path}, {which}: no example as {kind}"));
                }
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_parameter_says_what_it_may_hold() {
    // Free texts: names of things that are looked for and not found, and what people search by.
    let free = ["cursor", "group", "q", "id", "name", "topics"];
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            let is_text = schema["type"] == "string";
            let is_whole = schema["type"] == "integer";
            let bounds = ["pattern", "enum", "format"].iter().any(|key| !schema[*key].is_null());
            let range = !schema["minimum"].is_null();
            if is_text && !bounds && !free.contains(&name) || is_whole && !range {
                wrong.push(format!("{method} {path}: {name} says nothing of what it may hold"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn an_address_that_is_written_out_takes_what_it_says_and_not_what_one_with_a_name_takes() {
    let methods = dutchbook::web::openapi::methods;
    assert_eq!(methods("/api/v1/alerts/test"), ["POST"]);
    assert_eq!(methods("/api/v1/alerts/17"), ["GET"]);
    assert_eq!(methods("/api/v1/nothing/here"), Vec::<String>::new());
}

/// Of two shapes with one name the description would keep one, and say it of both.
#[test]
fn every_shape_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    let mut twice = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                for name in shapes(&std::fs::read_to_string(&path).unwrap()) {
                    if !names.insert(name.clone()) {
                        twice.push(format!("{name} of {}", path.display()));
                    }
                }
            }
        }
    }
    assert!(names.len() > 100, "only {} were found", names.len());
    none(&twice);
}

/// The names of the types behind each `derive` with `ToSchema`.
fn shapes(text: &str) -> Vec<String> {
    let derived = text.split("#[derive(").skip(1).filter(|rest| {
        rest.split_once(")]").is_some_and(|(derives, _)| derives.contains("ToSchema"))
    });
    let name = |rest: &str| {
        let mut words = rest.split_whitespace();
        words.find(|word| ["struct", "enum"].contains(word))?;
        let name = words.next()?;
        Some(name.split(['<', '(', '{', ';']).next()?.to_owned())
    };
    derived.filter_map(name).collect()
}
