//! Calldata, read by the published signatures of the functions.

use std::collections::HashMap;
use std::sync::OnceLock;

use domain::{ConditionId, Shares, TokenId, Usd};
use ethers_core::abi::{ParamType, Token};
use ethers_core::types::U256;
use ethers_core::utils::keccak256;

use crate::custody::{Address, Revert};

/// A function of one of the venue's contracts, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Approve { spender: Address, amount: U256 },
    Transfer { to: Address, amount: U256 },
    SetApprovalForAll { operator: Address, approved: bool },
    TransferShares { from: Address, to: Address, items: Vec<(TokenId, U256)> },
    Split { condition: ConditionId, partition: Vec<U256>, amount: U256 },
    Merge { condition: ConditionId, partition: Vec<U256>, amount: U256 },
    Redeem { condition: ConditionId, index_sets: Vec<U256> },
    Convert { market_id: [u8; 32], index_set: U256, amount: U256 },
    SplitPosition { condition: ConditionId, amount: U256 },
    MergePosition { condition: ConditionId, amount: U256 },
    RedeemPosition { condition: ConditionId, outcome: U256, amount: U256 },
    Wrap { asset: Address, to: Address, amount: U256 },
    Unwrap { asset: Address, to: Address, amount: U256 },
    BalanceOf { owner: Address },
    Allowance { owner: Address, spender: Address },
    Decimals,
    ShareBalances { owners: Vec<Address>, tokens: Vec<TokenId>, form: Form },
    IsApprovedForAll { owner: Address, operator: Address },
    PayoutDenominator { condition: ConditionId },
    PayoutNumerator { condition: ConditionId, outcome: U256 },
    Payout { token: TokenId, amount: U256 },
}

/// Whether an answer is one number or a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    One,
    List,
}

type Build = fn(&mut Arguments) -> Option<Call>;

/// What the venue's contracts can be asked, by signature.
const FUNCTIONS: [(&str, Build); 23] = [
    ("approve(address,uint256)", |it| {
        Some(Call::Approve { spender: it.address()?, amount: it.number()? })
    }),
    ("transfer(address,uint256)", |it| {
        Some(Call::Transfer { to: it.address()?, amount: it.number()? })
    }),
    ("setApprovalForAll(address,bool)", |it| {
        Some(Call::SetApprovalForAll { operator: it.address()?, approved: it.next()?.into_bool()? })
    }),
    ("safeTransferFrom(address,address,uint256,uint256,bytes)", |it| {
        let (from, to) = (it.address()?, it.address()?);
        Some(Call::TransferShares { from, to, items: vec![(it.token()?, it.number()?)] })
    }),
    ("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", |it| {
        let (from, to) = (it.address()?, it.address()?);
        let (tokens, amounts) = (it.numbers()?, it.numbers()?);
        let items = tokens.iter().map(|number| token(*number)).zip(amounts.iter().copied());
        let whole = tokens.len() == amounts.len();
        whole.then(|| Call::TransferShares { from, to, items: items.collect() })
    }),
    ("splitPosition(address,bytes32,bytes32,uint256[],uint256)", |it| {
        it.skip(2)?;
        let (condition, partition) = (it.condition()?, it.numbers()?);
        Some(Call::Split { condition, partition, amount: it.number()? })
    }),
    ("mergePositions(address,bytes32,bytes32,uint256[],uint256)", |it| {
        it.skip(2)?;
        let (condition, partition) = (it.condition()?, it.numbers()?);
        Some(Call::Merge { condition, partition, amount: it.number()? })
    }),
    ("redeemPositions(address,bytes32,bytes32,uint256[])", |it| {
        it.skip(2)?;
        Some(Call::Redeem { condition: it.condition()?, index_sets: it.numbers()? })
    }),
    ("convertPositions(bytes32,uint256,uint256)", |it| {
        let market_id = it.bytes32()?;
        Some(Call::Convert { market_id, index_set: it.number()?, amount: it.number()? })
    }),
    ("split(bytes31,uint256)", |it| {
        Some(Call::SplitPosition { condition: it.condition()?, amount: it.number()? })
    }),
    ("merge(bytes31,uint256)", |it| {
        Some(Call::MergePosition { condition: it.condition()?, amount: it.number()? })
    }),
    ("redeem(bytes31,uint256,uint256)", |it| {
        let (condition, outcome) = (it.condition()?, it.number()?);
        Some(Call::RedeemPosition { condition, outcome, amount: it.number()? })
    }),
    ("wrap(address,address,uint256)", |it| {
        Some(Call::Wrap { asset: it.address()?, to: it.address()?, amount: it.number()? })
    }),
    ("unwrap(address,address,uint256)", |it| {
        Some(Call::Unwrap { asset: it.address()?, to: it.address()?, amount: it.number()? })
    }),
    ("balanceOf(address)", |it| Some(Call::BalanceOf { owner: it.address()? })),
    ("allowance(address,address)", |it| {
        Some(Call::Allowance { owner: it.address()?, spender: it.address()? })
    }),
    ("decimals()", |_| Some(Call::Decimals)),
    ("balanceOf(address,uint256)", |it| {
        let (owners, tokens) = (vec![it.address()?], vec![it.token()?]);
        Some(Call::ShareBalances { owners, tokens, form: Form::One })
    }),
    ("balanceOfBatch(address[],uint256[])", |it| {
        let owners = it.list(Token::into_address)?;
        let tokens: Vec<TokenId> = it.numbers()?.into_iter().map(token).collect();
        let whole = owners.len() == tokens.len();
        whole.then_some(Call::ShareBalances { owners, tokens, form: Form::List })
    }),
    ("isApprovedForAll(address,address)", |it| {
        Some(Call::IsApprovedForAll { owner: it.address()?, operator: it.address()? })
    }),
    ("payoutDenominator(bytes32)", |it| {
        Some(Call::PayoutDenominator { condition: it.condition()? })
    }),
    ("payoutNumerators(bytes32,uint256)", |it| {
        Some(Call::PayoutNumerator { condition: it.condition()?, outcome: it.number()? })
    }),
    ("getPayout(uint256,uint256)", |it| {
        Some(Call::Payout { token: it.token()?, amount: it.number()? })
    }),
];

/// A function's arguments, taken one after the other.
struct Arguments(std::vec::IntoIter<Token>);

impl Arguments {
    fn next(&mut self) -> Option<Token> {
        self.0.next()
    }
    fn skip(&mut self, count: usize) -> Option<()> {
        (0..count).try_for_each(|_| self.next().map(|_| ()))
    }
    fn address(&mut self) -> Option<Address> {
        self.next()?.into_address()
    }
    fn number(&mut self) -> Option<U256> {
        self.next()?.into_uint()
    }
    fn token(&mut self) -> Option<TokenId> {
        self.number().map(token)
    }
    /// 31 bytes are padded on the right.
    fn bytes32(&mut self) -> Option<[u8; 32]> {
        let mut bytes = self.next()?.into_fixed_bytes()?;
        bytes.resize(32, 0);
        bytes.try_into().ok()
    }
    fn condition(&mut self) -> Option<ConditionId> {
        self.bytes32().map(ConditionId::from_bytes)
    }
    fn list<T>(&mut self, read: impl Fn(Token) -> Option<T>) -> Option<Vec<T>> {
        self.next()?.into_array()?.into_iter().map(read).collect()
    }
    fn numbers(&mut self) -> Option<Vec<U256>> {
        self.list(Token::into_uint)
    }
}

struct Function {
    types: Vec<ParamType>,
    build: Build,
}

fn kind(text: &str) -> Option<ParamType> {
    Some(match text {
        "address" => ParamType::Address,
        "bool" => ParamType::Bool,
        "uint256" => ParamType::Uint(256),
        "bytes" => ParamType::Bytes,
        "bytes31" => ParamType::FixedBytes(31),
        "bytes32" => ParamType::FixedBytes(32),
        "address[]" => ParamType::Array(Box::new(ParamType::Address)),
        "uint256[]" => ParamType::Array(Box::new(ParamType::Uint(256))),
        _ => return None,
    })
}

/// The first four bytes of the hash of a signature.
pub(super) fn selector(signature: &str) -> [u8; 4] {
    let [a, b, c, d, ..] = keccak256(signature);
    [a, b, c, d]
}

fn functions() -> &'static HashMap<[u8; 4], Function> {
    static ALL: OnceLock<HashMap<[u8; 4], Function>> = OnceLock::new();
    ALL.get_or_init(|| {
        let known = FUNCTIONS.into_iter().filter_map(|(signature, build)| {
            let inner = signature.split_once('(')?.1.strip_suffix(')')?;
            let names = inner.split(',').filter(|name| !name.is_empty());
            let types = names.map(kind).collect::<Option<Vec<_>>>()?;
            Some((selector(signature), Function { types, build }))
        });
        known.collect()
    })
}

/// Reads calldata; `None` for a function nobody here has, or arguments that do not fit it.
pub(crate) fn read(data: &[u8]) -> Option<Call> {
    let (selector, arguments) = data.split_first_chunk::<4>()?;
    let function = functions().get(selector)?;
    let tokens = ethers_core::abi::decode(&function.types, arguments).ok()?;
    (function.build)(&mut Arguments(tokens.into_iter()))
}

/// A token by its number.
pub(crate) fn token(number: U256) -> TokenId {
    let U256([a, b, c, d]) = number;
    TokenId::from_words([d, c, b, a])
}

/// Base units as dollars.
pub(crate) fn dollars(units: U256) -> Result<Usd, Revert> {
    i64::try_from(units).map(Usd::from_micros).map_err(|_| Revert::AmountOutOfRange)
}

/// Base units as shares.
pub(crate) fn shares(units: U256) -> Result<Shares, Revert> {
    i64::try_from(units).map(Shares::from_micros).map_err(|_| Revert::AmountOutOfRange)
}

/// A number as 32 bytes.
pub(super) fn word(number: U256) -> Vec<u8> {
    ethers_core::abi::encode(&[Token::Uint(number)])
}

/// What a reverted call returns.
pub(crate) fn revert_data(revert: &Revert) -> Vec<u8> {
    if *revert == Revert::Paused {
        return selector("OnlyUnpaused()").to_vec();
    }
    let text = ethers_core::abi::encode(&[Token::String(revert.to_string())]);
    [selector("Error(string)").to_vec(), text].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_the_selector_the_venue_publishes() {
        assert_eq!(functions().len(), FUNCTIONS.len(), "every signature is understood");
        for (signature, published) in [
            ("approve(address,uint256)", "095ea7b3"),
            ("setApprovalForAll(address,bool)", "a22cb465"),
            ("isApprovedForAll(address,address)", "e985e9c5"),
            ("balanceOf(address,uint256)", "00fdd58e"),
            ("balanceOfBatch(address[],uint256[])", "4e1273f4"),
            ("splitPosition(address,bytes32,bytes32,uint256[],uint256)", "72ce4275"),
            ("mergePositions(address,bytes32,bytes32,uint256[],uint256)", "9e7212ad"),
            ("redeemPositions(address,bytes32,bytes32,uint256[])", "01b7037c"),
            ("convertPositions(bytes32,uint256,uint256)", "c64748c4"),
            ("wrap(address,address,uint256)", "62355638"),
            ("unwrap(address,address,uint256)", "8cc7104f"),
            ("split(bytes31,uint256)", "82d3b9f1"),
            ("merge(bytes31,uint256)", "5b63685e"),
            ("redeem(bytes31,uint256,uint256)", "d217a3cc"),
            ("getPayout(uint256,uint256)", "4c619e4c"),
        ] {
            assert_eq!(hex::encode(selector(signature)), published, "{signature}");
            assert!(FUNCTIONS.iter().any(|(known, _)| *known == signature), "{signature}");
        }
    }

    #[test]
    fn a_short_condition_of_the_second_protocol_is_padded_on_the_right() {
        let condition = Token::FixedBytes(vec![0xab; 31]);
        let arguments = ethers_core::abi::encode(&[condition, Token::Uint(5.into())]);
        let data = [selector("split(bytes31,uint256)").to_vec(), arguments].concat();
        let Some(Call::SplitPosition { condition, amount }) = read(&data) else { panic!() };
        assert_eq!(condition, ConditionId::parse(&format!("0x{}", "ab".repeat(31))).unwrap());
        assert_eq!(amount, U256::from(5));
    }

    #[test]
    fn calldata_that_is_cut_short_is_not_understood() {
        let arguments = [Token::Address(Address::zero()), Token::Uint(5.into())];
        let mut data = selector("approve(address,uint256)").to_vec();
        data.extend(ethers_core::abi::encode(&arguments));
        assert!(read(&data).is_some());
        assert_eq!(read(&data[..data.len() - 1]), None);
        assert_eq!(read(&data[..3]), None);
        assert_eq!(read(b"\x12\x34\x56\x78"), None);
    }
}
