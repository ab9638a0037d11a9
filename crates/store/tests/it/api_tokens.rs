//! Tokens of programs.

use domain::UnixMillis;
use store::testing::TestDatabase;
use store::{ApiTokenRow, NotCreated, TokenHash, Word};

use crate::support::{later, on_both_databases};

on_both_databases! {
    a_token_comes_back_as_it_was_written
    a_name_is_given_once_and_the_same_token_twice_is_no_error
    a_token_that_was_revoked_or_has_ended_is_not_in_force
    the_last_use_never_goes_back
    a_name_that_does_not_fit_is_refused
}

fn token(name: &str, number: u8) -> ApiTokenRow {
    ApiTokenRow {
        name: name.to_owned(),
        role: Word::new("viewer").unwrap(),
        hash: TokenHash([number; 32]),
        created_at: later(i64::from(number)),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
    }
}

async fn a_token_comes_back_as_it_was_written(database: TestDatabase) {
    let tokens = database.store.api_tokens();
    let ending = ApiTokenRow { expires_at: Some(later(90)), ..token("b", 2) };
    for row in [&ending, &token("a", 1)] {
        tokens.create(row).await.unwrap();
    }
    assert_eq!(tokens.all().await.unwrap(), [token("a", 1), ending]);
}

async fn a_name_is_given_once_and_the_same_token_twice_is_no_error(database: TestDatabase) {
    let tokens = database.store.api_tokens();
    tokens.create(&token("a", 1)).await.unwrap();
    tokens.create(&token("a", 1)).await.unwrap();
    assert!(tokens.revoke("a", later(5)).await.unwrap());
    let again = tokens.create(&token("a", 2)).await;
    assert!(matches!(again, Err(NotCreated::NameTaken)), "{again:?}");
    assert_eq!(tokens.all().await.unwrap().len(), 1);
}

async fn a_token_that_was_revoked_or_has_ended_is_not_in_force(database: TestDatabase) {
    let tokens = database.store.api_tokens();
    let ending = ApiTokenRow { expires_at: Some(later(50)), ..token("ending", 2) };
    for row in [&token("stays", 1), &ending, &token("goes", 3)] {
        tokens.create(row).await.unwrap();
    }
    let names = async |at: UnixMillis| {
        let rows = tokens.in_force(at).await.unwrap();
        rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(names(later(49)).await, ["stays", "ending", "goes"]);
    assert_eq!(names(later(50)).await, ["stays", "goes"]);
    assert!(tokens.revoke("goes", later(60)).await.unwrap());
    assert!(tokens.revoke("goes", later(70)).await.unwrap());
    assert!(!tokens.revoke("nobody", later(60)).await.unwrap());
    assert_eq!(names(later(80)).await, ["stays"]);
    let goes = tokens.all().await.unwrap().into_iter().find(|row| row.name == "goes").unwrap();
    assert_eq!(goes.revoked_at, Some(later(60)), "the first time counts");
}

async fn the_last_use_never_goes_back(database: TestDatabase) {
    let tokens = database.store.api_tokens();
    tokens.create(&token("a", 1)).await.unwrap();
    for at in [later(10), later(30), later(20)] {
        tokens.used("a", at).await.unwrap();
    }
    assert_eq!(tokens.all().await.unwrap()[0].last_used_at, Some(later(30)));
}

async fn a_name_that_does_not_fit_is_refused(database: TestDatabase) {
    for bad in ["", "a b", "é", &"n".repeat(65)] {
        let refused = database.store.api_tokens().create(&token(bad, 1)).await;
        assert!(matches!(refused, Err(NotCreated::Store(_))), "{bad}: {refused:?}");
    }
    assert_eq!(database.store.api_tokens().all().await.unwrap(), []);
}
