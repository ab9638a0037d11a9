//! Room on a disk.

use std::path::{Path, PathBuf};

use rustix::fs::statvfs;

/// A folder, which may only be made at the first start, as a place on a disk.
#[derive(Clone, Debug)]
pub struct Place(PathBuf);

impl Default for Place {
    fn default() -> Self {
        Self::new(Path::new("."))
    }
}

impl Place {
    /// Where this folder is or will be.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }
    /// The folder, or the nearest one above it that is there.
    #[must_use]
    pub fn existing(&self) -> PathBuf {
        let absolute = std::path::absolute(&self.0).unwrap_or_else(|_| self.0.clone());
        absolute.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/")).to_owned()
    }
    /// Bytes that may be written there; `None` where the system does not say.
    #[must_use]
    pub fn free_bytes(&self) -> Option<u64> {
        let there = statvfs(self.existing()).ok()?;
        there.f_bavail.checked_mul(there.f_frsize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_measured_where_it_will_be() {
        let folder = tempfile::tempdir().unwrap();
        let later = Place::new(&folder.path().join("a/b/c"));
        assert_eq!(later.existing(), folder.path());
        assert!(later.free_bytes().is_some_and(|free| free > 0));
        assert_eq!(later.free_bytes().is_some(), Place::new(folder.path()).free_bytes().is_some());
    }
}
