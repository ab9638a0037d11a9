//! The addresses of the wallets that an owner's key controls (CREATE2).

use ethers_core::abi::{Token, encode};
use ethers_core::types::{Address, H256};
use ethers_core::utils::keccak256;

use super::WalletKind;

const SAFE_FACTORY: &str = "aacFeEa03eb1561C4e67d661e40682Bd20E3541b";
const SAFE_CODE: &str = "2bce2127ff07fb632d16c8347c4ebf501f4841168bed00d9e6ef715ddb6fcecf";
const PROXY_FACTORY: &str = "aB45c5A4B0c941a2F231C04C3f49182e1A254052";
const PROXY_CODE: &str = "d21df8dc65880a8606f09fe0ce3df9b8869287ab0b058be05aa9e8af6330a00b";
const DEPOSIT_FACTORY: &str = "00000000000Fb5C9ADea0298D729A0CB3823Cc07";
const DEPOSIT_BEACON: &str = "7A18EDfe055488A3128f01F563e5B479D92ffc3a";
/// The start of a beacon proxy's code, to which the length of its arguments is added.
const BEACON_HEAD: u128 = 0x6100_523d_8160_233d_3973;
const BEACON_TAIL: &str = "60195155f3363d3d373d3d363d602036600436635c60da\
    1b60e01b36527fa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6c\
    b3582b35133d50545afa5036515af43d6000803e604d573d6000fd5b3d6000f3";

/// The wallet of that kind that `owner` controls.
pub(crate) fn wallet(owner: Address, kind: WalletKind) -> Address {
    match kind {
        WalletKind::Eoa => owner,
        WalletKind::Proxy => {
            create2(address(PROXY_FACTORY), keccak256(owner), bytes(PROXY_CODE).as_slice())
        }
        WalletKind::Safe => {
            let salt = keccak256(encode(&[Token::Address(owner)]));
            create2(address(SAFE_FACTORY), salt, bytes(SAFE_CODE).as_slice())
        }
        WalletKind::Deposit => deposit_wallet(owner),
    }
}

fn deposit_wallet(owner: Address) -> Address {
    let factory = address(DEPOSIT_FACTORY);
    let owner = H256::from(owner);
    let arguments =
        encode(&[Token::Address(factory), Token::FixedBytes(owner.as_bytes().to_vec())]);
    let head = BEACON_HEAD + ((arguments.len() as u128) << 56);
    let head = head.to_be_bytes();
    let code = [
        head.get(6..).unwrap_or_default(),
        address(DEPOSIT_BEACON).as_bytes(),
        &bytes(BEACON_TAIL),
        &arguments,
    ]
    .concat();
    create2(factory, keccak256(&arguments), &keccak256(code))
}

fn create2(factory: Address, salt: [u8; 32], code_hash: &[u8]) -> Address {
    let all = [&[0xff], factory.as_bytes(), salt.as_slice(), code_hash].concat();
    Address::from(H256::from(keccak256(all)))
}

fn address(digits: &str) -> Address {
    digits.parse().unwrap_or_default()
}

fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap_or_default()
}
