//! Between values of `domain` and columns.

use std::sync::Arc;

use domain::{
    AccountAddress, ConditionId, DurationMillis, OrderId, Price, TickSize, TokenId, UnixMillis,
};

use crate::error::{ReadError, StoreError};
use crate::text::{BoundedWord, is_key};

/// Millionths of a dollar in a ten-thousandth.
const MICROS_PER_TEN_THOUSANDTH: i64 = 100;
const MICROS_PER_MILLI: i64 = 1_000;

pub(crate) fn price_micros(price: Price) -> i64 {
    i64::from(price.ten_thousandths()) * MICROS_PER_TEN_THOUSANDTH
}

pub(crate) fn tick_micros(tick: TickSize) -> i64 {
    i64::from(tick.ten_thousandths()) * MICROS_PER_TEN_THOUSANDTH
}

pub(crate) fn span_micros(span: DurationMillis) -> i64 {
    span.0.saturating_mul(MICROS_PER_MILLI)
}

/// A moment from its column; what is finer than a millisecond is cut.
pub(crate) fn moment(micros: i64) -> UnixMillis {
    UnixMillis(micros.div_euclid(MICROS_PER_MILLI))
}

/// A span from its column; what is finer than a millisecond is cut.
pub(crate) fn span(micros: i64) -> DurationMillis {
    DurationMillis(micros.div_euclid(MICROS_PER_MILLI))
}

/// A key as it may be written.
pub(crate) fn key_text(
    table: &'static str,
    column: &'static str,
    text: &str,
    chars_max: usize,
) -> Result<String, StoreError> {
    if is_key(text, chars_max) {
        Ok(text.to_owned())
    } else {
        Err(StoreError::BadKey { table, column, chars_max })
    }
}

/// A row that is being read back: names itself in errors.
pub(crate) struct RowReader<'a> {
    pub(crate) table: &'static str,
    pub(crate) key: &'a str,
}

impl RowReader<'_> {
    pub(crate) fn unreadable(
        &self,
        column: &'static str,
        source: impl Into<ReadError>,
    ) -> StoreError {
        let (table, key) = (self.table, self.key.to_owned());
        StoreError::Unreadable { table, key, column, source: source.into() }
    }
    pub(crate) fn condition(
        &self,
        column: &'static str,
        text: &str,
    ) -> Result<ConditionId, StoreError> {
        ConditionId::parse(text).map_err(|error| self.unreadable(column, error))
    }
    pub(crate) fn token(&self, column: &'static str, text: &str) -> Result<TokenId, StoreError> {
        TokenId::parse(text).map_err(|error| self.unreadable(column, error))
    }
    pub(crate) fn wallet(
        &self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<AccountAddress>, StoreError> {
        let parsed = text.map(AccountAddress::parse).transpose();
        parsed.map_err(|error| self.unreadable(column, error))
    }
    pub(crate) fn order_id(&self, column: &'static str, text: &str) -> Result<OrderId, StoreError> {
        OrderId::parse(text).map_err(|error| self.unreadable(column, error))
    }
    pub(crate) fn word<const CHARS_MAX: usize>(
        &self,
        column: &'static str,
        text: &str,
    ) -> Result<BoundedWord<CHARS_MAX>, StoreError> {
        BoundedWord::new(text).map_err(|error| self.unreadable(column, error))
    }
    pub(crate) fn price(&self, column: &'static str, micros: i64) -> Result<Price, StoreError> {
        self.ten_thousandths(micros)
            .and_then(Price::from_ten_thousandths)
            .ok_or_else(|| self.unreadable(column, ReadError::OutOfRange(micros)))
    }
    pub(crate) fn price_or_null(
        &self,
        column: &'static str,
        micros: Option<i64>,
    ) -> Result<Option<Price>, StoreError> {
        micros.map(|micros| self.price(column, micros)).transpose()
    }
    pub(crate) fn tick(&self, column: &'static str, micros: i64) -> Result<TickSize, StoreError> {
        self.ten_thousandths(micros)
            .and_then(TickSize::from_ten_thousandths)
            .ok_or_else(|| self.unreadable(column, ReadError::OutOfRange(micros)))
    }
    pub(crate) fn count<T: TryFrom<i64>>(
        &self,
        column: &'static str,
        value: i64,
    ) -> Result<T, StoreError> {
        T::try_from(value).map_err(|_| self.unreadable(column, ReadError::OutOfRange(value)))
    }
    /// A JSON list of texts.
    pub(crate) fn texts(
        &self,
        column: &'static str,
        json: serde_json::Value,
    ) -> Result<Vec<Arc<str>>, StoreError> {
        let texts: Result<Vec<String>, _> = serde_json::from_value(json);
        let texts = texts.map_err(|_| self.unreadable(column, ReadError::Json))?;
        Ok(texts.into_iter().map(Arc::from).collect())
    }
    fn ten_thousandths(&self, micros: i64) -> Option<u16> {
        (micros % MICROS_PER_TEN_THOUSANDTH == 0).then_some(())?;
        u16::try_from(micros / MICROS_PER_TEN_THOUSANDTH).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROW: RowReader<'static> = RowReader { table: "t", key: "k" };

    proptest! {
        #[test]
        fn prices_survive_the_column(value in 0u16..=10_000) {
            let price = Price::from_ten_thousandths(value).unwrap();
            prop_assert_eq!(ROW.price("c", price_micros(price)).unwrap(), price);
        }

        #[test]
        fn moments_survive_the_column(millis in i64::MIN / 1_000..=i64::MAX / 1_000) {
            prop_assert_eq!(moment(UnixMillis(millis).micros()), UnixMillis(millis));
            prop_assert_eq!(span(span_micros(DurationMillis(millis))), DurationMillis(millis));
        }

        #[test]
        fn any_other_number_is_no_price(micros in any::<i64>()) {
            let fits = (0..=1_000_000).contains(&micros) && micros % 100 == 0;
            prop_assert_eq!(ROW.price("c", micros).is_ok(), fits);
        }
    }

    #[test]
    fn a_number_that_is_no_price_names_its_table_row_and_column() {
        let error = ROW.price("bid", 1_000_100).unwrap_err();
        assert_eq!(error.to_string(), "t row k: column bid: the number 1000100 is out of range");
    }
}
