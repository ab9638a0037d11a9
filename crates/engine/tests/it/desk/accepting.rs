//! A difference between our books and the world, and the person who accepts it.

use domain::{Lifetime, OrderId, Shares, Side, TokenId, Usd};
use engine::desk::{
    AcceptError, Acceptance, AcceptedAs, Control, FOREIGN_MAX, Input, Origin, Reconciliation,
};
use engine::ledger::{Account, Asset};

use super::venue::Faults;
use super::{Run, named};
use crate::kit::market;
use crate::plan::world::{order_by_hand, parity_long, yes};

fn by() -> Origin {
    Origin("a person".to_owned())
}

fn halted() -> Run {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(parity_long(), 1));
    run.until_quiet();
    run.input(Input::Ordered(by(), Control::Halt { reason: "both sides differ".to_owned() }));
    run
}

fn amount(asset: Asset, here: i64, there: i64, booked_as: AcceptedAs) -> Acceptance {
    Acceptance::Amount { asset, here, there, booked_as }
}

fn accept(run: &mut Run, acceptance: Acceptance) -> Result<(), AcceptError> {
    let may = run.desk().may_accept(&acceptance);
    let control = Control::Accept { acceptance, why: "we looked".to_owned() };
    run.input(Input::Ordered(by(), control));
    may
}

fn cash(run: &Run) -> i64 {
    run.desk().ledger().cash().settled.micros()
}

#[test]
fn a_deposit_is_no_profit_a_rebate_is_one_and_both_make_the_books_agree() {
    for (booked_as, there, account) in [
        (AcceptedAs::Owner, 500, Account::Capital),
        (AcceptedAs::Owner, -500, Account::Capital),
        (AcceptedAs::Result, 3, Account::Adjustments),
        (AcceptedAs::Result, -3, Account::Adjustments),
    ] {
        let mut run = halted();
        let (here, change) = (cash(&run), there * 1_000_000);
        let before = run.desk().ledger().balance(account, Asset::Cash);
        let earned = run.desk().ledger().results().total().net();
        let peak = run.desk().risk().equity_peak();
        let wish = amount(Asset::Cash, here, here + change, booked_as);
        assert_eq!(accept(&mut run, wish), Ok(()));
        let ledger = run.desk().ledger();
        assert_eq!(ledger.cash().settled.micros(), here + change);
        assert_eq!(ledger.balance(account, Asset::Cash), before - change);
        let is_result = booked_as == AcceptedAs::Result;
        let result = Usd::from_micros(if is_result { change } else { 0 });
        assert_eq!(ledger.results().total().net() - earned, result);
        let moved = Usd::from_micros(if is_result { 0 } else { change });
        assert_eq!(run.desk().risk().equity_peak(), peak.map(|peak| peak + moved));
        assert_eq!(ledger.check(), Ok(()));
        let (after, halt) = (ledger.clone(), run.desk().risk().halted().cloned());
        assert!(halt.is_some(), "a person resumes, nobody else");
        assert!(accept(&mut run, wish).is_err(), "the same again");
        assert_eq!(*run.desk().ledger(), after, "changes nothing");
        run.crash();
        run.work();
        assert_eq!(*run.desk().ledger(), after, "and it is written down");
    }
}

#[test]
fn shares_bought_by_hand_come_into_the_books_and_go_again() {
    let mut run = halted();
    let asset = Asset::Shares(yes(1));
    let many = Shares::from_whole(12).micros();
    assert_eq!(accept(&mut run, amount(asset, 0, many, AcceptedAs::Owner)), Ok(()));
    assert_eq!(run.desk().ledger().position(yes(1)).settled.micros(), many);
    assert_eq!(accept(&mut run, amount(asset, many, 0, AcceptedAs::Result)), Ok(()));
    assert_eq!(run.desk().ledger().position(yes(1)).settled, Shares::ZERO);
    let stranger = TokenId::from_words([0, 0, 0, 999]);
    let unknown = amount(Asset::Shares(stranger), 0, 5, AcceptedAs::Owner);
    assert_eq!(accept(&mut run, unknown), Ok(()), "a market that was never traded here");
    assert_eq!(run.desk().ledger().check(), Ok(()));
}

#[test]
fn nothing_is_accepted_while_trading_goes_on_or_books_move() {
    let mut run = halted();
    let here = cash(&run);
    let wish = amount(Asset::Cash, here, here + 5, AcceptedAs::Owner);
    run.input(Input::Ordered(by(), Control::Resume));
    assert_eq!(accept(&mut run, wish), Err(AcceptError::NotHalted));
    run.input(Input::Ordered(by(), Control::Halt { reason: "again".to_owned() }));
    let old = amount(Asset::Cash, here - 1, here + 5, AcceptedAs::Owner);
    assert_eq!(accept(&mut run, old), Err(AcceptError::Moved { booked: here, seen: here - 1 }));
    let same = amount(Asset::Cash, here, here, AcceptedAs::Owner);
    assert_eq!(accept(&mut run, same), Err(AcceptError::Agrees));
    assert_eq!(cash(&run), here);
    run.input(Input::Ordered(by(), Control::Resume));
    run.raise(named(order_by_hand(Side::Buy, "0.4", 50, Lifetime::FillAndKill), 2));
    run.input(Input::Ordered(by(), Control::Halt { reason: "mid-way".to_owned() }));
    while run.desk().ledger().cash().pending_out == Usd::ZERO {
        run.turn();
    }
    let here = cash(&run);
    let moving = amount(Asset::Cash, here, here + 5, AcceptedAs::Owner);
    assert_eq!(accept(&mut run, moving), Err(AcceptError::OnItsWay));
}

#[test]
fn matches_of_an_order_made_elsewhere_halt_until_the_order_is_accepted_and_never_again() {
    let mut run = Run::new(Faults::none(), 1);
    run.strange_trade();
    let halt = run.desk().risk().halted().cloned().unwrap();
    assert_eq!(halt.cause.code(), "reconciliation");
    assert!(halt.text.contains("by hand") && halt.text.contains("dutchbook accept"), "{halt:?}");
    let order = OrderId::from_bytes([9; 32]);
    assert_eq!(accept(&mut run, Acceptance::Order { order }), Ok(()));
    assert_eq!(accept(&mut run, Acceptance::Order { order }), Err(AcceptError::Agrees));
    run.input(Input::Ordered(by(), Control::Resume));
    run.input(Input::Reconciled(Reconciliation::Agrees));
    run.crash();
    run.work();
    run.strange_trade();
    assert!(run.desk().risk().halted().is_none(), "{:?}", run.desk().risk().halted());
    run.raise(named(parity_long(), 1));
    run.until_quiet();
    run.check();
    assert!(run.desk().home(market(1).yes().token).is_some());
}

#[test]
fn orders_made_elsewhere_are_left_alone_up_to_a_limit_and_ours_never() {
    let mut run = halted();
    let ours = run.desk().order_of(engine::desk::OrderNumber(1)).unwrap().id;
    assert_eq!(accept(&mut run, Acceptance::Order { order: ours }), Err(AcceptError::Ours));
    for number in 0..FOREIGN_MAX as u64 {
        let mut id = [7; 32];
        id[..8].copy_from_slice(&number.to_be_bytes());
        let order = OrderId::from_bytes(id);
        assert_eq!(accept(&mut run, Acceptance::Order { order }), Ok(()));
    }
    let order = OrderId::from_bytes([8; 32]);
    assert_eq!(accept(&mut run, Acceptance::Order { order }), Err(AcceptError::TooMany));
    assert_eq!(run.desk().foreign().len(), FOREIGN_MAX);
}
