//! The private half in pure time: no sockets, no signatures, no sleeping.

use domain::{ConditionId, Price, Rounding, TokenId, TradeState, UnixMillis};

use super::*;
use crate::chaos::RateLimits;
use crate::crowd::CrowdOptions;
use crate::custody::{Custody, TradeLeg};
use crate::exchange::orders::Ending;
use crate::exchange::{Buckets, SettlementPace, WalletId, WalletKind};
use crate::fault::{Fault, FaultPlan};
use crate::matching::Outcome;
use crate::universe::Universe;
use crate::world::World;

const BEGAN: UnixMillis = UnixMillis(1_795_000_000_000);

struct Stage {
    world: World,
    custody: Custody,
    exchange: Exchange,
    now: UnixMillis,
    wallet: WalletId,
    market: usize,
    orders: u8,
}

impl Stage {
    fn new() -> Self {
        let crowd = CrowdOptions { activity_percent: 0, dislocations_max: 0 };
        let world = World::new(Universe::seeded(7, BEGAN), 7, crowd, BEGAN);
        let mut custody = Custody::default();
        custody.follow(&world);
        let pace = SettlementPace::default();
        let buckets = Buckets::new(RateLimits::Off);
        let exchange = Exchange::new(7, FaultPlan::default(), pace, buckets);
        let found = world.find(None, |world, market| {
            let cents =
                world.engine(market).is_some_and(|it| it.rules().tick.ten_thousandths() == 100);
            cents && world.is_open_binary(market)
        });
        let market = found.unwrap();
        let wallet = WalletId::of(crate::matching::TraderId(1_000_000)).unwrap();
        let mut stage = Self { world, custody, exchange, now: BEGAN, wallet, market, orders: 0 };
        let cash = Usd::from_whole(100);
        let owner = ethers_core::types::Address::repeat_byte(7);
        stage.act(|it, floor| it.provision(floor, owner, WalletKind::Deposit, cash).unwrap());
        stage
    }
    fn act<T>(&mut self, act: impl FnOnce(&mut Exchange, &mut Floor<'_>) -> T) -> T {
        let Self { world, custody, exchange, now, .. } = self;
        act(exchange, &mut Floor { world, custody, now: *now })
    }
    fn pass(&mut self, ms: i64) {
        let until = self.now.0 + ms;
        while self.now.0 < until {
            self.now.0 += 50;
            self.act(|it, floor| it.tick(floor));
        }
    }
    fn order(&mut self, outcome: Outcome, side: Side, cents: u64, shares: i64) -> Order {
        self.orders += 1;
        let size = Shares::from_whole(shares);
        Order {
            id: OrderId::from_bytes([self.orders; 32]),
            owner: self.exchange.accounts.wallet(self.wallet).unwrap().owner,
            wallet: self.wallet,
            key: "key".to_owned(),
            salt: u64::from(self.orders),
            market: self.market,
            outcome,
            side,
            price: Price::from_cents(cents as u16).unwrap(),
            target: Target::Shares(size),
            size,
            order_type: OrderType::GoodTilCancelled,
            expiration_s: 0,
            created: self.now,
            state: OrderState::Live,
            matched: Shares::ZERO,
            value: Usd::ZERO,
            seat: None,
            trades: Vec::new(),
        }
    }
    /// Takes an order as if it had been judged.
    fn take(&mut self, order: Order) -> OrderId {
        let id = order.id;
        self.act(|it, floor| {
            it.admit(floor, order);
            it.execute(floor, id);
        });
        id
    }
    fn buy(&mut self, cents: u64, shares: i64) -> OrderId {
        let order = self.order(Outcome::Yes, Side::Buy, cents, shares);
        self.take(order)
    }
    fn state(&self, id: OrderId) -> OrderState {
        self.exchange.orders.get(id).unwrap().state
    }
    fn problems(&mut self) -> Vec<String> {
        self.act(|it, floor| it.audit(floor)).problems
    }
    fn address(&self) -> crate::custody::Address {
        self.exchange.accounts.wallet(self.wallet).unwrap().address
    }
    fn token(&self, outcome: Outcome) -> TokenId {
        TokenId::parse(self.world.listing(self.market).unwrap().token(outcome)).unwrap()
    }
}

#[test]
fn an_order_with_a_date_ends_one_minute_early_and_says_so() {
    let mut stage = Stage::new();
    let order = stage.order(Outcome::Yes, Side::Buy, 2, 10);
    let expiration_s = BEGAN.0 / 1_000 + 180;
    let id = stage.take(Order { expiration_s, order_type: OrderType::GoodTilDate, ..order });
    stage.pass(119_000);
    assert_eq!(stage.state(id), OrderState::Live);
    stage.pass(1_000);
    assert_eq!(stage.state(id), OrderState::Canceled(Ending::Expired));
    assert_eq!(stage.state(id).text(), "CANCELED_EXPIRED_ORDER");
    assert_eq!(stage.problems(), Vec::<String>::new());
}

#[test]
fn silence_of_an_armed_heart_cancels_every_order_of_its_key() {
    let mut stage = Stage::new();
    let id = stage.buy(2, 10);
    let beat = stage.exchange.heartbeats.beat("key", "", stage.now).unwrap();
    stage.pass(9_000);
    stage.exchange.heartbeats.beat("key", &beat, stage.now).unwrap();
    stage.pass(9_000);
    assert_eq!(stage.state(id), OrderState::Live);
    stage.pass(6_000);
    assert_eq!(stage.state(id), OrderState::Canceled(Ending::Asked));
    assert_eq!(stage.problems(), Vec::<String>::new());
}

#[test]
fn the_youngest_orders_end_when_what_backs_them_is_gone() {
    let mut stage = Stage::new();
    let (old, young) = (stage.buy(2, 1_000), stage.buy(2, 1_000));
    let (wallet, elsewhere) = (stage.address(), crate::custody::Address::repeat_byte(9));
    let sent = stage.custody.transact(|it| {
        it.transfer_cash(crate::custody::Asset::Pusd, wallet, elsewhere, Usd::from_whole(70))
    });
    sent.unwrap();
    stage.pass(2_000);
    assert_eq!(stage.state(old), OrderState::Live);
    assert_eq!(stage.state(young), OrderState::Canceled(Ending::Unbacked));
    assert_eq!(stage.problems(), Vec::<String>::new());
}

#[test]
fn shares_made_on_the_chain_are_sold_once_the_venue_has_looked_them_up() {
    let mut stage = Stage::new();
    let (wallet, token) = (stage.address(), stage.token(Outcome::Yes));
    let condition = stage.world.listing(stage.market).unwrap().condition.clone();
    let condition = ConditionId::parse(&condition).unwrap();
    stage.custody.transact(|it| it.split(wallet, condition, Shares::from_whole(20))).unwrap();
    let sale = stage.order(Outcome::Yes, Side::Sell, 97, 20);
    let unknown = stage.act(|it, floor| it.check_backing(floor, &sale));
    assert!(matches!(unknown, Err(Refusal::Balance { balance: 0, .. })), "{unknown:?}");
    stage.exchange.look_up(sale.owner, WalletKind::Deposit, token);
    assert_eq!(stage.act(|it, floor| it.check_backing(floor, &sale)), Ok(()));
    let id = stage.take(sale);
    let more = stage.order(Outcome::Yes, Side::Sell, 97, 5);
    assert!(stage.act(|it, floor| it.check_backing(floor, &more)).is_err(), "all are offered");
    assert_eq!(stage.problems(), Vec::<String>::new());
    // Merged on the chain behind the venue's back, they cannot be sold any more.
    stage.custody.transact(|it| it.merge(wallet, condition, Shares::from_whole(1))).unwrap();
    stage.pass(2_000);
    assert_eq!(stage.state(id), OrderState::Canceled(Ending::Unbacked));
    assert_eq!(stage.problems(), Vec::<String>::new());
}

#[test]
fn a_trade_whose_dollars_are_gone_when_it_is_mined_fails_and_is_put_back() {
    let mut stage = Stage::new();
    let ask = stage.world.touch(stage.market, Outcome::Yes).ask.unwrap();
    let id = stage.buy(u64::from(ask.ten_thousandths()) / 100, 10);
    assert!(stage.exchange.orders.get(id).unwrap().matched.is_positive());
    let (wallet, elsewhere) = (stage.address(), crate::custody::Address::repeat_byte(9));
    let all = Usd::from_whole(100);
    let sent = stage
        .custody
        .transact(|it| it.transfer_cash(crate::custody::Asset::Pusd, wallet, elsewhere, all));
    sent.unwrap();
    stage.pass(3_000);
    let trade = stage.exchange.trades.newest_first().next().unwrap();
    assert_eq!(trade.state, TradeState::Failed);
    assert_eq!(stage.custody.shares(wallet, stage.token(Outcome::Yes)), Shares::ZERO);
    assert_eq!(stage.problems(), Vec::<String>::new());
}

#[test]
fn the_auditor_finds_a_cent_made_a_share_lost_and_an_order_taken_twice() {
    let bought = || {
        let mut stage = Stage::new();
        let ask = stage.world.touch(stage.market, Outcome::Yes).ask.unwrap();
        stage.buy(u64::from(ask.ten_thousandths()) / 100, 10);
        stage.buy(2, 10);
        stage.pass(3_000);
        assert_eq!(stage.problems(), Vec::<String>::new());
        stage
    };
    let cent = Usd::from_micros(1);

    let mut stage = bought();
    let (market, trader) = (stage.market, stage.wallet.trader());
    stage.world.take_over(market, trader, Outcome::Yes, Shares::ZERO, cent);
    assert!(!stage.problems().is_empty(), "the engine owes a millionth of a dollar");

    let mut stage = bought();
    let leg = TradeLeg {
        exchange: crate::exchange::Contract::Standard.address(),
        wallet: stage.address(),
        token: stage.token(Outcome::Yes),
        side: Side::Sell,
        size: Shares::from_micros(1),
        value: Usd::ZERO,
        fee: Usd::ZERO,
    };
    stage.custody.apply_trade(&[leg]).unwrap();
    assert!(stage.problems().iter().any(|it| it.contains("the chain has")), "settled unmatched");

    let mut stage = bought();
    let order = stage.exchange.orders.open().next().unwrap().clone();
    stage.exchange.auditor.accepted(&order);
    assert!(stage.problems()[0].contains("taken twice"));

    let mut stage = bought();
    let id = stage.exchange.orders.open().next().unwrap().id;
    stage.exchange.orders.finish(id, OrderState::Matched);
    assert!(stage.problems()[0].contains("open in one record alone"));

    let mut stage = bought();
    let mut trade = stage.exchange.trades.newest_first().next().unwrap().clone();
    trade.taker.fee += Usd::from_micros(10);
    let terms = stage.world.engine(stage.market).unwrap().rules().fee;
    stage.exchange.auditor.matched(&trade, terms);
    assert!(stage.problems().iter().any(|it| it.contains("the fee is")));
}

#[test]
fn whatever_fails_retries_or_races_the_books_agree_at_every_step() {
    for seed in 0..3_u64 {
        let mut stage = Stage::new();
        let mut rng = crate::rng::Rng::new(seed, "walk");
        for step in 0..40 {
            let fault = match rng.next() % 5 {
                0 => Fault::FailSettlement { count: 2 },
                1 => Fault::RetrySettlement { count: 2 },
                _ => Fault::RaceCancels { count: 1 },
            };
            stage.exchange.suffer(&fault, |_| 0);
            let outcome = *rng.pick(&Outcome::BOTH).unwrap();
            let touch = stage.world.touch(stage.market, outcome);
            let (Some(bid), Some(ask)) = (touch.bid, touch.ask) else { continue };
            let at = if rng.next().is_multiple_of(2) { bid } else { ask };
            let token = stage.token(outcome);
            let held = stage.custody.shares(stage.address(), token);
            let side = if held > Shares::from_whole(10) && rng.next().is_multiple_of(2) {
                Side::Sell
            } else {
                Side::Buy
            };
            let cents = u64::from(at.ten_thousandths()) / 100;
            let order = stage.order(outcome, side, cents, rng.range(1, 10));
            if stage.act(|it, floor| it.check_backing(floor, &order)).is_ok() {
                let id = stage.take(order);
                if rng.next().is_multiple_of(3) {
                    let owner = stage.exchange.accounts.wallet(stage.wallet).unwrap().owner;
                    stage.act(|it, floor| it.cancel(floor, owner, &[id]));
                }
            }
            stage.pass(rng.range(0, 8) * 100);
            assert_eq!(stage.problems(), Vec::<String>::new(), "seed {seed}, step {step}");
        }
        stage.pass(10_000);
        let audit = stage.act(|it, floor| it.audit(floor));
        assert!(audit.ok && audit.accounts[0].trades.len() > 10, "seed {seed}");
        assert_eq!(audit.accounts[0].cash, audit.accounts[0].cash_expected);
        let worth = audit.accounts[0].trades.iter().filter(|it| it.state == TradeState::Confirmed);
        let spent: Usd = worth
            .map(|it| {
                let value = it.size.at(it.price, Rounding::Down);
                if it.side == Side::Buy { -value - it.fee } else { value - it.fee }
            })
            .sum();
        assert_eq!(audit.accounts[0].cash, Usd::from_whole(100) + spent, "seed {seed}");
    }
}
