//! Finds whales among the prints, looks up who they are, and grades them when their time has come.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{AccountAddress, ConditionId, Market, MarketState, Price, TokenId, Usd};
use engine::books::Trust;
use engine::whales::{Change, Freshness, WhaleEvent, WhaleSettings, WhaleWatch};
use polymarket::clob::ClobClient;
use polymarket::data::DataClient;
use polymarket::http::{Settings as VenueSettings, VenueError};
use store::{Store, StoreError, StoreSettings, WhaleFilter, WhaleRow};

use super::board::TapeBoard;
use super::convert::{stake, whale_event, whale_row};
use super::grading::{self, Payouts};
use super::messages::{Hearing, Printed, StoreWallets, StoreWhales, TradesPrinted, WhaleSeen};
use super::profiles::{Profiles, look_up, profile};
use crate::books::TouchBoard;
use crate::clock::Clock;
use crate::collectors::Listing;
use crate::shared::Shared;
use crate::supervision::Handle;

/// Whales that wait for grades; beyond it the one told first waits for the next start.
const OPEN_MAX: usize = 5_000;
/// Markets asked for their payouts in one round.
const CONDITIONS_MAX: usize = 40;
const LOOK_UP_INTERVAL: Duration = Duration::from_secs(2);

/// How whales are kept.
#[derive(Clone, Debug)]
pub struct WhaleKeeperSettings {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// When a sum of prints is a whale.
    pub whales: WhaleSettings,
    /// Which wallets are new.
    pub freshness: Freshness,
    /// Between two rounds of grading.
    pub grade_interval: Duration,
    /// The database.
    pub store: StoreSettings,
}

/// Whom the keeper tells, and what it looks at.
#[derive(Clone)]
pub struct WhaleKeeperOutlets {
    /// Who hears of whales.
    pub listeners: Vec<Handle<WhaleSeen>>,
    /// Who keeps them.
    pub whales: Handle<StoreWhales>,
    /// Who keeps wallets.
    pub wallets: Handle<StoreWallets>,
    /// The markets that are known.
    pub listing: Shared<Listing>,
    /// The prices of watched markets.
    pub touches: Arc<TouchBoard>,
    /// What the tape says about itself.
    pub board: Arc<TapeBoard>,
}

/// The keeper.
pub struct WhaleKeeper {
    settings: WhaleKeeperSettings,
    clock: Clock,
    outlets: WhaleKeeperOutlets,
    watch: WhaleWatch,
    /// Whales with grades to come, by their ids.
    open: BTreeMap<String, WhaleRow>,
    profiles: Profiles,
    looking_up: bool,
    grading: bool,
    /// The last market that was asked for its payout.
    asked: Option<ConditionId>,
}

/// What a round of grading found out.
#[derive(Default)]
struct Found {
    bids: BTreeMap<TokenId, Price>,
    payouts: Payouts,
}

impl WhaleKeeper {
    /// No whale is known yet.
    #[must_use]
    pub fn new(settings: WhaleKeeperSettings, clock: Clock, outlets: WhaleKeeperOutlets) -> Self {
        let watch = WhaleWatch::new(settings.whales);
        Self {
            settings,
            clock,
            outlets,
            watch,
            open: BTreeMap::new(),
            profiles: Profiles::default(),
            looking_up: false,
            grading: false,
            asked: None,
        }
    }

    /// What was told before a restart.
    fn recall(&mut self, ctx: &mut Context<Self>) {
        let settings = self.settings.store.clone();
        ctx.wait(async move { recalled(&settings).await }.into_actor(self).map(
            |read, actor, ctx| {
                match read {
                    Ok((open, lately)) => {
                        lately.iter().filter_map(whale_event).for_each(|it| actor.watch.prime(it));
                        actor.open = open.into_iter().map(|row| (row.id.clone(), row)).collect();
                    }
                    Err(error) => {
                        tracing::warn!(%error, "whales of before are not known; their grades wait");
                    }
                }
                ctx.run_interval(LOOK_UP_INTERVAL, |actor, ctx| actor.look_up(ctx));
                ctx.run_interval(actor.settings.grade_interval, |actor, ctx| actor.grade(ctx));
            },
        ));
    }

    fn market(&self, condition: &ConditionId) -> Option<Arc<Market>> {
        self.outlets.listing.get().markets.get(condition).cloned()
    }

    fn hear(&mut self, printed: &Printed, changed: &mut Vec<WhaleRow>) {
        let told = &printed.told;
        if printed.hearing == Hearing::Named
            && let Some(event) = self.watch.name(told)
        {
            return self.named(&event, changed);
        }
        match self.watch.take(told) {
            // Nobody knows whether it was told: it is kept among the trades, and that is all.
            _ if printed.hearing == Hearing::Late => {}
            Some(Change::New(event)) => self.found(&event, changed),
            Some(Change::Grew(event)) => self.grew(&event, changed),
            None => {}
        }
    }

    fn found(&mut self, event: &WhaleEvent, changed: &mut Vec<WhaleRow>) {
        let now = self.clock.now();
        let market = self.market(&event.condition);
        let Some(mut row) = whale_row(event, market.as_deref(), now) else {
            return tracing::error!(whale = %event.id, "a whale does not fit its table");
        };
        if let Some(wallet) = row.wallet
            && let Some(known) = self.profiles.ask(wallet, now)
        {
            row.fresh = profile(known).is_fresh(row.first_at, self.settings.freshness);
        }
        self.outlets.board.change(|status| status.counts.whales += 1);
        let seen = Arc::new(row.clone());
        for listener in &self.outlets.listeners {
            if let Err(error) = listener.tell(WhaleSeen(Arc::clone(&seen))) {
                tracing::error!(%error, to = listener.name(), "a whale was not told");
            }
        }
        changed.push(row.clone());
        self.open.insert(row.id.clone(), row);
        if self.open.len() > OPEN_MAX {
            let oldest = self.open.values().min_by_key(|row| row.told_at).map(|row| row.id.clone());
            self.open.remove(&oldest.unwrap_or_default());
        }
    }

    fn grew(&mut self, event: &WhaleEvent, changed: &mut Vec<WhaleRow>) {
        let Some(row) = self.open.get_mut(event.id.as_str()) else { return };
        (row.size, row.value, row.prints) = (event.size, event.value, event.prints);
        (row.first_at, row.last_at) = (event.first_at, event.last_at);
        changed.push(row.clone());
    }

    fn named(&mut self, event: &WhaleEvent, changed: &mut Vec<WhaleRow>) {
        let now = self.clock.now();
        let Some(row) = self.open.get_mut(event.id.as_str()) else { return };
        row.wallet = event.wallet;
        row.event_slug = event.about.event_slug.to_string();
        if let Some(wallet) = row.wallet {
            let known = self.profiles.ask(wallet, now).map(profile);
            row.fresh = known.and_then(|it| it.is_fresh(row.first_at, self.settings.freshness));
        }
        changed.push(row.clone());
    }

    fn keep(&self, rows: Vec<WhaleRow>) {
        if rows.is_empty() {
            return;
        }
        if let Err(error) = self.outlets.whales.tell(StoreWhales(rows)) {
            tracing::error!(%error, "whales were not kept");
        }
    }

    fn look_up(&mut self, ctx: &mut Context<Self>) {
        if self.looking_up {
            return;
        }
        let Some(wallet) = self.profiles.next() else { return };
        self.looking_up = true;
        let (venue, now) = (self.settings.venue.clone(), self.clock.now());
        let looking = async move { look_up(&venue, wallet, now).await };
        ctx.spawn(looking.into_actor(self).map(move |found, actor, _| {
            actor.looking_up = false;
            match found {
                Ok(row) => actor.learned(wallet, row),
                Err(error) => {
                    tracing::debug!(%error, %wallet, "a wallet could not be looked up");
                }
            }
        }));
    }

    fn learned(&mut self, wallet: AccountAddress, row: store::WalletRow) {
        let known = profile(&row);
        let mut changed = Vec::new();
        for whale in self.open.values_mut().filter(|whale| whale.wallet == Some(wallet)) {
            if whale.fresh.is_none() {
                whale.fresh = known.is_fresh(whale.first_at, self.settings.freshness);
                changed.push(whale.clone());
            }
        }
        self.keep(changed);
        self.profiles.learn(row.clone());
        if let Err(error) = self.outlets.wallets.tell(StoreWallets(vec![row])) {
            tracing::debug!(%error, "a wallet was not kept");
        }
    }

    /// Finds out what is due, then grades.
    fn grade(&mut self, ctx: &mut Context<Self>) {
        if self.open.is_empty() || std::mem::replace(&mut self.grading, true) {
            return;
        }
        let now = self.clock.now();
        let mut found = Found::default();
        let mut tokens = grading::tokens_due(self.open.values(), now);
        tokens.retain(|token| match self.trusted_bid(*token) {
            Some(bid) => found.bids.insert(*token, bid).is_some(),
            None => true,
        });
        let listing = self.outlets.listing.get();
        let goes_on = |id: &ConditionId| listing.markets.get(id).is_some_and(|it| it.is_open());
        for row in self.open.values() {
            if let Some(market) = listing.markets.get(&row.condition) {
                note_payouts(market, None, &mut found.payouts);
            }
        }
        let due = grading::conditions_due(self.open.values(), goes_on);
        let conditions = self.turn(&due);
        let (venue, store) = (self.settings.venue.clone(), self.settings.store.clone());
        let asking = async move {
            let asked = ask(&venue, &store, &tokens, &conditions, &mut found).await;
            (found, asked)
        };
        ctx.spawn(asking.into_actor(self).map(move |(found, asked), actor, _| {
            actor.grading = false;
            if let Err(error) = asked {
                tracing::debug!(%error, "not every price for grading is known; the next round asks again");
            }
            actor.graded(&found);
        }));
    }

    /// The next markets of those due, from the beginning again after the last.
    fn turn(&mut self, due: &[ConditionId]) -> Vec<ConditionId> {
        let start = self.asked.map_or(0, |asked| due.partition_point(|it| *it <= asked));
        let next: Vec<_> = due.iter().skip(start).take(CONDITIONS_MAX).copied().collect();
        self.asked = if next.len() < CONDITIONS_MAX { None } else { next.last().copied() };
        next
    }

    /// The best bid of a watched token whose book may be believed.
    fn trusted_bid(&self, token: TokenId) -> Option<Price> {
        let row = self.open.values().find(|row| row.stake_token == Some(token))?;
        let market = self.market(&row.condition)?;
        let touch = self.outlets.touches.get(&row.condition)?;
        let at = market.outcomes.iter().position(|outcome| outcome.token == token)?;
        let outcome = touch.outcomes.get(at)?;
        if outcome.trust == Trust::Trusted { outcome.touch.bid } else { None }
    }

    fn graded(&mut self, found: &Found) {
        let now = self.clock.now();
        let listing = self.outlets.listing.get();
        let mut changed = Vec::new();
        for row in self.open.values_mut() {
            if row.stake_token.is_none() {
                stake(row, listing.markets.get(&row.condition).map(|market| &**market));
            }
            if grading::grade(row, &found.bids, &found.payouts, now) {
                changed.push(row.clone());
            }
        }
        self.open.retain(|_, row| !grading::is_done(row));
        self.keep(changed);
    }
}

/// Prices of books that are not watched, and payouts of markets that do not go on.
async fn ask(
    venue: &VenueSettings,
    store: &StoreSettings,
    tokens: &[TokenId],
    conditions: &[ConditionId],
    found: &mut Found,
) -> Result<(), VenueError> {
    let http = venue.connect()?;
    if !tokens.is_empty() {
        for book in ClobClient::new(http.clone()).books(tokens).await?.books {
            if let Some(best) = book.bids.first() {
                found.bids.insert(book.token, best.price);
            }
        }
    }
    if conditions.is_empty() {
        return Ok(());
    }
    let answers = DataClient::new(http).resolutions(conditions).await?;
    let mut paid = Vec::new();
    for resolution in answers.into_iter().flatten() {
        if let Some(payouts) = resolution.payouts {
            paid.push((resolution.condition, payouts));
        }
    }
    if let Err(error) = look_into(store, &paid, &mut found.payouts).await {
        tracing::debug!(%error, "the outcomes of markets that have paid are not known");
    }
    Ok(())
}

/// Which token is paid what, by the markets as they are kept.
async fn look_into(
    settings: &StoreSettings,
    paid: &[(ConditionId, [Usd; 2])],
    payouts: &mut Payouts,
) -> Result<(), StoreError> {
    if paid.is_empty() {
        return Ok(());
    }
    let store = Store::connect(settings).await?;
    for (condition, stated) in paid {
        if let Some(market) = store.markets().find(*condition).await? {
            note_payouts(&market, Some(*stated), payouts);
        }
    }
    store.close().await
}

/// Notes what each outcome of a market is paid: as stated, or as the market itself says.
fn note_payouts(market: &Market, stated: Option<[Usd; 2]>, payouts: &mut Payouts) {
    let own = match market.state {
        MarketState::Closed { payouts: Some(prices) } => {
            Some(prices.map(|price| Usd::from_micros(i64::from(price.ten_thousandths()) * 100)))
        }
        MarketState::Closed { payouts: None } | MarketState::Open | MarketState::Paused => None,
    };
    if let Some(amounts) = stated.or(own) {
        for (outcome, amount) in market.outcomes.iter().zip(amounts) {
            payouts.insert(outcome.token, amount);
        }
    }
}

/// Whales with grades to come, and those told last.
async fn recalled(settings: &StoreSettings) -> Result<(Vec<WhaleRow>, Vec<WhaleRow>), StoreError> {
    let store = Store::connect(settings).await?;
    store.migrate().await?;
    let open = store.whales().ungraded(OPEN_MAX as u64).await?;
    let lately = store.whales().page(&WhaleFilter::default(), None, store::PAGE_ROWS_MAX).await?;
    store.close().await?;
    Ok((open, lately.rows))
}

impl Actor for WhaleKeeper {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.recall(ctx);
    }
}

impl Handler<TradesPrinted> for WhaleKeeper {
    type Result = ();
    fn handle(&mut self, TradesPrinted(prints): TradesPrinted, _: &mut Self::Context) {
        let mut changed = Vec::new();
        for printed in prints.iter() {
            self.hear(printed, &mut changed);
        }
        self.keep(changed);
    }
}
