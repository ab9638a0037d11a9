//! What HTTP requests meet: rate limits, and faults on command or by chance.

use std::collections::{HashMap, VecDeque};

use crate::fault::FaultPlan;
use crate::rng::Rng;

const WINDOW_MS: i64 = 10_000;

/// Whether the venue's request limits apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RateLimits {
    /// As the venue documents them, per endpoint group and ten seconds.
    #[default]
    Venue,
    /// No limit.
    Off,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) delay_ms: u64,
    pub(crate) reject: Option<Rejection>,
    pub(crate) truncate: bool,
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) status: u16,
    pub(crate) retry_after_s: Option<u32>,
}

/// The request-side faults in force.
#[derive(Debug)]
pub(crate) struct Chaos {
    limits: RateLimits,
    plan: FaultPlan,
    rng: Rng,
    seen: HashMap<&'static str, VecDeque<i64>>,
    slow: Option<(u64, i64)>,
    reject: Option<(Rejection, i64)>,
    truncate: u32,
}

/// The group of a path and its requests per ten seconds.
fn group(method: &str, path: &str) -> (&'static str, usize) {
    match (method, path) {
        ("POST", "/clob/order") => return ("clob post order", 5_000),
        ("DELETE", "/clob/order") => return ("clob delete order", 5_000),
        ("POST", "/clob/orders") => return ("clob post orders", 2_000),
        ("DELETE", "/clob/orders") => return ("clob delete orders", 2_000),
        (_, "/clob/cancel-all") => return ("clob cancel-all", 250),
        (_, "/clob/cancel-market-orders") => return ("clob cancel-market-orders", 1_500),
        (_, "/clob/balance-allowance") => return ("clob balance-allowance", 200),
        (_, "/clob/balance-allowance/update") => return ("clob balance-allowance update", 50),
        (_, "/clob/data/trades") => return ("clob data trades", 500),
        _ if path.starts_with("/clob/data/order") => return ("clob data orders", 500),
        _ if path.starts_with("/clob/auth/") => return ("clob auth", 100),
        _ => {}
    }
    let tail = path.strip_prefix("/clob/").map(|it| it.split('/').next().unwrap_or(it));
    match tail {
        Some("ok") => return ("clob ok", 100),
        Some("book") => return ("clob book", 1_500),
        Some("price") => return ("clob price", 1_500),
        Some("midpoint") => return ("clob midpoint", 1_500),
        Some("books") => return ("clob books", 500),
        Some("prices") => return ("clob prices", 500),
        Some("prices-history") => return ("clob prices-history", 1_000),
        Some("tick-size") => return ("clob tick-size", 200),
        Some(_) => return ("clob", 9_000),
        None => {}
    }
    match path {
        _ if path.starts_with("/gamma/events") => ("gamma events", 500),
        _ if path.starts_with("/gamma/markets") => ("gamma markets", 300),
        _ if path.starts_with("/gamma/tags") => ("gamma tags", 200),
        _ if path.starts_with("/data/v2/trades") => ("data trades", 300),
        _ if path.starts_with("/data") => ("data", 800),
        _ => ("other", 15_000),
    }
}

impl Chaos {
    pub(crate) fn new(seed: u64, plan: FaultPlan, limits: RateLimits) -> Self {
        Self {
            limits,
            plan,
            rng: Rng::new(seed, "requests"),
            seen: HashMap::new(),
            slow: None,
            reject: None,
            truncate: 0,
        }
    }
    /// Changes what happens by chance, from a seed where one is given.
    pub(crate) fn replan(&mut self, plan: FaultPlan, seed: Option<u64>) {
        self.plan = plan;
        if let Some(seed) = seed {
            self.rng = Rng::new(seed, "requests");
        }
    }
    pub(crate) const fn plan(&self) -> FaultPlan {
        self.plan
    }
    pub(crate) const fn slow_down(&mut self, delay_ms: u64, until_ms: i64) {
        self.slow = Some((delay_ms, until_ms));
    }
    pub(crate) const fn refuse(&mut self, rejection: Rejection, until_ms: i64) {
        self.reject = Some((rejection, until_ms));
    }
    pub(crate) const fn truncate(&mut self, count: u32) {
        self.truncate = count;
    }

    /// Decides about one request at `now_ms`.
    pub(crate) fn judge(&mut self, method: &str, path: &str, now_ms: i64) -> Verdict {
        let mut verdict = Verdict::default();
        if let Some((delay_ms, _)) = self.slow.filter(|(_, until)| *until > now_ms) {
            verdict.delay_ms = delay_ms;
        }
        let plan = self.plan;
        if plan.slow_reply_ppm > 0 && self.rng.chance_ppm(plan.slow_reply_ppm) {
            verdict.delay_ms = self.rng.next() % 2_000;
        }
        verdict.reject = self.rejection(method, path, now_ms);
        if verdict.reject.is_some() {
            return verdict;
        }
        if self.truncate > 0 {
            self.truncate -= 1;
            verdict.truncate = true;
        } else if plan.truncate_body_ppm > 0 {
            verdict.truncate = self.rng.chance_ppm(plan.truncate_body_ppm);
        }
        verdict
    }

    fn rejection(&mut self, method: &str, path: &str, now_ms: i64) -> Option<Rejection> {
        if let Some((rejection, _)) = self.reject.filter(|(_, until)| *until > now_ms) {
            return Some(rejection);
        }
        let plan = self.plan;
        if plan.reject_request_ppm > 0 && self.rng.chance_ppm(plan.reject_request_ppm) {
            let status = self.rng.pick(&[425, 429, 503]).copied().unwrap_or(503);
            return Some(Rejection { status, retry_after_s: Some(1) });
        }
        if self.limits == RateLimits::Off {
            return None;
        }
        let (name, most) = group(method, path);
        let seen = self.seen.entry(name).or_default();
        while seen.front().is_some_and(|at| *at <= now_ms - WINDOW_MS) {
            seen.pop_front();
        }
        if seen.len() >= most {
            let oldest = seen.front().copied().unwrap_or(now_ms);
            let wait_ms = oldest + WINDOW_MS - now_ms;
            let seconds = u32::try_from(wait_ms / 1_000 + 1).unwrap_or(1);
            return Some(Rejection { status: 429, retry_after_s: Some(seconds) });
        }
        seen.push_back(now_ms);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_over_the_limit_is_refused_until_the_window_has_moved_on() {
        let mut chaos = Chaos::new(1, FaultPlan::default(), RateLimits::Venue);
        for at in 0..100 {
            assert_eq!(chaos.judge("GET", "/clob/ok", at).reject, None);
        }
        let refused = chaos.judge("GET", "/clob/ok", 100).reject.unwrap();
        assert_eq!((refused.status, refused.retry_after_s), (429, Some(10)));
        assert_eq!(
            chaos.judge("GET", "/clob/time", 100).reject,
            None,
            "another group is not concerned"
        );
        assert_eq!(chaos.judge("GET", "/clob/ok", WINDOW_MS).reject, None);
    }
}
