//! From a match to money: trades are booked when they are matched and move when they are mined.

use domain::{FeeTerms, OrderId, Price, Side, TradeState, Usd};

use super::accounts::WalletId;
use super::orders::{OrderState, Target};
use super::pace::SettlementPace;
use super::trades::{Part, Trade, TradeNumber};
use super::{Exchange, Floor};
use crate::crowd::wallet;
use crate::custody::TradeLeg;
use crate::matching::{Fill, Outcome, Report, TraderId};
use crate::universe::MarketIndex;
use crate::world::Encounter;

/// Who took, as every trade of one report shares it.
struct Taker {
    market: MarketIndex,
    order: Option<(OrderId, WalletId)>,
    order_text: String,
    key: String,
    address: String,
    outcome: Outcome,
    side: Side,
}

impl Exchange {
    /// Books what the crowd took from accounts.
    pub(super) fn meet(&mut self, floor: &mut Floor<'_>) {
        for Encounter { market, taker, outcome, side, report } in floor.world.take_encounters() {
            let taker = Taker {
                market,
                order: None,
                order_text: self.draw_word(),
                key: crowd_key(taker),
                address: wallet(taker).address,
                outcome,
                side,
            };
            self.book(floor, &taker, &report);
        }
    }

    /// Books what an account's order took.
    pub(super) fn book_taken(&mut self, floor: &mut Floor<'_>, id: OrderId, report: &Report) {
        let Some(order) = self.orders.get(id) else { return };
        let taker = Taker {
            market: order.market,
            order: Some((id, order.wallet)),
            order_text: id.to_string(),
            key: order.key.clone(),
            address: self.address_text(order.wallet),
            outcome: order.outcome,
            side: order.side,
        };
        self.book(floor, &taker, report);
    }

    /// One trade for each price at which an account took part.
    fn book(&mut self, floor: &mut Floor<'_>, taker: &Taker, report: &Report) {
        let levels = report.fills.chunk_by(|one, next| one.price_yes == next.price_yes);
        for (bucket, fills) in levels.enumerate() {
            let concerns = fills.iter().any(|fill| WalletId::of(fill.maker).is_some());
            if taker.order.is_some() || concerns {
                self.book_level(floor, taker, fills, bucket);
            }
        }
    }

    fn book_level(&mut self, floor: &mut Floor<'_>, by: &Taker, fills: &[Fill], bucket: usize) {
        let Some(price_yes) = fills.first().map(|fill| fill.price_yes) else { return };
        let taker = Part {
            order: by.order,
            order_text: by.order_text.clone(),
            key: by.key.clone(),
            address: by.address.clone(),
            outcome: by.outcome,
            side: by.side,
            price: by.outcome.mirror(price_yes),
            size: fills.iter().map(|fill| fill.size).sum(),
            fee: fills.iter().map(|fill| fill.fee).sum(),
        };
        let opposite = match by.outcome.mirror_side(by.side) {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        };
        let makers = fills
            .iter()
            .map(|fill| self.maker_part(by.market, fill, opposite, price_yes))
            .collect();
        let trade = Trade {
            number: self.trades.next(),
            id: self.draw_id(),
            market: by.market,
            taker,
            makers,
            bucket,
            state: TradeState::Matched,
            matched_at: floor.now,
            updated_at: floor.now,
            hash: String::new(),
            changes: None,
        };
        let terms = floor.world.engine(by.market).map(|engine| engine.rules().fee);
        self.auditor.matched(&trade, terms.unwrap_or(FeeTerms::FREE));
        self.fill_orders(floor, &trade);
        let due_ms = floor.now.0 + SettlementPace::draw(self.pace.mined_ms, &mut self.rng);
        let (number, steps) = (trade.number, self.mischief.course());
        self.trades.insert(trade, due_ms, steps);
        self.tell_trade(floor, number);
    }

    fn maker_part(
        &mut self,
        market: MarketIndex,
        fill: &Fill,
        side_yes: Side,
        price_yes: Price,
    ) -> Part {
        let order = self.orders.at(market, fill.maker_order).and_then(|id| self.orders.get(id));
        if let Some(order) = order {
            return Part {
                order: Some((order.id, order.wallet)),
                order_text: order.id.to_string(),
                key: order.key.clone(),
                address: self.address_text(order.wallet),
                outcome: order.outcome,
                side: order.side,
                price: order.outcome.mirror(price_yes),
                size: fill.size,
                fee: Usd::ZERO,
            };
        }
        // The crowd's makers need no shares: they buy the one outcome or the other.
        let outcome = if side_yes == Side::Buy { Outcome::Yes } else { Outcome::No };
        Part {
            order: None,
            order_text: self.draw_word(),
            key: crowd_key(fill.maker),
            address: wallet(fill.maker).address,
            outcome,
            side: Side::Buy,
            price: outcome.mirror(price_yes),
            size: fill.size,
            fee: Usd::ZERO,
        }
    }

    /// Notes on every account's order what matched; an order filled wholly has ended.
    fn fill_orders(&mut self, floor: &mut Floor<'_>, trade: &Trade) {
        for part in trade.parts() {
            let Some((id, _)) = part.order else { continue };
            let Some(order) = self.orders.get_mut(id) else { continue };
            order.matched += part.size;
            order.value += part.value();
            order.trades.push(trade.id.clone());
            let filled = matches!(order.target, Target::Shares(size) if order.matched >= size);
            if filled && order.state.is_open() {
                self.finish(id, OrderState::Matched);
            }
            self.tell_order(floor, id, "UPDATE");
        }
    }

    /// Takes every trade one step on for which it is time.
    pub(super) fn settle_due(&mut self, floor: &mut Floor<'_>) {
        for (number, next) in self.trades.due(floor.now.0) {
            let reached = self.step(floor, number, next);
            if let Some(trade) = self.trades.get_mut(number) {
                trade.state = reached;
                trade.updated_at = floor.now;
            }
            self.auditor.moved(number, reached);
            if reached.is_final() {
                self.trades.finish(number);
            } else {
                let delay = SettlementPace::draw(self.pace.confirmed_ms, &mut self.rng);
                self.trades.postpone(number, floor.now.0 + delay);
            }
            self.tell_trade(floor, number);
        }
    }

    /// Does on the chain what the step says; the state that was reached.
    fn step(&mut self, floor: &mut Floor<'_>, number: TradeNumber, next: TradeState) -> TradeState {
        match next {
            TradeState::Mined => match self.mine(floor, number) {
                true => TradeState::Mined,
                false => self.fail(floor, number),
            },
            TradeState::Retrying => match self.unmine(floor, number) {
                true => TradeState::Retrying,
                // What it brought is spent already: it can only stay.
                false => TradeState::Confirmed,
            },
            TradeState::Failed => self.fail(floor, number),
            TradeState::Confirmed | TradeState::Matched => next,
        }
    }

    /// Moves the money; false where somebody no longer has what they promised.
    fn mine(&mut self, floor: &mut Floor<'_>, number: TradeNumber) -> bool {
        let hash = self.draw_word();
        let Some(trade) = self.trades.get(number) else { return false };
        let legs: Option<Vec<TradeLeg>> = trade
            .parts()
            .filter_map(|part| part.wallet().map(|wallet| self.leg(floor, trade, part, wallet)))
            .collect();
        let settled = legs.and_then(|legs| floor.custody.apply_trade(&legs).ok());
        let Some(changes) = settled else { return false };
        let received: Vec<_> = trade
            .parts()
            .filter(|part| part.side == Side::Buy)
            .filter_map(|part| Some((part.wallet()?, floor.token(trade.market, part.outcome)?)))
            .collect();
        for (wallet, token) in received {
            self.accounts.learn_token(wallet, token);
        }
        if let Some(trade) = self.trades.get_mut(number) {
            trade.changes = Some(changes);
            trade.hash = hash;
        }
        true
    }

    fn leg(
        &self,
        floor: &Floor<'_>,
        trade: &Trade,
        part: &Part,
        wallet: WalletId,
    ) -> Option<TradeLeg> {
        Some(TradeLeg {
            exchange: floor.contract(trade.market)?.address(),
            wallet: self.accounts.wallet(wallet)?.address,
            token: floor.token(trade.market, part.outcome)?,
            side: part.side,
            size: part.size,
            value: part.value(),
            fee: part.fee,
        })
    }

    /// Takes the money back; false where that cannot be done.
    fn unmine(&mut self, floor: &mut Floor<'_>, number: TradeNumber) -> bool {
        let Some(trade) = self.trades.get_mut(number) else { return false };
        let Some(changes) = trade.changes.take() else { return true };
        if floor.custody.undo(&changes).is_ok() {
            return true;
        }
        trade.changes = Some(changes);
        false
    }

    /// The trade never happened: the house steps into the accounts' parts.
    fn fail(&mut self, floor: &mut Floor<'_>, number: TradeNumber) -> TradeState {
        if !self.unmine(floor, number) {
            return TradeState::Confirmed;
        }
        let Some(trade) = self.trades.get(number) else { return TradeState::Failed };
        for part in trade.parts() {
            let Some(wallet) = part.wallet() else { continue };
            let (shares, cash) = match part.side {
                Side::Buy => (-part.size, part.value() + part.fee),
                Side::Sell => (part.size, part.fee - part.value()),
            };
            let trader = wallet.trader();
            floor.world.take_over(trade.market, trader, part.outcome, shares, cash);
        }
        TradeState::Failed
    }

    fn address_text(&self, wallet: WalletId) -> String {
        let found = self.accounts.wallet(wallet).map(|it| it.address).unwrap_or_default();
        format!("{found:?}")
    }
    fn draw_word(&mut self) -> String {
        let words: Vec<u8> = (0..4).flat_map(|_| self.rng.next().to_be_bytes()).collect();
        format!("0x{}", hex::encode(words))
    }
    fn draw_id(&mut self) -> String {
        let (a, b) = (self.rng.next(), self.rng.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 48 & 0xfff,
            b & 0xffff_ffff_ffff
        )
    }
}

/// The API key of somebody of the crowd, for show.
fn crowd_key(trader: TraderId) -> String {
    format!("00000000-0000-4000-a000-{:012x}", trader.0)
}
