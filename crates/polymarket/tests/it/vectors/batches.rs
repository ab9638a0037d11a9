//! Several orders in one request.

use std::collections::HashMap;

use domain::Crossing;
use polymarket::signing::{Execution, batch_body};
use serde_json::Value;

use super::drafts::Case;
use super::orders::{meaning, owner};
use super::{each, file, text};

#[test]
fn batches_of_orders_are_those_of_the_official_clients() {
    let names = ["orders_limit.json", "orders_market.json", "orders_exchange_v3.json"];
    let Some(files) = names.map(file).into_iter().collect::<Option<Vec<Value>>>() else { return };
    let inputs: HashMap<&str, &Value> = files
        .iter()
        .flat_map(|file| file["vectors"].as_array().unwrap())
        .map(|vector| (text(&vector["id"]), &vector["in"]))
        .collect();
    each("orders_batch.json", 5, |id, vector| {
        let ids = vector["orderIds"].as_array().unwrap();
        let bodies: Vec<_> = ids
            .iter()
            .map(|order| {
                let mut case = Case::read(inputs[text(order)]).unwrap();
                case.draft.terms.crossing = Crossing::Allowed;
                case.draft.execution = Execution::Immediate;
                case.sign(owner(&files[0])).unwrap().1.body
            })
            .collect();
        let ours = meaning(&batch_body(bodies.iter().map(|body| &**body)));
        for name in ["bodyTs", "bodyRust"] {
            assert_eq!(ours, meaning(text(&vector[name])), "{id} {name}");
        }
    });
}
