//! A hub that says what the hub of another process says.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use bytestring::ByteString;

use super::Hub;
use crate::fan_out::{Frame, Goodbye, Outbox};

/// What is said to clients when the numbers begin anew.
const ANOTHER_RUN: Goodbye =
    Goodbye { code: 1012, reason: "another process decides now; connect again" };

/// Calls of [`Hub::see_off`] within which everybody is told to connect again: what all of them ask then
/// does not come at one moment.
pub const SEE_OFF_TURNS: u32 = 60;

/// Clients that are still to be told to connect again. They hear nothing else any more.
#[derive(Default)]
pub(super) struct Leaving {
    clients: VecDeque<Arc<Outbox>>,
    per_turn: usize,
}

impl Hub {
    /// From now on it says what another run says, the next fact of which has the number after
    /// `last_fact`. Clients hear nothing of it, and are told to connect again by [`Hub::see_off`].
    /// The same run goes on as it was.
    pub fn follow(&self, run: u64, last_fact: u64) {
        let clients = self.clients.write();
        if self.run.swap(run, SeqCst) == run {
            return;
        }
        self.history.lock().begin_after(last_fact);
        self.state.lock().forget();
        let mut leaving = self.leaving.lock();
        leaving.clients.extend(clients.by_id.values().filter(|client| client.seal()).cloned());
        leaving.per_turn = leaving.clients.len().div_ceil(SEE_OFF_TURNS as usize);
    }

    /// Tells a part of those who are to connect again to do so. To be called many times a second.
    pub fn see_off(&self) {
        let mut leaving = self.leaving.lock();
        let count = leaving.per_turn.min(leaving.clients.len());
        for client in leaving.clients.drain(..count) {
            client.close(ANOTHER_RUN);
        }
    }

    /// Says a fact that has a number already. One that was said before is left out; where some
    /// before it are missing, clients are told how many.
    pub fn repeat_fact(&self, number: u64, kind: &'static str, text: ByteString) {
        let clients = self.clients.read();
        let mut history = self.history.lock();
        let missing = match number.checked_sub(history.last() + 1) {
            None => return,
            Some(missing) => missing,
        };
        if missing > 0 {
            history.begin_after(number - 1);
            for client in clients.by_id.values() {
                client.miss(missing);
            }
        }
        let frame = history.add(|_| Frame::fact(text).of(kind));
        for client in clients.by_id.values() {
            client.push(&frame);
        }
    }

    /// Something was lost that no number tells of: clients are told, and nobody resumes before it.
    pub fn say_gap(&self) {
        let clients = self.clients.read();
        let mut history = self.history.lock();
        let last = history.last();
        history.begin_after(last);
        self.state.lock().forget();
        for client in clients.by_id.values() {
            client.miss(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;
    use crate::fan_out::{Arrival, HubLimits, Mark, Out};

    fn told(client: &Arc<Outbox>) -> Vec<String> {
        let text = |out| match out {
            Out::Text(text) => text.to_string(),
            other => format!("{other:?}"),
        };
        std::iter::from_fn(|| client.stream().next().now_or_never().flatten()).map(text).collect()
    }
    fn hub() -> Arc<Hub> {
        let limits = HubLimits { states_kept: 2, ..HubLimits::default() };
        Hub::new(limits, |lost| format!("lost {lost}").into())
    }
    fn since(mark: Mark) -> Arrival {
        Arrival { since: Some(mark), ..Arrival::default() }
    }

    #[test]
    fn a_fact_that_comes_twice_is_said_once_and_one_that_is_missing_is_told() {
        let hub = hub();
        hub.follow(9, 4);
        assert_eq!((hub.run(), hub.last_fact()), (9, 4));
        let client = hub.join(Arrival::default()).unwrap();
        for number in [5, 6, 5, 6, 4] {
            hub.repeat_fact(number, "order", number.to_string().into());
        }
        assert_eq!(told(&client), ["5", "6"]);
        assert!(hub.keeps_since(4) && !hub.keeps_since(3));
        hub.repeat_fact(9, "order", "9".into());
        assert_eq!(told(&client), ["lost 2", "9"]);
        assert!(hub.keeps_since(8) && !hub.keeps_since(6));
        hub.say_gap();
        assert_eq!(told(&client), ["lost 1"]);
        assert!(hub.keeps_since(9) && !hub.keeps_since(8));
    }

    #[test]
    fn another_run_sends_clients_to_connect_again_and_the_same_one_does_not() {
        let hub = hub();
        hub.follow(9, 4);
        let client = hub.join(Arrival::default()).unwrap();
        hub.follow(9, 7);
        assert_eq!(told(&client), Vec::<String>::new());
        hub.follow(10, 0);
        hub.see_off();
        assert!(told(&client)[0].starts_with("Close"));
    }

    #[test]
    fn those_who_are_to_connect_again_are_told_so_in_turn_and_hear_nothing_of_the_other_run() {
        let hub = hub();
        hub.follow(9, 4);
        let turns = SEE_OFF_TURNS as usize;
        let clients: Vec<_> =
            (0..turns * 3 - 1).map(|_| hub.join(Arrival::default()).unwrap()).collect();
        hub.repeat_fact(5, "order", "before".into());
        hub.follow(10, 0);
        hub.repeat_fact(1, "order", "after".into());
        hub.say_gap();
        hub.publish(&Frame::state(1, "after").of("market"));
        let all = || clients.iter().flat_map(told).collect::<Vec<_>>();
        assert!(all().iter().all(|text| text == "before"), "what was said before still comes");
        let each: Vec<_> = (0..=turns)
            .map(|_| {
                hub.see_off();
                all().len()
            })
            .collect();
        let (rest, full) = (&each[turns - 1..], &each[..turns - 1]);
        assert_eq!(rest, [2, 0], "{each:?}");
        assert!(full.iter().all(|count| *count == 3), "{each:?}");
        let late = hub.join(Arrival::default()).unwrap();
        hub.repeat_fact(2, "order", "after".into());
        assert_eq!(told(&late), ["after"]);
    }

    #[test]
    fn state_that_was_said_while_a_snapshot_was_under_way_follows_it() {
        let hub = hub();
        let mark = hub.mark();
        for (key, text) in [(1, "a"), (2, "b")] {
            hub.publish(&Frame::state(key, text).of("market"));
        }
        let client = hub.join(since(mark)).unwrap();
        assert_eq!(told(&client), ["a", "b"]);
        hub.publish(&Frame::state(3, "c").of("market"));
        let late = hub.join(since(mark)).unwrap();
        assert_eq!(told(&late), ["lost 1"], "the first is not kept any more");
    }
}
