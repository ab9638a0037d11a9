//! Whatever happens: no more than is displayed, no worse than the limit, and money conserved.

use std::collections::BTreeMap;

use domain::{
    Book, FeeTerms, Level, Lifetime, Liquidity, OrderId, Price, Rounding, Shares, Side, TradeState,
    Usd,
};
use engine::fill_model::{
    PaperAnswer, PaperExchange, PaperFact, PaperNews, PaperOrder, PaperSettings,
};
use engine::ledger::Ledger;
use proptest::prelude::*;

use super::{after, buy, settings};
use crate::kit::usd;
use crate::ledger::{YES, funded, tag};

#[derive(Clone, Debug)]
enum Step {
    Book(Vec<(bool, u16, i64)>),
    Print(bool, u16, i64),
    Submit(PaperOrder),
    Cancel(u8),
    Wait,
}

fn cents(cents: u16) -> Price {
    Price::from_cents(cents).unwrap()
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let level = (any::<bool>(), 1u16..10, 0i64..40);
    let submit = (any::<bool>(), 35u16..66, 5i64..60, 0usize..4, any::<u64>());
    let submit = submit.prop_map(|(bought, at, size, lifetime, draw)| {
        let lifetime = [
            Lifetime::GoodTilCancelled,
            Lifetime::FillOrKill,
            Lifetime::FillAndKill,
            Lifetime::GoodTilDate { expires_at: after(10_000_000) },
        ][lifetime];
        let mut order = buy(0, "5", "0.50", lifetime);
        order.terms.side = if bought { Side::Buy } else { Side::Sell };
        order.terms.price = cents(at);
        order.terms.size = Shares::from_whole(size);
        order.fee = FeeTerms::parse("0.05", "1").unwrap();
        order.draw = draw;
        Step::Submit(order)
    });
    let step = prop_oneof![
        3 => proptest::collection::vec(level, 0..6).prop_map(Step::Book),
        2 => (any::<bool>(), 40u16..61, 1i64..60).prop_map(|(s, at, n)| Step::Print(s, at, n)),
        4 => submit,
        1 => (0u8..30).prop_map(Step::Cancel),
        1 => Just(Step::Wait),
    ];
    proptest::collection::vec(step, 1..40)
}

/// Counts what was ever displayed at a price and printed at all, and what we had of either.
#[derive(Default)]
struct Witness {
    book: Book,
    displayed: BTreeMap<(bool, Price), i64>,
    taken: BTreeMap<(bool, Price), i64>,
    offered: i64,
    made: i64,
    orders: BTreeMap<OrderId, PaperOrder>,
    answered: BTreeMap<OrderId, PaperAnswer>,
    had: BTreeMap<OrderId, (Shares, Usd)>,
    ended: BTreeMap<OrderId, Shares>,
}

impl Witness {
    /// States a book around 0.50: bids below, offers above, and adds what is new to the count.
    fn state(&mut self, levels: &[(bool, u16, i64)]) -> Book {
        let mut book = Book::new();
        for (bid, away, size) in levels {
            let (side, at) = if *bid { (Side::Buy, 50 - away) } else { (Side::Sell, 50 + away) };
            book.set(side, cents(at), Shares::from_whole(*size));
        }
        for side in [Side::Buy, Side::Sell] {
            for Level { price, size } in book.side(side).best_first() {
                let more = size - self.book.side(side).size_at(price);
                if more.is_positive() {
                    let key = (side == Side::Buy, price);
                    *self.displayed.entry(key).or_default() += more.micros();
                    self.offered += more.micros();
                }
            }
        }
        self.book = book.clone();
        book
    }
    fn see(&mut self, news: &[PaperNews]) {
        for news in news {
            match &news.fact {
                PaperFact::Answered { order, answer } => {
                    assert!(self.answered.insert(*order, *answer).is_none());
                }
                PaperFact::Trade(trade) if trade.state == TradeState::Matched => {
                    self.see_fill(trade);
                }
                PaperFact::Ended { order, matched, .. } => {
                    assert!(self.ended.insert(*order, *matched).is_none());
                    assert_eq!(self.had.get(order).map_or(Shares::ZERO, |had| had.0), *matched);
                }
                _ => {}
            }
        }
    }
    fn see_fill(&mut self, trade: &engine::fill_model::PaperTrade) {
        let order = self.orders[&trade.order];
        assert!(matches!(self.answered[&trade.order], PaperAnswer::Live | PaperAnswer::Matched));
        assert!(!self.ended.contains_key(&trade.order), "filled after its end");
        assert!(trade.size.is_positive());
        let (limit, at) = (order.terms.price, trade.price);
        let within = if trade.side == Side::Buy { at <= limit } else { at >= limit };
        assert!(within, "{trade:?} beyond {limit}");
        let had = self.had.entry(trade.order).or_default();
        had.0 += trade.size;
        had.1 += trade.value;
        if trade.liquidity == Liquidity::Maker {
            assert_eq!((at, trade.fee), (limit, Usd::ZERO));
            self.made += trade.size.micros();
            return;
        }
        assert_eq!(trade.fee, order.fee.fee(trade.size, at, Rounding::HalfUp));
        let key = (trade.side == Side::Sell, at);
        let taken = self.taken.entry(key).or_default();
        *taken += trade.size.micros();
        assert!(*taken <= self.displayed[&key], "more than was ever displayed at {at}");
    }
    fn judge(&self) {
        let taken: i64 = self.taken.values().sum();
        assert!(taken + self.made <= self.offered, "more than was displayed and printed");
        for (id, answer) in &self.answered {
            let terms = self.orders[id].terms;
            let (shares, dollars) = self.had.get(id).copied().unwrap_or_default();
            if terms.side == Side::Buy && !terms.lifetime.rests() {
                let budget = terms.size.at(terms.price, Rounding::Down);
                assert!(dollars <= budget, "{dollars} of {budget}");
                let whole = budget.micros() - dollars.micros() < 20_000;
                let fok = terms.lifetime == Lifetime::FillOrKill;
                assert!(!fok || whole || matches!(answer, PaperAnswer::Refused(_)));
            } else {
                assert!(shares <= terms.size);
                let fok = terms.lifetime == Lifetime::FillOrKill;
                assert!(!fok || shares == Shares::ZERO || shares == terms.size);
            }
        }
    }
}

fn book_all(ledger: &mut Ledger, news: &[PaperNews]) {
    for news in news {
        if let PaperFact::Trade(trade) = &news.fact {
            ledger.record_trade(&trade.report(news.at, tag("manual", 1))).unwrap();
            ledger.check().unwrap();
        }
    }
}

proptest! {
    #[test]
    fn nothing_fills_beyond_the_liquidity_or_the_limit_and_the_ledger_balances(
        steps in steps(), failures in 0u64..500_000
    ) {
        let set = PaperSettings { trade_failures_ppm: failures, ..settings() };
        let (mut exchange, mut witness) = (PaperExchange::new(set), Witness::default());
        let mut ledger = funded("1000000");
        let mut names = 0u8;
        for (at, step) in steps.into_iter().enumerate() {
            let now = after(60 * at as i64);
            match step {
                Step::Book(levels) => {
                    // The orders that arrive earlier meet the book that was there.
                    let news = exchange.advance(domain::UnixMillis(now.0 - 1));
                    book_all(&mut ledger, &news);
                    witness.see(&news);
                    let book = witness.state(&levels);
                    exchange.on_book(YES, &book, now);
                }
                Step::Print(sold, price, size) => {
                    witness.offered += Shares::from_whole(size).micros();
                    let side = if sold { Side::Sell } else { Side::Buy };
                    exchange.on_trade(YES, cents(price), Shares::from_whole(size), side, now);
                }
                Step::Submit(mut order) => {
                    order.id = crate::ledger::order(names);
                    names += 1;
                    witness.orders.insert(order.id, order);
                    exchange.submit(order, now).unwrap();
                }
                Step::Cancel(name) => exchange.cancel(crate::ledger::order(name), now).unwrap(),
                Step::Wait => {}
            }
            let news = exchange.advance(now);
            book_all(&mut ledger, &news);
            witness.see(&news);
        }
        let news = exchange.advance(after(1_000_000));
        book_all(&mut ledger, &news);
        witness.see(&news);
        witness.judge();
        prop_assert_eq!(ledger.open_trades().count(), 0);
        let (mut cash, mut shares) = (usd("1000000"), Shares::ZERO);
        for trade in ledger.trades().filter(|trade| trade.state == TradeState::Confirmed) {
            let bought = trade.side == Side::Buy;
            cash += if bought { -trade.value - trade.fee } else { trade.value - trade.fee };
            shares += if bought { trade.size } else { -trade.size };
        }
        prop_assert_eq!(ledger.cash().settled, cash);
        prop_assert_eq!(ledger.position(YES).settled, shares);
    }
}
