//! What waits for its turn, and how much may be on its way at once. Pure.

use std::collections::VecDeque;

/// A queue with two bounds: what waits, and what is on its way.
#[derive(Clone, Debug)]
pub(super) struct Lane<T> {
    waiting: VecDeque<T>,
    waiting_max: usize,
    out: usize,
    out_max: usize,
}

impl<T> Lane<T> {
    pub(super) const fn new(out_max: usize, waiting_max: usize) -> Self {
        Self { waiting: VecDeque::new(), waiting_max, out: 0, out_max }
    }
    /// Takes one more in; at the bound it comes back.
    pub(super) fn push(&mut self, item: T) -> Result<(), T> {
        if self.waiting.len() >= self.waiting_max {
            return Err(item);
        }
        self.waiting.push_back(item);
        Ok(())
    }
    /// The next one, which then is on its way until [`Self::came_back`].
    pub(super) fn next(&mut self) -> Option<T> {
        if self.out >= self.out_max {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.out += 1;
        Some(next)
    }
    pub(super) const fn came_back(&mut self) {
        self.out = self.out.saturating_sub(1);
    }
    /// Everything that waits, out of the queue.
    pub(super) fn clear(&mut self) -> Vec<T> {
        self.waiting.drain(..).collect()
    }
    pub(super) fn waiting(&self) -> impl Iterator<Item = &T> {
        self.waiting.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bounds_are_kept_and_the_order_too() {
        let mut lane = Lane::new(2, 3);
        let taken: Vec<_> = (1..=4).map(|item| lane.push(item)).collect();
        assert_eq!(taken, [Ok(()), Ok(()), Ok(()), Err(4)]);
        assert_eq!([lane.next(), lane.next(), lane.next()], [Some(1), Some(2), None]);
        lane.came_back();
        assert_eq!(lane.next(), Some(3));
        lane.came_back();
        assert_eq!(lane.push(5), Ok(()));
        assert_eq!((lane.clear(), lane.next()), (vec![5], None));
    }
}
