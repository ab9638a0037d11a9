//! The venue's fingerprint of a book: SHA-1 over a compact JSON text with fixed keys.

use sha1::{Digest, Sha1};

use crate::book::{Book, Level, Side};
use crate::frame::BookHash;
use crate::time::UnixMillis;

/// What a fingerprint covers besides the levels, as the venue writes it.
#[derive(Clone, Copy, Debug)]
pub struct HashContext<'a> {
    /// The condition id.
    pub market: &'a str,
    /// The token id.
    pub asset_id: &'a str,
    /// The exchange's time of the state.
    pub stated_at: UnixMillis,
    /// The smallest order, such as `5`.
    pub min_order_size: &'a str,
    /// The grid of prices, such as `0.01`.
    pub tick_size: &'a str,
    /// Traded through the neg-risk contracts.
    pub neg_risk: bool,
    /// The price of the last trade, as written; `None` leaves the key out, as the venue did before
    /// 2026.
    pub last_trade_price: Option<&'a str>,
}

impl HashContext<'_> {
    /// The fingerprint of levels given as texts `(price, size)` in the wire's order, worst first.
    #[must_use]
    pub fn fingerprint<'t>(
        &self,
        bids: impl IntoIterator<Item = (&'t str, &'t str)>,
        asks: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> BookHash {
        let mut text = String::with_capacity(8_192);
        text.push_str("{\"market\":\"");
        text.push_str(self.market);
        text.push_str("\",\"asset_id\":\"");
        text.push_str(self.asset_id);
        text.push_str("\",\"timestamp\":\"");
        text.push_str(&self.stated_at.0.to_string());
        text.push_str("\",\"hash\":\"\",\"bids\":[");
        push_levels(&mut text, bids);
        text.push_str("],\"asks\":[");
        push_levels(&mut text, asks);
        text.push_str("],\"min_order_size\":\"");
        text.push_str(self.min_order_size);
        text.push_str("\",\"tick_size\":\"");
        text.push_str(self.tick_size);
        text.push_str(if self.neg_risk { "\",\"neg_risk\":true" } else { "\",\"neg_risk\":false" });
        if let Some(price) = self.last_trade_price {
            text.push_str(",\"last_trade_price\":\"");
            text.push_str(price);
            text.push('"');
        }
        text.push('}');
        BookHash::from_digest(Sha1::digest(text.as_bytes()).into())
    }
    /// The fingerprint of a book of ours, with prices and sizes in their shortest texts, which is
    /// how the venue writes levels.
    #[must_use]
    pub fn fingerprint_of(&self, book: &Book) -> BookHash {
        let texts = |side: Side| -> Vec<(String, String)> {
            let worst_first = book.side(side).best_first().rev();
            worst_first.map(|Level { price, size }| (price.to_string(), size.to_string())).collect()
        };
        let (bids, asks) = (texts(Side::Buy), texts(Side::Sell));
        self.fingerprint(pairs(&bids), pairs(&asks))
    }
}

fn pairs(texts: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    texts.iter().map(|(price, size)| (price.as_str(), size.as_str()))
}

fn push_levels<'t>(text: &mut String, levels: impl IntoIterator<Item = (&'t str, &'t str)>) {
    for (n, (price, size)) in levels.into_iter().enumerate() {
        text.push_str(if n == 0 { "{\"price\":\"" } else { ",{\"price\":\"" });
        text.push_str(price);
        text.push_str("\",\"size\":\"");
        text.push_str(size);
        text.push_str("\"}");
    }
}
