//! Something a file, found without comparing names for each of its records.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// One value a file. Records of one file mostly come in a row, and share its name.
#[derive(Debug)]
pub(crate) struct ByFile<T> {
    places: BTreeMap<Arc<Path>, usize>,
    values: Vec<T>,
    last: Option<(Arc<Path>, usize)>,
}

impl<T> Default for ByFile<T> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), values: Vec::new(), last: None }
    }
}

impl<T> ByFile<T> {
    /// The value of `file`, which is made where there is none.
    pub(crate) fn of(&mut self, file: &Arc<Path>, make: impl FnOnce() -> T) -> Option<&mut T> {
        let at = match &self.last {
            Some((last, at)) if Arc::ptr_eq(last, file) => *at,
            _ => match self.places.get(file) {
                Some(at) => *at,
                None => {
                    self.places.insert(Arc::clone(file), self.values.len());
                    self.values.push(make());
                    self.values.len() - 1
                }
            },
        };
        self.last = Some((Arc::clone(file), at));
        self.values.get_mut(at)
    }
    /// The value of `file`, if there is one.
    pub(crate) fn get(&self, file: &Path) -> Option<&T> {
        self.values.get(*self.places.get(file)?)
    }
    /// The same to change.
    pub(crate) fn get_mut(&mut self, file: &Path) -> Option<&mut T> {
        self.values.get_mut(*self.places.get(file)?)
    }
    /// All of them, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<Path>, &T)> {
        self.places.iter().filter_map(|(file, at)| Some((file, self.values.get(*at)?)))
    }
    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_one_value_whatever_name_it_comes_under() {
        let name = |text: &str| Arc::<Path>::from(Path::new(text));
        let (b, a) = (name("b"), name("a"));
        let mut counts = ByFile::default();
        for file in [&b, &b, &a, &name("b"), &a, &b] {
            *counts.of(file, || 0).unwrap() += 1;
        }
        let all: Vec<_> = counts.iter().map(|(file, count)| (file.to_str(), *count)).collect();
        assert_eq!(all, [(Some("a"), 2), (Some("b"), 4)]);
        assert_eq!((counts.get(&a), counts.get(Path::new("c"))), (Some(&2), None));
    }
}
