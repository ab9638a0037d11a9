//! Stands in for the books: one market with a ladder that tests know.

use actix::{Actor, Context, Handler};
use actors::books::{OutcomeBook, OutcomeTouch, TellBooks};
use actors::clock::Clock;
use domain::{Book, ConditionId, Level, Price, Shares, Side, TokenId, Touch, UnixMillis};
use engine::books::{Epoch, Trust};

use super::scene::OPEN;

/// Stands where the books would. Of the open market, 40 shares of YES are asked at 0.5, 40 more at
/// 0.52, 60 at each cent from 0.53 to 0.99 and a few above; 40 are bid at 0.4. NO waits for its first snapshot.
pub(super) struct Shelf;
impl Actor for Shelf {
    type Context = Context<Self>;
}
impl Handler<TellBooks> for Shelf {
    type Result = actix::MessageResult<TellBooks>;
    fn handle(&mut self, TellBooks(condition): TellBooks, _: &mut Self::Context) -> Self::Result {
        let is_open = condition == ConditionId::from_bytes([OPEN; 32]);
        actix::MessageResult(is_open.then(|| Box::new([yes_book(), no_book()])))
    }
}

fn yes_book() -> OutcomeBook {
    let level = |cents: u16, shares: i64| Level {
        price: Price::from_cents(cents).unwrap(),
        size: Shares::from_whole(shares),
    };
    let mut book = Book::new();
    let asks = [level(50, 40), level(52, 40)].into_iter().chain((53..100).map(|at| level(at, 60)));
    book.replace([level(40, 40)], asks);
    for tenth in 1..=9 {
        let price = Price::from_ten_thousandths(9_900 + tenth).unwrap();
        book.set(Side::Sell, price, Shares::from_whole(1));
    }
    let standing = OutcomeTouch {
        touch: book.touch(),
        trust: Trust::Trusted,
        epoch: Epoch(3),
        stated_at: Clock::System.now(),
    };
    OutcomeBook { token: TokenId::from_words([0, 0, 0, u64::from(OPEN) * 2]), standing, book }
}

fn no_book() -> OutcomeBook {
    let standing = OutcomeTouch {
        touch: Touch { bid: None, ask: None },
        trust: Trust::Waiting,
        epoch: Epoch(0),
        stated_at: UnixMillis(0),
    };
    let token = TokenId::from_words([0, 0, 0, u64::from(OPEN) * 2 + 1]);
    OutcomeBook { token, standing, book: Book::new() }
}
