//! How long an order takes from a wish to bytes. Prints figures and decides nothing: read the
//! median on a quiet machine, the fifth percentile on a busy one.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark speaks to its reader")]

use std::hint::black_box;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use domain::{Crossing, Lifetime, OrderTerms, Price, Shares, Side, TickSize, TokenId, UnixMillis};
use ethers_signers::LocalWallet;
use polymarket::account::{Account, Candidates, Contracts, PrivateKey};
use polymarket::auth::ApiCredentials;
use polymarket::signing::{Exchange, OrderDraft, OrderMarket, OrderSigner, Salt};

const RUNS: u64 = 20_000;
const SECRET: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const OWNER: &str = "11111111-2222-4333-8444-555555555555";
const NOW: UnixMillis = UnixMillis(1_795_250_000_000);

fn draft(salt: u64) -> OrderDraft {
    let terms = OrderTerms {
        token: TokenId::from_words([0x9c3a_71d0_11ff_5bd3; 4]),
        side: Side::Buy,
        price: Price::from_cents(52).unwrap(),
        size: Shares::from_micros(19_240_000),
        lifetime: Lifetime::FillAndKill,
        crossing: Crossing::Allowed,
    };
    let size_min = Shares::from_whole(5);
    let market = OrderMarket { exchange: Exchange::Standard, tick: TickSize::Hundredth, size_min };
    OrderDraft::new(terms, market, Salt::new(salt).unwrap(), NOW)
}

fn measure(name: &str, mut work: impl FnMut(u64)) {
    (0..RUNS / 10).for_each(&mut work);
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|run| {
            let start = Instant::now();
            work(run);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let [p05, median, p99] =
        [5, 50, 99].map(|percent| times[times.len() * percent / 100].as_nanos() as f64 / 1_000.0);
    println!("{name:<48} p05 {p05:>7.2} us   median {median:>7.2} us   p99 {p99:>8.2} us");
}

fn main() {
    let key = PrivateKey::parse(SECRET).unwrap();
    let wallet = LocalWallet::from_str(SECRET).unwrap();
    let contracts = Contracts::polygon();
    let deposit = Candidates::of(key.address(), &contracts).deposit_beacon;
    for (name, funder) in [("type 0", None), ("type 3", deposit)] {
        let account = Account::detect(key.address(), &contracts, funder).unwrap();
        let signer = OrderSigner::new(key.clone(), account, &contracts, OWNER).unwrap();
        measure(&format!("{name}: amounts and hashes"), |run| {
            black_box(signer.prepare(&draft(run), NOW).unwrap());
        });
        measure(&format!("{name}: hashed and signed (libsecp256k1)"), |run| {
            let order = signer.prepare(&draft(run), NOW).unwrap();
            black_box(key.sign_digest(order.signed_digest()));
        });
        measure(&format!("{name}: hashed, signed by ethers-signers (k256)"), |run| {
            let order = signer.prepare(&draft(run), NOW).unwrap();
            black_box(wallet.sign_hash((*order.signed_digest()).into()).unwrap());
        });
        measure(&format!("{name}: from draft to body"), |run| {
            black_box(signer.sign(&signer.prepare(&draft(run), NOW).unwrap()));
        });
    }
    let secret = "OyV0qw9Xo_cU9vbdxsZ3Rd0-pebHrnIxRbU8-LTmC4o=";
    let credentials = ApiCredentials::new(OWNER, secret, "fe27b9d8b5efd1b6").unwrap();
    let account = Account::detect(key.address(), &contracts, deposit).unwrap();
    let signer = OrderSigner::new(key.clone(), account, &contracts, OWNER).unwrap();
    let seconds = NOW.0 / 1_000;
    measure("type 3: from draft to body and headers", |run| {
        let signed = signer.sign(&signer.prepare(&draft(run), NOW).unwrap());
        let body = signed.body.as_bytes();
        black_box(credentials.l2_headers(key.address(), "POST", "/order", body, seconds));
    });
}
