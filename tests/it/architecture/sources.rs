//! What every source file keeps to.

use super::{Source, assert_none, sources};

const CODE: [&str; 3] = ["rs", "ts", "svelte"];
const LINES_MAX: usize = 500;

/// The bypass of a mailbox's bound, with the files that may use it and why.
const BYPASS: &str = ".do_send(";
const BYPASS_ALLOWED: [(&str, &str); 1] = [(
    "actors/src/supervision/supervisor/lifecycle.rs",
    "a child's report to its supervisor must never be refused, and there are a handful a life",
)];

/// What only the outer layers may do, as it is written in code.
const WORLD: [&str; 11] = [
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "Instant::now",
    "SystemTime",
    "thread_rng",
    "tokio::",
    "HashMap",
    "HashSet",
];

/// Written by a program from the API's description, and read by none but the compiler.
const GENERATED: &str = "dashboard/src/api/schema.ts";

fn offences(
    wanted: impl Fn(&Source) -> bool,
    check: impl Fn(&Source) -> Option<String>,
) -> Vec<String> {
    let files = sources().into_iter().filter(|file| wanted(file));
    files.filter_map(|file| check(&file).map(|text| format!("{}: {text}", file.path))).collect()
}

/// Whether the file belongs to the members that only decide.
fn decides(file: &Source) -> bool {
    let pure = ["crates/domain/src/", "crates/engine/src/", "crates/backtest/src/"];
    pure.iter().any(|folder| file.path.starts_with(folder)) && !file.is_test()
}

/// The first line that holds one of `patterns`, comments left out.
fn line_with(text: &str, patterns: &[&str]) -> Option<String> {
    text.lines().enumerate().find_map(|(index, line)| {
        let code = line.split("//").next().unwrap_or(line);
        let pattern = patterns.iter().find(|pattern| code.contains(**pattern))?;
        Some(format!("line {} has `{pattern}`", index + 1))
    })
}

#[test]
fn no_file_is_longer_than_a_person_reads_in_one_sitting() {
    let long = offences(
        |file| file.has_extension(&CODE) && file.path != GENERATED,
        |file| {
            let lines = file.text.lines().count();
            (lines > LINES_MAX).then(|| format!("{lines} lines"))
        },
    );
    assert_none("files over 500 lines", &long);
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = offences(
        |file| file.has_extension(&["rs"]) && !file.is_test(),
        |file| (!file.text.starts_with("//!")).then(|| "does not begin with //!".to_owned()),
    );
    assert_none("modules without a word about themselves", &silent);
}

#[test]
fn nobody_goes_around_the_bound_of_a_mailbox() {
    let bypasses = offences(
        |file| {
            let allowed = BYPASS_ALLOWED.iter().any(|(path, _)| *path == file.path);
            file.has_extension(&["rs"]) && !file.is_test() && !allowed
        },
        |file| line_with(file.production_part(), &[BYPASS]),
    );
    assert_none("messages sent around the bound", &bypasses);
}

#[test]
fn code_that_decides_touches_nothing_outside_and_iterates_in_a_fixed_order() {
    let impure = offences(decides, |file| line_with(file.production_part(), &WORLD));
    assert_none("pure code touches the world", &impure);
}

/// Where beliefs are computed, and nothing else may be computed with floats.
const BELIEFS: &str = "crates/engine/src/forecast/";

#[test]
fn code_that_decides_about_money_has_no_float() {
    let about_money = |file: &Source| decides(file) && !file.path.starts_with(BELIEFS);
    let floats = offences(about_money, |file| line_with(file.production_part(), &["f64", "f32"]));
    assert_none("floats", &floats);
}

#[test]
fn where_beliefs_are_computed_with_floats_there_is_no_money() {
    let mixed = offences(
        |file| decides(file) && file.path.starts_with(BELIEFS),
        |file| {
            line_with(file.production_part(), &["f64", "f32"])?;
            line_with(file.production_part(), &["Usd", "Shares"])
        },
    );
    assert_none("floats beside money", &mixed);
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = ["TO\u{44}O", "FIX\u{4d}E", "XX\u{58}", "todo!(", "unimplemented!("];
    let unfinished = offences(
        |file| file.has_extension(&CODE) && file.path != "tests/it/architecture/sources.rs",
        |file| {
            let found = marks.iter().find(|mark| file.text.contains(**mark))?;
            Some(format!("`{found}`"))
        },
    );
    assert_none("unfinished", &unfinished);
}

#[test]
fn nothing_names_a_folder_of_a_developers_machine() {
    let folders = ["/work/", "/root/", "/home/", "/Users/"];
    let machines = offences(
        |file| file.path != "tests/it/architecture/sources.rs",
        |file| {
            let found = folders.iter().find(|folder| file.text.contains(**folder))?;
            Some(format!("`{found}`"))
        },
    );
    assert_none("paths of one machine", &machines);
}
