//! The best set of at least two NOs, from what each question is worth either way.

/// Takes the questions one by one and keeps the best set so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BestSet {
    worth: i128,
    bought: usize,
    /// The two questions whose NO could be bought at the smallest loss against selling their YES.
    cheapest: [Option<(i128, usize)>; 2],
}

/// The best set's worth, and which questions the rule of two forced into it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Best {
    pub(super) worth: i128,
    pub(super) forced: [Option<usize>; 2],
}

impl BestSet {
    /// A question is bought where that is worth more; equal worth needs less capital unbought.
    pub(super) fn prefers_buying(bought: Option<i128>, sold: i128) -> bool {
        bought.is_some_and(|bought| bought > sold)
    }
    /// Adds question `at`: what buying its NO is worth, if that can be done, and what selling its
    /// YES is.
    pub(super) fn add(&mut self, at: usize, bought: Option<i128>, sold: i128) {
        match bought {
            Some(bought) if Self::prefers_buying(Some(bought), sold) => {
                self.worth += bought;
                self.bought += 1;
            }
            Some(bought) => {
                self.worth += sold;
                self.offer(sold - bought, at);
            }
            None => self.worth += sold,
        }
    }
    fn offer(&mut self, loss: i128, at: usize) {
        let [first, second] = self.cheapest;
        if first.is_none_or(|(least, _)| loss < least) {
            self.cheapest = [Some((loss, at)), first];
        } else if second.is_none_or(|(least, _)| loss < least) {
            self.cheapest = [first, Some((loss, at))];
        }
    }
    /// `None` where fewer than two NOs can be bought.
    pub(super) fn best(self) -> Option<Best> {
        let [first, second] = self.cheapest;
        let forced = match self.bought {
            0 => [Some(first?), Some(second?)],
            1 => [Some(first?), None],
            _ => [None, None],
        };
        let loss: i128 = forced.iter().flatten().map(|(loss, _)| loss).sum();
        let [first, second] = forced.map(|entry| entry.map(|(_, at)| at));
        Some(Best { worth: self.worth - loss, forced: [first, second] })
    }
}
