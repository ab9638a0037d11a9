//! What the auditor says when asked.

use std::collections::{BTreeMap, BTreeSet};

use domain::{OrderId, Price, Shares, Side, TokenId, TradeState, Usd};
use serde::{Serialize, Serializer};

use super::books::{Books, Moved};
use super::{Auditor, Leg, Noted};
use crate::custody::Asset;
use crate::exchange::{Exchange, Floor, OrderState, Target, Wallet, WalletId};
use crate::matching::Outcome;

/// The auditor's verdict. Money is written as decimal text.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The auditor's books, the engine's, the exchange's and the chain's agree, and nothing was
    /// made or lost.
    pub ok: bool,
    /// What does not, in words.
    pub problems: Vec<String>,
    /// Every account.
    pub accounts: Vec<AccountAudit>,
}

/// One account in the auditor's books.
#[derive(Clone, Debug, Serialize)]
pub struct AccountAudit {
    /// The wallet: `0x` and 40 hexadecimal digits.
    pub maker: String,
    /// Dollars on the chain, by the auditor's reckoning.
    pub cash: Usd,
    /// Shares on the chain by token, in the same way; tokens with none are absent.
    pub shares: BTreeMap<TokenId, Shares>,
    /// Dollars after every trade that is still on its way has settled.
    pub cash_expected: Usd,
    /// Orders that may still trade.
    pub open_orders: Vec<OrderId>,
    /// Orders ever taken.
    pub orders_accepted: usize,
    /// How often an order was refused because it had been taken before.
    pub duplicates_refused: u64,
    /// Every order ever taken.
    pub orders: Vec<OrderAudit>,
    /// Trades, oldest first; only the newest where there are very many.
    pub trades: Vec<TradeAudit>,
    /// Fees of trades that did not fail.
    pub fees: Usd,
}

/// An order that was taken.
#[derive(Clone, Debug, Serialize)]
pub struct OrderAudit {
    /// Its digest.
    pub id: OrderId,
    /// What its client salted it with.
    pub salt: u64,
    /// Shares that matched, failed trades included.
    pub filled: Shares,
    /// More of it may still match.
    pub is_open: bool,
}

/// One order's part of a trade.
#[derive(Clone, Debug, Serialize)]
pub struct TradeAudit {
    /// The trade.
    pub id: String,
    /// The order.
    pub order: OrderId,
    /// How far it has come.
    pub state: TradeState,
    /// Bought or sold.
    #[serde(serialize_with = "side")]
    pub side: Side,
    /// What was traded.
    pub token: TokenId,
    /// How many shares.
    pub size: Shares,
    /// At what price.
    pub price: Price,
    /// The account's fee.
    pub fee: Usd,
}

fn side<S: Serializer>(side: &Side, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(crate::wire::frames::side_text(*side))
}

impl Auditor {
    /// Compares everything with everything.
    pub(crate) fn verdict(&self, exchange: &Exchange, floor: &Floor<'_>) -> Audit {
        let mut problems = self.problems.clone();
        problems.extend(floor.custody.imbalance().map(|it| format!("chain: {it}")));
        for (market, engine) in floor.world.engines() {
            let ledger = engine.ledger();
            if ledger.money_total() != Usd::ZERO {
                problems.push(format!("market {market}: {} dollars made", ledger.money_total()));
            }
            for outcome in Outcome::BOTH {
                let (shares, sets) = (ledger.shares_total(outcome), ledger.sets());
                if shares != sets {
                    problems.push(format!("market {market}: {shares} {outcome:?} of {sets} sets"));
                }
            }
        }
        let mut accounts = Vec::new();
        for (id, wallet) in exchange.accounts.wallets() {
            let none = Books::default();
            let books = self.books.get(&id).unwrap_or(&none);
            let view = View { auditor: self, exchange, floor, id, wallet, books };
            view.compare(&mut problems);
            accounts.push(view.account());
        }
        Audit { ok: problems.is_empty(), problems, accounts }
    }
}

/// One account among all records of it.
struct View<'a> {
    auditor: &'a Auditor,
    exchange: &'a Exchange,
    floor: &'a Floor<'a>,
    id: WalletId,
    wallet: &'a Wallet,
    books: &'a Books,
}

impl View<'_> {
    fn compare(&self, problems: &mut Vec<String>) {
        let mut found = Vec::new();
        self.compare_engine(&mut found);
        self.compare_chain(&mut found);
        self.compare_orders(&mut found);
        let maker = self.maker();
        problems.extend(found.into_iter().map(|problem| format!("{maker}: {problem}")));
    }
    fn maker(&self) -> String {
        format!("{:?}", self.wallet.address)
    }

    /// What matched, against the engine.
    fn compare_engine(&self, problems: &mut Vec<String>) {
        for (market, engine) in self.floor.world.engines() {
            let account = engine.ledger().account(self.id.trader());
            let booked = self.books.matched.get(&market).copied().unwrap_or_default();
            let traded = |it| account.held(it) - account.brought(it);
            let shares = Outcome::BOTH.map(traded);
            if (account.cash, shares) != (booked.cash, booked.shares) {
                problems.push(format!(
                    "market {market}: the engine has {} and {shares:?}, the books {booked:?}",
                    account.cash
                ));
            }
        }
    }

    /// What settled, against the chain.
    fn compare_chain(&self, problems: &mut Vec<String>) {
        let address = self.wallet.address;
        let (cash, shares) = self.on_chain();
        let real = self.floor.custody.cash(address, Asset::Pusd);
        if real != cash {
            problems.push(format!("the chain has {real} dollars, the books {cash}"));
        }
        if cash < Usd::ZERO {
            problems.push(format!("owes {cash} dollars"));
        }
        for (token, booked) in &shares {
            let real = self.floor.custody.shares(address, *token);
            if real != *booked {
                problems.push(format!("the chain has {real} of {token}, the books {booked}"));
            }
        }
        let snapshot = self.floor.custody.held(address);
        for (token, real) in snapshot.filter(|(token, _)| !shares.contains_key(token)) {
            problems.push(format!("the chain has {real} of {token}, the books none"));
        }
    }

    /// What is open, against the exchange and the engine.
    fn compare_orders(&self, problems: &mut Vec<String>) {
        let open = self.exchange.open_of(self.id);
        let ours: BTreeSet<OrderId> = self.open().collect();
        let theirs: BTreeSet<OrderId> = open.iter().map(|order| order.id).collect();
        for id in ours.symmetric_difference(&theirs) {
            problems.push(format!("order {id} is open in one record alone"));
        }
        for order in open.iter().filter(|order| order.state == OrderState::Live) {
            let engine = self.floor.world.engine(order.market);
            let left = order.seat.and_then(|seat| engine?.left(seat)).unwrap_or_default();
            let taken = self.books.taken.get(&order.id);
            let wanted = taken.map(|taken| match taken.target {
                Target::Shares(size) => size - taken.filled,
                Target::Dollars(_) => Shares::ZERO,
            });
            if wanted != Some(left) {
                let id = order.id;
                problems.push(format!("order {id}: {left} rest, the books want {wanted:?}"));
            }
        }
    }

    fn open(&self) -> impl Iterator<Item = OrderId> + use<'_> {
        self.books.taken.iter().filter(|(_, taken)| taken.is_open).map(|(id, _)| *id)
    }

    /// Dollars and shares as they must be on the chain: what trades moved, and what the account
    /// did there itself.
    fn on_chain(&self) -> (Usd, BTreeMap<TokenId, Shares>) {
        let own = self.floor.custody.moved_apart_from_trades(self.wallet.address);
        let mut shares = own.shares;
        for (market, moved) in &self.books.settled {
            for outcome in Outcome::BOTH {
                if let Some(token) = self.floor.token(*market, outcome) {
                    *shares.entry(token).or_default() += moved.of(outcome);
                }
            }
        }
        shares.retain(|_, size| *size != Shares::ZERO);
        let traded: Usd = self.books.settled.values().map(|moved| moved.cash).sum();
        (own.cash + traded, shares)
    }

    fn account(&self) -> AccountAudit {
        let (cash, shares) = self.on_chain();
        let sum = |moved: &BTreeMap<usize, Moved>| moved.values().map(|it| it.cash).sum::<Usd>();
        let orders = self.books.taken.iter().map(|(id, taken)| OrderAudit {
            id: *id,
            salt: taken.salt,
            filled: taken.filled,
            is_open: taken.is_open,
        });
        AccountAudit {
            maker: self.maker(),
            cash,
            shares,
            cash_expected: cash + sum(&self.books.matched) - sum(&self.books.settled),
            open_orders: self.open().collect(),
            orders_accepted: self.books.taken.len(),
            duplicates_refused: self.books.duplicates_refused,
            orders: orders.collect(),
            trades: self.trades(),
            fees: self.books.matched.values().map(|moved| moved.fees).sum(),
        }
    }
    fn trades(&self) -> Vec<TradeAudit> {
        let of = |noted: &Noted, leg: &Leg| {
            Some(TradeAudit {
                id: noted.id.clone(),
                order: leg.order,
                state: noted.state,
                side: leg.part.side,
                token: self.floor.token(leg.market, leg.part.outcome)?,
                size: leg.part.size,
                price: leg.part.price,
                fee: leg.part.fee,
            })
        };
        let all = self.auditor.trades.values();
        let legs = all.flat_map(|noted| noted.legs.iter().map(move |leg| (noted, leg)));
        let own = legs.filter(|(_, leg)| leg.wallet == self.id);
        own.filter_map(|(noted, leg)| of(noted, leg)).collect()
    }
}
