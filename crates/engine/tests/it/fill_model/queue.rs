//! Resting: the place in the queue.

use domain::{Lifetime, Side};
use engine::fill_model::{PaperEnd, PaperExchange, PaperNews};

use super::{MAKER, after, arrive, book, buy, ends, fills, paper, trades, with_book};
use crate::kit::price;
use crate::ledger::{YES, shares};

const GTC: Lifetime = Lifetime::GoodTilCancelled;

fn printed(
    exchange: &mut PaperExchange,
    at: &str,
    size: &str,
    taker: Side,
    ms: i64,
) -> Vec<PaperNews> {
    exchange.on_trade(YES, price(at), shares(size), taker, after(ms));
    exchange.advance(after(ms))
}

/// A bid for 50 at 0.40 behind 100 others.
fn behind_a_hundred() -> PaperExchange {
    let mut exchange = with_book("0.40x100", "0.50x100");
    arrive(&mut exchange, buy(1, "50", "0.40", GTC));
    exchange
}

#[test]
fn those_who_came_first_are_served_first() {
    let mut exchange = behind_a_hundred();
    assert_eq!(fills(&printed(&mut exchange, "0.40", "70", Side::Sell, 200)), [""; 0]);
    let news = printed(&mut exchange, "0.40", "40", Side::Sell, 300);
    assert_eq!(fills(&news), ["10 at 0.4"]);
    assert_eq!(trades(&news)[0].liquidity, MAKER);
    let news = printed(&mut exchange, "0.40", "70", Side::Sell, 400);
    assert_eq!(fills(&news), ["40 at 0.4"]);
    assert_eq!(ends(&news), [(shares("50"), PaperEnd::Filled)]);
}

#[test]
fn only_takers_of_the_other_side_at_our_price_or_through_it_reach_us() {
    let mut exchange = behind_a_hundred();
    for (at, taker) in [("0.41", Side::Sell), ("0.40", Side::Buy), ("0.39", Side::Buy)] {
        assert_eq!(fills(&printed(&mut exchange, at, "500", taker, 200)), [""; 0]);
    }
    let news = printed(&mut exchange, "0.39", "20", Side::Sell, 300);
    assert_eq!(fills(&news), ["20 at 0.4"], "through our price: nobody is ahead any more");
}

#[test]
fn cancellations_are_from_behind_us_until_less_is_left_than_was_ahead() {
    let mut exchange = behind_a_hundred();
    exchange.on_book(YES, &book("0.40x160", "0.50x100"), after(200));
    exchange.on_book(YES, &book("0.40x110", "0.50x100"), after(300));
    assert_eq!(fills(&printed(&mut exchange, "0.40", "99", Side::Sell, 2_000)), [""; 0]);
    let mut exchange = behind_a_hundred();
    exchange.on_book(YES, &book("0.40x30", "0.50x100"), after(300));
    let news = printed(&mut exchange, "0.40", "40", Side::Sell, 2_000);
    assert_eq!(fills(&news), ["10 at 0.4"], "70 ahead of us had gone");
}

#[test]
fn a_trade_that_the_book_shows_before_it_is_printed_is_not_counted_twice() {
    let mut exchange = behind_a_hundred();
    exchange.on_book(YES, &book("0.40x40", "0.50x100"), after(200));
    assert_eq!(fills(&printed(&mut exchange, "0.40", "60", Side::Sell, 300)), [""; 0]);
    assert_eq!(fills(&printed(&mut exchange, "0.40", "41", Side::Sell, 400)), ["1 at 0.4"]);
}

#[test]
fn our_own_orders_share_a_print_by_price_and_then_by_age() {
    let mut exchange = with_book("0.40x10", "0.50x100");
    arrive(&mut exchange, buy(1, "20", "0.40", GTC));
    arrive(&mut exchange, buy(2, "20", "0.40", GTC));
    arrive(&mut exchange, buy(3, "20", "0.41", GTC));
    let news = printed(&mut exchange, "0.40", "45", Side::Sell, 300);
    assert_eq!(fills(&news), ["20 at 0.41", "15 at 0.4"]);
}

#[test]
fn an_offer_that_comes_to_rest_across_our_bid_meets_us_at_our_price() {
    let mut exchange = behind_a_hundred();
    exchange.on_book(YES, &book("0.30x100", "0.38x30 0.40x5 0.50x100"), after(200));
    let news = exchange.advance(after(200));
    assert_eq!(fills(&news), ["30 at 0.4", "5 at 0.4"]);
    exchange.on_book(YES, &book("0.30x100", "0.38x30 0.40x5 0.50x100"), after(300));
    assert_eq!(fills(&exchange.advance(after(300))), [""; 0], "the same offers only once");
}

#[test]
fn sales_rest_like_purchases() {
    let mut exchange = with_book("0.40x100", "0.50x100");
    arrive(&mut exchange, paper(1, Side::Sell, "50", "0.50", GTC));
    let news = printed(&mut exchange, "0.50", "120", Side::Buy, 300);
    assert_eq!(fills(&news), ["20 at 0.5"]);
    let news = printed(&mut exchange, "0.55", "10", Side::Buy, 400);
    assert_eq!(fills(&news), ["10 at 0.5"]);
}
