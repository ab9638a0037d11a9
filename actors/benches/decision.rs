//! From an opportunity to the bytes of its orders, on one core, without the durable write.
//!
//! `cargo bench -p actors --bench decision [-- ROUNDS]` shows a strategy an opportunity, has the
//! desk check every limit, reserve, plan and sign, and makes the authenticated requests. Each round
//! begins with the same desk. The journal's commit comes between deciding and sending, and is
//! measured apart: `cargo test -p store --release --test it throughput -- --nocapture`.

#![expect(clippy::print_stdout, reason = "a benchmark reports on the terminal")]
#![expect(clippy::panic, reason = "a figure of a wrong result must not be reported")]

use std::sync::Arc;
use std::time::Instant;

use actors::trading::{Access, AccessCell, OrderSealer, Wallet};
use domain::{
    ConditionId, EventGroup, FeeSchedule, FeeTerms, GroupId, Level, Market, MarketState, Outcome,
    Price, ProtocolVersion, Shares, TickSize, TokenId, UnixMillis, Usd,
};
use engine::books::TrackedBook;
use engine::desk::{
    Control, Dealer, DealerSettings, Desk, Effect, Env, Input, NoQuotes, Origin, Reconciliation,
};
use engine::detector::{DetectorSettings, GroupView, PairView, examine_group, examine_pair};
use engine::opportunity::{Opportunity, OpportunityId, OpportunityKind};
use engine::risk::Limits;
use engine::signal::StrategyName;
use engine::strategy::{CATALOGUE, Manner, Room, Routine, Situation, Strategy, StrategySettings};
use polymarket::account::{Account, Contracts, PrivateKey, SignatureType};
use polymarket::auth::ApiCredentials;

const ROUNDS: usize = 20_000;
const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

fn price(text: &str) -> Price {
    must(Price::parse(text))
}

fn market(number: u8) -> Market {
    // The form of a hash: the bits that a position keeps zero are not.
    let words = |at: u64| [1 << 62, u64::from(number), at, 7 << 40];
    let outcome =
        |at: u64, name: &str| Outcome { token: TokenId::from_words(words(at)), name: name.into() };
    Market {
        condition: ConditionId::from_bytes([number; 32]),
        question: None,
        gamma_id: "".into(),
        slug: "".into(),
        title: "".into(),
        group_item: "".into(),
        version: ProtocolVersion::V1,
        outcomes: [outcome(0, "Yes"), outcome(1, "No")],
        group: None,
        neg_risk: false,
        placeholder: false,
        state: MarketState::Open,
        tick: TickSize::Hundredth,
        order_size_min: Shares::from_whole(5),
        fee: FeeSchedule::Known(must(FeeTerms::parse("0.04", "1"))),
        ends_at: None,
        volume_24h: Usd::ZERO,
        liquidity: Usd::ZERO,
        tags: Vec::new(),
        price_hint: None,
    }
}

/// A market with the one price at which each outcome is offered.
struct Pair {
    market: Market,
    yes: TrackedBook,
    no: TrackedBook,
}

impl Pair {
    fn new(number: u8, yes: &str, no: &str) -> Self {
        let market = market(number);
        let book = |token, ask: &str| {
            let mut book = TrackedBook::new(token);
            let level = |at: Price| Level { price: at, size: Shares::from_whole(40) };
            let bid = must(Price::parse("0.01"));
            book.snapshot(NOW, vec![level(bid)], vec![level(price(ask))]);
            book
        };
        let (yes, no) = (book(market.yes().token, yes), book(market.no().token, no));
        Self { market, yes, no }
    }
    fn view(&self) -> PairView<'_> {
        PairView { market: &self.market, yes: self.yes.trusted(), no: self.no.trusted() }
    }
}

/// Something to be traded.
struct Scene {
    id: OpportunityId,
    opportunity: Opportunity,
    markets: Vec<Arc<Market>>,
    group: Option<EventGroup>,
}

impl Scene {
    fn new(found: &[Opportunity], kind: OpportunityKind, pairs: &[Pair]) -> Self {
        let opportunity = found.iter().find(|found| found.kind == kind).cloned();
        let Some(opportunity) = opportunity else { panic!("{kind} was not found") };
        let id = OpportunityId { kind, subject: opportunity.subject.clone(), since: NOW };
        let markets = pairs.iter().map(|pair| Arc::new(pair.market.clone())).collect();
        Self { id, opportunity, markets, group: None }
    }
    fn pair() -> Self {
        let pair = Pair::new(1, "0.40", "0.45");
        let found = examine_pair(&pair.view(), &DetectorSettings::default(), NOW);
        Self::new(found.found(), OpportunityKind::ParityLong, &[pair])
    }
    fn group(size: u8) -> Self {
        let ask = format!("0.{:02}", 90 / u32::from(size));
        let mut pairs: Vec<_> = (1..=size).map(|at| Pair::new(at, &ask, "0.98")).collect();
        let id = GroupId("77".into());
        for pair in &mut pairs {
            pair.market.neg_risk = true;
            pair.market.group = Some(id.clone());
        }
        let group = EventGroup {
            id,
            slug: "".into(),
            title: "".into(),
            neg_risk: true,
            augmented: false,
            convert_fee_bips: 0,
            markets: pairs.iter().map(|pair| pair.market.condition).collect(),
        };
        let views: Vec<_> = pairs.iter().map(Pair::view).collect();
        let view = GroupView { group: &group, members: &views };
        let found = examine_group(&view, &DetectorSettings::default(), NOW);
        let scene = Self::new(found.found(), OpportunityKind::NegRiskLong, &pairs);
        Self { group: Some(group), ..scene }
    }
    fn situation(&self) -> Situation<'_> {
        let now = UnixMillis(NOW.0 + 150);
        Situation {
            id: &self.id,
            opportunity: &self.opportunity,
            markets: &self.markets,
            group: self.group.as_ref(),
            now,
            vouched_at: Some(NOW),
            room: Room::of(&Limits::default()),
            manner: Manner::ByItself,
            under_way: None,
            forbidden: &[],
        }
    }
    fn strategy(&self) -> Box<dyn Strategy> {
        let mut all = CATALOGUE.iter().filter_map(|entry| {
            let cool_down_ms = domain::DurationMillis(0);
            let settings = StrategySettings { cool_down_ms, ..StrategySettings::default() };
            let name = StrategyName::new(entry.name).ok()?;
            Some((entry.make)(Routine::new(name, settings)))
        });
        let found = all.find(|strategy| strategy.kinds().contains(&self.id.kind));
        found.unwrap_or_else(|| panic!("nobody trades {}", self.id.kind))
    }
}

struct Bench {
    access: AccessCell,
    credentials: ApiCredentials,
    account: Account,
    sealer: OrderSealer,
    settings: DealerSettings,
    desk: Desk,
}

impl Bench {
    fn new() -> Self {
        let key = must(PrivateKey::from_bytes(&[7; 32]));
        let contracts = Contracts::polygon();
        let funder = Some([9; 20].into());
        let account = must(Account::stated(key.address(), SignatureType::DepositWallet, funder));
        let id = "11111111-2222-4333-8444-555555555555";
        let credentials = must(ApiCredentials::new(id, "c2VjcmV0LXNlY3JldA==", "word"));
        let access = AccessCell::default();
        access.set(must(Access::new(&Wallet { key, account, contracts }, credentials.clone())));
        let desk = must(Desk::new(NOW, Limits::default()));
        let sealer = OrderSealer::new(access.clone());
        Self { access, credentials, account, sealer, settings: DealerSettings::default(), desk }
    }
    fn dealer(&self) -> Dealer {
        let mut dealer = Dealer::new(self.desk.clone());
        let env = self.env();
        let cash = Control::Transfer(Usd::from_whole(5_000));
        dealer.handle(Input::Ordered(Origin("bench".to_owned()), cash), &env);
        dealer.handle(Input::Reconciled(Reconciliation::Agrees), &env);
        dealer
    }
    fn env(&self) -> Env<'_> {
        Env {
            now: UnixMillis(NOW.0 + 151),
            quotes: &NoQuotes,
            signer: &self.sealer,
            settings: &self.settings,
        }
    }
    /// Nanoseconds until every first order is signed, and until the requests are whole.
    fn round(&self, scene: &Scene) -> (usize, u64, u64) {
        // A new one each time: it remembers what it wished, and rests.
        let mut strategy = scene.strategy();
        let mut dealer = self.dealer();
        let env = self.env();
        let began = Instant::now();
        let analysis = strategy.analyze(&scene.situation());
        let Some(signal) = analysis.signal else { panic!("no signal: {:?}", analysis.review) };
        let (signal, gates) = (Box::new(signal), analysis.review.gates);
        let outcome = dealer.handle(Input::Raise { signal, gates }, &env);
        let signed = began.elapsed();
        let mut orders = 0;
        let mut bytes = 0;
        for effect in outcome.effects {
            let Effect::Post(approved) = effect else { continue };
            let body = approved.into_inner().body;
            let at = env.now.0 / 1_000;
            let signer = self.account.signer();
            let headers =
                self.credentials.l2_headers(signer, "POST", "/order", body.as_bytes(), at);
            bytes += std::hint::black_box(headers.len() + body.len());
            orders += 1;
        }
        let whole = began.elapsed();
        assert!(orders > 0 && bytes > 0 && self.access.get().is_some());
        (orders, signed.as_nanos() as u64, whole.as_nanos() as u64)
    }
    fn report(&self, name: &str, scene: &Scene, rounds: usize) {
        let mut signed = Vec::with_capacity(rounds);
        let mut whole = Vec::with_capacity(rounds);
        let mut legs = 0;
        for round in 0..rounds + rounds / 10 {
            let (orders, sign, all) = self.round(scene);
            // The first tenth warms up.
            if round >= rounds / 10 {
                signed.push(sign);
                whole.push(all);
                legs = orders;
            }
        }
        let [s50, s99] = [50, 99].map(|percent| percentile(&mut signed, percent));
        let [w50, w99] = [50, 99].map(|percent| percentile(&mut whole, percent));
        println!(
            "{name:<22} {legs} orders   signed p50 {s50:>6.1} p99 {s99:>6.1} us   requests whole \
             p50 {w50:>6.1} p99 {w99:>6.1} us"
        );
    }
}

/// In microseconds.
fn percentile(values: &mut [u64], percent: usize) -> f64 {
    values.sort_unstable();
    let at = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or_default() as f64 / 1_000.0
}

fn main() {
    let rounds = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(ROUNDS);
    println!("{rounds} opportunities each, one core, nothing written down");
    let bench = Bench::new();
    bench.report("parity long", &Scene::pair(), rounds);
    bench.report("neg-risk long of 3", &Scene::group(3), rounds);
    bench.report("neg-risk long of 5", &Scene::group(5), rounds);
}
