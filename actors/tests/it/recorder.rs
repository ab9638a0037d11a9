//! What is said to the recorder is in the session, all of it and in order.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use actors::clock::Clock;
use actors::recorder::{Notes, Recorder, RecorderSettings, StopRecording};
use actors::supervision::{
    ActorRef, Backoff, ChildSpec, Life, Placement, RootOptions, RunningTree, Shutdown, Signals,
    Strategy, SupervisorSpec, start,
};
use bytes::Bytes;
use domain::UnixMillis;
use replay::{Beginning, Note, Socket, Step};
use sessions::{Archive, Kind, SessionReader};

/// For a loaded machine; nothing waits so long unless it fails.
const LONG: Duration = Duration::from_secs(60);
/// Far more than is written at one time.
const MANY: u64 = 20_000;

struct Scene {
    notes: Notes,
    recorder: ActorRef<Recorder>,
    running: RunningTree,
    folder: tempfile::TempDir,
}

impl Scene {
    /// A recorder that has begun. What `before` says is said before that.
    async fn open(before: impl FnOnce(&Notes)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = RecorderSettings {
            folder: folder.path().to_owned(),
            archive_bytes_max: 1 << 30,
            segment_bytes: 64 << 20,
            version: "test".to_owned(),
            mode: "test".to_owned(),
        };
        let notes = Notes::kept();
        before(&notes);
        let said = notes.clone();
        let child = ChildSpec::actor("recorder", move |_, life: &Life<Recorder>| {
            Recorder::new(life.clone(), settings.clone(), Clock::System, said.clone())
        });
        let (child, recorder) = child
            .placement(Placement::Dedicated)
            .backoff(Backoff::exponential(Duration::from_millis(1), Duration::from_millis(10)))
            .shutdown(Shutdown::Drain(LONG))
            .stop_with(|recorder| recorder.tell(StopRecording).unwrap())
            .build();
        let root = SupervisorSpec::new("root", Strategy::OneForOne).child(child);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut running = start(root, &options);
        tokio::time::timeout(LONG, running.ready()).await.expect("the tree did not start");
        Self { notes, recorder, running, folder }
    }

    /// Where the sessions are, once there are so many.
    async fn sessions(&self, count: usize) -> Vec<PathBuf> {
        let patience = Instant::now() + LONG;
        loop {
            let begun = folders(self.folder.path());
            if begun.len() >= count {
                return begun;
            }
            assert!(Instant::now() < patience, "{begun:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn close(self) -> tempfile::TempDir {
        self.running.shutdown();
        self.running.wait().await;
        self.folder
    }
}

fn folders(archive: &Path) -> Vec<PathBuf> {
    let listed = Archive::new(archive).sessions().unwrap();
    listed.into_iter().map(|session| session.folder).collect()
}

fn say(notes: &Notes, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        let frame = Bytes::from(number.to_string());
        let at = UnixMillis(i64::try_from(number).unwrap());
        notes.say(at, || Note::Heard { socket: Socket::Trades, frame });
    }
}

/// How a session begins, and the numbers said in it.
fn read(session: &Path) -> (Beginning, Vec<u64>) {
    let mut records = SessionReader::open(session).unwrap().map(Result::unwrap);
    let first = serde_json::from_slice(&records.next().unwrap().payload).unwrap();
    let Step::Setup(setup) = first else { panic!("{first:?}") };
    let number = |record: sessions::Record| {
        assert_eq!(record.kind, Kind::TradeFrame, "nothing is missing and nothing else is there");
        std::str::from_utf8(&record.payload).unwrap().parse().unwrap()
    };
    (setup.beginning, records.map(number).collect())
}

#[actix_rt::test]
async fn what_was_said_before_it_began_and_until_it_was_stopped_is_recorded_in_order() {
    let scene = Scene::open(|notes| say(notes, 0..MANY)).await;
    say(&scene.notes, MANY..2 * MANY);
    let folder = scene.close().await;
    let [session] = folders(folder.path()).try_into().unwrap();
    assert_eq!(read(&session), (Beginning::WithTheProgram, (0..2 * MANY).collect()));
}

#[actix_rt::test]
async fn a_recorder_that_was_restarted_begins_another_session_without_what_waited_for_the_last() {
    let scene = Scene::open(|_| {}).await;
    let first = scene.sessions(1).await;
    say(&scene.notes, 0..MANY);
    scene.recorder.kill();
    let both = scene.sessions(2).await;
    say(&scene.notes, MANY..2 * MANY);
    let _folder = scene.close().await;
    let second = both.iter().find(|session| !first.contains(session)).unwrap();
    assert_eq!(read(second), (Beginning::Later, (MANY..2 * MANY).collect()));
}
