//! Decisions: why something was done, and why not.

use domain::UnixMillis;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::Money;
use super::rows::Keys;
use crate::column::{RowReader, moment};
use crate::entity::decisions::{Column, Entity, Model};
use crate::entity::signals;
use crate::error::StoreError;
use crate::page::{Direction, Page, PageCursor, PagedRow, Row, page};
use crate::prune::Prunable;
use crate::text::Label;

const TABLE: &str = "decisions";

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is done.
    Approved,
    /// A strategy wished it, and a gate refused.
    Refused,
    /// No strategy wished it.
    Passed,
}

impl Verdict {
    pub(super) const ALL: [Self; 3] = [Self::Approved, Self::Refused, Self::Passed];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Passed => "passed",
        }
    }
}

/// One decision.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRow {
    /// Its name: at most 200 printable ASCII characters.
    pub id: String,
    /// When.
    pub at: UnixMillis,
    /// Of which opportunity; `None` for an order by hand. At most 120 printable ASCII characters.
    pub opportunity_id: Option<String>,
    /// Of which strategy's wish.
    pub strategy: Label,
    /// What was decided.
    pub verdict: Verdict,
    /// The first gate that refused.
    pub rule: Option<Label>,
    /// Every gate with its value and limit. Opaque here: no query looks into it.
    pub gates: serde_json::Value,
    /// The wish, where there was one.
    pub signal_id: Option<String>,
    /// The plan that carries it out, where it was approved.
    pub plan_id: Option<String>,
}

/// What decisions are about.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Beginnings of the opportunities' names, which all end behind a colon.
    pub opportunities: Vec<String>,
    /// The subjects of wishes.
    pub subjects: Vec<String>,
}

impl About {
    fn condition(&self) -> Condition {
        let mut wishes = Query::select();
        wishes
            .column(signals::Column::Id)
            .from(signals::Entity)
            .and_where(signals::Column::Subject.is_in(self.subjects.iter().map(String::as_str)));
        let of_wishes = Condition::any().add(Column::SignalId.in_subquery(wishes));
        self.opportunities.iter().fold(of_wishes, |all, beginning| {
            // The last character counts one on, so that the index finds the place.
            let end = format!("{};", beginning.strip_suffix(':').unwrap_or(beginning));
            let here = Condition::all()
                .add(Column::OpportunityId.gte(beginning.as_str()))
                .add(Column::OpportunityId.lt(end));
            all.add(here)
        })
    }
}

/// Which decisions; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct DecisionFilter {
    /// Of this opportunity.
    pub opportunity_id: Option<String>,
    /// Of this strategy's wishes.
    pub strategy: Option<Label>,
    /// With this outcome.
    pub verdict: Option<Verdict>,
    /// Of this wish: decisions are named after theirs.
    pub signal_id: Option<String>,
    /// About one of these.
    pub about: Option<About>,
    /// Made at this moment or later.
    pub from: Option<UnixMillis>,
    /// Made before this moment.
    pub to: Option<UnixMillis>,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

impl Money<'_> {
    /// A page of decisions, the newest first: at most `limit` and [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn decisions(
        &self,
        filter: &DecisionFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<DecisionRow>, StoreError> {
        let mut find = Entity::find();
        if let Some(opportunity) = &filter.opportunity_id {
            find = find.filter(Column::OpportunityId.eq(opportunity.as_str()));
        }
        if let Some(strategy) = &filter.strategy {
            find = find.filter(Column::Strategy.eq(strategy.as_str()));
        }
        if let Some(verdict) = filter.verdict {
            find = find.filter(Column::Verdict.eq(verdict.code()));
        }
        if let Some(from) = filter.from {
            find = find.filter(Column::At.gte(from.micros()));
        }
        if let Some(to) = filter.to {
            find = find.filter(Column::At.lt(to.micros()));
        }
        if let Some(about) = &filter.about {
            find = find.filter(about.condition());
        }
        if let Some(signal) = &filter.signal_id {
            // The ids of one wish's decisions lie next to each other: `{signal}@{moment}`.
            find = find.filter(Column::Id.gte(format!("{signal}@")));
            find = find.filter(Column::Id.lt(format!("{signal}A")));
        }
        page(self.store, find, filter.order.into(), cursor, limit).await
    }

    /// Deletes at most `rows_max` decisions made before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_decisions(
        &self,
        before: UnixMillis,
        rows_max: u32,
    ) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "id", moment: "at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

impl PagedRow for DecisionRow {
    fn at_column() -> Column {
        Column::At
    }
    fn key_columns() -> &'static [Column] {
        &[Column::Id]
    }
    fn at(&self) -> UnixMillis {
        self.at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}

impl Row for DecisionRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let keys = Keys(TABLE);
        Ok(Model {
            id: keys.reference("id", &self.id)?,
            at: self.at.micros(),
            opportunity_id: keys.opportunity(self.opportunity_id.as_ref())?,
            strategy: self.strategy.to_string(),
            verdict: self.verdict.code().to_owned(),
            rule: self.rule.as_ref().map(ToString::to_string),
            gates: self.gates.clone(),
            signal_id: keys.reference_or_null("signal_id", self.signal_id.as_ref())?,
            plan_id: keys.reference_or_null("plan_id", self.plan_id.as_ref())?,
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.id };
        Ok(Self {
            strategy: reader.word("strategy", &row.strategy)?,
            verdict: reader.one_of("verdict", &row.verdict, &Verdict::ALL, Verdict::code)?,
            rule: reader.word_or_null("rule", row.rule.as_deref())?,
            at: moment(row.at),
            opportunity_id: row.opportunity_id,
            gates: row.gates,
            signal_id: row.signal_id,
            plan_id: row.plan_id,
            id: row.id,
        })
    }
}
