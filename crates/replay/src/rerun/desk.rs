//! The desk, run again.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::{TokenId, Touch, UnixMillis};
use engine::desk::{
    Dealer, DealerSettings, Desk, Env, Input, OrderNumber, Outcome, Quotes, Sign, Signed,
    TradingView,
};
use engine::risk::{Limits, LimitsError};
use engine::signal::PlannedOrder;

use crate::known::Known;
use crate::step::Signature;

/// Views that are remembered: a strategy reads the newest, or the one before.
const VIEWS_KEPT: usize = 64;

#[derive(Default)]
pub(super) struct DeskAgain {
    dealer: Option<(Dealer, DealerSettings)>,
    views: BTreeMap<u64, Arc<TradingView>>,
}

impl DeskAgain {
    pub(super) fn begin(
        &mut self,
        desk: Option<Box<Desk>>,
        limits: Limits,
        settings: DealerSettings,
        at: UnixMillis,
    ) -> Result<(), LimitsError> {
        let desk = desk.map_or_else(|| Desk::new(at, limits), |desk| Ok(*desk))?;
        let mut dealer = Dealer::new(desk);
        dealer.questions(at);
        self.dealer = Some((dealer, settings));
        Ok(())
    }
    /// `None` where no desk has begun.
    pub(super) fn deal(
        &mut self,
        input: Input,
        signed: Vec<Signature>,
        known: &Known,
        at: UnixMillis,
    ) -> Option<Outcome> {
        let (dealer, settings) = self.dealer.as_mut()?;
        let signer = SignedThen(RefCell::new(signed.into()));
        let env = Env { now: at, quotes: &ReadThen(known), signer: &signer, settings };
        Some(dealer.handle(input, &env))
    }
    /// `None` where no desk has begun.
    pub(super) fn show(
        &mut self,
        number: u64,
        known: &Known,
        at: UnixMillis,
    ) -> Option<Arc<TradingView>> {
        let (dealer, _) = self.dealer.as_ref()?;
        let view = Arc::new(TradingView::of(dealer, &ReadThen(known), at, number));
        self.views.insert(number, Arc::clone(&view));
        while self.views.len() > VIEWS_KEPT {
            self.views.pop_first();
        }
        Some(view)
    }
    pub(super) fn view(&self, number: u64) -> Option<Arc<TradingView>> {
        self.views.get(&number).cloned()
    }
}

/// The prices as they were read then.
struct ReadThen<'a>(&'a Known);

impl Quotes for ReadThen<'_> {
    fn touch(&self, token: TokenId) -> Touch {
        self.0.quotes.get(&token).copied().unwrap_or_default()
    }
}

/// What the signer answered then, in order. Nothing is ever signed again.
struct SignedThen(RefCell<VecDeque<Signature>>);

impl Sign for SignedThen {
    fn sign(&self, number: OrderNumber, _: &PlannedOrder, _: UnixMillis) -> Result<Signed, String> {
        match self.0.borrow_mut().pop_front() {
            Some(then) if then.number == number => {
                then.answer.map(|(id, body)| Signed { id, body })
            }
            _ => Err("the session holds no signature of this order".to_owned()),
        }
    }
}
