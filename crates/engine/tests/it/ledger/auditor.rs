//! An auditor that knows nothing but the entries.

use std::collections::BTreeMap;

use domain::TokenId;
use engine::ledger::{Account, Asset, Cause, Entry, Ledger, Phase, Posting};

type Pending = Vec<(Asset, i64)>;

#[derive(Default)]
pub(crate) struct Auditor {
    seen: u64,
    balances: BTreeMap<(Account, Asset), i64>,
    open: BTreeMap<String, Vec<Posting>>,
}

impl Auditor {
    pub(crate) fn see(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.see_one(entry);
        }
    }

    fn see_one(&mut self, entry: &Entry) {
        self.seen += 1;
        assert_eq!(entry.number, self.seen, "numbers have no gap");
        let mut sums: BTreeMap<Asset, i64> = BTreeMap::new();
        for posting in &entry.postings {
            *sums.entry(posting.asset).or_default() += posting.amount;
            *self.balances.entry((posting.account, posting.asset)).or_default() += posting.amount;
        }
        assert!(sums.values().all(|sum| *sum == 0), "not balanced: {entry:?}");
        let name = format!("{:?}", entry.cause);
        match entry.phase {
            Phase::Provisional => {
                assert!(self.open.insert(name, entry.postings.clone()).is_none());
            }
            Phase::Reversal => {
                let taken_back = self.open.remove(&name).expect("something to reverse");
                let negated = |p: &Posting| Posting { amount: -p.amount, ..*p };
                assert_eq!(entry.postings, taken_back.iter().map(negated).collect::<Vec<_>>());
            }
            Phase::Final if entry.postings.iter().all(|p| p.account != Account::WalletSettled) => {
                assert!(matches!(entry.cause, Cause::Chain { .. }), "only gas moves no wallet");
            }
            Phase::Final => {
                self.open.remove(&name);
            }
        }
    }

    fn pending(&self) -> Pending {
        let lines = self.open.values().flatten();
        let ours = lines.filter(|posting| posting.account == Account::WalletPending);
        ours.map(|posting| (posting.asset, posting.amount)).collect()
    }

    fn view(&self, asset: Asset) -> [i64; 3] {
        let settled = self.balances.get(&(Account::WalletSettled, asset)).copied().unwrap_or(0);
        let of = |sign: i64| -> i64 {
            let pending = self.pending().into_iter().filter(|(of, _)| *of == asset);
            pending.map(|(_, amount)| (amount * sign).max(0)).sum()
        };
        [settled, of(1), of(-1)]
    }

    /// The ledger says what its entries say, and finds no fault with itself.
    pub(crate) fn agrees_with(&self, ledger: &Ledger) {
        ledger.check().unwrap();
        assert_eq!(ledger.last_entry(), self.seen);
        let cash = ledger.cash();
        let cash = [cash.settled, cash.pending_in, cash.pending_out].map(domain::Usd::micros);
        assert_eq!(cash, self.view(Asset::Cash));
        let mut tokens: Vec<TokenId> = ledger.positions().into_keys().collect();
        tokens.extend(self.balances.keys().filter_map(|(_, asset)| match asset {
            Asset::Shares(token) => Some(*token),
            Asset::Cash => None,
        }));
        for token in tokens {
            let held = ledger.position(token);
            let held = [held.settled, held.pending_in, held.pending_out];
            assert_eq!(held.map(domain::Shares::micros), self.view(Asset::Shares(token)));
        }
    }
}
