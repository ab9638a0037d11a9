//! Who is let in, while the service runs. It outlives each incarnation of the web front.

use std::collections::BTreeMap;

use domain::{DurationMillis, UnixMillis};
use parking_lot::{Mutex, RwLock};

use super::links::Links;
use super::rate::{Buckets, Rate, Whose};
use super::role::Principal;
use super::secret::{Digest, Fresh, NoRandomness};
use super::sessions::{BegunBy, SESSION_LIFE, Session, Sessions};
use super::tokens::Tokens;

/// How often one address may try to sign in.
const SIGN_IN_RATE: Rate = Rate { per_second: 1, burst: 30 };

/// What somebody shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// A token, which no browser sends by itself.
    Token(Digest),
    /// A cookie, which a browser sends with every request, whoever made it do so.
    Cookie(Digest),
}

/// With what somebody signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// The key of a one-time link.
    Key(Digest),
    /// A token.
    Token(Digest),
}

/// How the list of tokens in the database was last read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListReading {
    /// How many are in force.
    pub tokens: usize,
    /// When it was last read.
    pub read_at: Option<UnixMillis>,
}

/// Who is let in.
#[derive(Debug)]
pub struct Access {
    fixed: Tokens,
    listed: RwLock<(Tokens, ListReading)>,
    links: Mutex<Links>,
    sessions: Mutex<Sessions>,
    requests: Mutex<Buckets>,
    sign_ins: Mutex<Buckets>,
    used: Mutex<BTreeMap<String, UnixMillis>>,
}

impl Access {
    /// `fixed` are tokens that never change while the service runs; `rate` is how often each may
    /// ask.
    #[must_use]
    pub fn new(fixed: Tokens, rate: Rate) -> Self {
        Self {
            fixed,
            listed: RwLock::default(),
            links: Mutex::default(),
            sessions: Mutex::default(),
            requests: Mutex::new(Buckets::new(rate)),
            sign_ins: Mutex::new(Buckets::new(SIGN_IN_RATE)),
            used: Mutex::default(),
        }
    }
    /// Replaces the tokens of the database, which were read at `now`.
    pub fn set_listed(&self, tokens: Tokens, now: UnixMillis) {
        let reading = ListReading { tokens: tokens.len(), read_at: Some(now) };
        *self.listed.write() = (tokens, reading);
    }
    /// How the list was last read.
    #[must_use]
    pub fn reading(&self) -> ListReading {
        self.listed.read().1
    }
    /// Whose word this is.
    #[must_use]
    pub fn who(&self, shown: Shown, now: UnixMillis) -> Option<Principal> {
        match shown {
            Shown::Token(token) => self.bearer(token, now),
            Shown::Cookie(cookie) => {
                let session = self.sessions.lock().find(cookie, now)?;
                let expires_at = Some(session.end);
                match session.by {
                    BegunBy::Link => {
                        Some(Principal { expires_at, ..Principal::admin(Principal::LINK) })
                    }
                    BegunBy::Token(token) => {
                        Some(Principal { expires_at, ..self.bearer(token, now)? })
                    }
                }
            }
        }
    }
    /// Whether this is still somebody's word.
    #[must_use]
    pub fn is_in_force(&self, shown: Shown, now: UnixMillis) -> bool {
        match shown {
            Shown::Token(token) => {
                let listed = || self.listed.read().0.find(token, now).is_some();
                self.fixed.find(token, now).is_some() || listed()
            }
            Shown::Cookie(cookie) => {
                let session = self.sessions.lock().find(cookie, now);
                session.is_some_and(|session| match session.by {
                    BegunBy::Link => true,
                    BegunBy::Token(token) => self.is_in_force(Shown::Token(token), now),
                })
            }
        }
    }
    fn bearer(&self, token: Digest, now: UnixMillis) -> Option<Principal> {
        if let Some(principal) = self.fixed.find(token, now) {
            return Some(principal.clone());
        }
        let principal = self.listed.read().0.find(token, now).cloned()?;
        self.used.lock().insert(principal.name.clone(), now);
        Some(principal)
    }
    /// The tokens of the database that were used since this was last asked, and when.
    pub fn take_used(&self) -> BTreeMap<String, UnixMillis> {
        std::mem::take(&mut *self.used.lock())
    }
    /// Makes the key of a one-time link; it works until the moment that is returned.
    ///
    /// # Errors
    /// There are no random numbers.
    pub fn make_key(&self, now: UnixMillis) -> Result<(Fresh, UnixMillis), NoRandomness> {
        let key = Fresh::make("")?;
        let end = self.links.lock().put(key.digest(), now);
        Ok((key, end))
    }
    /// Goes on with sessions that another process began, the oldest first.
    pub fn restore(&self, begun: impl IntoIterator<Item = (Digest, Session)>, now: UnixMillis) {
        self.sessions.lock().restore(begun, now);
    }
    /// Begins a session: the cookie, whom it stands for, and what is to be kept of it. `None` where the key or the token lets
    /// nobody in.
    ///
    /// # Errors
    /// There are no random numbers.
    pub fn sign_in(
        &self,
        with: SignIn,
        now: UnixMillis,
    ) -> Result<Option<(Fresh, Principal, Session)>, NoRandomness> {
        let cookie = Fresh::make("")?;
        let (principal, by) = match with {
            SignIn::Key(key) => {
                if !self.links.lock().take(key, now) {
                    return Ok(None);
                }
                (Principal::admin(Principal::LINK), BegunBy::Link)
            }
            SignIn::Token(token) => match self.bearer(token, now) {
                None => return Ok(None),
                Some(principal) => (principal, BegunBy::Token(token)),
            },
        };
        let end_max = principal.expires_at;
        let session = self.sessions.lock().begin(cookie.digest(), by, end_max, now);
        let principal = Principal { expires_at: Some(session.end), ..principal };
        Ok(Some((cookie, principal, session)))
    }
    /// Ends the session of a cookie.
    pub fn sign_out(&self, cookie: Digest) {
        self.sessions.lock().end(cookie);
    }
    /// Counts a request.
    ///
    /// # Errors
    /// There were too many: how long to wait.
    pub fn count(&self, whose: Whose, now: UnixMillis) -> Result<(), DurationMillis> {
        self.requests.lock().take(whose, now)
    }
    /// Counts an attempt to sign in.
    ///
    /// # Errors
    /// There were too many: how long to wait.
    pub fn count_sign_in(&self, whose: Whose, now: UnixMillis) -> Result<(), DurationMillis> {
        self.sign_ins.lock().take(whose, now)
    }
}

/// A session's life in whole seconds, as a cookie says it.
#[must_use]
pub fn seconds_until(end: UnixMillis, now: UnixMillis) -> i64 {
    end.since(now).0.clamp(0, SESSION_LIFE.0) / 1_000
}

#[cfg(test)]
mod tests {
    use store::{ApiTokenRow, TokenHash, Word};

    use super::super::role::Role;
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn access() -> Access {
        let fixed = [(Digest::of("fixed"), Principal::admin(Principal::ENVIRONMENT))];
        Access::new(Tokens::fixed(fixed), Rate { per_second: 10, burst: 10 })
    }
    fn listed(revoked_at: Option<UnixMillis>) -> Tokens {
        Tokens::listed(&[ApiTokenRow {
            name: "bot".to_owned(),
            role: Word::new("operator").unwrap(),
            hash: TokenHash(Digest::of("bot's").bytes()),
            created_at: NOW,
            expires_at: None,
            revoked_at,
            last_used_at: None,
        }])
    }

    #[test]
    fn a_link_opens_one_session_of_an_administrator() {
        let access = access();
        let (key, _) = access.make_key(NOW).unwrap();
        let (cookie, principal, _) =
            access.sign_in(SignIn::Key(key.digest()), NOW).unwrap().unwrap();
        assert_eq!((principal.name.as_str(), principal.role), ("link", Role::Admin));
        assert_eq!(access.who(Shown::Cookie(cookie.digest()), NOW), Some(principal));
        assert!(access.sign_in(SignIn::Key(key.digest()), NOW).unwrap().is_none());
        assert_eq!(access.who(Shown::Token(cookie.digest()), NOW), None, "a cookie is no token");
        assert!(access.is_in_force(Shown::Cookie(cookie.digest()), NOW));
        access.sign_out(cookie.digest());
        assert!(!access.is_in_force(Shown::Cookie(cookie.digest()), NOW));
        assert_eq!(access.who(Shown::Cookie(cookie.digest()), NOW), None);
    }

    #[test]
    fn a_session_begun_by_a_token_has_its_role_and_ends_when_it_is_revoked() {
        let access = access();
        let token = Digest::of("bot's");
        assert!(access.sign_in(SignIn::Token(token), NOW).unwrap().is_none());
        access.set_listed(listed(None), NOW);
        let (cookie, principal, _) = access.sign_in(SignIn::Token(token), NOW).unwrap().unwrap();
        assert_eq!((principal.name.as_str(), principal.role), ("bot", Role::Operator));
        assert_eq!(access.who(Shown::Cookie(cookie.digest()), NOW), Some(principal));
        let shown = [Shown::Cookie(cookie.digest()), Shown::Token(token)];
        assert!(shown.iter().all(|shown| access.is_in_force(*shown, NOW)));
        let end = NOW.plus(SESSION_LIFE);
        assert!(!access.is_in_force(shown[0], end) && access.is_in_force(shown[1], end));
        access.set_listed(listed(Some(NOW)), NOW);
        assert!(!shown.iter().any(|shown| access.is_in_force(*shown, NOW)));
        assert_eq!(access.who(Shown::Cookie(cookie.digest()), NOW), None);
        assert_eq!(access.who(Shown::Token(token), NOW), None);
        assert!(access.who(Shown::Token(Digest::of("fixed")), NOW).is_some());
    }

    #[test]
    fn the_use_of_a_listed_token_is_told_once() {
        let access = access();
        access.set_listed(listed(None), NOW);
        assert!(access.who(Shown::Token(Digest::of("bot's")), NOW).is_some());
        assert!(access.who(Shown::Token(Digest::of("fixed")), NOW).is_some());
        assert_eq!(access.take_used(), [("bot".to_owned(), NOW)].into());
        assert!(access.take_used().is_empty());
    }
}
