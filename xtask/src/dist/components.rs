//! What the program is made of: the packages that are linked into it, and those of the page.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{shell, workspace::Workspace};

/// The program's package.
const PROGRAM: &str = "dutchbook";
/// The page's packages of which anything reaches a browser; the others only build it.
const OF_THE_PAGE: [&str; 4] =
    ["@fontsource-variable/inter", "fancy-canvas", "lightweight-charts", "svelte"];

/// A package.
pub(super) struct Component {
    pub(super) name: String,
    pub(super) version: String,
    /// Its address in a list of packages: `pkg:cargo/serde@1.0.0`.
    pub(super) purl: String,
    /// An expression, as the package states it.
    pub(super) licence: Option<String>,
    /// Of the package as it was fetched; ours have none.
    pub(super) sha256: Option<String>,
    pub(super) repository: Option<String>,
    /// Where its files are.
    pub(super) folder: PathBuf,
    /// The `purl`s of what it uses.
    pub(super) uses: BTreeSet<String>,
}

/// Everything in the program, by `purl`.
pub(super) struct Components {
    pub(super) program: Component,
    pub(super) others: BTreeMap<String, Component>,
}

impl Components {
    /// The program's version.
    pub(super) fn version(&self) -> &str {
        &self.program.version
    }
}

/// A package's name and version.
type Key = (String, String);

/// What is linked into the program on this kind of machine. What only builds or tests is left out, and
/// so are macros, which the compiler runs.
pub(super) fn of_program(workspace: &Workspace, host: &str) -> Result<Components> {
    let args = ["tree", "--package", PROGRAM, "--edges", "normal,no-proc-macro", "--format", "{p}"];
    let more = ["--prefix", "depth", "--locked", "--offline", "--target", host];
    let text = shell::output(&workspace.root, "cargo", &[args.as_slice(), &more].concat())?;
    let (root, uses) = edges(&text).context("cargo tree says nothing")?;
    let args = ["metadata", "--format-version", "1", "--locked", "--offline"];
    let text = shell::output(&workspace.root, "cargo", &args)?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata")?;
    let packages = packages(&metadata);
    let sums = checksums(&fs::read_to_string(workspace.root.join("Cargo.lock"))?);
    let mut found = BTreeMap::new();
    for (key, uses) in &uses {
        let package = packages.get(key).with_context(|| format!("no package {key:?}"))?;
        found.insert(key.clone(), component(key, package, uses, sums.get(key)));
    }
    let mut program = found.remove(&root).context("the program is no package")?;
    let mut others: BTreeMap<_, _> =
        found.into_values().map(|component| (component.purl.clone(), component)).collect();
    for component in of_the_page(workspace)? {
        program.uses.insert(component.purl.clone());
        others.insert(component.purl.clone(), component);
    }
    Ok(Components { program, others })
}

/// The first package of cargo's tree, and what each uses. A line is a depth, a name and a version:
/// `2serde v1.0.229 (*)`; one with a star has shown what it uses before.
fn edges(tree: &str) -> Option<(Key, BTreeMap<Key, BTreeSet<Key>>)> {
    let mut uses: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    let mut above: Vec<Key> = Vec::new();
    for line in tree.lines() {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let (depth, rest) = line.split_at(digits);
        let (name, rest) = rest.split_once(" v")?;
        let version = rest.split(' ').next()?;
        let key = (name.to_owned(), version.to_owned());
        above.truncate(depth.parse().ok()?);
        uses.entry(key.clone()).or_default();
        if let Some(user) = above.last() {
            uses.entry(user.clone()).or_default().insert(key.clone());
        }
        above.push(key);
    }
    Some((above.into_iter().next()?, uses))
}

/// What cargo knows of each package.
fn packages(metadata: &Value) -> BTreeMap<Key, &Value> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let named = packages.filter_map(|package| {
        let text = |key: &str| package[key].as_str().map(str::to_owned);
        Some(((text("name")?, text("version")?), package))
    });
    named.collect()
}

fn component(key: &Key, package: &Value, uses: &BTreeSet<Key>, sum: Option<&String>) -> Component {
    let (name, version) = key;
    let text = |key: &str| package[key].as_str().map(str::to_owned);
    let manifest = PathBuf::from(text("manifest_path").unwrap_or_default());
    Component {
        name: name.clone(),
        version: version.clone(),
        purl: purl("cargo", name, version),
        // Before there were expressions, a slash meant "or".
        licence: text("license").map(|licence| licence.replace('/', " OR ")),
        sha256: sum.cloned(),
        repository: text("repository").filter(|address| address.starts_with("https://")),
        folder: manifest.parent().map(PathBuf::from).unwrap_or_default(),
        uses: uses.iter().map(|(name, version)| purl("cargo", name, version)).collect(),
    }
}

fn purl(kind: &str, name: &str, version: &str) -> String {
    format!("pkg:{kind}/{}@{version}", name.replace('@', "%40"))
}

/// The checksums of `Cargo.lock`, by name and version.
fn checksums(lock: &str) -> BTreeMap<Key, String> {
    let packages = lock.split("[[package]]").skip(1);
    let found = packages.filter_map(|package| {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.strip_prefix(" = \"")?.strip_suffix('"')?.to_owned())
        };
        Some(((value("name")?, value("version")?), value("checksum")?))
    });
    found.collect()
}

/// The page's packages, as its lock file pins them.
fn of_the_page(workspace: &Workspace) -> Result<Vec<Component>> {
    let dashboard = workspace.dashboard();
    let lock = fs::read_to_string(dashboard.join("package-lock.json"))?;
    let lock: Value = serde_json::from_str(&lock).context("package-lock.json")?;
    let components = OF_THE_PAGE.iter().map(|name| {
        let place = format!("node_modules/{name}");
        let package = &lock["packages"][place.as_str()];
        let version = package["version"].as_str();
        let version = version.with_context(|| format!("package-lock.json has no {name}"))?;
        Ok(Component {
            name: (*name).to_owned(),
            version: version.to_owned(),
            purl: purl("npm", name, version),
            licence: package["license"].as_str().map(str::to_owned),
            sha256: None,
            repository: None,
            folder: dashboard.join(place),
            uses: BTreeSet::new(),
        })
    });
    components.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> (Workspace, Components) {
        let workspace = Workspace::find().unwrap();
        let components = of_program(&workspace, "x86_64-unknown-linux-gnu").unwrap();
        (workspace, components)
    }

    #[test]
    fn what_is_linked_is_listed_with_its_checksum_and_what_only_builds_or_tests_is_not() {
        let (_, Components { program, others }) = here();
        let named = |name: &str| others.values().find(|component| component.name == name);
        let serde = named("serde").unwrap();
        assert_eq!(serde.purl, format!("pkg:cargo/serde@{}", serde.version));
        assert_eq!(serde.sha256.as_ref().map(String::len), Some(64));
        assert!(named("domain").unwrap().sha256.is_none(), "ours was fetched from nowhere");
        for absent in ["proptest", "insta", "serde_derive", "xtask", "vite"] {
            assert!(named(absent).is_none(), "{absent}");
        }
        let known = |purl: &String| others.contains_key(purl);
        assert!(program.uses.iter().all(known));
        assert!(others.values().all(|component| component.uses.iter().all(known)));
    }

    #[test]
    fn a_tree_s_depths_say_who_uses_what() {
        let tree = "0a v1.0.0 (/a)\n1b v2.0.0\n2c v3.0.0\n1c v3.0.0 (*)\n";
        let key = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        let (a, b, c) = (key("a", "1.0.0"), key("b", "2.0.0"), key("c", "3.0.0"));
        let (root, uses) = edges(tree).unwrap();
        assert_eq!(root, a);
        let expected = [
            (a, BTreeSet::from([b.clone(), c.clone()])),
            (b, BTreeSet::from([c.clone()])),
            (c, BTreeSet::new()),
        ];
        assert_eq!(uses, BTreeMap::from(expected));
    }

    #[test]
    fn every_package_that_the_page_imports_is_listed() {
        let (workspace, _) = here();
        let mut folders = vec![workspace.dashboard().join("src")];
        let mut imported = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let Ok(text) = fs::read_to_string(&path) else { continue };
                let named = text.split("from \"").skip(1).filter_map(|rest| rest.split('"').next());
                let foreign = named.filter(|name| !name.starts_with(['.', '/', '$']));
                imported.extend(foreign.filter_map(|name| {
                    let parts = if name.starts_with('@') { 2 } else { 1 };
                    let package: Vec<_> = name.split('/').take(parts).collect();
                    (!name.contains(' ')).then(|| package.join("/"))
                }));
            }
        }
        assert!(imported.contains("svelte"), "{imported:?}");
        let missing: Vec<_> =
            imported.iter().filter(|name| !OF_THE_PAGE.contains(&name.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
