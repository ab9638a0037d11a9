//! Sign-ins that outlive the process: what is written of them, and read by whoever decides next.

use domain::UnixMillis;
use store::{SessionOrigin, Store, StoreError, TokenHash, WebSessionRow};

use super::access::Access;
use super::secret::Digest;
use super::sessions::{BegunBy, Session};
use super::tokens::Tokens;

/// What is written of a session.
#[must_use]
pub const fn row(cookie: Digest, session: Session, now: UnixMillis) -> WebSessionRow {
    let by = match session.by {
        BegunBy::Link => SessionOrigin::Link,
        BegunBy::Token(token) => SessionOrigin::Token(TokenHash(token.bytes())),
    };
    WebSessionRow { cookie: TokenHash(cookie.bytes()), by, begun_at: now, ends_at: session.end }
}

fn session(row: &WebSessionRow) -> (Digest, Session) {
    let by = match row.by {
        SessionOrigin::Link => BegunBy::Link,
        SessionOrigin::Token(token) => BegunBy::Token(Digest::from_bytes(token.0)),
    };
    (Digest::from_bytes(row.cookie.0), Session { by, end: row.ends_at })
}

/// Reads who is signed in and which tokens there are, before anybody is answered: nobody who is known
/// shall be told that they are not.
///
/// # Errors
/// The database fails; then people sign in again.
pub async fn restore(access: &Access, store: &Store, now: UnixMillis) -> Result<(), StoreError> {
    store.migrate().await?;
    access.set_listed(Tokens::listed(&store.api_tokens().in_force(now).await?), now);
    let rows = store.web_sessions().in_force(now).await?;
    access.restore(rows.iter().map(session), now);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_back_as_it_was_written() {
        let cookie = Digest::of("cookie");
        for by in [BegunBy::Link, BegunBy::Token(Digest::of("token"))] {
            let begun = Session { by, end: UnixMillis(2_000) };
            assert_eq!(session(&row(cookie, begun, UnixMillis(1_000))), (cookie, begun));
        }
    }
}
