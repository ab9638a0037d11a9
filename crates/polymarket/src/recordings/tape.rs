//! Lists of trades as tables: a first line with the names of the columns, then a trade a line.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use domain::{AccountAddress, Price, Shares, Side, UnixMillis, Usd};

use super::item::{LineError, RecordedItem, RecordedTrade};
use crate::http::Excerpt;

/// Characters of a title or an outcome that are kept.
const TEXT_CHARS_MAX: usize = 300;

/// Which column is where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns(BTreeMap<String, usize>);

impl Columns {
    /// Those of a table of trades; `None` of any other line.
    pub(super) fn of(header: &str) -> Option<Self> {
        let names = row(header).ok()?;
        let places = names.iter().enumerate().map(|(at, name)| (name.trim().to_owned(), at));
        let columns = Self(places.collect());
        let needed = ["trade_dttm", "side", "amount", "price", "market_title", "outcome"];
        needed.iter().all(|name| columns.0.contains_key(*name)).then_some(columns)
    }
    fn get<'a>(&self, row: &'a StringRecord, name: &'static str) -> &'a str {
        self.0.get(name).and_then(|at| row.get(*at)).unwrap_or_default().trim()
    }

    /// The trade of one line.
    pub(super) fn trade(&self, line: &str) -> Result<RecordedItem, LineError> {
        let row = row(line)?;
        let unfit =
            |name: &'static str| LineError::Column { name, text: excerpt(self.get(&row, name)) };
        let side = match self.get(&row, "side") {
            "buy" => Side::Buy,
            "sell" => Side::Sell,
            _ => return Err(unfit("side")),
        };
        let (size, price) = (self.get(&row, "amount"), self.get(&row, "price"));
        let size = Shares::parse_display(size).ok().filter(|size| size.is_positive());
        let size = size.ok_or_else(|| unfit("amount"))?;
        let price = Price::parse_display(price).map_err(|_| unfit("price"))?;
        // Where nobody states what was paid it is what so many shares cost at that price.
        let value = Usd::parse_display(self.get(&row, "value"));
        let text = |name| self.get(&row, name).chars().take(TEXT_CHARS_MAX).collect();
        Ok(RecordedItem::Trade(Box::new(RecordedTrade {
            at: moment(self.get(&row, "trade_dttm")).ok_or_else(|| unfit("trade_dttm"))?,
            title: text("market_title"),
            subtitle: text("market_subtitle"),
            outcome: text("outcome"),
            wallet: AccountAddress::parse(self.get(&row, "trader_id")).ok(),
            side,
            price,
            size,
            value: value.unwrap_or_else(|_| size.at(price, domain::Rounding::Down)),
        })))
    }
}

fn row(line: &str) -> Result<StringRecord, LineError> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
    let mut row = StringRecord::new();
    match reader.read_record(&mut row) {
        Ok(true) => Ok(row),
        Ok(false) => Err(LineError::NotARow(excerpt(line))),
        Err(error) => Err(LineError::NotARow(excerpt(&error.to_string()))),
    }
}

fn excerpt(text: &str) -> Excerpt {
    Excerpt::of(text.as_bytes())
}

/// `2025-01-12 03:01:27`, in UTC.
fn moment(text: &str) -> Option<UnixMillis> {
    UnixMillis::parse(&format!("{}Z", text.trim_end_matches('Z')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = "trade_dttm,trader_id,trader_name,side,amount,price,value,event_id,market_title,\
         market_subtitle,outcome";

    fn trade(line: &str) -> Result<RecordedTrade, LineError> {
        match Columns::of(HEADER).unwrap().trade(line)? {
            RecordedItem::Trade(trade) => Ok(*trade),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_trade_with_quotes_and_commas_in_its_title_is_read_to_the_cent() {
        let line = "2025-05-30 16:39:29,0xd218e474776403a330142299f7796e8ba32eb5c9,x,sell,50.5,0.95,\
             47.975,25224,\"\"\"Karate Kid\"\", the score?\",55-59,No";
        let read = trade(line).unwrap();
        assert_eq!(&*read.title, "\"Karate Kid\", the score?");
        assert_eq!((read.side, read.value), (Side::Sell, Usd::from_micros(47_975_000)));
        assert_eq!(read.at.to_rfc3339(), "2025-05-30T16:39:29.000Z");
        assert!(read.wallet.is_some());
    }

    #[test]
    fn a_column_that_makes_no_sense_is_named() {
        for (line, name) in [
            ("yesterday,,,buy,1,0.5,,,t,s,Yes", "trade_dttm"),
            ("2025-05-30 16:39:29,,,give,1,0.5,,,t,s,Yes", "side"),
            ("2025-05-30 16:39:29,,,buy,-1,0.5,,,t,s,Yes", "amount"),
            ("2025-05-30 16:39:29,,,buy,1,1.5,,,t,s,Yes", "price"),
        ] {
            let error = trade(line).unwrap_err();
            assert!(matches!(error, LineError::Column { name: it, .. } if it == name), "{error}");
        }
        assert_eq!(Columns::of("a,b,c"), None);
    }

    proptest! {
        #[test]
        fn no_line_makes_the_reader_panic(line in ".{0,80}") {
            let _ = trade(&line);
            let _ = Columns::of(&line);
        }
    }
}
