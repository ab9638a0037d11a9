//! Is there room for what the service writes?

use std::path::Path;

use super::Finding;
use crate::disk::Place;

/// Less than this and a busy day may fill the disk.
const FREE_MIB_MIN: u64 = 1_024;
const CHECK: &str = "disk";

pub(super) fn check(data_dir: &Path) -> Finding {
    let there = Place::new(data_dir);
    let place = there.existing();
    match there.free_bytes().map(|free| free >> 20) {
        Some(free) if free >= FREE_MIB_MIN => {
            Finding::good(CHECK, format!("{free} MiB free at {}", place.display()))
        }
        Some(free) => Finding::bad(
            CHECK,
            format!("{free} MiB free at {}", place.display()),
            "When the disk is full the database cannot be written.",
            "Make room, set store.data_dir to another disk, or lower store.retention_days.",
        ),
        None => Finding::bad(
            CHECK,
            "",
            format!("The free space at {} cannot be read.", place.display()),
            "Look at the folder's permissions.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_space_is_told_of_a_folder_that_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let found = check(&folder.path().join("a/b/c"));
        assert!(found.measured.contains("MiB free"), "{found:?}");
    }
}
