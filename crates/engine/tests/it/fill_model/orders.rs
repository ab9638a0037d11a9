//! Arriving: latency, lifetimes, refusals.

use domain::{Crossing, DurationMillis, FeeTerms, Lifetime, Shares, Side, UnixMillis, Usd};
use engine::fill_model::{
    PaperAnswer, PaperEnd, PaperExchange, PaperFact, PaperNews, PaperSettings, PaperStanding,
    Refusal,
};

use super::{
    after, answer, arrive, book, buy, ends, fills, paper, refusal, settings, trades, with_book,
};
use crate::kit::{NOW, price, usd};
use crate::ledger::{NO, YES, order, shares};

const GTC: Lifetime = Lifetime::GoodTilCancelled;
const FOK: Lifetime = Lifetime::FillOrKill;
const FAK: Lifetime = Lifetime::FillAndKill;

#[test]
fn an_order_meets_the_book_of_its_arrival_and_not_of_its_decision() {
    let mut exchange = with_book("", "0.48x100");
    exchange.submit(buy(1, "50", "0.48", FOK), NOW).unwrap();
    assert_eq!(exchange.advance(after(99)), []);
    exchange.on_book(YES, &book("", "0.49x100"), after(100));
    let news = exchange.advance(after(100));
    assert_eq!(answer(&news, order(1)), PaperAnswer::Refused(Refusal::NotFilledWhole));
    exchange.submit(buy(2, "50", "0.49", FOK), after(200)).unwrap();
    exchange.on_book(YES, &book("", "0.60x100"), after(301));
    assert_eq!(fills(&exchange.advance(after(301))), ["50 at 0.49"], "it was there before");
}

#[test]
fn a_purchase_now_spends_its_dollars_and_may_bring_more_shares_at_a_better_price() {
    let mut exchange = with_book("", "0.40x50 0.50x100");
    let news = arrive(&mut exchange, buy(1, "100", "0.50", FOK));
    assert_eq!(fills(&news), ["50 at 0.4", "60 at 0.5"]);
    let spent: Usd = trades(&news).iter().map(|trade| trade.value).sum();
    assert_eq!(spent, usd("50"));
    assert_eq!(ends(&news), [(shares("110"), PaperEnd::Filled)]);
}

#[test]
fn fill_or_kill_takes_all_or_nothing_and_fill_and_kill_what_there_is() {
    let mut exchange = with_book("0.40x30", "");
    assert_eq!(
        refusal(&mut exchange, paper(1, Side::Sell, "31", "0.40", FOK)),
        Refusal::NotFilledWhole
    );
    assert_eq!(exchange.order(order(1)), None, "it never existed");
    let news = arrive(&mut exchange, paper(2, Side::Sell, "31", "0.40", FAK));
    assert_eq!(fills(&news), ["30 at 0.4"]);
    assert_eq!(ends(&news), [(shares("30"), PaperEnd::RestCancelled)]);
    assert_eq!(
        refusal(&mut exchange, paper(3, Side::Sell, "31", "0.40", FAK)),
        Refusal::NobodyThere
    );
}

#[test]
fn what_was_taken_stays_taken_while_the_level_is_displayed() {
    let mut exchange = with_book("", "0.40x50");
    assert_eq!(fills(&arrive(&mut exchange, buy(1, "30", "0.40", GTC))), ["30 at 0.4"]);
    exchange.on_book(YES, &book("0.10x1", "0.40x50"), after(200));
    exchange.submit(buy(2, "30", "0.40", FAK), after(200)).unwrap();
    assert_eq!(fills(&exchange.advance(after(300))), ["20 at 0.4"]);
    exchange.on_book(YES, &book("", "0.40x55"), after(400));
    exchange.submit(buy(3, "30", "0.40", FAK), after(400)).unwrap();
    assert_eq!(fills(&exchange.advance(after(500))), ["5 at 0.4"], "only what was added");
    exchange.on_book(YES, &book("", "0.41x10"), after(600));
    exchange.on_book(YES, &book("", "0.40x50"), after(700));
    exchange.submit(buy(4, "30", "0.40", FAK), after(700)).unwrap();
    assert_eq!(fills(&exchange.advance(after(800))), ["30 at 0.4"], "it is a new level");
}

#[test]
fn a_taker_pays_the_fee_of_every_level_at_its_own_price() {
    let mut exchange = with_book("", "0.30x100 0.50x100");
    let mut order = buy(1, "200", "0.50", GTC);
    order.fee = FeeTerms::parse("0.07", "1").unwrap();
    let news = arrive(&mut exchange, order);
    let fees: Vec<Usd> = trades(&news).iter().map(|trade| trade.fee).collect();
    assert_eq!(fees, [usd("1.47"), usd("1.75")]);
}

#[test]
fn a_resting_order_takes_what_crosses_and_leaves_the_rest_in_the_book() {
    let mut exchange = with_book("", "0.40x50");
    let news = arrive(&mut exchange, buy(1, "80", "0.45", GTC));
    assert_eq!(answer(&news, order(1)), PaperAnswer::Matched);
    assert_eq!((fills(&news), ends(&news)), (vec!["50 at 0.4".to_owned()], vec![]));
    assert_eq!(exchange.order(order(1)), Some(PaperStanding::Open { matched: shares("50") }));
    let open: Vec<_> = exchange.open_orders().map(|(order, matched)| (order.id, matched)).collect();
    assert_eq!(open, [(order(1), shares("50"))]);
}

#[test]
fn a_post_only_order_that_would_take_is_refused() {
    let mut exchange = with_book("", "0.40x50");
    let mut post_only = buy(1, "50", "0.40", GTC);
    post_only.terms.crossing = Crossing::Refused;
    assert_eq!(refusal(&mut exchange, post_only), Refusal::PostOnlyWouldCross);
    (post_only.id, post_only.terms.price) = (order(2), price("0.39"));
    assert_eq!(answer(&arrive(&mut exchange, post_only), order(2)), PaperAnswer::Live);
    (post_only.id, post_only.terms.lifetime) = (order(3), FAK);
    assert_eq!(refusal(&mut exchange, post_only), Refusal::PostOnlyMustRest);
}

#[test]
fn orders_against_the_rules_of_the_market_are_refused() {
    let mut exchange = with_book("", "0.10x50");
    for (size, at, expected) in [
        ("4.99", "0.40", Refusal::TooSmall),
        ("5.001", "0.40", Refusal::SizeNotInHundredths),
        ("10", "0.405", Refusal::OffTick),
        ("10", "1", Refusal::OffTick),
        ("10", "0", Refusal::OffTick),
        ("9.99", "0.10", Refusal::WorthTooLittle),
    ] {
        assert_eq!(refusal(&mut exchange, buy(1, size, at, GTC)), expected, "{size} at {at}");
    }
    let mut elsewhere = buy(1, "10", "0.40", GTC);
    elsewhere.terms.token = NO;
    assert_eq!(refusal(&mut exchange, elsewhere), Refusal::NoBook);
}

#[test]
fn an_order_waits_a_while_for_a_book_that_can_be_believed() {
    let patient = PaperSettings { book_wait_ms: DurationMillis(400), ..settings() };
    let mut exchange = PaperExchange::new(patient);
    exchange.submit(buy(1, "50", "0.40", FAK), NOW).unwrap();
    exchange.submit(buy(2, "50", "0.30", GTC), NOW).unwrap();
    exchange.submit(buy(2, "50", "0.30", GTC), NOW).unwrap();
    let news = exchange.advance(after(100));
    assert_eq!(answer(&news, order(2)), PaperAnswer::Refused(Refusal::Duplicated));
    exchange.cancel(order(2), after(150)).unwrap();
    assert_eq!(ends(&exchange.advance(after(250))), [(Shares::ZERO, PaperEnd::Cancelled)]);
    exchange.on_book(YES, &book("", "0.40x50"), after(300));
    let news = exchange.advance(after(300));
    assert_eq!(answer(&news, order(1)), PaperAnswer::Matched);
    assert_eq!(fills(&news), ["50 at 0.4"]);

    exchange.on_book_lost(YES, after(310));
    exchange.submit(buy(3, "50", "0.40", FAK), after(310)).unwrap();
    assert_eq!(answers(&exchange.advance(after(809))), 0, "it waits");
    let news = exchange.advance(after(810));
    assert_eq!(answer(&news, order(3)), PaperAnswer::Refused(Refusal::NoBook));
}

fn answers(news: &[PaperNews]) -> usize {
    news.iter().filter(|news| matches!(news.fact, PaperFact::Answered { .. })).count()
}

#[test]
fn the_same_order_sent_twice_is_a_duplicate_even_when_it_is_over() {
    let mut exchange = with_book("", "0.40x50");
    let resting = buy(1, "50", "0.30", GTC);
    arrive(&mut exchange, resting);
    assert_eq!(refusal(&mut exchange, resting), Refusal::Duplicated);
    let filled = buy(2, "50", "0.40", FAK);
    arrive(&mut exchange, filled);
    assert_eq!(refusal(&mut exchange, filled), Refusal::Duplicated);
}

#[test]
fn a_dated_order_ends_a_minute_early_and_needs_three_minutes() {
    let mut exchange = with_book("", "0.40x50");
    let dated = |ms: i64| Lifetime::GoodTilDate { expires_at: UnixMillis(NOW.0 + ms) };
    assert_eq!(refusal(&mut exchange, buy(1, "50", "0.30", dated(180_000))), Refusal::DateTooNear);
    arrive(&mut exchange, buy(2, "50", "0.30", dated(200_000)));
    assert_eq!(exchange.advance(after(139_999)), []);
    let news = exchange.advance(after(140_000));
    assert_eq!(ends(&news), [(shares("0"), PaperEnd::Expired)]);
    assert_eq!(news[0].at, after(140_000));
}

#[test]
fn a_cancellation_takes_as_long_as_an_order_and_may_come_too_late() {
    let mut exchange = with_book("0.30x10", "");
    arrive(&mut exchange, buy(1, "50", "0.30", GTC));
    exchange.cancel(order(1), after(100)).unwrap();
    exchange.on_trade(YES, price("0.30"), shares("20"), Side::Sell, after(150));
    let news = exchange.advance(after(200));
    assert_eq!(fills(&news), ["10 at 0.3"], "it raced the fill");
    assert_eq!(ends(&news), [(shares("10"), PaperEnd::Cancelled)]);
    exchange.cancel(order(1), after(200)).unwrap();
    let refused = PaperFact::CancelRefused { order: order(1) };
    assert_eq!(exchange.advance(after(300)).pop().unwrap().fact, refused);
}

#[test]
fn without_a_book_that_can_be_believed_nothing_fills() {
    let mut exchange = with_book("0.30x10", "");
    arrive(&mut exchange, buy(1, "50", "0.30", GTC));
    exchange.on_book_lost(YES, after(150));
    exchange.on_trade(YES, price("0.30"), shares("90"), Side::Sell, after(160));
    assert_eq!(exchange.advance(after(200)), []);
}
