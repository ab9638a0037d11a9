//! A recorded session, run again: every decision is the recorded one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use domain::Side;
use engine::opportunity::OpportunityKind;
use engine::strategy::{
    Analysis, CATALOGUE, NegRiskBasket, Parts, Plan, Registration, Routine, Situation, Strategy,
};
use replay::{
    Change, Difference, Exhibit, Filter, Past, ReplayError, Rerun, RowKind, Shelf, Totals,
};
use serde_json::Value;
use sessions::{Archive, SessionReader};
use store::Backend;
use store::testing::TestDatabase;

use crate::service::Service;

const SOON: Duration = Duration::from_secs(60);

/// Lets a demo trade for a while, and returns where its session is.
async fn record(service: &mut Service) -> PathBuf {
    let traded = |view: &Value| view["stages"][3]["count"].as_u64() > Some(3);
    service.until("/api/v1/decisions/summary", SOON, traded).await;
    actix_rt::time::sleep(Duration::from_secs(5)).await;
    service.terminate();
    let archive = Archive::new(&service.folder().join("sessions"));
    let [session] = archive.sessions().unwrap().try_into().unwrap();
    session.folder
}

/// Runs a session again up to its end or the first difference.
fn again(
    session: &Path,
    catalogue: &'static [Registration],
) -> (Result<Option<Difference>, ReplayError>, Totals) {
    let mut rerun = Rerun::new(catalogue);
    for record in SessionReader::open(session).unwrap() {
        match rerun.take(record.unwrap()) {
            Ok(taken) if taken.difference.is_none() => {}
            Ok(taken) => return (Ok(taken.difference), *rerun.totals()),
            Err(error) => return (Err(error), *rerun.totals()),
        }
    }
    (Ok(None), *rerun.totals())
}

fn assert_the_same_thrice(session: &Path) {
    let mut seen = None;
    for _ in 0..3 {
        let (end, totals) = again(session, CATALOGUE);
        let difference = end.unwrap();
        assert_eq!(difference.as_ref().map(ToString::to_string), None);
        assert!(totals.decisions > 100 && totals.signals > 3 && totals.desk > 20, "{totals:?}");
        assert_eq!(*seen.get_or_insert(totals), totals, "and each time as much");
    }
}

#[actix_rt::test]
async fn a_session_decides_the_same_three_times_and_a_hash_map_in_a_decision_is_found() {
    let mut service = Service::start(31);
    let session = record(&mut service).await;
    assert_the_same_thrice(&session);
    assert_every_decision_is_shown_as_it_was(&session);

    let (end, _) = again(&session, HASHED);
    let difference = end.unwrap().expect("the order of a hash map is another each time");
    assert_eq!(difference.who, "neg_risk_basket", "{difference}");

    // It is a recording as well, that strategies can be tried on.
    let report = backtested(&session);
    assert!(report["read"]["tape"]["frames"].as_u64() > Some(1_000), "{report:#}");
    assert!(report["looks"]["opportunities"].as_u64() > Some(0), "{report:#}");
    let traded = |bound: &Value| bound["done"]["orders"].as_u64() > Some(0);
    assert!(report["bounds"].as_array().unwrap().iter().any(traded), "{report:#}");
}

/// Looks back at what was decided: the books that an opportunity rests on hold what it takes, and
/// what was done leads back to what was found.
fn assert_every_decision_is_shown_as_it_was(session: &Path) {
    let shelf = Shelf::default();
    let past = Past::open(session, &shelf).unwrap();
    let of = |kind| Filter { kinds: vec![kind], ..Filter::default() };
    let (mut legs, mut as_looked_at) = (0, 0);
    for row in past.decisions(&of(RowKind::Opened), 40).rows {
        let then = past.decision(row.record).unwrap();
        let Some(Exhibit::Detector { changes }) = &then.exhibit else { panic!("{then:?}") };
        for change in changes {
            let Change::Opened(found) = change else { continue };
            for leg in &found.legs {
                let ladder = then.moment.ladders.iter().find(|it| it.token == leg.token).unwrap();
                let book = ladder.book.as_ref().unwrap();
                legs += 1;
                if !ladder.as_looked_at {
                    continue;
                }
                as_looked_at += 1;
                let other = match leg.side {
                    Side::Buy => book.side(Side::Sell),
                    Side::Sell => book.side(Side::Buy),
                };
                for taken in &leg.taken {
                    let there = other.iter().find(|level| level.price == taken.price);
                    assert!(
                        there.is_some_and(|level| level.size >= taken.size),
                        "{leg:?} {book:?}"
                    );
                }
            }
        }
    }
    assert!(legs > 4 && as_looked_at * 2 > legs, "{as_looked_at} of {legs}");

    let orders = past.decisions(&of(RowKind::Filled), 5).rows;
    assert!(!orders.is_empty());
    for row in orders {
        let then = past.decision(row.record).unwrap();
        let kinds: Vec<_> = then.causes.iter().map(|link| link.row.kind).collect();
        for cause in [RowKind::Opened, RowKind::Raised, RowKind::Approved, RowKind::Ordered] {
            // An order is posted in the very step in which its wish is approved.
            let is_same_step = cause == RowKind::Ordered;
            assert!(kinds.contains(&cause) || is_same_step, "{row:?} comes of {kinds:?}");
        }
        assert!(then.moment.standing.is_some() && !then.moment.feeds.is_empty());
    }
}

/// What the strategies would have made of a session.
fn backtested(session: &Path) -> Value {
    let program = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .args(["backtest", "--json"])
        .arg(session)
        .output()
        .unwrap();
    assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
    serde_json::from_slice(&program.stdout).unwrap()
}

#[actix_rt::test]
async fn a_session_of_a_service_on_mariadb_decides_the_same_three_times() {
    let Some(database) = TestDatabase::open(Backend::Mysql).await else { return };
    let mut service = Service::start_on(32, &database.address());
    let is_there = |view: &Value| view["store"]["backend"].is_string();
    let system = service.until("/api/v1/system", SOON, is_there).await;
    assert_eq!(system["store"]["backend"], "mysql", "{system:#}");
    let session = record(&mut service).await;
    assert_the_same_thrice(&session);
}

/// The strategies, of which one looks at what a hash map puts first.
const HASHED: &[Registration] = &[
    Registration { name: "neg_risk_basket", make: |routine| Box::new(Hashed::new(routine)) },
    {
        let [mint_split, ..] = CATALOGUE else { panic!("the catalogue is not empty") };
        *mint_split
    },
    {
        let [_, arbitrage_long, ..] = CATALOGUE else { panic!("the catalogue has two") };
        *arbitrage_long
    },
    {
        let [.., forecast_edge] = CATALOGUE else { panic!("the catalogue is not empty") };
        *forecast_edge
    },
];

struct Hashed(NegRiskBasket);

impl Hashed {
    const fn new(routine: Routine) -> Self {
        Self(NegRiskBasket::new(routine))
    }
}

impl Strategy for Hashed {
    fn routine(&self) -> &Routine {
        self.0.routine()
    }
    fn routine_mut(&mut self) -> &mut Routine {
        self.0.routine_mut()
    }
    fn kinds(&self) -> &'static [OpportunityKind] {
        self.0.kinds()
    }
    fn plan(&self, kind: OpportunityKind, parts: Parts) -> Plan {
        self.0.plan(kind, parts)
    }
    fn analyze(&mut self, situation: &Situation<'_>) -> Analysis {
        let analysis = self.0.analyze(situation);
        let legs = situation.opportunity.legs.iter().enumerate();
        let by_token: HashMap<_, _> = legs.map(|(at, leg)| (leg.token, at)).collect();
        match by_token.values().next() {
            Some(0) => analysis,
            _ => Analysis { signal: None, ..analysis },
        }
    }
}
