//! From what the desk wants done to what the contracts are asked.

use domain::{ConditionId, ProtocolVersion, TokenId};
use engine::opportunity::ChainActionKind;
use engine::signal::{ChainTask, TradedMarket};
use polymarket::chain::{
    Cash, ChainOperation, Custody, OutcomeIndex, QuestionSet, ShareLedger, V1Market,
};
use thiserror::Error;

/// Why a transaction cannot be expressed. Nothing of it ever leaves.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unclear {
    /// No market, or nothing that is taken.
    #[error("it names nothing to be done")]
    Nothing,
    /// The question is not known.
    #[error("the question behind market {0} is not known, and a conversion needs it")]
    QuestionUnknown(ConditionId),
    /// Not a market that can be converted.
    #[error("market {0} is no neg-risk market of the older contracts, so nothing can be converted")]
    NotConvertible(ConditionId),
    /// The questions belong to different groups on the chain, or one comes twice.
    #[error("the markets of the conversion do not make one group on the chain")]
    NotOneGroup,
    /// A share of none of the named markets.
    #[error("token {0} belongs to none of the markets named")]
    TokenUnknown(TokenId),
    /// Nobody is named.
    #[error("it does not say to whom")]
    NoReceiver,
    /// A transfer of several things.
    #[error("one transfer moves one thing")]
    NotOneThing,
}

/// What the contracts are asked, in this order.
///
/// # Errors
/// See [`Unclear`].
pub fn operations(task: &ChainTask) -> Result<Vec<ChainOperation>, Unclear> {
    let operations = match task.kind {
        ChainActionKind::Split => each(task, |market| ChainOperation::Split {
            custody: custody(market),
            condition: market.condition,
            amount: task.amount,
        }),
        ChainActionKind::Merge => each(task, |market| ChainOperation::Merge {
            custody: custody(market),
            condition: market.condition,
            amount: task.amount,
        }),
        ChainActionKind::Redeem => redemption(task)?,
        ChainActionKind::Convert => vec![conversion(task)?],
        ChainActionKind::Transfer => vec![transfer(task)?],
    };
    if operations.is_empty() { Err(Unclear::Nothing) } else { Ok(operations) }
}

fn each(task: &ChainTask, of: impl Fn(&TradedMarket) -> ChainOperation) -> Vec<ChainOperation> {
    task.markets.iter().map(of).collect()
}

const fn custody(market: &TradedMarket) -> Custody {
    match (market.version, market.neg_risk) {
        (ProtocolVersion::V2, _) => Custody::Positions,
        (ProtocolVersion::V1, true) => Custody::NegRisk,
        (ProtocolVersion::V1, false) => Custody::Standard,
    }
}

/// The older contracts take all there is of a market, the newer ones shares of one outcome.
fn redemption(task: &ChainTask) -> Result<Vec<ChainOperation>, Unclear> {
    let older = task.markets.iter().filter(|market| market.version == ProtocolVersion::V1);
    let mut operations: Vec<_> = older
        .map(|market| ChainOperation::Redeem {
            condition: market.condition,
            market: if market.neg_risk { V1Market::NegRisk } else { V1Market::Standard },
        })
        .collect();
    for (token, change) in &task.effect.shares {
        let (market, outcome) = home(task, *token)?;
        if market.version == ProtocolVersion::V2 {
            let (condition, amount) = (market.condition, -*change);
            operations.push(ChainOperation::RedeemPosition { condition, outcome, amount });
        }
    }
    Ok(operations)
}

fn home(task: &ChainTask, token: TokenId) -> Result<(&TradedMarket, OutcomeIndex), Unclear> {
    let found = task.markets.iter().find_map(|market| match market.tokens {
        [yes, _] if yes == token => Some((market, OutcomeIndex::Yes)),
        [_, no] if no == token => Some((market, OutcomeIndex::No)),
        _ => None,
    });
    found.ok_or(Unclear::TokenUnknown(token))
}

/// A group's name on the chain and the places of its questions come from the question ids alone.
fn conversion(task: &ChainTask) -> Result<ChainOperation, Unclear> {
    let mut places = Vec::with_capacity(task.markets.len());
    let mut group = None;
    for market in &task.markets {
        if custody(market) != Custody::NegRisk {
            return Err(Unclear::NotConvertible(market.condition));
        }
        let question = market.question.ok_or(Unclear::QuestionUnknown(market.condition))?;
        let (name, place) = question.neg_risk();
        if *group.get_or_insert(name) != name || places.contains(&place) {
            return Err(Unclear::NotOneGroup);
        }
        places.push(place);
    }
    let market = group.ok_or(Unclear::Nothing)?.into();
    let questions = QuestionSet::of(places.into_iter().take(task.given));
    Ok(ChainOperation::Convert { market, questions, amount: task.amount })
}

fn transfer(task: &ChainTask) -> Result<ChainOperation, Unclear> {
    let to = task.receiver.ok_or(Unclear::NoReceiver)?.bytes().into();
    match (task.effect.shares.as_slice(), -task.effect.cash) {
        ([], cash) if cash > domain::Usd::ZERO => {
            Ok(ChainOperation::TransferCash { cash: Cash::Pusd, to, amount: cash })
        }
        ([(token, change)], domain::Usd::ZERO) => {
            let (market, _) = home(task, *token)?;
            let ledger = match market.version {
                ProtocolVersion::V1 => ShareLedger::ConditionalTokens,
                ProtocolVersion::V2 => ShareLedger::PositionManager,
            };
            Ok(ChainOperation::TransferShares { ledger, to, token: *token, amount: -*change })
        }
        ([], _) => Err(Unclear::Nothing),
        _ => Err(Unclear::NotOneThing),
    }
}

#[cfg(test)]
mod tests;
