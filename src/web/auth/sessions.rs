//! Sessions of browsers: what a cookie stands for.

use std::collections::VecDeque;

use domain::{DurationMillis, UnixMillis};

use super::secret::Digest;

/// How long a session lasts.
pub const SESSION_LIFE: DurationMillis = DurationMillis(12 * 60 * 60 * 1_000);
/// Sessions at one time; the next one takes the place of the oldest.
pub const SESSIONS_MAX: usize = 64;

/// By what a session was begun; a session never outlives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BegunBy {
    /// A one-time link.
    Link,
    /// A token, by its hash.
    Token(Digest),
}

/// One browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// By what it was begun.
    pub by: BegunBy,
    /// When it ends.
    pub end: UnixMillis,
}

/// The sessions of all browsers.
#[derive(Debug, Default)]
pub struct Sessions(VecDeque<(Digest, Session)>);

impl Sessions {
    /// Begins a session for the bearer of this cookie. It ends after [`SESSION_LIFE`], or at
    /// `end_max`.
    pub fn begin(
        &mut self,
        cookie: Digest,
        by: BegunBy,
        end_max: Option<UnixMillis>,
        now: UnixMillis,
    ) -> Session {
        self.0.retain(|(_, session)| now < session.end);
        if self.0.len() >= SESSIONS_MAX {
            self.0.pop_front();
        }
        let end = now.plus(SESSION_LIFE);
        let session = Session { by, end: end_max.map_or(end, |max| end.min(max)) };
        self.0.push_back((cookie, session));
        session
    }
    /// Goes on with sessions that another process began, the oldest first.
    pub fn restore(&mut self, begun: impl IntoIterator<Item = (Digest, Session)>, now: UnixMillis) {
        self.0 = begun.into_iter().filter(|(_, session)| now < session.end).collect();
        while self.0.len() > SESSIONS_MAX {
            self.0.pop_front();
        }
    }
    /// The session of a cookie.
    #[must_use]
    pub fn find(&self, cookie: Digest, now: UnixMillis) -> Option<Session> {
        let found = self.0.iter().find(|(known, _)| *known == cookie);
        found.map(|(_, session)| *session).filter(|session| now < session.end)
    }
    /// Ends the session of a cookie.
    pub fn end(&mut self, cookie: Digest) {
        self.0.retain(|(known, _)| *known != cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn cookie(number: usize) -> Digest {
        Digest::of(&number.to_string())
    }

    #[test]
    fn a_session_lasts_twelve_hours_and_not_a_moment_longer() {
        let mut sessions = Sessions::default();
        let begun = sessions.begin(cookie(1), BegunBy::Link, None, NOW);
        assert_eq!(begun.end, NOW.plus(DurationMillis(43_200_000)));
        assert_eq!(sessions.find(cookie(1), begun.end.plus(DurationMillis(-1))), Some(begun));
        assert_eq!(sessions.find(cookie(1), begun.end), None);
        assert_eq!(sessions.find(cookie(2), NOW), None);
    }

    #[test]
    fn a_session_does_not_outlive_the_token_that_began_it() {
        let mut sessions = Sessions::default();
        let by = BegunBy::Token(Digest::of("token"));
        let end = NOW.plus(DurationMillis(5));
        assert_eq!(sessions.begin(cookie(1), by, Some(end), NOW), Session { by, end });
        let later = NOW.plus(DurationMillis(i64::from(u32::MAX)));
        let long = sessions.begin(cookie(2), by, Some(later), NOW);
        assert_eq!(long.end, NOW.plus(SESSION_LIFE));
    }

    #[test]
    fn the_sixty_fifth_session_ends_the_oldest() {
        let mut sessions = Sessions::default();
        for number in 0..=SESSIONS_MAX {
            sessions.begin(cookie(number), BegunBy::Link, None, NOW);
        }
        assert_eq!(sessions.find(cookie(0), NOW), None);
        assert!((1..=SESSIONS_MAX).all(|number| sessions.find(cookie(number), NOW).is_some()));
    }

    #[test]
    fn a_session_that_was_ended_is_over_and_the_others_go_on() {
        let mut sessions = Sessions::default();
        for number in [1, 2] {
            sessions.begin(cookie(number), BegunBy::Link, None, NOW);
        }
        sessions.end(cookie(1));
        assert_eq!(sessions.find(cookie(1), NOW), None);
        assert!(sessions.find(cookie(2), NOW).is_some());
    }
}
