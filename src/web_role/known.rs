//! Who may listen, as the leader said; asked again every few seconds while they do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, AsyncContext, Context, WrapFuture};
use actors::cluster::ClusterBoard;
use futures_util::{StreamExt as _, stream};
use parking_lot::Mutex;

use super::leader::{self, Clients, Credential, Verdict};
use crate::web::auth::access::Shown;
use crate::web::guard::Arrived;
use crate::web::problem::Problem;

/// What was said counts for so long before it is asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// Between two rounds of asking.
const ROUND: Duration = Duration::from_secs(1);
/// Questions that are open at one time.
const QUESTIONS_MAX: usize = 16;
/// While nobody can be asked, what was said counts for so long.
const UNASKED_MAX: Duration = Duration::from_secs(60);
/// Tokens and sessions at one time; the next ones are refused.
const KNOWN_MAX: usize = 4_096;

/// Somebody of whom the leader said that they are known.
struct Remembered {
    credential: Credential,
    arrived: Arrived,
    said_at: Instant,
    asked_at: Instant,
    /// Each of their sockets has a share of it.
    listen: Arc<()>,
}

impl Remembered {
    fn listens(&self) -> bool {
        Arc::strong_count(&self.listen) > 1
    }
}

/// Who may listen. It outlives each incarnation of who asks.
#[derive(Default)]
pub struct Known(Mutex<BTreeMap<Shown, Remembered>>);

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("entries", &self.0.lock().len()).finish()
    }
}

/// A socket of somebody. They are kept in mind as long as they have one.
#[derive(Debug)]
pub struct Listening {
    known: Arc<Known>,
    shown: Shown,
    listens: Arc<()>,
}

impl Listening {
    /// Whether they may still listen. Who was unknown in between connects again.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        let known = self.known.0.lock();
        let same = known.get(&self.shown).filter(|it| Arc::ptr_eq(&it.listen, &self.listens));
        same.is_some_and(|it| it.said_at.elapsed() < UNASKED_MAX)
    }
}

impl Known {
    /// Whether it was said lately that they are known.
    #[must_use]
    pub fn is_fresh(&self, shown: Shown) -> bool {
        self.0.lock().get(&shown).is_some_and(|it| it.said_at.elapsed() < ASK_AGAIN_AFTER)
    }
    /// Keeps in mind that the leader knows them; `None` where there is no room.
    pub fn keep(
        self: &Arc<Self>,
        shown: Shown,
        credential: &Credential,
        arrived: &Arrived,
    ) -> Option<Listening> {
        let mut known = self.0.lock();
        if known.len() >= KNOWN_MAX && !known.contains_key(&shown) {
            known.retain(|_, it| it.listens());
            if known.len() >= KNOWN_MAX {
                return None;
            }
        }
        let now = Instant::now();
        let remembered = known.entry(shown).or_insert_with(|| Remembered {
            credential: credential.clone(),
            arrived: arrived.clone(),
            said_at: now,
            asked_at: now,
            listen: Arc::default(),
        });
        let listens = Arc::clone(&remembered.listen);
        drop(known);
        Some(Listening { known: Arc::clone(self), shown, listens })
    }
    /// The leader said so just now.
    pub fn said(&self, shown: Shown, verdict: Verdict) {
        let mut known = self.0.lock();
        match verdict {
            Verdict::Unknown => drop(known.remove(&shown)),
            Verdict::Known => {
                if let Some(remembered) = known.get_mut(&shown) {
                    remembered.said_at = Instant::now();
                }
            }
        }
    }
    /// Of whom it is to be asked now. Those who listen no more are forgotten.
    fn due(&self) -> Vec<(Shown, Credential, Arrived)> {
        let mut known = self.0.lock();
        known.retain(|_, it| it.listens() || it.said_at.elapsed() < ASK_AGAIN_AFTER);
        let due = known.iter_mut().filter(|(_, it)| it.asked_at.elapsed() >= ASK_AGAIN_AFTER);
        let ask = |(shown, it): (&Shown, &mut Remembered)| {
            it.asked_at = Instant::now();
            (*shown, it.credential.clone(), it.arrived.clone())
        };
        due.map(ask).collect()
    }
}

/// Asks the leader again and again of whoever listens.
pub struct Asker {
    known: Arc<Known>,
    board: Arc<ClusterBoard>,
}

impl Asker {
    /// Asks of those who are known.
    #[must_use]
    pub const fn new(known: Arc<Known>, board: Arc<ClusterBoard>) -> Self {
        Self { known, board }
    }
}

impl Actor for Asker {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        let (known, board) = (Arc::clone(&self.known), Arc::clone(&self.board));
        let client = Clients::new().reads;
        let asking = async move {
            loop {
                let questions = known.due().into_iter().map(|(shown, credential, arrived)| {
                    let (client, board) = (&client, &board);
                    async move { (shown, leader::who(client, board, &credential, &arrived).await) }
                });
                let mut answers = stream::iter(questions).buffer_unordered(QUESTIONS_MAX);
                while let Some((shown, answer)) = answers.next().await {
                    told(&known, shown, answer);
                }
                actix_rt::time::sleep(ROUND).await;
            }
        };
        ctx.spawn(asking.into_actor(self));
    }
}

fn told(known: &Known, shown: Shown, answer: Result<Verdict, Problem>) {
    match answer {
        Ok(verdict) => known.said(shown, verdict),
        // What was said before counts, for a while.
        Err(problem) => tracing::debug!(%problem, "it was not said who listens"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

    use super::*;
    use crate::web::auth::Digest;

    fn somebody(number: usize) -> (Shown, Credential, Arrived) {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
        let arrived = Arrived { peer: None, host: "h".to_owned(), scheme: "http" };
        let shown = Shown::Token(Digest::of(&number.to_string()));
        (shown, Credential::of(&headers).unwrap(), arrived)
    }

    #[test]
    fn whoever_is_no_longer_known_may_not_listen_any_more() {
        let known = Arc::new(Known::default());
        let (shown, credential, arrived) = somebody(1);
        let listening = known.keep(shown, &credential, &arrived).unwrap();
        assert!(listening.is_in_force() && known.is_fresh(shown));
        known.said(shown, Verdict::Known);
        assert!(listening.is_in_force());
        known.said(shown, Verdict::Unknown);
        assert!(!listening.is_in_force() && !known.is_fresh(shown));
        let again = known.keep(shown, &credential, &arrived).unwrap();
        assert!(again.is_in_force() && !listening.is_in_force());
    }

    #[test]
    fn those_who_listen_keep_their_place_when_there_is_no_room() {
        let known = Arc::new(Known::default());
        let listens = |number| {
            let (shown, credential, arrived) = somebody(number);
            known.keep(shown, &credential, &arrived)
        };
        let mut all: Vec<_> = (0..KNOWN_MAX).map(|number| listens(number).unwrap()).collect();
        assert!(listens(KNOWN_MAX).is_none());
        assert!(listens(0).is_some(), "who is known needs no room");
        drop(all.pop());
        assert!(listens(KNOWN_MAX).is_some());
        assert!(all.iter().all(Listening::is_in_force));
    }
}
