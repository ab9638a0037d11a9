//! The terms of everything in the program: most of them want their text beside it.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use anyhow::{Context, Result};

use super::components::Components;

/// How files with terms begin, in whatever case.
const NAMES: [&str; 6] = ["licen", "copying", "copyright", "notice", "unlicense", "ofl"];
/// Far more than any terms take.
const TEXT_BYTES_MAX: u64 = 256 << 10;
const RULE: &str =
    "--------------------------------------------------------------------------------";

/// Who has which terms, and every text once, with those that have it.
pub(super) fn text(components: &Components) -> Result<String> {
    let mut text = "What dutchbook is made of, and on which terms.\n\n".to_owned();
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let foreign = components
        .others
        .values()
        .filter(|component| component.sha256.is_some() || component.purl.starts_with("pkg:npm/"));
    for component in foreign {
        let who = format!("{} {}", component.name, component.version);
        let terms = component.licence.as_deref().unwrap_or("as its text says");
        writeln!(text, "{who}: {terms}")?;
        for terms in texts(&component.folder)? {
            owners.entry(terms).or_default().push(who.clone());
        }
    }
    for (terms, owners) in owners {
        write!(text, "\n{RULE}\n{}\n{RULE}\n\n{terms}\n", owners.join(", "))?;
    }
    Ok(text)
}

/// The files with terms in a package's folder, by name.
fn texts(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let metadata = entry.metadata()?;
        let is_terms = NAMES.iter().any(|start| name.starts_with(start));
        if is_terms && metadata.is_file() && metadata.len() <= TEXT_BYTES_MAX {
            files.push(entry.path());
        }
    }
    files.sort();
    // Texts that differ in line ends alone are one.
    let read = files.iter().map(|file| {
        let text = String::from_utf8_lossy(&fs::read(file)?).replace("\r\n", "\n");
        Ok(text.trim().to_owned())
    });
    read.collect()
}
