//! Sessions of browsers.

use store::testing::TestDatabase;
use store::{SessionOrigin, TokenHash, WEB_SESSIONS_MAX, WebSessionRow};

use crate::support::{later, on_both_databases};

on_both_databases! {
    a_session_comes_back_as_it_was_written_until_its_end
    a_session_that_was_ended_is_gone
    the_oldest_session_makes_room_for_the_newest
}

fn session(number: u8) -> WebSessionRow {
    let at = i64::from(number);
    let cookie = TokenHash([number; 32]);
    let by = SessionOrigin::Link;
    WebSessionRow { cookie, by, begun_at: later(at), ends_at: later(at + 1_000) }
}

async fn a_session_comes_back_as_it_was_written_until_its_end(database: TestDatabase) {
    let sessions = database.store.web_sessions();
    let by_token = WebSessionRow { by: SessionOrigin::Token(TokenHash([9; 32])), ..session(2) };
    for row in [&session(1), &by_token, &by_token] {
        sessions.keep(row).await.unwrap();
    }
    assert_eq!(sessions.in_force(later(1_000)).await.unwrap(), [session(1), by_token]);
    assert_eq!(sessions.in_force(later(1_001)).await.unwrap(), [by_token]);
    assert_eq!(sessions.in_force(later(1_002)).await.unwrap(), []);
}

async fn a_session_that_was_ended_is_gone(database: TestDatabase) {
    let sessions = database.store.web_sessions();
    sessions.keep(&session(1)).await.unwrap();
    sessions.keep(&session(2)).await.unwrap();
    for _ in 0..2 {
        sessions.end(session(1).cookie).await.unwrap();
    }
    assert_eq!(sessions.in_force(later(3)).await.unwrap(), [session(2)]);
}

async fn the_oldest_session_makes_room_for_the_newest(database: TestDatabase) {
    let sessions = database.store.web_sessions();
    let last = u8::try_from(WEB_SESSIONS_MAX).unwrap() + 1;
    for number in 0..=last {
        sessions.keep(&session(number)).await.unwrap();
    }
    let kept = sessions.in_force(later(100)).await.unwrap();
    let wanted: Vec<_> = (2..=last).map(session).collect();
    assert_eq!(kept, wanted);
}
