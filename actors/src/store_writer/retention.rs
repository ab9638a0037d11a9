//! What is deleted after a while, and what never is: the journal and everything that it says.

use domain::{DurationMillis, UnixMillis};
use store::{Store, StoreError};

/// Rows deleted at one time: a longer delete would hold up the writes.
const PRUNE_ROWS_MAX: u32 = 5_000;
/// Deletes of one round; what is left goes with the next.
const PRUNES_MAX: usize = 200;

/// How long rows are kept; `None` for ever.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retention {
    /// Prices.
    pub prices: Option<DurationMillis>,
    /// Closed opportunities.
    pub opportunities: Option<DurationMillis>,
    /// Trades of others.
    pub trades: Option<DurationMillis>,
    /// Whale events with their grades.
    pub whales: Option<DurationMillis>,
    /// Why something was done and why not, and the wishes that this is about.
    pub decisions: Option<DurationMillis>,
    /// Keys of requests. A key that is forgotten may be used again.
    pub idempotency_keys: Option<DurationMillis>,
    /// Alerts with their messages.
    pub alerts: Option<DurationMillis>,
    /// What everything was worth over time.
    pub equity: Option<DurationMillis>,
}

impl Retention {
    /// Deletes what is over its time now, or as much of it as fits into one round.
    pub(super) async fn apply(self, store: &Store, now: UnixMillis) -> Result<u64, StoreError> {
        let before = move |span: DurationMillis| UnixMillis(now.0.saturating_sub(span.0));
        let (money, mut all) = (store.money(), 0);
        for _ in 0..PRUNES_MAX {
            let mut gone = 0;
            if let Some(span) = self.prices {
                gone += store.prices().prune_before(before(span), PRUNE_ROWS_MAX).await?;
            }
            if let Some(span) = self.opportunities {
                gone += store.opportunities().prune_before(before(span), PRUNE_ROWS_MAX).await?;
            }
            if let Some(span) = self.trades {
                gone += store.trades().prune_before(before(span), PRUNE_ROWS_MAX).await?;
            }
            if let Some(span) = self.whales {
                gone += store.whales().prune_before(before(span), PRUNE_ROWS_MAX).await?;
            }
            if let Some(span) = self.decisions {
                gone += money.prune_decisions(before(span), PRUNE_ROWS_MAX).await?;
                gone += money.prune_signals(before(span), PRUNE_ROWS_MAX).await?;
            }
            if let Some(span) = self.idempotency_keys {
                gone += money.idempotency().prune_before(before(span), PRUNE_ROWS_MAX).await?;
            }
            if let Some(span) = self.alerts {
                gone += store.alerts().prune_before(before(span), PRUNE_ROWS_MAX).await?;
            }
            if let Some(span) = self.equity {
                gone += money.prune_equity(before(span), PRUNE_ROWS_MAX).await?;
            }
            all += gone;
            if gone == 0 {
                break;
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use store::{
        Begun, DatabaseUrl, DecisionFilter, DecisionRow, Label, MoneyBatch, StoreSettings,
    };

    use super::*;

    const DAY: i64 = 86_400_000;
    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn decision(name: &str, at: UnixMillis) -> DecisionRow {
        DecisionRow {
            id: name.to_owned(),
            at,
            signal_id: None,
            opportunity_id: Some("o".to_owned()),
            strategy: Label::new("mint_split").unwrap(),
            verdict: store::Verdict::Passed,
            rule: None,
            plan_id: None,
            gates: serde_json::json!([]),
        }
    }

    #[test]
    fn old_decisions_and_keys_go_and_young_ones_stay() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        actix_rt::System::new().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let url = DatabaseUrl::sqlite_file(&folder.path().join("retention.sqlite"));
            let store = Store::connect(&StoreSettings::new(url)).await.unwrap();
            store.migrate().await.unwrap();
            let old = UnixMillis(NOW.0 - 31 * DAY);
            let journal = store.money().open_journal("test", NOW).await.unwrap();
            let decisions = vec![decision("old", old), decision("young", NOW)];
            let batch = MoneyBatch { first_seq: 1, decisions, ..MoneyBatch::default() };
            journal.append(&batch).await.unwrap();
            let keys = store.money().idempotency();
            for (key, at) in [("old", old), ("young", NOW)] {
                assert_eq!(keys.begin(key, "same", at).await.unwrap(), Begun::New);
            }
            let month = Some(DurationMillis(30 * DAY));
            let forever = Retention::default();
            assert_eq!(forever.apply(&store, NOW).await.unwrap(), 0);
            let retention = Retention { decisions: month, idempotency_keys: month, ..forever };
            assert_eq!(retention.apply(&store, NOW).await.unwrap(), 2);
            let page = store.money().decisions(&DecisionFilter::default(), None, 10).await.unwrap();
            let left: Vec<&str> = page.rows.iter().map(|row| row.id.as_str()).collect();
            assert_eq!(left, ["young"]);
            assert_eq!(keys.begin("old", "another", NOW).await.unwrap(), Begun::New);
            assert_eq!(keys.begin("young", "another", NOW).await.unwrap(), Begun::Conflict);
        });
    }
}
