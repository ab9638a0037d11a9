//! Single prices, which the service writes in many ways. For display: decisions are made on
//! books, because sources disagree about which side of the book `/price` means.

use std::collections::BTreeMap;

use domain::{Price, Side, TokenId};
use serde::Deserialize;

use crate::wire::{Scalar, object, side};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct QuoteWire {
    mid: Scalar,
    mid_price: Scalar,
    price: Scalar,
    spread: Scalar,
}

/// Reads the answer of `/midpoint`, `/price`, `/last-trade-price` or `/spread`; digits beyond
/// the fourth are cut. Nothing where it holds no price.
///
/// # Errors
/// Not a JSON object.
pub fn parse_quote(json: &str) -> Result<Option<Price>, serde_json::Error> {
    let QuoteWire { mid, mid_price, price, spread } = object(json)?;
    let stated = [mid, mid_price, price, spread];
    let stated = stated.iter().find_map(Scalar::get);
    Ok(stated.and_then(|text| Price::parse_display(text).ok()))
}

/// Reads the answer of `/prices`; entries that cannot be read are left out.
///
/// # Errors
/// Not a JSON object of objects.
pub fn parse_quotes(json: &str) -> Result<Vec<(TokenId, Side, Price)>, serde_json::Error> {
    let wire: BTreeMap<String, BTreeMap<String, Scalar>> = object(json)?;
    let mut quotes = vec![];
    for (token, prices) in &wire {
        let Ok(token) = TokenId::parse(token) else { continue };
        for (name, price) in prices {
            let price = Price::parse_display(price.as_str());
            if let (Some(side), Ok(price)) = (side(&Scalar::from(name.as_str())), price) {
                quotes.push((token, side, price));
            }
        }
    }
    Ok(quotes)
}
