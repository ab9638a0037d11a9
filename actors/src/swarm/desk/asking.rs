//! From a wish to a question that every model has been sent.

use std::sync::Arc;
use std::time::Instant;

use actix::prelude::*;
use domain::{Market, Price, Probability, UnixMillis, Usd};
use engine::forecast::{AskedMarket, CacheKey, Candidate, Failure, Outcome, Question, Sample};
use forecasters::Usage;
use store::StoreError;

use super::SwarmDesk;
use crate::swarm::messages::{AskMember, AskRefused, AskSwarm, Told};
use crate::swarm::question;
use crate::swarm::record::{ForecastRecord, ForecastStage};
use crate::swarm::research;
use crate::swarm::round::{Phase, Round};

impl SwarmDesk {
    /// Begins a forecast, or says why not. The same name again is the same forecast.
    pub(super) fn ask(
        &mut self,
        asked: &AskSwarm,
        ctx: &mut Context<Self>,
    ) -> Result<String, AskRefused> {
        let id: Arc<str> = asked.id.as_str().into();
        if self.rounds.contains_key(&id) || self.outlets.board.find(&id).is_some() {
            return Ok(asked.id.clone());
        }
        if self.store.is_none() {
            return Err(AskRefused::NotReady);
        }
        if self.seats.is_empty() {
            return Err(AskRefused::NoMember("no model is set up".to_owned()));
        }
        let listing = self.outlets.listing.get();
        let market = listing.markets.get(&asked.condition).ok_or(AskRefused::UnknownMarket)?;
        if !market.is_open() {
            return Err(AskRefused::Closed);
        }
        let price = self.price(market).ok_or(AskRefused::NoPrice)?;
        let mut open = self.rounds.values().filter(|round| round.phase != Phase::Closed);
        if let Some(round) = open.find(|round| round.market.condition == asked.condition) {
            return Err(AskRefused::Running(round.record.id.to_string()));
        }
        if self.open_rounds() >= self.settings.questions_max {
            return Err(AskRefused::Busy(self.open_rounds()));
        }
        if self.allowance().is_none() {
            return Err(AskRefused::NoBudget);
        }
        self.open(id, asked, market, price, ctx);
        Ok(asked.id.clone())
    }

    fn open(
        &mut self,
        id: Arc<str>,
        asked: &AskSwarm,
        market: &Arc<Market>,
        price: Price,
        ctx: &mut Context<Self>,
    ) {
        let now = self.outlets.clock.now();
        let record = Arc::new(ForecastRecord {
            id: Arc::clone(&id),
            condition: market.condition,
            group: market.group.clone(),
            slug: Arc::clone(&market.slug),
            title: Arc::clone(&market.title),
            category: question::category(market),
            source: asked.source.code().into(),
            closes_at: market.ends_at,
            asked_at: now,
            market: Some(Probability::from_price(price)),
            stage: ForecastStage::Asking,
            cost: Usd::ZERO,
            resolved: None,
        });
        let of = AskedMarket {
            condition: market.condition,
            group: market.group.clone(),
            closes_at: market.ends_at,
            price,
        };
        self.asked.insert(market.condition, now);
        self.rounds.insert(Arc::clone(&id), Round::new(of, Arc::clone(&record)));
        self.announce(&record);
        self.show_rounds();
        let (market, settings) = (Arc::clone(market), Arc::clone(&self.settings));
        let store = self.store.clone();
        let opened = async move {
            let rules = question::rules(&settings.venue, &market);
            let notes = research::notes(settings.research.as_ref(), &market.title);
            let (rules, notes) = futures_util::future::join(rules, notes).await;
            // Written down before the first call, so that no call is for nothing that is known of.
            if let Some(store) = store {
                store.forecasts().put(&record.to_row()?).await?;
            }
            Ok::<_, StoreError>(question::question(&market, &rules, notes))
        };
        ctx.spawn(opened.into_actor(self).map(move |opened, desk, ctx| match opened {
            Ok(question) => desk.send(&id, &question, ctx),
            Err(error) => {
                tracing::warn!(%error, "a forecast could not be written down, so nobody is asked");
                desk.fail(&id, format!("it could not be written down: {error}"));
            }
        }));
    }

    fn send(&mut self, id: &Arc<str>, question: &Question, ctx: &mut Context<Self>) {
        let Some(allowance) = self.allowance() else {
            return self.fail(id, "the budget of the day is used up".to_owned());
        };
        let now = self.outlets.clock.now();
        let prompt = Arc::new(question::prompt(question, now));
        let until = Instant::now() + self.settings.call_time_max;
        let (mut known, mut expected) = (Vec::new(), 0);
        for (name, samples) in allowance.calls {
            let Some(seat) = self.seats.iter().find(|seat| seat.name == name).cloned() else {
                continue;
            };
            let key = CacheKey::of(question, &format!("{} {}", seat.name, seat.model));
            let answers = self.cache.find(&key, now);
            let is_cached = !answers.is_empty();
            known.extend(answers);
            if let Some(round) = self.rounds.get_mut(id) {
                round.keys.insert(seat.name.clone(), key);
            }
            if is_cached {
                continue;
            }
            let (forecast, prompt) = (Arc::clone(id), Arc::clone(&prompt));
            let asked = AskMember { forecast, prompt, samples, until };
            match seat.member.tell(asked) {
                Ok(()) => expected += samples as usize,
                Err(error) => {
                    tracing::warn!(member = %seat.name, %error, "a member was not asked");
                    known.extend((0..samples).map(|index| unasked(&seat, index, now)));
                }
            }
        }
        if let Some(round) = self.rounds.get_mut(id) {
            round.phase = Phase::Asking;
            round.expected = expected + known.len();
        }
        for told in known {
            self.take(id, told);
        }
        let (of_deadline, of_end) = (Arc::clone(id), Arc::clone(id));
        ctx.run_later(self.settings.deadline, move |desk, _| desk.overdue(&of_deadline));
        let end = self.settings.call_time_max + super::closing::GRACE;
        ctx.run_later(end, move |desk, _| desk.end(&of_end));
        self.show_rounds();
    }

    /// Half-way between bid and ask of the first outcome; where nobody watches the book, the venue's
    /// own cached price.
    pub(super) fn price(&self, market: &Market) -> Option<Price> {
        let touch = self.outlets.touches.get(&market.condition).map(|touch| {
            let [yes, _] = touch.outcomes;
            yes.touch
        });
        let middle = touch.and_then(|touch| {
            Candidate { market, bid: touch.bid, ask: touch.ask, asked_at: None }.middle()
        });
        middle.or(market.price_hint)
    }
}

fn unasked(seat: &super::Seat, index: u32, at: UnixMillis) -> Told {
    let sample = Sample {
        member: seat.name.clone(),
        index,
        outcome: Outcome::Failed(Failure::Provider),
        cost: Usd::ZERO,
        latency_ms: domain::DurationMillis(0),
    };
    let error = Some("its actor takes no questions now".to_owned());
    Told { sample, at, usage: Usage::default(), was_repaired: false, error }
}
