use domain::Side;
use proptest::prelude::*;

use super::*;

const US: Address = H160([1; 20]);
const THEM: Address = H160([2; 20]);
const EXCHANGE: Address = H160([9; 20]);
const GROUP: [u8; 32] = [7; 32];

fn condition(number: u8) -> ConditionId {
    ConditionId::from_bytes([number; 32])
}
fn token(number: u8, outcome: u64) -> TokenId {
    TokenId::from_words([0, 0, u64::from(number), outcome])
}
fn shares(whole: i64) -> Shares {
    Shares::from_whole(whole)
}
fn usd(whole: i64) -> Usd {
    Usd::from_whole(whole)
}

/// One question alone (1), a group of three (10, 11, 12), a thousand dollars each for two wallets.
fn custody() -> Custody {
    let mut custody = Custody::default();
    let mut list = |number, kind| {
        custody.register(condition(number), [token(number, 0), token(number, 1)], kind);
    };
    list(1, ConditionKind::Standard);
    for index in 0..3 {
        list(10 + index, ConditionKind::NegRisk { market_id: GROUP, index });
    }
    for wallet in [US, THEM] {
        custody.fund(wallet, Asset::Pusd, usd(1_000));
        let approved = custody.transact(|it| {
            it.approve(Asset::Pusd, wallet, EXCHANGE, U256::MAX)?;
            it.set_approval_for_all(ShareContract::ConditionalTokens, wallet, EXCHANGE, true)
        });
        approved.unwrap();
    }
    custody
}

fn leg(wallet: Address, token: TokenId, side: Side, size: i64, value: i64) -> TradeLeg {
    let (size, value, fee) = (shares(size), usd(value), Usd::from_micros(10));
    TradeLeg { exchange: EXCHANGE, wallet, token, side, size, value, fee }
}

fn act<T>(
    custody: &mut Custody,
    act: impl FnOnce(&mut Transaction<'_>) -> Result<T, Revert>,
) -> Result<T, Revert> {
    let answer = custody.transact(act).map(|(value, _)| value);
    assert_eq!(custody.imbalance(), None);
    answer
}

#[test]
fn a_set_costs_a_dollar_and_merges_back_into_it() {
    let mut custody = custody();
    act(&mut custody, |it| it.split(US, condition(1), shares(10))).unwrap();
    assert_eq!(custody.cash(US, Asset::Pusd), usd(990));
    assert_eq!(custody.shares(US, token(1, 1)), shares(10));
    act(&mut custody, |it| it.merge(US, condition(1), shares(10))).unwrap();
    assert_eq!(custody.cash(US, Asset::Pusd), usd(1_000));
    let short = act(&mut custody, |it| it.merge(US, condition(1), shares(1)));
    assert!(matches!(short, Err(Revert::NotEnoughShares { .. })), "{short:?}");
}

#[test]
fn a_transaction_that_fails_half_way_leaves_nothing_behind() {
    let mut custody = custody();
    let before = custody.snapshot();
    let failed = custody.transact(|it| {
        it.approve(Asset::Pusd, US, THEM, U256::from(5))?;
        it.split(US, condition(1), shares(700))?;
        it.split(US, condition(10), shares(700))
    });
    let missing = usd(400);
    let held = usd(300);
    let refusal = Revert::NotEnoughCash { asset: Asset::Pusd, wallet: US, held, missing };
    assert_eq!(failed.unwrap_err(), refusal);
    assert_eq!(custody.snapshot(), before);
    assert_eq!(custody.allowance(Asset::Pusd, US, THEM), U256::zero());
}

#[test]
fn two_buyers_of_opposite_outcomes_make_sets_and_the_treasury_comes_out_even() {
    let mut custody = custody();
    let legs = [leg(US, token(1, 0), Side::Buy, 10, 6), leg(THEM, token(1, 1), Side::Buy, 10, 4)];
    let changes = custody.apply_trade(&legs).unwrap();
    assert_eq!(custody.imbalance(), None);
    assert_eq!(custody.cash(TREASURY, Asset::Pusd), Usd::ZERO);
    assert_eq!(custody.cash(US, Asset::Pusd), usd(994) - Usd::from_micros(10));
    assert_eq!(custody.cash(FEE_COLLECTOR, Asset::Pusd), Usd::from_micros(20));
    custody.undo(&changes).unwrap();
    assert_eq!(custody.imbalance(), None);
    assert_eq!(custody.cash(US, Asset::Pusd), usd(1_000));
    assert_eq!(custody.shares(THEM, token(1, 1)), Shares::ZERO);
}

#[test]
fn a_trade_needs_the_exchange_to_be_allowed() {
    let mut custody = custody();
    act(&mut custody, |it| it.approve(Asset::Pusd, US, EXCHANGE, U256::from(5_999_999))).unwrap();
    let refused = custody.apply_trade(&[leg(US, token(1, 0), Side::Buy, 10, 6)]);
    assert!(matches!(refused, Err(Revert::AllowanceMissing { .. })), "{refused:?}");
    act(&mut custody, |it| {
        it.set_approval_for_all(ShareContract::ConditionalTokens, US, EXCHANGE, false)
    })
    .unwrap();
    act(&mut custody, |it| it.split(US, condition(1), shares(10))).unwrap();
    let refused = custody.apply_trade(&[leg(US, token(1, 0), Side::Sell, 10, 6)]);
    assert!(matches!(refused, Err(Revert::OperatorNotApproved { .. })), "{refused:?}");
}

#[test]
fn a_trade_whose_shares_are_spent_cannot_be_undone() {
    let mut custody = custody();
    let changes = custody.apply_trade(&[leg(US, token(1, 0), Side::Buy, 10, 6)]).unwrap();
    act(&mut custody, |it| it.transfer_shares(US, THEM, token(1, 0), shares(1))).unwrap();
    let before = custody.snapshot();
    assert!(matches!(custody.undo(&changes), Err(Revert::NotEnoughShares { .. })));
    assert_eq!(custody.snapshot(), before);
}

#[test]
fn no_of_two_questions_converts_into_yes_of_the_third_and_a_dollar() {
    let mut custody = custody();
    for number in 10..12 {
        act(&mut custody, |it| it.split(US, condition(number), shares(5))).unwrap();
    }
    act(&mut custody, |it| it.convert(US, GROUP, U256::from(0b011), shares(5))).unwrap();
    assert_eq!(custody.cash(US, Asset::Pusd), usd(995));
    let held: Vec<Shares> = (10..13).map(|number| custody.shares(US, token(number, 0))).collect();
    assert_eq!(held, [shares(5); 3], "a whole basket of YES, worth five dollars");
    assert_eq!(custody.shares(US, token(10, 1)), Shares::ZERO);
    for (index_set, refusal) in [(0b1000, Revert::InvalidIndexSet), (0, Revert::InvalidIndexSet)] {
        let refused = act(&mut custody, |it| it.convert(US, GROUP, index_set.into(), shares(1)));
        assert_eq!(refused, Err(refusal));
    }
    let unknown = act(&mut custody, |it| it.convert(US, [0; 32], U256::one(), shares(1)));
    assert_eq!(unknown, Err(Revert::UnknownGroup));
    for number in 10..13 {
        let payouts = if number == 12 { Payouts::FIRST } else { Payouts::SECOND };
        custody.resolve(condition(number), payouts).unwrap();
        let sizes = [shares(5), Shares::ZERO];
        act(&mut custody, |it| it.redeem(US, condition(number), sizes)).unwrap();
    }
    assert_eq!(custody.cash(US, Asset::Pusd), usd(1_000), "exactly one of the basket paid");
}

#[test]
fn only_a_resolved_market_pays_and_half_a_share_each_may_lose_a_millionth() {
    let mut custody = custody();
    let size = Shares::from_micros(3);
    act(&mut custody, |it| it.split(US, condition(1), size)).unwrap();
    let early = act(&mut custody, |it| it.redeem(US, condition(1), [size; 2]));
    assert_eq!(early, Err(Revert::NotResolved));
    custody.resolve(condition(1), Payouts::HALF).unwrap();
    let paid = act(&mut custody, |it| it.redeem(US, condition(1), [size; 2])).unwrap();
    assert_eq!(paid, Usd::from_micros(2));
}

#[test]
fn dollars_are_wrapped_and_unwrapped_one_for_one() {
    let mut custody = custody();
    custody.fund(US, Asset::UsdcE, usd(50));
    act(&mut custody, |it| it.wrap(US, THEM, usd(20))).unwrap();
    act(&mut custody, |it| it.unwrap_to(THEM, US, usd(5))).unwrap();
    assert_eq!(custody.cash(US, Asset::UsdcE), usd(35));
    assert_eq!(custody.cash(THEM, Asset::Pusd), usd(1_015));
}

#[test]
fn a_planted_error_is_found() {
    let mut custody = custody();
    let wallet = custody.wallets.get_mut(&US).unwrap();
    wallet.shares.insert(token(1, 0), shares(1));
    assert!(custody.imbalance().unwrap().contains("sets made"));
    wallet_cash(&mut custody);
    assert!(custody.imbalance().unwrap().contains("came from outside"));
}

fn wallet_cash(custody: &mut Custody) {
    let wallet = custody.wallets.get_mut(&US).unwrap();
    wallet.shares.clear();
    *wallet.cash.entry(Asset::Pusd).or_default() += Usd::from_micros(1);
}

proptest! {
    #[test]
    fn no_order_of_operations_makes_or_loses_a_dollar_or_a_share(
        steps in prop::collection::vec((0u8..9, 0u8..4, 0i64..2_000_000_000, 0u64..8), 1..60)
    ) {
        let mut custody = custody();
        let mut trades = Vec::new();
        for (kind, at, micros, bits) in steps {
            let number = if at == 3 { 1 } else { 10 + at };
            let (id, size) = (condition(number), Shares::from_micros(micros / 4));
            let (side, value) = (
                if bits % 2 == 0 { Side::Buy } else { Side::Sell },
                Usd::from_micros(micros / 9),
            );
            let before = custody.snapshot();
            let outcome = match kind {
                0 => custody.transact(|it| it.split(US, id, size)).map(|_| ()),
                1 => custody.transact(|it| it.merge(US, id, size)).map(|_| ()),
                2 => custody.transact(|it| it.convert(US, GROUP, bits.into(), size)).map(|_| ()),
                3 => custody.transact(|it| it.redeem(US, id, [size; 2])).map(|_| ()),
                4 => custody.transact(|it| it.transfer_shares(US, THEM, token(number, bits % 2), size)).map(|_| ()),
                5 if bits == 7 => custody.resolve(id, Payouts::FIRST),
                6 => match trades.pop() {
                    Some(changes) => custody.undo(&changes),
                    None => Ok(()),
                },
                _ => {
                    let token = token(number, bits / 4);
                    let fee = Usd::from_micros(bits as i64);
                    let wallet = if kind == 8 { THEM } else { US };
                    let leg = TradeLeg { exchange: EXCHANGE, wallet, token, side, size, value, fee };
                    custody.apply_trade(&[leg]).map(|changes| trades.push(changes))
                }
            };
            prop_assert_eq!(custody.imbalance(), None);
            if outcome.is_err() {
                prop_assert_eq!(custody.snapshot(), before);
            }
        }
    }
}
