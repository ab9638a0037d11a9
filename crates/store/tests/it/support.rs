//! What the tests share.

use std::sync::Arc;

use domain::{
    ConditionId, FeeSchedule, FeeTerms, GroupId, Market, MarketState, Outcome, Price,
    ProtocolVersion, QuestionId, Shares, TickSize, TokenId, UnixMillis, Usd,
};

/// Makes one test on SQLite and one on MariaDB out of each function.
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* $test:ident)*) => {
        mod sqlite {
            $( $(#[$attribute])* #[tokio::test] async fn $test() {
                crate::support::install_tls();
                let opened = store::testing::TestDatabase::open(store::Backend::Sqlite).await;
                if let Some(database) = opened { super::$test(database).await }
            } )*
        }
        mod mariadb {
            $( $(#[$attribute])* #[tokio::test] async fn $test() {
                crate::support::install_tls();
                let opened = store::testing::TestDatabase::open(store::Backend::Mysql).await;
                if let Some(database) = opened { super::$test(database).await }
            } )*
        }
    };
}
pub(crate) use on_both_databases;

pub(crate) fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// How much a test that measures does: all of it where somebody wants the figures
/// (`STORE_FIGURES=1`), else a tenth, to see that it works.
pub(crate) fn repetitions(all: u64) -> u64 {
    let wanted = std::env::var("STORE_FIGURES").is_ok_and(|it| it == "1");
    if wanted { all } else { all / 10 }
}

pub(crate) const NOON: UnixMillis = UnixMillis(1_790_000_000_123);

pub(crate) fn later(millis: i64) -> UnixMillis {
    UnixMillis(NOON.0 + millis)
}

pub(crate) fn condition(number: u64) -> ConditionId {
    let mut bytes = [0xab; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    ConditionId::from_bytes(bytes)
}

pub(crate) fn question(number: u64) -> QuestionId {
    let mut bytes = [0xcd; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    QuestionId::from_bytes(bytes)
}

pub(crate) fn token(number: u64) -> TokenId {
    TokenId::from_words([u64::MAX, u64::MAX, u64::MAX, number])
}

pub(crate) fn price(ten_thousandths: u16) -> Price {
    Price::from_ten_thousandths(ten_thousandths).unwrap()
}

/// A market whose every field differs from its neighbours' and from the default.
pub(crate) fn market(number: u64) -> Market {
    let outcome =
        |name: &str, offset| Outcome { token: token(number * 2 + offset), name: name.into() };
    Market {
        condition: condition(number),
        question: Some(question(number)),
        gamma_id: number.to_string().into(),
        slug: format!("will-it-rain-{number}").into(),
        title: format!("Will it rain 🌧 on day {number}? “Yes” — or 'no'").into(),
        group_item: "Čapek".into(),
        version: ProtocolVersion::V2,
        outcomes: [outcome("Yes", 0), outcome("No", 1)],
        group: Some(GroupId("30829".into())),
        neg_risk: true,
        placeholder: true,
        state: MarketState::Open,
        tick: TickSize::FourHundredth,
        order_size_min: Shares::from_micros(5_000_001),
        fee: FeeSchedule::Known(FeeTerms::parse("0.0725", "2").unwrap()),
        ends_at: Some(later(86_400_000)),
        volume_24h: Usd::from_micros(123_456_789_012_345_678),
        liquidity: Usd::from_micros(-1),
        tags: ["politics", "météo"].map(Arc::from).into(),
        price_hint: Some(price(4_825)),
    }
}

/// A connection beside the store's, to look at what really is in the tables.
pub(crate) async fn raw(database: &store::testing::TestDatabase) -> sea_orm::DatabaseConnection {
    sea_orm::Database::connect(database.address()).await.unwrap()
}
