//! What is held, in dollars, while prices come, go and stay away; and halts that it brings about.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::{Price, Shares, TokenId, Touch, UnixMillis, Usd};
use engine::desk::{
    Control, Dealer, DealerSettings, Desk, Effect, Env, Input, OrderNumber, Origin, Outcome,
    Quotes, Reconciliation, Sign, Signed, TaskNumber, TaskSight,
};
use engine::opportunity::ChainActionKind;
use engine::risk::{HaltCause, Limits};
use engine::signal::{ChainTask, PlannedOrder};

use super::run::{Run, named};
use crate::kit::NOW;
use crate::plan::world::sets_short;
use crate::risk::kit::traded;

fn price(text: &str) -> Price {
    Price::parse(text).unwrap()
}

#[derive(Default)]
struct Screen(RefCell<BTreeMap<TokenId, Touch>>);

impl Screen {
    fn show(&self, token: TokenId, bid: Option<&str>, ask: Option<&str>) {
        self.0.borrow_mut().insert(token, Touch { bid: bid.map(price), ask: ask.map(price) });
    }
}
impl Quotes for Screen {
    fn touch(&self, token: TokenId) -> Touch {
        self.0.borrow().get(&token).copied().unwrap_or_default()
    }
}
impl Sign for Screen {
    fn sign(&self, _: OrderNumber, _: &PlannedOrder, _: UnixMillis) -> Result<Signed, String> {
        Err("nothing is ordered here".to_owned())
    }
}

struct Scene {
    dealer: Dealer,
    screen: Screen,
}

impl Scene {
    /// 10,000 dollars, of which 1,000 are split into sets of market 9.
    fn set(limits: Limits) -> Self {
        let dealer = Dealer::new(Desk::new(NOW, limits).unwrap());
        let mut scene = Self { dealer, screen: Screen::default() };
        scene.order(Control::Transfer(Usd::from_whole(10_000)));
        scene.take(Input::Reconciled(Reconciliation::Agrees));
        let amount = Shares::from_whole(1_000);
        let markets = vec![traded(9, None)];
        let split = ChainTask::by_contracts(ChainActionKind::Split, markets, amount);
        scene.order(Control::Task(Box::new(split)));
        for sight in [prepared(), TaskSight::Mined, TaskSight::Confirmed] {
            scene.take(Input::Task(TaskNumber(1), sight));
        }
        scene
    }
    fn take(&mut self, input: Input) -> Outcome {
        let settings = DealerSettings::default();
        let (quotes, signer) = (&self.screen, &self.screen);
        self.dealer.handle(input, &Env { now: NOW, quotes, signer, settings: &settings })
    }
    fn order(&mut self, control: Control) -> Outcome {
        self.take(Input::Ordered(Origin("test".to_owned()), control))
    }
    /// The equity after a look at the prices.
    fn equity(&mut self) -> Usd {
        self.take(Input::Tick);
        self.dealer.equity(&self.screen)
    }
    fn halted(&self) -> Option<HaltCause> {
        self.dealer.desk().risk().halted().map(|halt| halt.cause)
    }
}

fn prepared() -> TaskSight {
    TaskSight::Prepared { prepared: "bytes".to_owned(), reference: "0x1".to_owned() }
}

#[test]
fn a_price_that_is_gone_for_a_moment_stays_and_one_that_is_gone_for_good_does_not() {
    let mut scene = Scene::set(Run::limits());
    let [yes, no] = traded(9, None).tokens;
    let besides = 9_000 + 500;
    assert_eq!(scene.equity(), Usd::from_whole(besides + 500), "at its cost: nothing is known");
    scene.screen.show(yes, Some("0.8"), Some("0.81"));
    assert_eq!(scene.equity(), Usd::from_whole(besides + 800));
    scene.screen.show(yes, None, None);
    assert_eq!(scene.equity(), Usd::from_whole(besides + 800), "the book is read again");
    scene.screen.show(yes, None, Some("0.9"));
    assert_eq!(scene.equity(), Usd::from_whole(besides + 800), "nobody bids for a moment");
    scene.screen.show(yes, None, Some("0.001"));
    assert_eq!(scene.equity(), Usd::from_whole(besides + 1), "it is decided against");
    scene.screen.show(yes, None, None);
    assert_eq!(scene.equity(), Usd::from_whole(besides + 1), "the market is closed");
    let market = traded(9, None);
    let payouts = [Price::ZERO, Price::ONE];
    scene.take(Input::Resolved { condition: market.condition, tokens: [yes, no], payouts });
    assert_eq!(scene.equity(), Usd::from_whole(9_000 + 1_000), "what the market pays");
}

#[test]
fn a_halt_for_a_drawdown_is_over_when_somebody_resumes_and_it_is_counted_anew() {
    let limits = Limits { drawdown_usd_max: Usd::from_whole(500), ..Run::limits() };
    let mut scene = Scene::set(limits);
    let [yes, _] = traded(9, None).tokens;
    scene.screen.show(yes, Some("0.8"), Some("0.81"));
    scene.take(Input::Tick);
    scene.order(Control::Halt { reason: "so that it is marked".to_owned() });
    scene.order(Control::Resume);
    let peak = scene.dealer.desk().risk().equity_peak();
    scene.screen.show(yes, Some("0.001"), Some("0.002"));
    scene.take(Input::Tick);
    assert_eq!((scene.halted(), peak), (Some(HaltCause::Drawdown), Some(Usd::from_whole(10_300))));
    scene.order(Control::Resume);
    scene.take(Input::Tick);
    assert_eq!(scene.halted(), None, "whoever resumed took the loss");
    assert_eq!(scene.dealer.desk().risk().equity_peak(), Some(Usd::from_whole(9_501)));
}

#[test]
fn what_a_plan_has_not_begun_waits_while_trading_is_halted() {
    let mut scene = Scene::set(Run::limits());
    let signal = named(sets_short(), 1);
    scene.take(Input::Raise { signal: Box::new(signal), gates: Vec::new() });
    let first = TaskNumber(2);
    let tasks = scene.dealer.desk().tasks().len();
    assert!(tasks > 1, "one transaction a market");
    scene.take(Input::Task(first, prepared()));
    scene.order(Control::Halt { reason: "stop".to_owned() });
    let mut outcome = scene.take(Input::Task(first, TaskSight::Mined));
    outcome.effects.extend(scene.take(Input::Task(first, TaskSight::Confirmed)).effects);
    outcome.effects.extend(scene.take(Input::Task(TaskNumber(3), prepared())).effects);
    outcome.effects.extend(scene.take(Input::Tick).effects);
    let begun = |outcome: &Outcome| {
        let begins = |it: &&Effect| matches!(it, Effect::Prepare(_) | Effect::Submit(_));
        outcome.effects.iter().filter(begins).count()
    };
    assert_eq!(begun(&outcome), 0, "{:#?}", outcome.effects);
    scene.order(Control::Resume);
    assert_eq!(begun(&scene.take(Input::Tick)), 1, "the next one is prepared");
}

#[test]
fn while_a_transaction_is_being_prepared_a_more_urgent_one_waits() {
    let mut scene = Scene::set(Run::limits());
    let prepares = |outcome: &Outcome| {
        let tasks = outcome.effects.iter().filter_map(|it| match it {
            Effect::Prepare(intent) => Some(intent.get().number),
            _ => None,
        });
        tasks.collect::<Vec<_>>()
    };
    let market = traded(9, None);
    let (tokens, condition) = (market.tokens, market.condition);
    let payouts = [Price::ONE, Price::ZERO];
    let outcome = scene.take(Input::Resolved { condition, tokens, payouts });
    assert_eq!(prepares(&outcome), [TaskNumber(2)], "the redemption");
    let amount = Shares::from_whole(5);
    let split = ChainTask::by_contracts(ChainActionKind::Split, vec![traded(8, None)], amount);
    let outcome = scene.order(Control::Task(Box::new(split)));
    assert_eq!(prepares(&outcome), [], "the wallet's next number is taken");
    for sight in [prepared(), TaskSight::Mined, TaskSight::Confirmed] {
        let outcome = scene.take(Input::Task(TaskNumber(2), sight.clone()));
        let wanted: &[TaskNumber] =
            if sight == TaskSight::Confirmed { &[TaskNumber(3)] } else { &[] };
        assert_eq!(prepares(&outcome), wanted, "{sight:?}");
    }
}

#[test]
fn what_a_running_plan_may_still_need_is_not_redeemed() {
    let mut scene = Scene::set(Run::limits());
    let signal = named(sets_short(), 1);
    let market = signal.tasks().next().unwrap().markets[0].clone();
    scene.take(Input::Raise { signal: Box::new(signal), gates: Vec::new() });
    for sight in [prepared(), TaskSight::Mined, TaskSight::Confirmed] {
        scene.take(Input::Task(TaskNumber(2), sight));
    }
    let condition = market.condition;
    let payouts = [Price::ONE, Price::ZERO];
    scene.take(Input::Resolved { condition, tokens: market.tokens, payouts });
    scene.take(Input::Tick);
    let redeems = |scene: &Scene| {
        let tasks = scene.dealer.desk().tasks().values();
        tasks.filter(|task| task.task.kind == ChainActionKind::Redeem).count()
    };
    assert!(!scene.dealer.desk().plans().is_empty());
    assert_eq!(redeems(&scene), 0);
}
