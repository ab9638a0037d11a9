//! What the desk reads while it decides, so that it can be written down.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::{TokenId, Touch, UnixMillis};
use engine::desk::{OrderNumber, Quotes, Sign, Signed};
use engine::signal::PlannedOrder;

/// The prices that were read. One that is read twice on one input is the same.
pub(super) struct QuotesRead<'a> {
    from: &'a dyn Quotes,
    read: RefCell<BTreeMap<TokenId, Touch>>,
}

impl<'a> QuotesRead<'a> {
    pub(super) fn of(from: &'a dyn Quotes) -> Self {
        Self { from, read: RefCell::default() }
    }
    pub(super) fn into_read(self) -> BTreeMap<TokenId, Touch> {
        self.read.into_inner()
    }
}

impl Quotes for QuotesRead<'_> {
    fn touch(&self, token: TokenId) -> Touch {
        *self.read.borrow_mut().entry(token).or_insert_with(|| self.from.touch(token))
    }
}

/// What the signer was asked, and what it answered.
type Answer = (OrderNumber, Result<Signed, String>);

/// What was signed.
pub(super) struct Signatures<'a> {
    from: &'a dyn Sign,
    answers: RefCell<Vec<Answer>>,
}

impl<'a> Signatures<'a> {
    pub(super) fn of(from: &'a dyn Sign) -> Self {
        Self { from, answers: RefCell::default() }
    }
    pub(super) fn into_answers(self) -> Vec<Answer> {
        self.answers.into_inner()
    }
}

impl Sign for Signatures<'_> {
    fn sign(
        &self,
        number: OrderNumber,
        order: &PlannedOrder,
        now: UnixMillis,
    ) -> Result<Signed, String> {
        let answer = self.from.sign(number, order, now);
        self.answers.borrow_mut().push((number, answer.clone()));
        answer
    }
}
