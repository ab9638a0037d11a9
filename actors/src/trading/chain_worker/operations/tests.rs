use domain::{AccountAddress, FeeTerms, QuestionId, Shares, TickSize, Usd};
use engine::opportunity::OutcomeIndex as Outcome;
use engine::signal::Holdings;

use super::*;

const FRIEND: AccountAddress = AccountAddress::from_bytes([7; 20]);

#[derive(Clone, Copy)]
enum Home {
    Standard,
    NegRisk,
    Positions,
}

fn market(number: u8, home: Home) -> TradedMarket {
    let token = |at: u64| TokenId::from_words([0, 0, 0, u64::from(number) * 2 + at]);
    let mut question = [9; 32];
    question[31] = number;
    TradedMarket {
        condition: ConditionId::from_bytes([number; 32]),
        question: Some(QuestionId::from_bytes(question)),
        group: None,
        tokens: [token(0), token(1)],
        tick: TickSize::Hundredth,
        order_size_min: Shares::from_whole(5),
        fee: FeeTerms::FREE,
        version: match home {
            Home::Positions => ProtocolVersion::V2,
            Home::Standard | Home::NegRisk => ProtocolVersion::V1,
        },
        neg_risk: matches!(home, Home::NegRisk),
    }
}

fn amount() -> Shares {
    Shares::from_micros(12_345_678)
}

fn task(kind: ChainActionKind, markets: Vec<TradedMarket>) -> ChainTask {
    ChainTask::by_contracts(kind, markets, amount())
}

#[test]
fn splits_and_merges_go_where_the_shares_of_the_market_are_kept() {
    let condition = ConditionId::from_bytes([1; 32]);
    for (home, custody) in [
        (Home::Standard, Custody::Standard),
        (Home::NegRisk, Custody::NegRisk),
        (Home::Positions, Custody::Positions),
    ] {
        let amount = amount();
        let split = operations(&task(ChainActionKind::Split, vec![market(1, home)]));
        assert_eq!(split, Ok(vec![ChainOperation::Split { custody, condition, amount }]));
        let merge = operations(&task(ChainActionKind::Merge, vec![market(1, home)]));
        assert_eq!(merge, Ok(vec![ChainOperation::Merge { custody, condition, amount }]));
    }
}

#[test]
fn the_older_contracts_redeem_a_market_and_the_newer_ones_shares_of_an_outcome() {
    let condition = ConditionId::from_bytes([1; 32]);
    for (home, kind) in [(Home::Standard, V1Market::Standard), (Home::NegRisk, V1Market::NegRisk)] {
        let task = task(ChainActionKind::Redeem, vec![market(1, home)]);
        let wanted = ChainOperation::Redeem { condition, market: kind };
        assert_eq!(operations(&task), Ok(vec![wanted]));
    }
    let home = market(1, Home::Positions);
    let shares = vec![(home.tokens[1], -amount())];
    let effect = Holdings { cash: Usd::ZERO, shares };
    let task = ChainTask { effect, ..task(ChainActionKind::Redeem, vec![home]) };
    let (outcome, amount) = (OutcomeIndex::No, amount());
    let wanted = ChainOperation::RedeemPosition { condition, outcome, amount };
    assert_eq!(operations(&task), Ok(vec![wanted]));
}

#[test]
fn a_redemption_of_the_newer_contracts_of_nothing_is_no_transaction() {
    let task = task(ChainActionKind::Redeem, vec![market(1, Home::Positions)]);
    assert_eq!(operations(&task), Err(Unclear::Nothing));
}

#[test]
fn a_conversion_names_the_group_and_the_questions_whose_no_is_given() {
    let markets = [3, 0, 5].map(|number| market(number, Home::NegRisk)).to_vec();
    let mut task = task(ChainActionKind::Convert, markets);
    task.given = 2;
    let mut group = [9; 32];
    group[31] = 0;
    let wanted = ChainOperation::Convert {
        market: group.into(),
        questions: QuestionSet::of([3, 0]),
        amount: amount(),
    };
    assert_eq!(operations(&task), Ok(vec![wanted]));
}

#[test]
fn a_conversion_of_what_is_no_group_is_refused() {
    let convert = |markets| operations(&task(ChainActionKind::Convert, markets));
    let condition = ConditionId::from_bytes([2; 32]);
    let good = || market(1, Home::NegRisk);
    let without = TradedMarket { question: None, ..market(2, Home::NegRisk) };
    assert_eq!(convert(vec![good(), without]), Err(Unclear::QuestionUnknown(condition)));
    for other in [Home::Standard, Home::Positions] {
        let refused = convert(vec![good(), market(2, other)]);
        assert_eq!(refused, Err(Unclear::NotConvertible(condition)));
    }
    let elsewhere = TradedMarket {
        question: Some(QuestionId::from_bytes([8; 32])),
        ..market(2, Home::NegRisk)
    };
    assert_eq!(convert(vec![good(), elsewhere]), Err(Unclear::NotOneGroup));
    assert_eq!(convert(vec![good(), good()]), Err(Unclear::NotOneGroup));
    assert_eq!(convert(vec![]), Err(Unclear::Nothing));
}

#[test]
fn a_transfer_moves_one_thing_to_somebody() {
    let to = FRIEND.bytes().into();
    let dollars = Usd::from_micros(5_000_001);
    let cash = ChainTask::transfer_of_cash(dollars, FRIEND);
    let wanted = ChainOperation::TransferCash { cash: Cash::Pusd, to, amount: dollars };
    assert_eq!(operations(&cash), Ok(vec![wanted]));
    for (home, ledger) in [
        (Home::Standard, ShareLedger::ConditionalTokens),
        (Home::NegRisk, ShareLedger::ConditionalTokens),
        (Home::Positions, ShareLedger::PositionManager),
    ] {
        let from = market(1, home);
        let (token, amount) = (from.tokens[1], amount());
        let shares = ChainTask::transfer_of_shares(from, Outcome::No, amount, FRIEND);
        let wanted = ChainOperation::TransferShares { ledger, to, token, amount };
        assert_eq!(operations(&shares), Ok(vec![wanted]));
    }
    let nobody = ChainTask { receiver: None, ..cash.clone() };
    assert_eq!(operations(&nobody), Err(Unclear::NoReceiver));
    let both = Holdings { cash: -dollars, shares: vec![(TokenId::from_words([1; 4]), -amount())] };
    let both = ChainTask { effect: both, ..cash.clone() };
    assert_eq!(operations(&both), Err(Unclear::NotOneThing));
    let inwards = ChainTask { effect: Holdings { cash: dollars, shares: vec![] }, ..cash };
    assert_eq!(operations(&inwards), Err(Unclear::Nothing));
}
