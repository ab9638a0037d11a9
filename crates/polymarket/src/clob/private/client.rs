//! Sending what changes something.

use std::cell::RefCell;
use std::rc::Rc;

use awc::http::Method;
use bytes::{BufMut as _, Bytes, BytesMut};
use domain::{DurationMillis, OrderId};
use thiserror::Error;
use tokio::time::timeout;

use crate::clob::ClobClient;
use crate::http::{Body, Call, Group, Http, Reply, VenueError};

use super::budget::SignerBudget;
use super::cancel::{
    self, CANCELS_PER_REQUEST_MAX, CancelError, CancelOutcome, CancelReport, CancelScope,
};
use super::clock::VenueClock;
use super::heartbeat::{self, BEAT_EVERY, Beat, BeatAnswer};
use super::identity::Identity;
use super::outcome::PlaceOutcome;
use super::place;
use super::refusal::RejectCode;

/// Orders that the venue takes in one request.
pub const ORDERS_PER_REQUEST_MAX: usize = 15;

/// More orders than one request may carry. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{count} orders in one request, {ORDERS_PER_REQUEST_MAX} are allowed")]
pub struct TooManyOrders {
    /// How many there were.
    pub count: usize,
}

/// One account's access to CLOB. Lives on one arbiter, as its [`Http`] does; clones share the
/// clock's correction and the last stated budget.
#[derive(Clone, Debug)]
pub struct TradingClient {
    http: Http,
    identity: Rc<Identity>,
    clock: VenueClock,
    budget: Rc<RefCell<Option<SignerBudget>>>,
}

impl TradingClient {
    /// Over a client of this arbiter.
    #[must_use]
    pub fn new(http: Http, identity: Identity, clock: VenueClock) -> Self {
        Self { http, identity: Rc::new(identity), clock, budget: Rc::default() }
    }
    /// Who asks.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
    /// The clock that requests are signed with.
    #[must_use]
    pub const fn clock(&self) -> &VenueClock {
        &self.clock
    }
    /// The signer's bucket as the last answer that mentioned it stated it.
    #[must_use]
    pub fn budget(&self) -> Option<SignerBudget> {
        self.budget.borrow().clone()
    }
    /// As [`VenueClock::measure`].
    ///
    /// # Errors
    /// See [`VenueError`]; the correction stays as it was.
    pub async fn measure_skew(&self) -> Result<DurationMillis, VenueError> {
        self.clock.measure(&self.public()).await
    }
    /// The public half, over the same connections.
    #[must_use]
    pub fn public(&self) -> ClobClient {
        ClobClient::new(self.http.clone())
    }
    /// Sends one order, once. `body` is the whole JSON of the request as it was stored, `order`
    /// the id that was computed from it. An empty bucket of ours is [`PlaceOutcome::NotSent`] at
    /// once: prices do not wait.
    pub async fn place(&self, order: OrderId, body: Bytes) -> PlaceOutcome {
        match self.change_now(Group::PostOrder, Method::POST, "/order", body).await {
            Ok(reply) => place::one(order, &reply),
            Err(error) => place::unanswered(error),
        }
    }
    /// Sends up to [`ORDERS_PER_REQUEST_MAX`] orders in one request, once, and returns one outcome
    /// an order, in the same order.
    ///
    /// # Errors
    /// [`TooManyOrders`].
    pub async fn place_batch(
        &self,
        orders: &[(OrderId, Bytes)],
    ) -> Result<Vec<PlaceOutcome>, TooManyOrders> {
        if orders.len() > ORDERS_PER_REQUEST_MAX {
            return Err(TooManyOrders { count: orders.len() });
        }
        if orders.is_empty() {
            return Ok(vec![]);
        }
        let ids: Vec<_> = orders.iter().map(|(id, _)| *id).collect();
        let body = joined(orders.iter().map(|(_, body)| body));
        let sent = self.change_now(Group::PostOrders, Method::POST, "/orders", body).await;
        Ok(match sent {
            Ok(reply) => place::batch(&ids, &reply),
            Err(error) => ids.iter().map(|_| place::unanswered(error.clone())).collect(),
        })
    }
    /// Cancels one order.
    ///
    /// # Errors
    /// See [`CancelError`].
    pub async fn cancel(&self, order: OrderId) -> Result<CancelOutcome, CancelError> {
        let body = format!(r#"{{"orderID":"{order}"}}"#);
        let reply = self.cancellation(Group::DeleteOrder, "/order", Some(body.into())).await?;
        match cancel::named(&[order], &reply) {
            Ok(told) => Ok(told.into_iter().next().map_or_else(
                || CancelOutcome::Unknown { text: crate::http::Excerpt::default() },
                |(_, outcome)| outcome,
            )),
            Err(CancelError::Refused(refusal)) if refusal.code == RejectCode::NotFound => {
                Ok(CancelOutcome::AlreadyDone { text: refusal.text })
            }
            Err(error) => Err(error),
        }
    }
    /// Cancels any number of orders, [`CANCELS_PER_REQUEST_MAX`] a request, one request after the
    /// other. Each order has its own outcome, in the order asked; a request that fails leaves the
    /// others alone.
    pub async fn cancel_many(
        &self,
        orders: &[OrderId],
    ) -> Vec<(OrderId, Result<CancelOutcome, CancelError>)> {
        let mut outcomes = Vec::with_capacity(orders.len());
        for chunk in orders.chunks(CANCELS_PER_REQUEST_MAX) {
            let ids: Vec<_> = chunk.iter().map(|id| format!(r#""{id}""#)).collect();
            let body = Bytes::from(format!("[{}]", ids.join(",")));
            let sent = self.cancellation(Group::DeleteOrders, "/orders", Some(body)).await;
            match sent.and_then(|reply| cancel::named(chunk, &reply)) {
                Ok(told) => outcomes.extend(told.into_iter().map(|(id, o)| (id, Ok(o)))),
                Err(error) => outcomes.extend(chunk.iter().map(|id| (*id, Err(error.clone())))),
            }
        }
        outcomes
    }
    /// Cancels everything in a market or of a token.
    ///
    /// # Errors
    /// See [`CancelError`].
    pub async fn cancel_scope(&self, scope: CancelScope) -> Result<CancelReport, CancelError> {
        let body = Some(scope.body().into());
        let path = "/cancel-market-orders";
        cancel::sweep(&self.cancellation(Group::CancelMarket, path, body).await?)
    }
    /// Cancels everything that these API keys have open. Orders of other keys of the same wallet
    /// are not seen and stay.
    ///
    /// # Errors
    /// See [`CancelError`].
    pub async fn cancel_all(&self) -> Result<CancelReport, CancelError> {
        cancel::sweep(&self.cancellation(Group::CancelAll, "/cancel-all", None).await?)
    }
    /// Sends one heartbeat. The first one that arrives arms the venue's dead-man switch, which
    /// nothing disarms: see [`super::Heartbeat`]. An answer that takes longer than the distance
    /// between two beats is not waited for.
    pub async fn heartbeat(&self, beat: &Beat) -> BeatAnswer {
        let sent = self.change_now(Group::ClobOther, Method::POST, "/v1/heartbeats", beat.body());
        match timeout(BEAT_EVERY, sent).await {
            Ok(Ok(reply)) => heartbeat::read(&reply),
            Ok(Err(error)) => BeatAnswer::Missed(error),
            Err(_) => BeatAnswer::Missed(VenueError::Timeout { after: BEAT_EVERY }),
        }
    }

    /// Cancellations wait for their turn, within the settings' patience: late is better than not.
    async fn cancellation(
        &self,
        group: Group,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Reply, CancelError> {
        self.http.wait_for_turn(group).await.map_err(CancelError::NotSent)?;
        self.send(Method::DELETE, path, vec![], body).await.map_err(cancel::unanswered)
    }

    async fn change_now(
        &self,
        group: Group,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Reply, VenueError> {
        if let Err(wait) = self.http.settings().limits.take(group) {
            return Err(VenueError::RateLimited { retry_after: Some(wait) });
        }
        self.send(method, path, vec![], Some(body)).await
    }

    /// Asks a question, again where that makes sense, signed anew each time.
    pub(super) async fn ask(
        &self,
        group: Group,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Body, VenueError> {
        self.http
            .repeat(path, async || {
                self.http.wait_for_turn(group).await?;
                self.send(Method::GET, path, query.to_vec(), None).await?.success()
            })
            .await
    }

    /// Signs and sends one request, once. The query is not part of what is signed.
    async fn send(
        &self,
        method: Method,
        path: &str,
        query: Vec<(&'static str, String)>,
        json: Option<Bytes>,
    ) -> Result<Reply, VenueError> {
        let Identity { credentials, account } = &*self.identity;
        let text = json.as_deref().unwrap_or_default();
        let seconds = self.clock.seconds();
        let mut headers: Vec<_> =
            credentials.l2_headers(account.signer(), method.as_str(), path, text, seconds).into();
        // The official clients say so of questions without a body, too.
        headers.push(("Content-Type", "application/json".to_owned()));
        let url = format!("{}{path}", self.http.settings().hosts.clob);
        let call = Call { method, url, query, headers, json };
        let reply = self.http.send_once(call).await?;
        if let Some(budget) = SignerBudget::read(&reply.headers) {
            self.budget.replace(Some(budget));
        }
        Ok(reply)
    }
}

/// A JSON list of texts that are JSON already.
fn joined<'a>(bodies: impl Iterator<Item = &'a Bytes>) -> Bytes {
    let mut list = BytesMut::new();
    for body in bodies {
        list.put_u8(if list.is_empty() { b'[' } else { b',' });
        list.put_slice(body);
    }
    list.put_u8(b']');
    list.freeze()
}
