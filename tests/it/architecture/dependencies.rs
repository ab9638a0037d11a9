//! Who may use whom.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use super::{assert_none, root};

/// A member and the members that its own code may use. The program may use all.
const MEMBERS: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("engine", &["domain"]),
    ("polymarket", &["domain"]),
    ("backtest", &["domain", "engine", "polymarket", "replay", "sessions"]),
    ("store", &["domain", "migration"]),
    ("forecasters", &["domain"]),
    ("simvenue", &["domain"]),
    ("migration", &[]),
    ("notifiers", &[]),
    ("otlp", &["domain"]),
    ("relay", &["domain"]),
    ("sessions", &["domain"]),
    ("replay", &["domain", "engine", "polymarket", "sessions"]),
    (
        "actors",
        &[
            "domain",
            "engine",
            "forecasters",
            "notifiers",
            "otlp",
            "polymarket",
            "relay",
            "replay",
            "sessions",
            "store",
        ],
    ),
    ("xtask", &[]),
];

/// A member that its tests may use besides: never one of these pairs.
const NEVER_EVEN_IN_TESTS: [(&str, &str); 15] = [
    ("backtest", "actors"),
    ("backtest", "store"),
    ("domain", "engine"),
    ("domain", "polymarket"),
    ("domain", "store"),
    ("domain", "actors"),
    ("simvenue", "polymarket"),
    ("simvenue", "actors"),
    ("polymarket", "store"),
    ("polymarket", "actors"),
    ("store", "polymarket"),
    ("simvenue", "forecasters"),
    ("forecasters", "polymarket"),
    ("forecasters", "store"),
    ("forecasters", "actors"),
];

/// An outside package, and the only members whose own code may use it.
const OUTSIDE: [(&str, &[&str]); 12] = [
    ("redis", &["relay"]),
    ("actix", &["actors", "dutchbook", "simvenue"]),
    ("actix-web", &["dutchbook", "simvenue"]),
    ("actix-web-actors", &["dutchbook", "simvenue"]),
    ("sea-orm", &["store", "migration"]),
    ("sea-orm-migration", &["store", "migration"]),
    ("awc", &["polymarket", "notifiers", "otlp", "actors", "dutchbook"]),
    ("anyhow", &["dutchbook", "xtask"]),
    ("clap", &["dutchbook", "simvenue", "xtask"]),
    ("figment", &["dutchbook"]),
    ("async-openai", &["forecasters"]),
    ("reqwest", &["forecasters"]),
];

/// What a member that only decides has no use for.
const WORLD: [&str; 15] = [
    "redis",
    "tokio",
    "actix",
    "actix-rt",
    "actix-web",
    "awc",
    "futures-util",
    "rustls",
    "socket2",
    "tokio-socks",
    "sea-orm",
    "tracing",
    "metrics",
    "parking_lot",
    "rand",
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap()
}

fn dependencies(package: &Package, kinds: &[DependencyKind]) -> BTreeSet<String> {
    let chosen = package.dependencies.iter().filter(|one| kinds.contains(&one.kind));
    chosen.map(|one| one.name.clone()).collect()
}

const OWN_CODE: [DependencyKind; 2] = [DependencyKind::Normal, DependencyKind::Build];
const ALL_CODE: [DependencyKind; 3] =
    [DependencyKind::Normal, DependencyKind::Build, DependencyKind::Development];

#[test]
fn every_member_is_known_to_the_rules() {
    let known = MEMBERS.iter().map(|(name, _)| *name).chain(["dutchbook"]);
    let members = metadata().packages;
    let members = members.iter().map(|package| package.name.as_str());
    assert_eq!(members.collect::<BTreeSet<_>>(), known.collect::<BTreeSet<_>>());
}

#[test]
fn members_use_only_the_members_below_them() {
    let metadata = metadata();
    let names: BTreeSet<_> =
        metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let mut offences = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some((_, allowed)) = MEMBERS.iter().find(|(member, _)| *member == name) else {
            continue;
        };
        for used in dependencies(package, &OWN_CODE).intersection(&names) {
            if !allowed.contains(&used.as_str()) {
                offences.push(format!("{name} uses {used}"));
            }
        }
        for used in dependencies(package, &ALL_CODE).intersection(&names) {
            if NEVER_EVEN_IN_TESTS.contains(&(name, used.as_str())) {
                offences.push(format!("{name} uses {used}, be it only in its tests"));
            }
        }
    }
    assert_none("members use what lies above or beside them", &offences);
}

#[test]
fn outside_packages_stay_in_the_members_that_they_are_meant_for() {
    let mut offences = Vec::new();
    for package in &metadata().packages {
        for used in dependencies(package, &OWN_CODE) {
            let rule = OUTSIDE.iter().find(|(outside, _)| *outside == used);
            if rule.is_some_and(|(_, members)| !members.contains(&package.name.as_str())) {
                offences.push(format!("{} uses {used}", package.name));
            }
        }
    }
    assert_none("packages in the wrong place", &offences);
}

#[test]
fn members_that_decide_have_no_package_that_touches_the_world() {
    let mut offences = Vec::new();
    for package in &metadata().packages {
        if ["domain", "engine", "backtest"].contains(&package.name.as_str()) {
            let used = dependencies(package, &OWN_CODE);
            let world = used.iter().filter(|name| WORLD.contains(&name.as_str()));
            offences.extend(world.map(|name| format!("{} uses {name}", package.name)));
        }
    }
    assert_none("pure members touch the world", &offences);
}

#[test]
fn every_member_states_its_licence_and_takes_the_lints_of_the_workspace() {
    let mut offences = Vec::new();
    for package in &metadata().packages {
        if package.license.as_deref() != Some("MIT OR Apache-2.0") {
            offences.push(format!("{} states the licence {:?}", package.name, package.license));
        }
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        if !manifest.contains("\n[lints]\nworkspace = true") {
            offences.push(format!("{} does not take the workspace's lints", package.name));
        }
    }
    let root = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    if !root.contains("unsafe_code = \"forbid\"") {
        offences.push("the workspace does not forbid unsafe code".to_owned());
    }
    if !root.contains("panic = \"unwind\"") || root.contains("panic = \"abort\"") {
        offences.push("a profile does not unwind, and supervision needs it".to_owned());
    }
    assert_none("manifests", &offences);
}
