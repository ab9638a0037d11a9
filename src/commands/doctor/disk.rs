//! Is there room for what the service writes?

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::Finding;

/// Less than this and a busy day may fill the disk.
const FREE_MIB_MIN: u64 = 1_024;
const CHECK: &str = "disk";

pub(super) fn check(data_dir: &Path) -> Finding {
    let place = existing_ancestor(data_dir);
    match free_mib(&place) {
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
            format!("The free space at {} cannot be read (`df -Pk` failed).", place.display()),
            "Look at the folder's permissions, and whether `df` is installed.",
        ),
    }
}

/// The folder itself may only be made at the first start.
pub(super) fn existing_ancestor(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/")).to_owned()
}

fn free_mib(place: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(place).output().ok()?;
    parse_free_kib(&String::from_utf8_lossy(&output.stdout)).map(|kib| kib / 1_024)
}

/// The fourth column of the second line, which POSIX fixes.
fn parse_free_kib(text: &str) -> Option<u64> {
    text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_space_is_read_from_the_fourth_column() {
        let text = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                    /dev/vda 263174212 27262976 69206016 29% /\n";
        assert_eq!(parse_free_kib(text), Some(69_206_016));
        assert_eq!(parse_free_kib("df: no such file"), None);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_measured_where_it_will_be() {
        let folder = tempfile::tempdir().unwrap();
        let later = folder.path().join("a/b/c");
        assert_eq!(existing_ancestor(&later), folder.path());
        assert!(check(&later).measured.contains("MiB free"));
    }
}
