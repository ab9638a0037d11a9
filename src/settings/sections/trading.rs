//! Trading: who trades, within which limits, by which strategies, and how.

use std::{collections::BTreeMap, num::NonZeroU64, path::PathBuf, time::Duration};

use domain::{DurationMillis, Price, Shares, Usd};
use engine::desk::{DealerSettings, ExecutionSettings, ORDER_LIFE_MS_MIN};
use engine::risk::Limits;
use engine::signal::StrategyName;
use engine::strategy::{CATALOGUE, StrategiesSettings, StrategySettings};
use ethers_core::types::Address;
use polymarket::account::{KeySource, SignatureType};
use polymarket::chain::FeePolicy;

use super::super::{Secrets, reader::Reader};

/// `[account]`: whose money it is. The key itself is a secret and stands elsewhere.
#[derive(Clone, Debug)]
pub struct Account {
    /// A file with the private key, as 64 hexadecimal digits.
    pub key_file: Option<PathBuf>,
    /// An encrypted key file; its password is a secret.
    pub keystore_file: Option<PathBuf>,
    /// The wallet that pays; `None` for the key's own account.
    pub funder: Option<Address>,
    /// What the wallet is; `None` finds out.
    pub signature_type: Option<SignatureType>,
    /// The venue cancels everything when it hears nothing for a while.
    pub heartbeat: Heartbeat,
}

/// Whether the venue is told that we are alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heartbeat {
    /// It is not, and orders rest whatever happens to this process.
    Off,
    /// Every five seconds; it cancels our orders when that ends.
    On,
}

impl Account {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        const TYPES: [(&str, Option<SignatureType>); 5] = [
            ("", None),
            ("eoa", Some(SignatureType::Eoa)),
            ("proxy", Some(SignatureType::Proxy)),
            ("safe", Some(SignatureType::Safe)),
            ("deposit_wallet", Some(SignatureType::DepositWallet)),
        ];
        let mut file = |key: &str| {
            let text = reader.text(key);
            (!text.is_empty()).then(|| PathBuf::from(text))
        };
        let (key_file, keystore_file) = (file("account.key_file"), file("account.keystore_file"));
        if key_file.is_some() && keystore_file.is_some() {
            let text =
                "account.keystore_file is set as well. One key is enough: empty one of them.";
            reader.refuse("account.key_file", text);
        }
        Self {
            key_file,
            keystore_file,
            funder: address(reader, "account.funder"),
            signature_type: reader.choice("account.signature_type", &TYPES, None),
            heartbeat: if reader.switch("account.heartbeat") {
                Heartbeat::On
            } else {
                Heartbeat::Off
            },
        }
    }
}

/// What opens an encrypted key file.
const NO_PASSWORD: &str = "is encrypted, and its password is not there. Give it as DUTCHBOOK_KEYSTORE_PASSWORD, or name \
     a file with it in DUTCHBOOK_KEYSTORE_PASSWORD_FILE.";

impl Account {
    /// Where the key is; `None` where nobody said so.
    #[must_use]
    pub fn key_source(&self, secrets: &Secrets) -> Option<KeySource> {
        if let Some(path) = &self.keystore_file {
            let password = secrets.keystore_password.clone()?;
            return Some(KeySource::Keystore { path: path.clone(), password });
        }
        let file = self.key_file.clone().map(KeySource::File);
        file.or_else(|| secrets.private_key.clone())
    }

    /// Refuses a key that is given twice, for nobody should have to guess which one trades.
    pub(in super::super) fn check_key(&self, reader: &mut Reader<'_>, secrets: &Secrets) {
        let given =
            [self.key_file.is_some(), self.keystore_file.is_some(), secrets.private_key.is_some()];
        if given.iter().filter(|is_given| **is_given).count() > 1 {
            let text = "there is more than one key: keep one of account.key_file, \
                        account.keystore_file and DUTCHBOOK_PRIVATE_KEY.";
            reader.refuse("account.key_file", text);
        }
        if self.keystore_file.is_some() && secrets.keystore_password.is_none() {
            reader.refuse("account.keystore_file", NO_PASSWORD);
        }
    }
}

fn address(reader: &mut Reader<'_>, key: &str) -> Option<Address> {
    let text = reader.text(key);
    if text.is_empty() {
        return None;
    }
    let address = text.parse::<Address>().ok().filter(|_| text.starts_with("0x"));
    if address.is_none() {
        reader.refuse(key, "is not an address: 0x and 40 hexadecimal digits.");
    }
    address
}

/// `[chain]`: transactions.
#[derive(Clone, Debug)]
pub struct Chain {
    /// A node of Polygon.
    pub rpc_url: String,
    /// Who carries out what wallets sign.
    pub relayer_url: String,
    /// Blocks on top before a transaction is final, 1 to 1,000.
    pub confirmations_min: u64,
    /// The most that one unit of gas may cost, 1 to 100,000 gwei.
    pub gas_gwei_max: u64,
    /// Between two questions about open transactions, 50 ms to 1 minute.
    pub poll_interval: Duration,
    /// A transaction in no block for so long is replaced, 5 s to 1 hour.
    pub replace_after: Duration,
    /// Between two looks for resolved markets among those held, 1 s to 1 day.
    pub resolutions_interval: Duration,
}

impl Chain {
    /// The node and the relayer.
    #[must_use]
    pub fn urls(&self) -> (String, String) {
        (self.rpc_url.clone(), self.relayer_url.clone())
    }
    /// What we are ready to pay for gas.
    #[must_use]
    pub fn fees(&self) -> FeePolicy {
        let total_max = u128::from(self.gas_gwei_max) * 1_000_000_000;
        let tip_min = FeePolicy::default().tip_min.min(total_max);
        FeePolicy { total_max, tip_min, ..FeePolicy::default() }
    }
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        const HTTP: [&str; 2] = ["https", "http"];
        Self {
            rpc_url: reader.url("chain.rpc_url", &HTTP),
            relayer_url: reader.url("chain.relayer_url", &HTTP),
            confirmations_min: reader.whole("chain.confirmations_min", 1..=1_000),
            gas_gwei_max: reader.whole("chain.gas_gwei_max", 1..=100_000),
            poll_interval: reader.millis("chain.poll_interval_ms", 50..=60_000),
            replace_after: reader.seconds("chain.replace_after_s", 5..=3_600),
            resolutions_interval: reader.seconds("chain.resolutions_interval_s", 1..=86_400),
        }
    }
}

/// `[risk]`: the limits that a fresh desk begins with.
pub(in super::super) fn limits(reader: &mut Reader<'_>) -> Limits {
    let usd = Usd::ZERO..=Usd::from_whole(100_000_000);
    let price = Price::ZERO..=Price::ONE;
    let usd = |reader: &mut Reader<'_>, key: &str| reader.usd(key, usd.clone());
    let limits = Limits {
        market_usd_max: usd(reader, "risk.market_usd_max"),
        group_usd_max: usd(reader, "risk.group_usd_max"),
        total_usd_max: usd(reader, "risk.total_usd_max"),
        order_usd_max: usd(reader, "risk.order_usd_max"),
        trades_per_minute_max: reader.whole("risk.trades_per_minute_max", 0..=10_000),
        day_loss_usd_max: usd(reader, "risk.day_loss_usd_max"),
        drawdown_usd_max: usd(reader, "risk.drawdown_usd_max"),
        leg_missing_loss_usd_max: usd(reader, "risk.leg_missing_loss_usd_max"),
        floor_loss_usd_max: usd(reader, "risk.floor_loss_usd_max"),
        open_orders_max: reader.whole("risk.open_orders_max", 0..=10_000),
        open_plans_max: reader.whole("risk.open_plans_max", 0..=1_000),
        consecutive_errors_max: reader.whole("risk.consecutive_errors_max", 1..=1_000),
        feed_age_ms_max: span(reader, "risk.feed_age_ms_max", 1..=600_000),
        price_min: reader.price("risk.price_min", price.clone()),
        price_max: reader.price("risk.price_max", price),
        ends_within_ms_min: span(reader, "risk.ends_within_ms_min", 0..=31_536_000_000),
    };
    if let Err(error) = limits.validate() {
        reader.refuse("risk", format!("{error}."));
    }
    limits
}

fn span(
    reader: &mut Reader<'_>,
    key: &str,
    range: std::ops::RangeInclusive<i64>,
) -> DurationMillis {
    DurationMillis(reader.whole(key, range))
}

/// `[execution]`: how approved plans are carried out and our books compared with the venue's.
#[derive(Clone, Debug)]
pub struct Execution {
    /// How the desk deals.
    pub dealer: DealerSettings,
    /// Between two comparisons with venue and chain, 1 s to 1 hour.
    pub reconcile_interval: Duration,
    /// Records of the journal after which the desk is kept, so that a start reads only what follows,
    /// 100 to 1,000,000.
    pub checkpoint_records: NonZeroU64,
    /// The invented dollars that paper trading begins with.
    pub paper_cash: Usd,
}

impl Execution {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let execution = ExecutionSettings {
            leg_wait: span(reader, "execution.leg_wait_ms", 100..=600_000),
            cancel_again: span(reader, "execution.cancel_again_ms", 100..=600_000),
            requotes_max: reader.whole("execution.requotes_max", 0..=20),
            unwinds_max: reader.whole("execution.unwinds_max", 0..=50),
            unwind_pause: span(reader, "execution.unwind_pause_ms", 100..=600_000),
            unwind_floor_bips: reader.whole("execution.unwind_floor_bips", 0..=10_000),
            order_life: span(reader, "execution.order_life_ms", ORDER_LIFE_MS_MIN..=86_400_000),
        };
        Self {
            dealer: DealerSettings { execution, ..DealerSettings::default() },
            reconcile_interval: reader.seconds("execution.reconcile_interval_s", 1..=3_600),
            checkpoint_records: NonZeroU64::new(
                reader.whole("execution.checkpoint_records", 100..=1_000_000),
            )
            .unwrap_or(NonZeroU64::MIN),
            paper_cash: reader
                .usd("execution.paper_cash_usd", Usd::ZERO..=Usd::from_whole(100_000_000)),
        }
    }
}

/// The settings of every strategy begin like this in the environment and in files.
pub(in super::super) const EVERY_STRATEGY: &str = "strategies.every.";

/// `[strategies]`: what holds for every strategy, and what one has of its own.
pub(in super::super) fn strategies(reader: &mut Reader<'_>) -> StrategiesSettings {
    let named = CATALOGUE.iter().filter_map(|entry| {
        Some((StrategyName::new(entry.name).ok()?, strategy(reader, entry.name)))
    });
    StrategiesSettings(named.collect::<BTreeMap<_, _>>())
}

fn strategy(reader: &mut Reader<'_>, name: &str) -> StrategySettings {
    let key = |reader: &Reader<'_>, last: &str| {
        let own = format!("strategies.{name}.{last}");
        if reader.has(&own) { own } else { format!("{EVERY_STRATEGY}{last}") }
    };
    let usd_max = Usd::from_whole(100_000_000);
    let mut usd = |last: &str| {
        let key = key(reader, last);
        reader.usd(&key, Usd::ZERO..=usd_max)
    };
    let (budget_usd, edge_usd_min) = (usd("budget_usd"), usd("edge_usd_min"));
    let leg_missing_loss_usd_max = usd("leg_missing_loss_usd_max");
    let mut wait = |last: &str, max: i64| {
        let key = key(reader, last);
        span(reader, &key, 0..=max)
    };
    let (cool_down_ms, lasted_ms_min) =
        (wait("cool_down_ms", 86_400_000), wait("lasted_ms_min", 600_000));
    let (vouched_ms_max, life_ms) = (wait("vouched_ms_max", 600_000), wait("life_ms", 600_000));
    let (enabled, score, size) =
        (key(reader, "enabled"), key(reader, "score_min"), key(reader, "size_max"));
    StrategySettings {
        enabled: reader.switch(&enabled),
        budget_usd,
        edge_usd_min,
        score_min: reader.whole(&score, 0..=100),
        size_max: reader.shares(&size, Shares::ZERO..=Shares::from_whole(100_000_000)),
        cool_down_ms,
        lasted_ms_min,
        vouched_ms_max,
        leg_missing_loss_usd_max,
        life_ms,
    }
}
