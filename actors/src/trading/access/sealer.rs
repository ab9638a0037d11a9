//! Signs the desk's orders.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::{ProtocolVersion, UnixMillis};
use engine::desk::{OrderNumber, Sign, Signed};
use engine::signal::{PlannedOrder, TradedMarket};
use polymarket::signing::{Exchange, OrderDraft, OrderMarket, Salt};

use super::AccessCell;

/// Signs orders with the account's key, once there is an access to send them with. Orders are dated
/// by the venue's clock, each one later than the one before.
pub struct OrderSealer {
    access: AccessCell,
    dated_last: AtomicI64,
}

impl fmt::Debug for OrderSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderSealer").finish_non_exhaustive()
    }
}

impl OrderSealer {
    /// For whoever has `access`.
    #[must_use]
    pub const fn new(access: AccessCell) -> Self {
        Self { access, dated_last: AtomicI64::new(0) }
    }

    /// A date that no order had before, at the venue's `now` or as soon after as can be.
    fn date(&self, now: UnixMillis) -> UnixMillis {
        let later = |last: i64| Some(now.0.max(last.saturating_add(1)));
        let order = Ordering::Relaxed;
        let last = self.dated_last.fetch_update(order, order, later).unwrap_or_default();
        UnixMillis(now.0.max(last.saturating_add(1)))
    }
}

fn market_of(market: &TradedMarket) -> OrderMarket {
    let exchange = match (market.version, market.neg_risk) {
        (ProtocolVersion::V2, _) => Exchange::Positions,
        (ProtocolVersion::V1, true) => Exchange::NegRisk,
        (ProtocolVersion::V1, false) => Exchange::Standard,
    };
    OrderMarket { exchange, tick: market.tick, size_min: market.order_size_min }
}

impl Sign for OrderSealer {
    fn sign(
        &self,
        _: OrderNumber,
        order: &PlannedOrder,
        now: UnixMillis,
    ) -> Result<Signed, String> {
        let Some(access) = self.access.get() else {
            return Err("the account is not signed in at the venue yet".to_owned());
        };
        let now = now.plus(self.access.skew());
        let salt = Salt::random().map_err(|error| error.to_string())?;
        let draft = OrderDraft::new(order.terms, market_of(&order.market), salt, self.date(now));
        let unsigned = access.signer().prepare(&draft, now).map_err(|error| error.to_string())?;
        let signed = access.signer().sign(&unsigned);
        Ok(Signed { id: signed.id, body: signed.body.as_ref().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use domain::{
        Crossing, FeeTerms, Lifetime, OrderTerms, Price, Shares, Side, TickSize, TokenId, Usd,
    };
    use engine::opportunity::OutcomeIndex;
    use polymarket::account::{Account, Contracts, PrivateKey, SignatureType};
    use polymarket::auth::ApiCredentials;
    use store::testing::TestDatabase;
    use store::{Backend, LeaseName, Taken};

    use super::*;
    use crate::tenure::Tenure;
    use crate::trading::access::{Access, Wallet};

    const LONG: Duration = Duration::from_secs(600);

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
    const HASH: [u64; 4] = [u64::MAX; 4];
    const POSITION: [u64; 4] = [1, 2, 3 << 40, 5];

    fn access() -> Access {
        let key = PrivateKey::generate().unwrap();
        let wallet = "0x1111111111111111111111111111111111111111".parse().unwrap();
        let account =
            Account::stated(key.address(), SignatureType::DepositWallet, Some(wallet)).unwrap();
        let wallet = Wallet { key, account, contracts: Contracts::polygon() };
        let key = "11111111-2222-4333-8444-555555555555";
        Access::new(&wallet, ApiCredentials::new(key, "c2VjcmV0", "phrase").unwrap()).unwrap()
    }

    fn order(words: [u64; 4], version: ProtocolVersion, neg_risk: bool) -> PlannedOrder {
        let token = TokenId::from_words(words);
        let terms = OrderTerms {
            token,
            side: Side::Buy,
            price: Price::from_ten_thousandths(4_500).unwrap(),
            size: Shares::from_whole(10),
            lifetime: Lifetime::GoodTilCancelled,
            crossing: Crossing::Allowed,
        };
        let market = TradedMarket {
            condition: "0x00000000000000000000000000000000000000000000000000000000000000aa"
                .parse()
                .unwrap(),
            question: None,
            group: None,
            tokens: [token, token],
            tick: TickSize::Hundredth,
            order_size_min: Shares::from_whole(5),
            fee: FeeTerms::FREE,
            version,
            neg_risk,
        };
        let (value, fee) = (Usd::from_micros(4_500_000), Usd::ZERO);
        PlannedOrder { terms, market, outcome: OutcomeIndex::Yes, value, fee }
    }

    fn sealed(sealer: &OrderSealer, order: &PlannedOrder) -> Result<Signed, String> {
        sealer.sign(OrderNumber(1), order, NOW)
    }

    #[test]
    fn nothing_is_signed_before_the_venue_gave_access() {
        let sealer = OrderSealer::new(AccessCell::default());
        let why = sealed(&sealer, &order(HASH, ProtocolVersion::V1, false)).unwrap_err();
        assert_eq!(why, "the account is not signed in at the venue yet");
    }

    #[actix_rt::test]
    async fn nothing_is_signed_once_the_lease_to_decide_may_have_ended() {
        let Some(database) = TestDatabase::open(Backend::Sqlite).await else { return };
        let leases = database.store.leases();
        let Ok(Taken::Ours(lease)) = leases.take(LeaseName::Decide, "a", LONG).await else {
            panic!("nobody else is there")
        };
        let asked_at = Instant::now();
        let signed = |term| {
            let cell = AccessCell::under(Tenure::leased(lease.clone(), term, asked_at));
            cell.set(access());
            sealed(&OrderSealer::new(cell), &order(HASH, ProtocolVersion::V1, false))
        };
        assert!(signed(LONG).is_ok());
        assert!(signed(Duration::ZERO).is_err());
    }

    #[test]
    fn orders_of_one_moment_have_dates_of_their_own_that_only_grow() {
        let cell = AccessCell::default();
        cell.set(access());
        let sealer = OrderSealer::new(cell);
        let dates: Vec<i64> =
            [0, 0, -5, 9].map(|after| sealer.date(UnixMillis(NOW.0 + after)).0).into();
        assert_eq!(dates, [NOW.0, NOW.0 + 1, NOW.0 + 2, NOW.0 + 9]);
        let order = order(HASH, ProtocolVersion::V1, false);
        let [one, other] = [(); 2].map(|()| sealed(&sealer, &order).unwrap());
        assert_ne!(one.id, other.id);
        assert!(one.body.contains("11111111-2222-4333-8444-555555555555"));
    }

    #[test]
    fn each_market_is_signed_for_the_contract_that_settles_it() {
        let cell = AccessCell::default();
        cell.set(access());
        let sealer = OrderSealer::new(cell);
        for (version, neg_risk, exchange) in [
            (ProtocolVersion::V1, false, Exchange::Standard),
            (ProtocolVersion::V1, true, Exchange::NegRisk),
            (ProtocolVersion::V2, false, Exchange::Positions),
            (ProtocolVersion::V2, true, Exchange::Positions),
        ] {
            let words = if version == ProtocolVersion::V2 { POSITION } else { HASH };
            let order = order(words, version, neg_risk);
            assert_eq!(market_of(&order.market).exchange, exchange);
            sealed(&sealer, &order).unwrap();
        }
        // A record that denies its token's own form is refused rather than signed for the wrong one.
        sealed(&sealer, &order(POSITION, ProtocolVersion::V1, false)).unwrap_err();
    }
}
