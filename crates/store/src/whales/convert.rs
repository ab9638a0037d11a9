//! Between a whale event and its row.

use domain::{FeeTerms, Shares, UnixMillis, Usd};

use super::{GradeRow, GradeState, TABLE, WhaleRow};
use crate::column::{RowReader, key_text, moment};
use crate::entity::whales::{Entity, Model};
use crate::error::{ReadError, StoreError};
use crate::money::rows::side_word;
use crate::page::Row;
use crate::text::{LONG_KEY_CHARS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX, cut};

impl Row for WhaleRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let name = |text: &str| cut(text, NAME_CHARS_MAX).to_owned();
        let [hour, day, end] = self.grades;
        Ok(Model {
            id: key_text(TABLE, "id", &self.id, LONG_KEY_CHARS_MAX)?,
            kind: self.kind.to_string(),
            fresh: self.fresh.map(i64::from),
            told_at: self.told_at.micros(),
            first_at: self.first_at.micros(),
            last_at: self.last_at.micros(),
            prints: i64::from(self.prints),
            condition_id: self.condition.to_string(),
            token: self.token.to_string(),
            side: side_word(self.side).to_owned(),
            entry_price: self.entry_price.micros(),
            size: self.size.micros(),
            value: self.value.micros(),
            wallet: self.wallet.map(|wallet| wallet.to_string()),
            title: cut(&self.title, TITLE_CHARS_MAX).to_owned(),
            slug: name(&self.slug),
            event_slug: name(&self.event_slug),
            outcome: name(&self.outcome),
            stake_token: self.stake_token.map(|token| token.to_string()),
            stake_price: self.stake_price.micros(),
            fee_rate: i64::from(self.fee.rate_ppm()),
            fee_exponent: i64::from(self.fee.exponent()),
            hour_state: hour.state.code().to_owned(),
            hour_at: hour.at.map(UnixMillis::micros),
            hour_mark: hour.mark.map(Usd::micros),
            hour_profit: hour.profit.map(Usd::micros),
            hour_return: hour.return_ppm,
            day_state: day.state.code().to_owned(),
            day_at: day.at.map(UnixMillis::micros),
            day_mark: day.mark.map(Usd::micros),
            day_profit: day.profit.map(Usd::micros),
            day_return: day.return_ppm,
            end_state: end.state.code().to_owned(),
            end_at: end.at.map(UnixMillis::micros),
            end_mark: end.mark.map(Usd::micros),
            end_profit: end.profit.map(Usd::micros),
            end_return: end.return_ppm,
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.id };
        let grade = |state: &str, at: Option<i64>, mark: Option<i64>, profit: Option<i64>, back| {
            Ok::<_, StoreError>(GradeRow {
                state: reader.one_of("state", state, &GradeState::ALL, GradeState::code)?,
                at: at.map(moment),
                mark: mark.map(Usd::from_micros),
                profit: profit.map(Usd::from_micros),
                return_ppm: back,
            })
        };
        let grades = [
            grade(&row.hour_state, row.hour_at, row.hour_mark, row.hour_profit, row.hour_return)?,
            grade(&row.day_state, row.day_at, row.day_mark, row.day_profit, row.day_return)?,
            grade(&row.end_state, row.end_at, row.end_mark, row.end_profit, row.end_return)?,
        ];
        let stake = row.stake_token.as_deref().map(|token| reader.token("stake_token", token));
        Ok(Self {
            kind: reader.word("kind", &row.kind)?,
            fresh: row.fresh.map(|fresh| fresh != 0),
            told_at: moment(row.told_at),
            first_at: moment(row.first_at),
            last_at: moment(row.last_at),
            prints: reader.count("prints", row.prints)?,
            condition: reader.condition("condition_id", &row.condition_id)?,
            token: reader.token("token", &row.token)?,
            side: reader.side(&row.side)?,
            entry_price: Usd::from_micros(row.entry_price),
            size: Shares::from_micros(row.size),
            value: Usd::from_micros(row.value),
            wallet: reader.wallet("wallet", row.wallet.as_deref())?,
            stake_token: stake.transpose()?,
            stake_price: Usd::from_micros(row.stake_price),
            fee: fee(&reader, row.fee_rate, row.fee_exponent)?,
            grades,
            title: row.title,
            slug: row.slug,
            event_slug: row.event_slug,
            outcome: row.outcome,
            id: row.id,
        })
    }
}

fn fee(reader: &RowReader<'_>, rate_ppm: i64, exponent: i64) -> Result<FeeTerms, StoreError> {
    let rate = domain::decimal::format_scaled(rate_ppm, 6);
    FeeTerms::parse(&rate, &exponent.to_string())
        .map_err(|_| reader.unreadable("fee_rate", ReadError::OutOfRange(rate_ppm)))
}
