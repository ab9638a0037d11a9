//! How often each route was asked, and what was answered.

use std::collections::BTreeMap;

use serde::Serialize;

/// Requests by route, such as `POST /clob/order`, and by status. What was cut off on its way is
/// counted with the status that it would have had. Routes and statuses are few; what fits no route
/// counts as one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RequestCounts(BTreeMap<String, BTreeMap<u16, u64>>);

impl RequestCounts {
    pub(crate) fn count(&mut self, method: &str, pattern: Option<&str>, status: u16) {
        let route = match pattern {
            Some(pattern) => format!("{method} {pattern}"),
            None => "unknown".to_owned(),
        };
        *self.0.entry(route).or_default().entry(status).or_default() += 1;
    }
    /// How often a route was asked, whatever was answered.
    #[must_use]
    pub fn of(&self, route: &str) -> u64 {
        self.0.get(route).map_or(0, |statuses| statuses.values().sum())
    }
}
