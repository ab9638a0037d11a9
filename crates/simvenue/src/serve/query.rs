//! Query strings, where a key may come several times.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest, web};

/// The pairs of a query string, in order.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn first(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
    /// Every value of a key; one value may itself be a list with commas.
    pub(super) fn all(&self, key: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(name, _)| name == key);
        values.flat_map(|(_, value)| value.split(',')).filter(|it| !it.is_empty()).collect()
    }
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.first(key).and_then(|value| value.parse().ok())
    }
    pub(super) fn number(&self, key: &str) -> Option<i64> {
        self.first(key).and_then(|value| value.parse().ok())
    }
}

impl FromRequest for Query {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        ready(Ok(Self(pairs.map(web::Query::into_inner).unwrap_or_default())))
    }
}
