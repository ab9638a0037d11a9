//! Why a transaction did not happen, in the words a node would hand on.

use domain::{ConditionId, Shares, TokenId, Usd};
use ethers_core::types::U256;
use thiserror::Error;

use super::{Address, Asset, ShareContract};

/// Why a transaction reverted. Nothing of it took effect.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Revert {
    /// More dollars than the wallet has.
    #[error("ERC20: transfer amount exceeds balance")]
    NotEnoughCash {
        /// Which dollars.
        asset: Asset,
        /// Whose.
        wallet: Address,
        /// What it has.
        held: Usd,
        /// What it lacks.
        missing: Usd,
    },
    /// More shares than the wallet has.
    #[error("ERC1155: insufficient balance for transfer")]
    NotEnoughShares {
        /// Which shares.
        token: TokenId,
        /// Whose.
        wallet: Address,
        /// What it lacks.
        missing: Shares,
    },
    /// The spender may not take so much.
    #[error("ERC20: insufficient allowance")]
    AllowanceMissing {
        /// Which dollars.
        asset: Asset,
        /// Who wanted to take them.
        spender: Address,
        /// How many millionths it may take.
        allowed: U256,
    },
    /// The operator may not move the owner's shares.
    #[error("ERC1155: caller is not owner nor approved")]
    OperatorNotApproved {
        /// The contract that keeps them.
        contract: ShareContract,
        /// Who wanted to move them.
        operator: Address,
    },
    /// No market has this condition.
    #[error("condition not prepared yet")]
    UnknownCondition(ConditionId),
    /// No market has this token.
    #[error("invalid position id")]
    UnknownToken(TokenId),
    /// No group has this id.
    #[error("market not prepared")]
    UnknownGroup,
    /// The market lives on other contracts than the one called.
    #[error("condition belongs to another adapter")]
    WrongContract,
    /// The market is still open.
    #[error("result for condition not received yet")]
    NotResolved,
    /// A conversion of a group with a single question.
    #[error("no convertible positions")]
    NothingToConvert,
    /// A conversion that names a question the group has not.
    #[error("invalid index set")]
    InvalidIndexSet,
    /// A set is split into its two outcomes only.
    #[error("invalid partition")]
    InvalidPartition,
    /// An amount below zero or beyond what the simulator counts.
    #[error("amount out of range")]
    AmountOutOfRange,
    /// The contract is paused for this asset.
    #[error("asset is paused")]
    Paused,
    /// A function the contract has not, or arguments that do not fit it.
    #[error("unknown function or malformed arguments")]
    UnknownCall,
    /// The batch was signed for another nonce of the wallet.
    #[error("wallet nonce used already or not reached yet")]
    WalletNonce,
    /// The batch's deadline has passed.
    #[error("batch deadline has passed")]
    DeadlinePassed,
    /// There is no wallet at this address yet.
    #[error("wallet is not deployed")]
    WalletNotDeployed,
    /// The gas limit is too low.
    #[error("out of gas")]
    OutOfGas,
    /// Made to fail by the simulator.
    #[error("execution failed by order of the simulator")]
    Ordered,
}
