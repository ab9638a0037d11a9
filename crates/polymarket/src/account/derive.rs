//! The addresses that a key's wallets have, whether they exist yet or not (CREATE2).

use ethers_core::types::Address;
use ethers_core::utils::keccak256;

use crate::account::Contracts;
use crate::eip712::address_word;

/// Code of a deposit wallet of the newer form, around the beacon's address.
const BEACON_HEAD: u128 = 0x6100_523d_8160_233d_3973;
const BEACON_TAIL: &[&str] = &[
    "60195155f3363d3d373d3d363d602036600436635c60da",
    "1b60e01b36527fa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6c",
    "b3582b35133d50545afa5036515af43d6000803e604d573d6000fd5b3d6000f3",
];

/// Code of a deposit wallet of the older form (ERC-1967), around the implementation's address.
const UUPS_HEAD: u128 = 0x6100_3d3d_8160_233d_3973;
const UUPS_TAIL: &[&str] = &[
    "6009",
    "5155f3363d3d373d3d363d7f360894a13ba1a3210667c828492db98dca3e2076",
    "cc3735a920a3ca505d382bbc545af43d6000803e6038573d6000fd5b3d6000f3",
];

/// Every wallet that one key can have at the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// A proxy wallet; `None` where the chain has no factory of them.
    pub proxy: Option<Address>,
    /// A Safe.
    pub safe: Address,
    /// A deposit wallet of the newer form; `None` where the chain has no beacon.
    pub deposit_beacon: Option<Address>,
    /// A deposit wallet of the older form.
    pub deposit_uups: Address,
}

impl Candidates {
    /// The wallets of `signer`, by computation alone.
    #[must_use]
    pub fn of(signer: Address, contracts: &Contracts) -> Self {
        let wallets = &contracts.wallets;
        let word = address_word(signer);
        let factory = wallets.deposit_factory;
        let arguments = [address_word(factory), word];
        let deposit = |head, target, tail| {
            let code = deposit_init_code(head, target, tail, arguments.as_flattened());
            create2(factory, keccak256(arguments.as_flattened()), keccak256(code))
        };
        Self {
            proxy: wallets.proxy_factory.map(|factory| {
                create2(factory, keccak256(signer.as_bytes()), wallets.proxy_init_code_hash)
            }),
            safe: create2(wallets.safe_factory, keccak256(word), wallets.safe_init_code_hash),
            deposit_beacon: wallets
                .deposit_beacon
                .map(|beacon| deposit(BEACON_HEAD, beacon, BEACON_TAIL)),
            deposit_uups: deposit(UUPS_HEAD, wallets.deposit_implementation, UUPS_TAIL),
        }
    }
}

/// The length of the arguments is part of the code, in the second and third byte.
fn deposit_init_code(head: u128, target: Address, tail: &[&str], arguments: &[u8]) -> Vec<u8> {
    let head = head + ((arguments.len() as u128) << 56);
    let mut code = head.to_be_bytes().get(6..).unwrap_or_default().to_vec();
    code.extend_from_slice(target.as_bytes());
    for part in tail {
        code.extend(hex::decode(part).unwrap_or_default());
    }
    code.extend_from_slice(arguments);
    code
}

fn create2(factory: Address, salt: [u8; 32], init_code_hash: [u8; 32]) -> Address {
    let mut bytes = Vec::with_capacity(85);
    bytes.push(0xff);
    bytes.extend_from_slice(factory.as_bytes());
    bytes.extend_from_slice(&salt);
    bytes.extend_from_slice(&init_code_hash);
    Address::from_slice(keccak256(bytes).get(12..).unwrap_or_default())
}
