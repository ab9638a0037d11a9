//! What a call costs.

use domain::Usd;

/// Tokens of one call, as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens that were read.
    pub prompt_tokens: u32,
    /// Tokens that were written, hidden reasoning among them.
    pub completion_tokens: u32,
}

/// What a provider asks for a million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tariff {
    /// Dollars for a million tokens read.
    pub prompt_usd_per_million: Usd,
    /// Dollars for a million tokens written.
    pub completion_usd_per_million: Usd,
}

const MILLION: i128 = 1_000_000;
/// Tokens of the wrapping around a prompt's texts, counted generously.
const WRAPPING_TOKENS: u32 = 256;

impl Tariff {
    /// The price of that many tokens, rounded up to a millionth of a dollar.
    #[must_use]
    pub fn cost(&self, usage: Usage) -> Usd {
        let part = |price: Usd, tokens: u32| i128::from(price.micros().max(0)) * i128::from(tokens);
        let parts = part(self.prompt_usd_per_million, usage.prompt_tokens)
            + part(self.completion_usd_per_million, usage.completion_tokens);
        let micros = (parts + MILLION - 1) / MILLION;
        Usd::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    /// The most that a call can cost: no token is shorter than a byte, and no answer longer than its
    /// limit.
    #[must_use]
    pub fn worst(&self, prompt_bytes: usize, completion_tokens_max: u32) -> Usd {
        let bytes = u32::try_from(prompt_bytes).unwrap_or(u32::MAX);
        self.cost(Usage {
            prompt_tokens: bytes.saturating_add(WRAPPING_TOKENS),
            completion_tokens: completion_tokens_max,
        })
    }
}

/// What a call that failed may have cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Billed {
    /// The provider did no work.
    Nothing,
    /// It said what it did.
    Known(Usage),
    /// Nobody knows: count the most that it can be.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tariff() -> Tariff {
        Tariff {
            prompt_usd_per_million: Usd::from_micros(250_000),
            completion_usd_per_million: Usd::from_whole(2),
        }
    }

    #[test]
    fn a_cost_is_rounded_up_so_that_the_budget_is_never_counted_short() {
        let one = Usage { prompt_tokens: 1, completion_tokens: 0 };
        assert_eq!(tariff().cost(one), Usd::from_micros(1));
        let many = Usage { prompt_tokens: 4_000_000, completion_tokens: 500_000 };
        assert_eq!(tariff().cost(many), Usd::from_whole(2));
        assert_eq!(tariff().cost(Usage::default()), Usd::ZERO);
    }

    #[test]
    fn no_call_within_its_limits_costs_more_than_the_worst_case() {
        let prompt = "Is it? ".repeat(100);
        let worst = tariff().worst(prompt.len(), 300);
        let every_byte_a_token =
            Usage { prompt_tokens: u32::try_from(prompt.len()).unwrap(), completion_tokens: 300 };
        assert!(tariff().cost(every_byte_a_token) <= worst);
    }
}
