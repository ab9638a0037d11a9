//! An archive whose bytes depend on nothing but what is put into it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

/// How hard it is tried to make the archive small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For those who fetch it.
    Thorough,
    /// For a check, which throws it away.
    Quick,
}

impl Effort {
    const fn compression(self) -> Compression {
        match self {
            Self::Thorough => Compression::best(),
            Self::Quick => Compression::fast(),
        }
    }
}

/// Files by their path, in the order of the paths.
#[derive(Default)]
pub(super) struct Contents(BTreeMap<String, Packed>);

struct Packed {
    mode: u32,
    bytes: Vec<u8>,
}

impl Contents {
    /// A file that everybody may read.
    pub(super) fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.0.insert(path.to_owned(), Packed { mode: 0o644, bytes });
    }

    /// A file that everybody may run.
    pub(super) fn add_program(&mut self, path: &str, bytes: Vec<u8>) {
        self.0.insert(path.to_owned(), Packed { mode: 0o755, bytes });
    }

    /// A file below `root`, or a folder with all that is below it.
    pub(super) fn add_path(&mut self, root: &Path, path: &Path, but: &[&str]) -> Result<()> {
        let from = root.join(path);
        let name = path.to_string_lossy().replace('\\', "/");
        if but.contains(&name.as_str()) {
            return Ok(());
        }
        if from.is_dir() {
            for entry in fs::read_dir(&from)? {
                self.add_path(root, &path.join(entry?.file_name()), but)?;
            }
            return Ok(());
        }
        let bytes = fs::read(&from).with_context(|| from.display().to_string())?;
        // Whoever checked it out may have other permissions; a script says itself that it is one.
        if bytes.starts_with(b"#!") {
            self.add_program(&name, bytes);
        } else {
            self.add(&name, bytes);
        }
        Ok(())
    }

    /// Writes all of it below one folder, owned by root and as old as `epoch`, in seconds since 1970.
    pub(super) fn write(
        &self,
        file: &Path,
        folder: &str,
        epoch: u64,
        effort: Effort,
    ) -> Result<()> {
        let out = BufWriter::new(File::create(file).with_context(|| file.display().to_string())?);
        // The time beside the name would be the only other thing that changes.
        let packed = GzBuilder::new().mtime(0).write(out, effort.compression());
        let mut archive = Builder::new(packed);
        for (path, Packed { mode, bytes }) in &self.0 {
            let mut header = Header::new_gnu();
            header.set_entry_type(EntryType::Regular);
            header.set_mode(*mode);
            header.set_uid(0);
            header.set_gid(0);
            header.set_mtime(epoch);
            header.set_size(bytes.len() as u64);
            archive.append_data(&mut header, format!("{folder}/{path}"), bytes.as_slice())?;
        }
        archive.into_inner()?.finish()?.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_putting_in_and_the_permissions_outside_change_no_byte() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("docs")).unwrap();
        fs::write(root.join("docs/a.md"), "a").unwrap();
        fs::write(root.join("docs/secret"), "kept back").unwrap();
        fs::write(root.join("run"), "#!/bin/sh\n").unwrap();
        let pack = |name: &str, paths: &[&str]| {
            let mut contents = Contents::default();
            for path in paths {
                contents.add_path(root, Path::new(path), &["docs/secret"]).unwrap();
            }
            contents.write(&root.join(name), "all", 1_700_000_000, Effort::Quick).unwrap();
            fs::read(root.join(name)).unwrap()
        };
        let first = pack("first", &["docs", "run"]);
        let read = |bytes: &[u8]| -> Vec<(String, u32, u64)> {
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
            let entries = archive.entries().unwrap().map(|entry| {
                let entry = entry.unwrap();
                let path = entry.path().unwrap().display().to_string();
                (path, entry.header().mode().unwrap(), entry.header().mtime().unwrap())
            });
            entries.collect()
        };
        let expected = [("all/docs/a.md", 0o644), ("all/run", 0o755)];
        let expected = expected.map(|(path, mode)| (path.to_owned(), mode, 1_700_000_000));
        assert_eq!(read(&first), expected);
        let mut open = fs::metadata(root.join("run")).unwrap().permissions();
        open.set_readonly(true);
        fs::set_permissions(root.join("run"), open).unwrap();
        assert_eq!(pack("second", &["run", "docs"]), first);
    }
}
