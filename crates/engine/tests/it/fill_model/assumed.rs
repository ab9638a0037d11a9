//! What is assumed of everybody else.

use domain::{Lifetime, Side};
use engine::fill_model::{
    Assumed, AtOurPrice, PaperAnswer, PaperExchange, PaperSettings, Refusal, Restart, Taken,
};

use super::{after, arrive, book, buy, fills, paper, refusal, settings};
use crate::kit::{NOW, price};
use crate::ledger::{YES, shares};

fn with(assumed: Assumed) -> PaperExchange {
    PaperExchange::new(PaperSettings { assumed, ..settings() })
}

#[test]
fn only_the_assumed_share_of_what_is_displayed_is_there() {
    let mut exchange = with(Assumed { depth_ppm: 250_000, ..Assumed::default() });
    exchange.on_book(YES, &book("0.40x100", "0.50x100"), NOW);
    let news = arrive(&mut exchange, buy(1, "60", "0.50", Lifetime::GoodTilCancelled));
    assert_eq!(fills(&news), ["25 at 0.5"]);
}

#[test]
fn the_queue_is_as_long_as_assumed() {
    for (ahead_ppm, filled) in [(1_000_000, "5 at 0.4"), (500_000, "10 at 0.4")] {
        let mut exchange = with(Assumed { ahead_ppm, ..Assumed::default() });
        exchange.on_book(YES, &book("0.40x100", "0.50x100"), NOW);
        arrive(&mut exchange, buy(1, "10", "0.40", Lifetime::GoodTilCancelled));
        exchange.on_trade(YES, price("0.40"), shares("105"), Side::Sell, after(20_000));
        assert_eq!(fills(&exchange.advance(after(20_000))), [filled]);
    }
}

#[test]
fn where_only_a_worse_price_proves_a_fill_a_print_at_ours_fills_nothing() {
    let mut exchange = with(Assumed { at_our_price: AtOurPrice::Never, ..Assumed::default() });
    exchange.on_book(YES, &book("0.40x1", "0.50x100"), NOW);
    arrive(&mut exchange, buy(1, "10", "0.40", Lifetime::GoodTilCancelled));
    exchange.on_trade(YES, price("0.40"), shares("500"), Side::Sell, after(20_000));
    exchange.on_book(YES, &book("", "0.40x100"), after(20_001));
    assert!(fills(&exchange.advance(after(20_002))).is_empty());
    exchange.on_trade(YES, price("0.39"), shares("5"), Side::Sell, after(20_003));
    assert_eq!(fills(&exchange.advance(after(20_003))), ["5 at 0.4"]);
    exchange.on_book(YES, &book("", "0.39x100"), after(20_004));
    assert_eq!(fills(&exchange.advance(after(20_005))), ["5 at 0.4"]);
}

#[test]
fn what_we_took_comes_back_only_where_that_is_assumed() {
    for (taken, second) in [(Taken::Stays, vec!["40 at 0.5"]), (Taken::Returns, vec!["60 at 0.5"])]
    {
        let mut exchange = with(Assumed { taken, ..Assumed::default() });
        let stated = book("0.40x100", "0.50x100");
        exchange.on_book(YES, &stated, NOW);
        arrive(&mut exchange, buy(1, "60", "0.50", Lifetime::GoodTilCancelled));
        exchange.on_book(YES, &stated, after(20_000));
        exchange.submit(buy(2, "60", "0.50", Lifetime::GoodTilCancelled), after(20_001)).unwrap();
        assert_eq!(fills(&exchange.advance(after(20_200))), second, "{taken:?}");
    }
}

#[test]
fn an_order_is_late_by_what_its_draw_says_and_never_by_more() {
    let jitter_ms = domain::DurationMillis(50);
    let arrival = |draw| {
        let mut exchange = with(Assumed { jitter_ms, ..Assumed::default() });
        exchange.on_book(YES, &book("0.40x100", "0.50x100"), NOW);
        let order = paper(1, Side::Buy, "10", "0.50", Lifetime::GoodTilCancelled);
        exchange.submit(engine::fill_model::PaperOrder { draw, ..order }, NOW).unwrap();
        exchange.next_at().unwrap().since(NOW).0
    };
    let arrivals: Vec<_> = (0..200).map(arrival).collect();
    assert_eq!(arrivals, (0..200).map(arrival).collect::<Vec<_>>());
    let (min, max) = (arrivals.iter().min(), arrivals.iter().max());
    assert!(min < Some(&110) && max > Some(&140), "{arrivals:?}");
    assert!(arrivals.iter().all(|at| (100..=150).contains(at)), "{arrivals:?}");
}

#[test]
fn while_the_engine_restarts_orders_are_refused_and_cancellations_are_not() {
    let mut exchange = with(Assumed::default());
    exchange.set_restarts(vec![Restart { from: after(5_000), until: after(6_000) }]);
    exchange.on_book(YES, &book("0.40x100", "0.50x100"), NOW);
    let resting = buy(1, "10", "0.40", Lifetime::GoodTilCancelled);
    assert_eq!(super::answer(&arrive(&mut exchange, resting), resting.id), PaperAnswer::Live);
    let refused = buy(2, "10", "0.40", Lifetime::GoodTilCancelled);
    exchange.submit(refused, after(19_000)).unwrap();
    assert_eq!(super::answer(&exchange.advance(after(20_000)), refused.id), PaperAnswer::Live);

    let mut exchange = with(Assumed::default());
    exchange.set_restarts(vec![Restart { from: NOW, until: after(6_000) }]);
    exchange.on_book(YES, &book("0.40x100", "0.50x100"), NOW);
    assert_eq!(refusal(&mut exchange, refused), Refusal::Restarting);
}
