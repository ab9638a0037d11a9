//! Decisions counted: what became of everything that was looked at.

use domain::UnixMillis;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use super::{Money, Verdict};
use crate::column::RowReader;
use crate::error::StoreError;
use crate::text::{Label, Word};

const TABLE: &str = "decisions";

/// How many decisions ended alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionCount {
    /// What was decided.
    pub verdict: Verdict,
    /// The first gate that refused; `None` where none is written down.
    pub rule: Option<Label>,
    /// How the plan stands that carries it out; `None` where there is none, or none yet.
    pub plan_state: Option<Word>,
    /// How many.
    pub count: u64,
}

impl Money<'_> {
    /// Decisions made from `from` to before `to`, counted by verdict, rule and state of the plan: one
    /// statement, so that all counts are of one moment. One row for each kind of end; the database
    /// counts within an index.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn decision_counts(
        &self,
        from: UnixMillis,
        to: UnixMillis,
        strategy: Option<&Label>,
    ) -> Result<Vec<DecisionCount>, StoreError> {
        let mut values: Vec<Value> = vec![from.micros().into(), to.micros().into()];
        let of_strategy = if strategy.is_some() { " AND d.strategy = ?" } else { "" };
        values.extend(strategy.map(|strategy| strategy.as_str().into()));
        let sql = format!(
            "SELECT d.verdict, d.rule, p.state, COUNT(*) FROM {TABLE} d \
             LEFT JOIN plans p ON p.id = d.plan_id \
             WHERE d.at >= ? AND d.at < ?{of_strategy} GROUP BY d.verdict, d.rule, p.state"
        );
        let connection = self.store.connection();
        let query = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        let rows = self.store.call(async { Ok(connection.query_all_raw(query).await?) }).await?;
        rows.iter().map(count).collect()
    }
}

fn count(row: &QueryResult) -> Result<DecisionCount, StoreError> {
    let verdict: String = row.try_get_by_index(0)?;
    let rule: Option<String> = row.try_get_by_index(1)?;
    let state: Option<String> = row.try_get_by_index(2)?;
    let reader = RowReader { table: TABLE, key: &verdict };
    Ok(DecisionCount {
        verdict: reader.one_of("verdict", &verdict, &Verdict::ALL, Verdict::code)?,
        rule: reader.word_or_null("rule", rule.as_deref())?,
        plan_state: state.as_deref().map(|state| reader.word("state", state)).transpose()?,
        count: reader.count("count", row.try_get_by_index(3)?)?,
    })
}
