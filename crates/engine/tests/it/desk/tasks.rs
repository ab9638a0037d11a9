//! Transactions by hand, transactions signed again, and redemptions one outcome at a time.

use domain::{AccountAddress, Price, ProtocolVersion, Shares, Usd};
use engine::desk::{
    Control, Dealer, DealerSettings, Desk, Effect, Env, Input, OrderNumber, Origin, Outcome,
    Quotes, Reconciliation, Sign, Signed, TaskNumber, TaskSight,
};
use engine::ledger::Account;
use engine::opportunity::{ChainActionKind, OutcomeIndex};
use engine::signal::{ChainTask, PlannedOrder, TradedMarket};

use super::run::{Run, named};
use super::venue::Faults;
use crate::kit::{NOW, market};
use crate::plan::world::{sets_long, sets_short};
use crate::risk::kit::traded;

const FRIEND: AccountAddress = AccountAddress::from_bytes([7; 20]);

fn by_hand(run: &mut Run, task: ChainTask) {
    let control = Control::Task(Box::new(task));
    run.input(Input::Ordered(Origin("test".to_owned()), control));
}

fn split(market: &TradedMarket, sets: i64) -> ChainTask {
    let amount = Shares::from_whole(sets);
    ChainTask::by_contracts(ChainActionKind::Split, vec![market.clone()], amount)
}

#[test]
fn what_a_person_takes_out_leaves_at_cost_and_is_no_loss() {
    let mut run = Run::new(Faults::none(), 1);
    let home = traded(1, None);
    by_hand(&mut run, split(&home, 100));
    run.until_quiet();
    let shares = Shares::from_whole(40);
    by_hand(
        &mut run,
        ChainTask::transfer_of_shares(home.clone(), OutcomeIndex::No, shares, FRIEND),
    );
    run.until_quiet();
    by_hand(&mut run, ChainTask::transfer_of_cash(Usd::from_whole(500), FRIEND));
    run.until_quiet();
    let ledger = run.desk().ledger();
    let [yes, no] = home.tokens;
    assert_eq!(ledger.cash().settled, Usd::from_whole(10_000 - 100 - 500));
    assert_eq!(ledger.position(yes).settled, Shares::from_whole(100));
    assert_eq!(ledger.position(no).settled, Shares::from_whole(60));
    assert_eq!(ledger.position(no).cost, Usd::from_whole(30));
    assert_eq!(ledger.results().total().realised, Usd::ZERO);
    assert_eq!(ledger.check(), Ok(()));
    // At a bid of 0.40 what is left was worth 9,900 + 40 + 24 when it was marked; then 500 went out.
    assert_eq!(run.desk().risk().equity_peak(), Some(Usd::from_whole(9_964 - 500)));
    let capital = ledger.balance(Account::Capital, engine::ledger::Asset::Cash);
    assert_eq!(capital, -Usd::from_whole(10_000 - 500).micros());
}

#[test]
fn a_person_cannot_take_what_is_not_there() {
    let mut run = Run::new(Faults::none(), 1);
    let home = traded(1, None);
    let one = Shares::from_whole(1);
    let tasks = [
        ChainTask::transfer_of_cash(Usd::from_whole(10_001), FRIEND),
        ChainTask::transfer_of_shares(home.clone(), OutcomeIndex::Yes, one, FRIEND),
        ChainTask::by_contracts(ChainActionKind::Merge, vec![home.clone()], one),
        split(&home, 10_001),
    ];
    for task in tasks {
        by_hand(&mut run, task);
        assert!(run.desk().tasks().is_empty());
    }
    assert_eq!(run.desk().ledger().cash().pending_out, Usd::ZERO);
}

#[test]
fn of_the_newer_contracts_both_outcomes_are_redeemed_one_after_the_other() {
    let mut run = Run::new(Faults::none(), 1);
    let home = TradedMarket { version: ProtocolVersion::V2, ..traded(1, None) };
    by_hand(&mut run, split(&home, 100));
    run.until_quiet();
    run.resolve(1, false);
    run.turn();
    let redeemed = |number| run.desk().task(TaskNumber(number)).unwrap().task.effect.clone();
    let all = -Shares::from_whole(100);
    let (won, lost) = (redeemed(2), redeemed(3));
    assert_eq!((won.cash, won.shares), (Usd::from_whole(100), vec![(home.tokens[1], all)]));
    assert_eq!((lost.cash, lost.shares), (Usd::ZERO, vec![(home.tokens[0], all)]));
    for _ in 0..20 {
        run.turn();
    }
    let held = run.desk().ledger().positions();
    assert!(held.values().all(|held| held.settled == Shares::ZERO), "{held:?}");
    assert_eq!(run.desk().ledger().cash().settled, Usd::from_whole(10_000));
    run.check();
}

#[test]
fn what_somebody_waits_for_comes_before_redemptions_and_those_that_pay_before_those_that_do_not() {
    let mut run = Run::new(Faults::none(), 1);
    run.raise(named(sets_long(), 1));
    run.until_quiet();
    run.venue.faults.lose_request_ppm = 1_000_000;
    for (number, yes_wins) in [(1, false), (2, false), (3, true)] {
        run.resolve(number, yes_wins);
    }
    by_hand(&mut run, split(&traded(4, None), 5));
    run.venue.faults.lose_request_ppm = 0;
    run.until_quiet();
    assert_eq!(run.prepared(), [1, 4, 3, 2], "the first was on its way");
    run.check();
}

fn is_done(run: &Run, number: u64) -> bool {
    run.desk().task(TaskNumber(number)).is_some_and(|task| task.is_done())
}

#[test]
fn a_basket_of_which_one_split_fails_does_not_begin_the_others() {
    let mut run = Run::new(Faults { fail_task_ppm: 1_000_000, ..Faults::none() }, 1);
    run.raise(named(sets_short(), 1));
    run.until_quiet();
    assert_eq!(run.prepared(), [1], "the other two would only have to be merged again");
    assert!([1, 2, 3].into_iter().all(|number| !is_done(&run, number)));
    assert_eq!(run.desk().ledger().cash().pending_out, Usd::ZERO);
    run.check();
}

#[test]
fn what_was_split_before_another_split_failed_is_merged_again() {
    let runs = (0..200).map(|seed| {
        let mut run = Run::new(Faults { fail_task_ppm: 400_000, ..Faults::none() }, seed);
        run.raise(named(sets_short(), 1));
        run.until_quiet();
        run
    });
    let mut of_interest = runs.filter(|run| is_done(run, 1) && !is_done(run, 2) && is_done(run, 4));
    let run = of_interest.next().unwrap();
    assert_eq!(run.prepared(), [1, 2, 4], "a split, the split that fails, the merge");
    assert_eq!(run.desk().ledger().cash().settled, Usd::from_whole(10_000));
    run.check();
}

struct Nothing;
impl Quotes for Nothing {
    fn touch(&self, _: domain::TokenId) -> domain::Touch {
        domain::Touch::default()
    }
}
impl Sign for Nothing {
    fn sign(
        &self,
        _: OrderNumber,
        _: &PlannedOrder,
        _: domain::UnixMillis,
    ) -> Result<Signed, String> {
        Err("nothing is ordered here".to_owned())
    }
}

fn take(dealer: &mut Dealer, input: Input) -> Outcome {
    let settings = DealerSettings::default();
    dealer.handle(input, &Env { now: NOW, quotes: &Nothing, signer: &Nothing, settings: &settings })
}

fn submitted(outcome: &Outcome) -> Vec<&str> {
    let effects = outcome.effects.iter().filter_map(|effect| match effect {
        Effect::Submit(task) => Some(task.get().prepared.as_str()),
        _ => None,
    });
    effects.collect()
}

#[test]
fn a_dearer_signature_is_written_down_before_it_leaves_and_only_in_place_of_the_one_known() {
    let mut dealer = Dealer::new(Desk::new(NOW, Run::limits()).unwrap());
    let by = || Origin("test".to_owned());
    let deposit = Control::Transfer(Usd::from_whole(1_000));
    take(&mut dealer, Input::Ordered(by(), deposit));
    take(&mut dealer, Input::Reconciled(Reconciliation::Agrees));
    let task = Control::Task(Box::new(split(&traded(1, None), 1)));
    take(&mut dealer, Input::Ordered(by(), task));
    let number = TaskNumber(1);
    let say = |dealer: &mut Dealer, sight| take(dealer, Input::Task(number, sight));
    let (prepared, reference) = ("cheap".to_owned(), "0x1".to_owned());
    let outcome = say(&mut dealer, TaskSight::Prepared { prepared, reference });
    assert_eq!(submitted(&outcome), ["cheap"]);

    let dearer = |former: &str, prepared: &str| TaskSight::Replaced {
        former: former.to_owned(),
        prepared: prepared.to_owned(),
        reference: "0x2".to_owned(),
    };
    let stale = say(&mut dealer, dearer("something else", "lost"));
    assert_eq!((stale.events.len(), submitted(&stale).len()), (0, 0));
    let outcome = say(&mut dealer, dearer("cheap", "cheap and dear"));
    assert_eq!(outcome.events.len(), 1);
    assert_eq!(submitted(&outcome), ["cheap and dear"]);
    say(&mut dealer, TaskSight::Mined);
    let late = say(&mut dealer, dearer("cheap and dear", "dearer still"));
    assert_eq!(late.events.len(), 0, "it is in a block already");
}

#[test]
fn a_market_that_ends_undecided_pays_half_and_half() {
    let home = market(1);
    let mut run = Run::new(Faults::none(), 1);
    by_hand(&mut run, split(&traded(1, None), 10));
    run.until_quiet();
    let half = Price::parse("0.5").unwrap();
    let tokens = [home.yes().token, home.no().token];
    run.input(Input::Resolved { condition: home.condition, tokens, payouts: [half, half] });
    for _ in 0..20 {
        run.turn();
    }
    assert_eq!(run.desk().ledger().cash().settled, Usd::from_whole(10_000));
    run.check();
}
