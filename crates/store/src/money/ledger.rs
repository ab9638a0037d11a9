//! The ledger: entries and their postings. What is written is never changed.

use std::collections::HashMap;

use domain::{ConditionId, GroupId, UnixMillis};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Money;
use super::rows::{Keys, count};
use crate::PAGE_ROWS_MAX;
use crate::column::{RowReader, moment};
use crate::entity::{ledger_entries as entries, ledger_postings as postings};
use crate::error::StoreError;
use crate::page::Direction;
use crate::text::{LONG_KEY_CHARS_MAX, Label, TITLE_CHARS_MAX, TOKEN_CHARS_MAX, cut};

const TABLE: &str = "ledger_entries";
const POSTINGS_TABLE: &str = "ledger_postings";

/// How sure an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerPhase {
    /// It was matched and may still be taken back.
    Provisional,
    /// It is settled.
    Final,
    /// It takes a provisional one back.
    Reversal,
}

impl LedgerPhase {
    const ALL: [Self; 3] = [Self::Provisional, Self::Final, Self::Reversal];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Final => "final",
            Self::Reversal => "reversal",
        }
    }
}

/// One line of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostingRow {
    /// Whose: at most 120 printable ASCII characters.
    pub account: String,
    /// Of what, such as `usd` or a token id: at most 80 printable ASCII characters.
    pub asset: String,
    /// How much, in millionths; positive is a debit.
    pub amount_micros: i64,
}

/// One entry with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntryRow {
    /// Its number, never used twice.
    pub id: u64,
    /// The record of the journal that it comes from.
    pub seq: u64,
    /// When.
    pub at: UnixMillis,
    /// What kind of thing caused it.
    pub cause_kind: Label,
    /// Which one: at most 200 printable ASCII characters.
    pub cause_reference: String,
    /// How sure it is.
    pub phase: LedgerPhase,
    /// Whose result it is; `None` for the owner's and the operator's own.
    pub strategy: Option<Label>,
    /// In which market, where it is one.
    pub condition: Option<ConditionId>,
    /// In which group, where the market has one.
    pub group: Option<GroupId>,
    /// A note for people; cut to 1,000 characters.
    pub memo: String,
    /// Its lines, in order.
    pub postings: Vec<PostingRow>,
}

/// Some entries, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerPage {
    /// The entries.
    pub rows: Vec<LedgerEntryRow>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<u64>,
}

/// Which entries; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct LedgerFilter {
    /// Caused by this kind of thing.
    pub cause_kind: Option<Label>,
    /// Caused by this one.
    pub cause_reference: Option<String>,
    /// As sure as this.
    pub phase: Option<LedgerPhase>,
    /// Of this strategy.
    pub strategy: Option<Label>,
    /// In this market.
    pub condition: Option<ConditionId>,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

impl Money<'_> {
    /// A page of entries behind the one with the number `behind`, the newest first where the filter
    /// does not say otherwise: at most `limit` and [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn ledger(
        &self,
        filter: &LedgerFilter,
        behind: Option<u64>,
        limit: u64,
    ) -> Result<LedgerPage, StoreError> {
        let limit = limit.clamp(1, PAGE_ROWS_MAX);
        let (number, find) = (entries::Column::Id, entries::Entity::find().limit(limit + 1));
        let behind = behind.map(count);
        let mut find = match filter.order {
            Direction::Falling => find
                .order_by_desc(number)
                .filter(Condition::all().add_option(behind.map(|behind| number.lt(behind)))),
            Direction::Rising => find
                .order_by_asc(number)
                .filter(Condition::all().add_option(behind.map(|behind| number.gt(behind)))),
        };
        if let Some(kind) = &filter.cause_kind {
            find = find.filter(entries::Column::CauseKind.eq(kind.as_str()));
        }
        if let Some(reference) = &filter.cause_reference {
            find = find.filter(entries::Column::CauseReference.eq(reference.as_str()));
        }
        if let Some(phase) = filter.phase {
            find = find.filter(entries::Column::Phase.eq(phase.code()));
        }
        if let Some(strategy) = &filter.strategy {
            find = find.filter(entries::Column::Strategy.eq(strategy.as_str()));
        }
        if let Some(condition) = filter.condition {
            find = find.filter(entries::Column::ConditionId.eq(condition.to_string()));
        }
        let mut models =
            self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let more = models.len() as u64 > limit;
        models.truncate(limit as usize);
        let mut lines = self.lines(&models).await?;
        let read = |model: entries::Model| {
            let lines = lines.remove(&model.id).unwrap_or_default();
            from_models(model, lines)
        };
        let rows = models.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let next = rows.last().filter(|_| more).map(|row| row.id);
        Ok(LedgerPage { rows, next })
    }

    async fn lines(
        &self,
        of: &[entries::Model],
    ) -> Result<HashMap<i64, Vec<PostingRow>>, StoreError> {
        let find = postings::Entity::find()
            .filter(postings::Column::EntryId.is_in(of.iter().map(|entry| entry.id)))
            .order_by_asc(postings::Column::EntryId)
            .order_by_asc(postings::Column::Line);
        let found = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let mut lines: HashMap<i64, Vec<PostingRow>> = HashMap::new();
        for row in found {
            let line =
                PostingRow { account: row.account, asset: row.asset, amount_micros: row.amount };
            lines.entry(row.entry_id).or_default().push(line);
        }
        Ok(lines)
    }
}

/// The rows of an entry.
pub(super) fn to_models(
    entry: &LedgerEntryRow,
) -> Result<(entries::Model, Vec<postings::Model>), StoreError> {
    let keys = Keys(POSTINGS_TABLE);
    let id = count(entry.id);
    let line = |(line, posting): (i64, &PostingRow)| {
        Ok(postings::Model {
            entry_id: id,
            line,
            account: keys.key("account", &posting.account, LONG_KEY_CHARS_MAX)?,
            asset: keys.key("asset", &posting.asset, TOKEN_CHARS_MAX)?,
            amount: posting.amount_micros,
        })
    };
    let lines = (1..).zip(&entry.postings).map(line).collect::<Result<Vec<_>, StoreError>>()?;
    let model = entries::Model {
        id,
        seq: count(entry.seq),
        at: entry.at.micros(),
        cause_kind: entry.cause_kind.to_string(),
        cause_reference: Keys(TABLE).reference("cause_reference", &entry.cause_reference)?,
        phase: entry.phase.code().to_owned(),
        strategy: entry.strategy.as_ref().map(ToString::to_string),
        condition_id: entry.condition.as_ref().map(ToString::to_string),
        group_id: Keys(TABLE).group(entry.group.as_ref())?,
        memo: cut(&entry.memo, TITLE_CHARS_MAX).to_owned(),
    };
    Ok((model, lines))
}

fn from_models(
    row: entries::Model,
    postings: Vec<PostingRow>,
) -> Result<LedgerEntryRow, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.id.to_string() };
    Ok(LedgerEntryRow {
        id: reader.count("id", row.id)?,
        seq: reader.count("seq", row.seq)?,
        at: moment(row.at),
        cause_kind: reader.word("cause_kind", &row.cause_kind)?,
        phase: reader.one_of("phase", &row.phase, &LedgerPhase::ALL, LedgerPhase::code)?,
        strategy: reader.word_or_null("strategy", row.strategy.as_deref())?,
        condition: reader.condition_or_null("condition_id", row.condition_id.as_deref())?,
        group: row.group_id.map(|id| GroupId(id.into())),
        cause_reference: row.cause_reference,
        memo: row.memo,
        postings,
    })
}
