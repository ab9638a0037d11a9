//! A start reads the desk that was kept and what follows, and comes to the same as the whole journal.
//!
//! `DUTCHBOOK_TEST_RECORDS=200000` prints what it saves.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, AsyncContext, Context, Handler};
use actors::clock::Clock;
use actors::supervision::{
    ChildSpec, Handle, Life, RootOptions, Signals, Strategy, SupervisorSpec, start,
};
use actors::trading::{Keeper, KeeperOutlets, Perform, ReadBack, Recovered, read_desk};
use domain::UnixMillis;
use engine::desk::{DESK_FORMAT, Desk};
use engine::risk::Limits;
use store::{Checkpoint, DatabaseUrl, LoadFrom, Store, StoreSettings};
use tokio::sync::mpsc;

use super::long_journal;
use super::scene::in_system;

const LONG: Duration = Duration::from_secs(120);
const EVERY: NonZeroU64 = NonZeroU64::new(1_000).unwrap();

/// Stands where the risk manager would: asks for the journal and hands the desk out.
struct Asking {
    read_back: Handle<ReadBack>,
    desk: mpsc::UnboundedSender<Option<Box<Desk>>>,
}
impl Actor for Asking {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_later(Duration::ZERO, |actor, _| {
            let limits = Box::new(Limits::default());
            actor.read_back.tell(ReadBack { epoch: 1, limits }).unwrap();
        });
    }
}
impl Handler<Recovered> for Asking {
    type Result = ();
    fn handle(&mut self, recovered: Recovered, _: &mut Self::Context) {
        self.desk.send(recovered.desk).unwrap();
    }
}
impl Handler<Perform> for Asking {
    type Result = ();
    fn handle(&mut self, _: Perform, _: &mut Self::Context) {}
}

/// Starts a keeper, waits for the desk, and then until one was kept at this record at least.
async fn start_up(url: &DatabaseUrl, kept_at: u64) -> (Desk, Duration) {
    let (desk, mut desks) = mpsc::unbounded_channel();
    let (database, began) = (StoreSettings::new(url.clone()), Instant::now());
    let keeper = ChildSpec::reserve::<Keeper>("keeper");
    let read_back = keeper.address().handle();
    let (asking_spec, asking) = ChildSpec::actor("asking", move |_, _: &Life<Asking>| Asking {
        read_back: read_back.clone(),
        desk: desk.clone(),
    })
    .build();
    let keeping = keeper.actor(move |_: &mut _, life: &Life<Keeper>| {
        let outlets = KeeperOutlets {
            risk_manager: asking.handle(),
            executor: asking.handle(),
            chain: asking.handle(),
            board: Arc::default(),
            listeners: Vec::new(),
            tracer: None,
        };
        let owner = "test".to_owned();
        Keeper::new(life.clone(), database.clone(), owner, Clock::System, outlets)
            .checkpoint_every(EVERY)
    });
    let spec = SupervisorSpec::new("root", Strategy::OneForOne)
        .child(keeping.build().0)
        .child(asking_spec);
    let running = start(spec, &RootOptions { signals: Signals::Ignore, ..RootOptions::default() });
    let desk = tokio::time::timeout(LONG, desks.recv()).await.unwrap().unwrap().unwrap();
    let took = began.elapsed();
    let store = Store::connect(&StoreSettings::new(url.clone())).await.unwrap();
    let limit = Instant::now() + LONG;
    while kept(&store).await < kept_at {
        assert!(Instant::now() < limit, "no desk was kept");
        actix_rt::time::sleep(Duration::from_millis(20)).await;
    }
    running.shutdown();
    let _ = tokio::time::timeout(LONG, running.wait()).await;
    (*desk, took)
}

async fn kept(store: &Store) -> u64 {
    let loaded = store.money().load(LoadFrom::Newest).await.unwrap();
    loaded.checkpoint.map_or(0, |kept| kept.seq)
}

#[test]
fn a_start_from_a_kept_desk_comes_to_the_same_as_one_from_the_whole_journal() {
    in_system(async {
        let records = std::env::var("DUTCHBOOK_TEST_RECORDS").ok();
        let records = records.and_then(|text| text.parse().ok()).unwrap_or(3_000);
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite_file(&folder.path().join("long.sqlite"));
        let written = long_journal::write(&url, records).await;
        let (whole, before) = start_up(&url, written).await;
        let (again, after) = start_up(&url, written).await;
        assert_eq!(again, whole);
        assert_eq!(whole.order_of(engine::desk::OrderNumber(1)).is_some(), records < 30_000);
        eprintln!("{written} records: read in {before:?}, from the kept desk in {after:?}");
    });
}

#[test]
fn a_kept_desk_of_another_version_or_of_none_is_passed_over() {
    in_system(async {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite_file(&folder.path().join("strange.sqlite"));
        let written = long_journal::write(&url, 1_200).await;
        let (whole, _) = start_up(&url, written).await;
        let store = Store::connect(&StoreSettings::new(url)).await.unwrap();
        let at = UnixMillis(1_790_000_000_000);
        let journal = store.money().open_journal("test", at).await.unwrap();
        let loaded = store.money().load(LoadFrom::Newest).await.unwrap();
        let sound = loaded.checkpoint.unwrap().body;
        let older = sound.replacen(&format!("\"format\":{DESK_FORMAT}"), "\"format\":0", 1);
        assert_ne!(older, sound);
        let limits = Limits::default();
        let put = async |seq: u64, body: &str| {
            let kept = Checkpoint { seq, body: body.to_owned(), at };
            journal.put_checkpoint(&kept).await.unwrap();
        };
        // A whole desk at the wrong place: the records after it do not follow from it.
        put(written - 2, &sound).await;
        for body in [older.as_str(), "{}", "no desk"] {
            put(written, body).await;
            let read = read_desk(&store, LoadFrom::Newest, &limits).await.unwrap();
            assert_eq!(read.desk.as_deref(), Some(&whole), "{body:.40}");
            assert_eq!((read.last_seq, read.kept_seq), (written, 0));
        }
        put(written, &sound).await;
        let read = read_desk(&store, LoadFrom::Newest, &limits).await.unwrap();
        assert_eq!((read.desk.as_deref(), read.kept_seq), (Some(&whole), written));
    });
}
