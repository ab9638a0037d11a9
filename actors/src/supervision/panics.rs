//! Catching panics with their location.
//!
//! The panic hook runs at the site of the panic and alone knows the location and the backtrace;
//! `catch_unwind` yields the payload only. Both halves meet in a thread-local.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Once};

use parking_lot::Mutex;

use super::exit::PanicReport;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<PanicReport>> = const { RefCell::new(None) };
}

static INSTALL: Once = Once::new();
static ORPHAN_COUNT: AtomicU64 = AtomicU64::new(0);
static ORPHANS: Mutex<VecDeque<Orphan>> = Mutex::new(VecDeque::new());
const ORPHANS_KEPT_MAX: usize = 64;

/// A panic outside every supervised actor: nobody restarts anything for it, so it is counted and
/// becomes an event instead of a line in stderr alone.
#[derive(Clone)]
pub(crate) struct Orphan {
    /// Counts from 1 over the life of the process.
    pub(crate) number: u64,
    pub(crate) message: String,
    pub(crate) location: String,
}

/// Puts our hook in front of the present one. Panics of supervised actors end here (printing, and
/// resolving symbols for it, would happen on the dying thread); all others go on to that hook.
pub(crate) fn install() {
    INSTALL.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let message = text_of(info.payload());
            let location = info.location().map(ToString::to_string).unwrap_or_default();
            if GUARDED.try_with(Cell::get).unwrap_or(false) {
                let backtrace = std::env::var_os("RUST_BACKTRACE")
                    .is_some_and(|v| v != "0")
                    .then(|| Arc::new(Backtrace::force_capture()));
                let report = PanicReport { message, location, backtrace };
                let _ = LAST.try_with(|last| *last.borrow_mut() = Some(report));
            } else {
                note_orphan(message, location);
                previous(info);
            }
        }));
    });
}

/// Noted only: a listener that panicked inside the panic hook would abort the process. The
/// watchdog thread makes events of them.
fn note_orphan(message: String, location: String) {
    let number = ORPHAN_COUNT.fetch_add(1, Relaxed) + 1;
    let mut orphans = ORPHANS.lock();
    if orphans.len() == ORPHANS_KEPT_MAX {
        orphans.pop_front();
    }
    orphans.push_back(Orphan { number, message, location });
}

pub(crate) fn orphan_count() -> u64 {
    ORPHAN_COUNT.load(Relaxed)
}

/// The orphans after `number`, as far as they are still kept.
pub(crate) fn orphans_after(number: u64) -> Vec<Orphan> {
    ORPHANS.lock().iter().filter(|orphan| orphan.number > number).cloned().collect()
}

/// Runs code of a supervised actor; a panic comes back as a report.
pub(crate) fn guarded<R>(f: impl FnOnce() -> R) -> Result<R, PanicReport> {
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    GUARDED.set(outer);
    result.map_err(|payload| {
        let message = text_of(&*payload);
        // the payload's own destructor may panic
        let _ = panic::catch_unwind(AssertUnwindSafe(move || drop(payload)));
        let unhooked = PanicReport { message, location: String::new(), backtrace: None };
        LAST.with(|last| last.borrow_mut().take()).unwrap_or(unhooked)
    })
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        return (*text).to_owned();
    }
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic without a text".to_owned())
}
