//! How the chain learns of markets and of how they ended.

use domain::{ConditionId, TokenId};

use super::{ConditionKind, Custody, Payouts};
use crate::matching::Outcome;
use crate::universe::{Listing, Universe, Version};
use crate::world::World;

impl Custody {
    /// Registers every market listed, and reports what every ended one pays.
    pub(crate) fn follow(&mut self, world: &World) {
        let universe = world.universe();
        for (market, listing) in universe.listings.iter().enumerate() {
            let Ok(id) = ConditionId::parse(&listing.condition) else { continue };
            if self.condition(id).is_none()
                && let Some((tokens, kind)) = terms(universe, listing)
            {
                self.register(id, tokens, kind);
            }
            let payouts = match world.winner(market) {
                Some(Outcome::Yes) => Payouts::FIRST,
                Some(Outcome::No) => Payouts::SECOND,
                None => continue,
            };
            // A market without usable ids is unknown to the chain and stays so.
            let _ = self.resolve(id, payouts);
        }
    }
}

fn terms(universe: &Universe, listing: &Listing) -> Option<([TokenId; 2], ConditionKind)> {
    let [yes, no] = &listing.tokens;
    let tokens = [TokenId::parse(yes).ok()?, TokenId::parse(no).ok()?];
    let group = universe.event_of(listing).and_then(|event| event.neg_risk.as_deref());
    let kind = match (listing.version, group) {
        (Version::V2, _) => ConditionKind::Positions,
        (Version::V1, None) => ConditionKind::Standard,
        (Version::V1, Some(market_id)) => {
            let market_id = *ConditionId::parse(market_id).ok()?.bytes();
            let [.., index] = *ConditionId::parse(&listing.question_id).ok()?.bytes();
            ConditionKind::NegRisk { market_id, index }
        }
    };
    Some((tokens, kind))
}

#[cfg(test)]
mod tests {
    use domain::UnixMillis;

    use super::*;
    use crate::crowd::CrowdOptions;

    #[test]
    fn every_market_of_the_seeded_world_is_known_and_groups_count_their_questions() {
        let now = UnixMillis(1_790_000_000_000);
        let universe = Universe::seeded(7, now);
        let world = World::new(universe, 7, CrowdOptions::default(), now);
        let mut custody = Custody::default();
        custody.follow(&world);
        assert_eq!(custody.conditions_count(), world.universe().listings.len());
        let mut groups = 0;
        for event in &world.universe().events {
            let Some(market_id) = &event.neg_risk else { continue };
            let market_id = *ConditionId::parse(market_id).unwrap().bytes();
            assert_eq!(market_id[31], 0);
            let numbers: Vec<u8> = custody.group(&market_id).iter().map(|(at, _)| *at).collect();
            let wanted: Vec<u8> = (0..).take(event.markets.len()).collect();
            assert_eq!(numbers, wanted);
            groups += 1;
        }
        assert!(groups > 0);
    }
}
