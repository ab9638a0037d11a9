//! The engine against what must hold whatever is sent to it.

use std::collections::BTreeMap;

use domain::{FeeTerms, Price, Shares, Side, TickSize, Usd};
use proptest::prelude::*;
use simvenue::matching::{MatchingBook, NewOrder, Outcome, Refusal, Remainder, Rules, TraderId};

fn book() -> MatchingBook {
    MatchingBook::new(Rules {
        tick: TickSize::Hundredth,
        order_size_min: Shares::from_whole(5),
        fee: FeeTerms::parse("0.05", "1").unwrap(),
    })
}

fn order(trader: u32, outcome: Outcome, side: Side, cents: u16, shares: i64) -> NewOrder {
    NewOrder {
        trader: TraderId(trader),
        outcome,
        side,
        price: Price::from_cents(cents).unwrap(),
        size: Shares::from_whole(shares),
        remainder: Remainder::Rests,
    }
}

#[test]
fn two_buyers_of_opposite_outcomes_mint_a_set() {
    let mut book = book();
    book.submit(order(1, Outcome::Yes, Side::Buy, 40, 10)).unwrap();
    let report = book.submit(order(2, Outcome::No, Side::Buy, 62, 10)).unwrap();
    assert_eq!(report.fills.len(), 1);
    assert_eq!(report.fills[0].price_yes, Price::from_cents(40).unwrap(), "the maker's price");
    assert_eq!(book.ledger().sets(), Shares::from_whole(10));
    assert_eq!(book.ledger().account(TraderId(1)).cash, Usd::from_whole(-4));
    // 10 x 0.60, and a fee of 10 x 0.05 x 0.24.
    assert_eq!(book.ledger().account(TraderId(2)).cash, Usd::from_micros(-6_120_000));
}

#[test]
fn two_sellers_of_opposite_outcomes_merge_a_set() {
    let mut book = book();
    book.submit(order(1, Outcome::Yes, Side::Buy, 40, 10)).unwrap();
    book.submit(order(2, Outcome::No, Side::Buy, 60, 10)).unwrap();
    book.submit(order(1, Outcome::Yes, Side::Sell, 45, 10)).unwrap();
    book.submit(order(2, Outcome::No, Side::Sell, 55, 10)).unwrap();
    assert_eq!(book.ledger().sets(), Shares::ZERO);
    assert_eq!(book.ledger().account(TraderId(1)).held(Outcome::Yes), Shares::ZERO);
    assert_eq!(book.ledger().money_total(), Usd::ZERO);
}

#[test]
fn the_oldest_order_at_the_best_price_trades_first() {
    let mut book = book();
    let worse = book.submit(order(1, Outcome::Yes, Side::Buy, 39, 10)).unwrap().resting.unwrap();
    let first = book.submit(order(2, Outcome::Yes, Side::Buy, 40, 10)).unwrap().resting.unwrap();
    let second = book.submit(order(3, Outcome::Yes, Side::Buy, 40, 10)).unwrap().resting.unwrap();
    let report = book.submit(order(4, Outcome::No, Side::Buy, 61, 25)).unwrap();
    let makers: Vec<_> = report.fills.iter().map(|fill| fill.maker_order).collect();
    assert_eq!(makers, [first, second, worse]);
    assert_eq!(book.left(worse), Some(Shares::from_whole(5)));
}

#[test]
fn orders_off_the_grid_too_small_or_without_shares_are_refused() {
    let mut book = book();
    let off_grid = NewOrder {
        price: Price::from_ten_thousandths(4_050).unwrap(),
        ..order(1, Outcome::Yes, Side::Buy, 40, 10)
    };
    assert_eq!(book.submit(off_grid), Err(Refusal::Tick));
    assert_eq!(book.submit(order(1, Outcome::Yes, Side::Buy, 0, 10)), Err(Refusal::Tick));
    assert_eq!(book.submit(order(1, Outcome::Yes, Side::Buy, 40, 4)), Err(Refusal::TooSmall));
    let naked = order(1, Outcome::Yes, Side::Sell, 40, 10);
    assert_eq!(book.submit(naked), Err(Refusal::NotEnoughShares));
}

#[test]
fn shares_in_a_resting_sale_cannot_be_sold_twice() {
    let mut book = book();
    book.submit(order(1, Outcome::Yes, Side::Buy, 40, 10)).unwrap();
    book.submit(order(2, Outcome::No, Side::Buy, 60, 10)).unwrap();
    let sale = order(1, Outcome::Yes, Side::Sell, 80, 10);
    let resting = book.submit(sale).unwrap().resting.unwrap();
    assert_eq!(book.submit(sale), Err(Refusal::NotEnoughShares));
    book.cancel(resting).unwrap();
    assert!(book.submit(sale).is_ok(), "cancelled, they are free again");
}

#[derive(Clone, Debug)]
enum Act {
    Submit(NewOrder),
    Cancel(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let submit = (1u32..6, any::<bool>(), any::<bool>(), 1u16..100, 500i64..6_000, any::<bool>())
        .prop_map(|(trader, yes, buy, cents, hundredths, rests)| {
            Act::Submit(NewOrder {
                trader: TraderId(trader),
                outcome: if yes { Outcome::Yes } else { Outcome::No },
                side: if buy { Side::Buy } else { Side::Sell },
                price: Price::from_cents(cents).unwrap(),
                size: Shares::from_micros(hundredths * 10_000),
                remainder: if rests { Remainder::Rests } else { Remainder::Dies },
            })
        });
    prop_oneof![6 => submit, 1 => (0usize..200).prop_map(Act::Cancel)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn money_and_shares_are_conserved_and_the_book_is_never_crossed(
        acts in proptest::collection::vec(act(), 1..200)
    ) {
        let mut book = book();
        let mut resting = Vec::new();
        for act in acts {
            match act {
                Act::Submit(order) => {
                    let Ok(report) = book.submit(order) else { continue };
                    let side = order.outcome.mirror_side(order.side);
                    let prices: Vec<Price> = report.fills.iter().map(|it| it.price_yes).collect();
                    let in_order = match side {
                        Side::Buy => prices.is_sorted(),
                        Side::Sell => prices.iter().rev().is_sorted(),
                    };
                    prop_assert!(in_order, "the best price trades first");
                    let limit = order.outcome.mirror(order.price);
                    prop_assert!(prices.iter().all(|it| match side {
                        Side::Buy => *it <= limit,
                        Side::Sell => *it >= limit,
                    }), "never beyond the limit");
                    resting.extend(report.resting);
                }
                Act::Cancel(at) => {
                    if let Some(id) = resting.get(at) {
                        book.cancel(*id);
                    }
                }
            }
            prop_assert!(!book.view().touch().is_crossed_or_locked());
            prop_assert_eq!(book.ledger().money_total(), Usd::ZERO);
            for outcome in Outcome::BOTH {
                prop_assert_eq!(book.ledger().shares_total(outcome), book.ledger().sets());
                let sound = book.ledger().accounts().all(|it| it.free(outcome) >= Shares::ZERO);
                prop_assert!(sound, "nobody is short");
            }
        }
        let mut levels: BTreeMap<(bool, u16), Shares> = BTreeMap::new();
        for side in [Side::Buy, Side::Sell] {
            for level in book.view().side(side).best_first() {
                levels.insert((side == Side::Buy, level.price.ten_thousandths()), level.size);
            }
        }
        let total: Shares = levels.values().copied().sum();
        let left: Shares = resting.iter().filter_map(|id| book.left(*id)).sum();
        prop_assert_eq!(total, left, "the levels are what rests");
    }
}
