//! Eight strategies fire at once, each from a thread of its own, at a real risk manager with a real
//! journal. Every prefix of that journal is compared with the limits, by sums of the test's own.

mod auditor;

use engine::strategy::Considered;
use engine::strategy::Passed;
use std::sync::Arc;

use actors::books::TouchBoard;
use actors::clock::Clock;
use actors::recorder::Notes;
use actors::supervision::{
    ChildSpec, Handle, Life, RootOptions, RunningTree, Signals, Strategy as Restarts,
    SupervisorSpec, start,
};
use actors::trading::{
    Command, Keeper, KeeperOutlets, News, OpportunitiesPassed, RaiseSignal, RiskManager,
    RiskManagerOutlets, RiskManagerSettings, TradingBoard,
};
use domain::{DurationMillis, Shares, UnixMillis, Usd};
use engine::desk::{
    Control, DealerSettings, ExecutionSettings, Input, Origin, Purse, Reconciliation, Recorded,
};
use engine::opportunity::OpportunityId;
use engine::risk::{Gate, Limits, Rule};
use engine::strategy::{CATALOGUE, Manner, Room, Routine, Situation, StrategySettings};
use store::{DatabaseUrl, DecisionFilter, JournalEntry, LoadFrom, Store, StoreSettings, Verdict};

use super::named;
use super::scene::{found, market};
use super::venue::{Books, Scribe, Venue};
use crate::supervision::victim::{LONG, in_system, ms, until};

const STRATEGIES: u64 = 8;
const SIGNALS_EACH: u64 = 40;
const MARKETS: u8 = 3;

fn limits() -> Limits {
    Limits {
        market_usd_max: Usd::from_whole(60),
        total_usd_max: Usd::from_whole(150),
        order_usd_max: Usd::from_whole(20),
        trades_per_minute_max: 60,
        open_orders_max: 9,
        open_plans_max: 4,
        consecutive_errors_max: 1_000,
        floor_loss_usd_max: Usd::from_whole(1_000),
        leg_missing_loss_usd_max: Usd::from_whole(1_000),
        ..Limits::default()
    }
}

/// A desk with everything around it, in a folder of its own.
struct Rig {
    trading: Arc<TradingBoard>,
    signals: Handle<RaiseSignal>,
    passes: Handle<OpportunitiesPassed>,
    store: StoreSettings,
    running: RunningTree,
    _folder: tempfile::TempDir,
}

async fn rig() -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::new(DatabaseUrl::sqlite_file(&folder.path().join("money.db")));
    let trading = Arc::new(TradingBoard::default());
    let risk_manager = ChildSpec::reserve::<RiskManager>("risk-manager");
    let keeper = ChildSpec::reserve::<Keeper>("keeper");
    let (desk, kept) = (risk_manager.address(), keeper.address());

    let (news, books) = (desk.handle::<News>(), Books::default());
    let (venue, outlet) = ChildSpec::actor("venue", move |_, _: &Life<Venue>| {
        Venue::new(news.clone(), Arc::clone(&books))
    })
    .build();
    let outlets = KeeperOutlets {
        risk_manager: desk.handle(),
        executor: outlet.handle(),
        chain: outlet.handle(),
        board: Arc::clone(&trading),
        listeners: Vec::new(),
        tracer: None,
    };
    let database = store.clone();
    let (keeper, _) = keeper
        .actor(move |_, life| {
            let (owner, outlets) = ("a test".to_owned(), outlets.clone());
            Keeper::new(life.clone(), database.clone(), owner, Clock::System, outlets)
        })
        .build();
    let outlets = RiskManagerOutlets {
        notes: Notes::default(),
        keeper: kept.handle(),
        read_back: kept.handle(),
        board: Arc::clone(&trading),
        touches: Arc::new(TouchBoard::default()),
        signer: Arc::new(Scribe),
    };
    let execution = ExecutionSettings {
        leg_wait: DurationMillis(300),
        unwind_pause: DurationMillis(100),
        unwinds_max: 1,
        ..ExecutionSettings::default()
    };
    let dealer = DealerSettings {
        execution,
        lock_after_leftover: DurationMillis(0),
        ..DealerSettings::default()
    };
    let settings = RiskManagerSettings { purse: Purse("a test".into()), limits: limits(), dealer };
    let (risk_manager, _) = risk_manager
        .actor(move |_, life| {
            RiskManager::new(life.clone(), settings.clone(), Clock::System, outlets.clone())
        })
        .build();
    let root = SupervisorSpec::new("root", Restarts::OneForOne)
        .child(venue)
        .child(keeper)
        .child(risk_manager);
    let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
    let running = start(root, &options);
    until("the desk is read back", || trading.view().is_some()).await;
    let agrees = Input::Reconciled(Reconciliation::Agrees);
    desk.tell(News(vec![agrees])).unwrap();
    let by = Origin("a test".into());
    let deposit = Control::Transfer(Usd::from_whole(5_000));
    desk.ask(Command { by, control: deposit }, LONG).await.unwrap().unwrap();
    let (signals, passes) = (desk.handle(), kept.handle());
    Rig { trading, signals, passes, store, running, _folder: folder }
}

fn now() -> UnixMillis {
    Clock::System.now()
}

/// One strategy's thread: signals as fast as they are taken, of any size in any market.
fn fire(strategy: u64, signals: &Handle<RaiseSignal>) {
    let most = Usd::from_whole(1_000_000);
    let room = Room {
        order_usd: most,
        market_usd: most,
        capital_usd: most,
        capital_rule: Rule::TotalUsd,
        leg_missing_loss_usd: most,
        floor_loss_usd: most,
    };
    for round in 0..SIGNALS_EACH {
        let chance = (strategy * 31 + round) * 7_919 % 1_000;
        let market = Arc::new(market(1 + (chance % u64::from(MARKETS)) as u8));
        let opportunity = found(&market, 60);
        let settings = StrategySettings {
            size_max: Shares::from_whole(5 + (chance % 51) as i64),
            leg_missing_loss_usd_max: most,
            ..StrategySettings::default()
        };
        let routine = Routine::new(named(&format!("s{strategy}")), settings);
        let now = now();
        let (kind, subject) = (opportunity.kind, opportunity.subject.clone());
        let id = OpportunityId { kind, subject, since: UnixMillis(now.0 - 1_000 - round as i64) };
        let situation = Situation {
            id: &id,
            opportunity: &opportunity,
            markets: &[market],
            group: None,
            now,
            vouched_at: Some(now),
            room,
            manner: Manner::ByItself,
            under_way: None,
            forbidden: &[],
        };
        let analysis = (CATALOGUE[1].make)(routine).analyze(&situation);
        let signal = Box::new(analysis.signal.unwrap_or_else(|| panic!("{:?}", analysis.review)));
        let mut wish = RaiseSignal { signal, gates: analysis.review.gates };
        while let Err(error) = signals.tell(wish) {
            wish = error.into_inner();
            std::thread::sleep(ms(1));
        }
        std::thread::sleep(ms(chance % 200));
    }
}

async fn journal(store: &Store) -> Vec<Recorded> {
    let mut pages = store.money().load(LoadFrom::Beginning).await.unwrap().pages;
    let mut records = Vec::new();
    loop {
        let page = pages.next_page().await.unwrap();
        if page.is_empty() {
            return records;
        }
        let read = |entry: JournalEntry| {
            let event = serde_json::from_str(&entry.body).unwrap();
            Recorded { at: entry.at, event }
        };
        records.extend(page.into_iter().map(read));
    }
}

#[test]
fn eight_strategies_firing_at_once_never_exceed_a_limit_by_a_cent() {
    in_system(async {
        let rig = rig().await;
        let threads: Vec<_> = (0..STRATEGIES)
            .map(|strategy| {
                let signals = rig.signals.clone();
                std::thread::spawn(move || fire(strategy, &signals))
            })
            .collect();
        let all = (STRATEGIES * SIGNALS_EACH) as usize;
        let since = std::time::Instant::now();
        while rig.trading.decisions().len() < all {
            let decided = rig.trading.decisions().len();
            let notices = || (rig.trading.notices(), rig.running.tree.snapshot());
            assert!(since.elapsed() < LONG * 3, "{decided} decisions: {:#?}", notices());
            actix_rt::time::sleep(ms(10)).await;
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let since = std::time::Instant::now();
        loop {
            let view = rig.trading.view().unwrap();
            if view.plans.is_empty() {
                break;
            }
            let stuck = || (view.plans.clone(), view.orders.clone(), view.tasks.clone());
            assert!(since.elapsed() < LONG * 6, "plans do not end: {:#?}", stuck());
            actix_rt::time::sleep(ms(10)).await;
        }
        let decisions = rig.trading.decisions();
        let store = Store::connect(&rig.store).await.unwrap();
        let records = journal(&store).await;
        let audit = auditor::audit(&records, &limits());
        assert!(audit.exceeded.is_empty(), "{:#?}", audit.exceeded);

        let cent = Usd::from_micros(10_000);
        let tighter = Limits { market_usd_max: audit.market_most - cent, ..limits() };
        assert!(!auditor::audit(&records, &tighter).exceeded.is_empty(), "the auditor sees a cent");

        // It was close: room was used, and every kind of limit refused somebody. How many plans fit
        // into the time depends on the disk.
        let approved = decisions.iter().filter(|decision| decision.plan.is_some()).count();
        assert_eq!(audit.opened, approved);
        assert!(approved > 2, "{approved}");
        assert!(audit.market_most > Usd::from_whole(20), "{}", audit.market_most);
        let refused = |rule: Rule| {
            let gates = decisions.iter().flat_map(|decision| &decision.gates);
            gates.filter(|gate| gate.is_refused() && gate.rule == rule).count()
        };
        let rules = [Rule::OrderUsd, Rule::MarketUsd, Rule::OpenOrders, Rule::OpenPlans];
        for rule in rules {
            assert!(refused(rule) > 0, "{rule} refused nobody");
        }
        let view = rig.trading.view().unwrap();
        assert!(view.halt.is_none(), "{:?}", view.halt);
        eprintln!(
            "approved {approved} of {all}; most in one market {}; records {}",
            audit.market_most,
            records.len()
        );
        rig.running.shutdown();
        rig.running.wait().await;
    });
}

#[test]
fn why_nothing_was_wished_is_kept_beside_what_was_decided() {
    in_system(async {
        let rig = rig().await;
        let opportunity = found(&market(1), 60);
        let (kind, subject) = (opportunity.kind, opportunity.subject);
        let passed = Passed {
            at: now(),
            strategy: named("arbitrage_long"),
            of: Considered::Opportunity(OpportunityId { kind, subject, since: now() }),
            gates: vec![Gate::refused(Rule::EdgeMin, "0.01", "0.05")],
        };
        // The same twice, as after a doubt, is one row.
        for _ in 0..2 {
            rig.passes.tell(OpportunitiesPassed(vec![passed.clone()])).unwrap();
        }
        let store = Store::connect(&rig.store).await.unwrap();
        let filter = DecisionFilter { verdict: Some(Verdict::Passed), ..DecisionFilter::default() };
        let since = std::time::Instant::now();
        let row = loop {
            let mut page = store.money().decisions(&filter, None, 10).await.unwrap();
            assert!(page.rows.len() < 2);
            if let Some(row) = page.rows.pop() {
                break row;
            }
            assert!(since.elapsed() < LONG, "no row");
            actix_rt::time::sleep(ms(10)).await;
        };
        assert_eq!(row.opportunity_id, Some(passed.of.to_string()));
        assert_eq!(row.rule.unwrap().as_str(), "edge_min");
        assert_eq!((row.signal_id, row.plan_id), (None, None));
        assert_eq!(row.gates, serde_json::to_value(&passed.gates).unwrap());
        rig.running.shutdown();
        rig.running.wait().await;
    });
}
