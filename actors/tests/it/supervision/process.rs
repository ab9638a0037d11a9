//! Whole processes: exit codes and signals.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use actors::supervision::RootOptions;

/// The running example program `relay`; killed if the test fails.
struct Relay {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Cargo builds the examples of a crate along with its tests, beside their folder.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent().unwrap().parent().unwrap().join("examples/relay");
    assert!(path.exists(), "{} is missing: run all of `cargo test -p actors`", path.display());
    path
}

impl Relay {
    fn start(mode: &str) -> Self {
        let mut process = Command::new(program())
            .arg(mode)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Relay { process, lines }
    }

    /// Lines up to the first that contains the text.
    fn lines_to(&mut self, text: &str) -> Vec<String> {
        let mut seen = Vec::new();
        for line in self.lines.by_ref() {
            seen.push(line.unwrap());
            if seen.last().unwrap().contains(text) {
                return seen;
            }
        }
        panic!("`{text}` was never said: {seen:#?}");
    }

    fn say(&mut self, line: &str) {
        writeln!(self.process.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    fn terminate(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// What else it says, and its exit code.
    fn end(mut self) -> (Vec<String>, Option<i32>) {
        let rest = self.lines.by_ref().map(Result::unwrap).collect();
        (rest, self.process.wait().unwrap().code())
    }
}

const UP: &str = r#""who":"root","incarnation":1,"event":"started""#;

/// Of lines `stop NAME NUMBER`.
fn stops(lines: &[String]) -> Vec<(&str, u64)> {
    lines
        .iter()
        .filter_map(|line| line.strip_prefix("stop ")?.split_once(' '))
        .map(|(name, number)| (name, number.parse().unwrap()))
        .collect()
}

#[test]
fn sigterm_drains_and_stops_in_reverse_order_and_exits_with_0() {
    let mut relay = Relay::start("steady");
    let started: Vec<String> = relay.lines_to(UP);
    let started: Vec<&str> =
        started.iter().filter_map(|line| line.strip_prefix("start ")).collect();
    assert_eq!(started, ["sink", "filter", "buffer", "source"]);
    std::thread::sleep(Duration::from_millis(300));
    relay.terminate();
    let since = Instant::now();
    let (lines, code) = relay.end();
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(since.elapsed() < Duration::from_secs(10));
    let stops = stops(&lines);
    let names: Vec<&str> = stops.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["source", "buffer", "filter", "sink"]);
    let last = stops.first().unwrap().1;
    assert!(last > 10, "{last}");
    assert!(stops.iter().all(|(_, number)| *number == last), "the last number arrived: {stops:?}");
}

#[test]
fn a_crash_loop_escalates_through_two_levels_to_an_orderly_stop_and_exit_70() {
    let (lines, code) = Relay::start("crash-loop").end();
    assert_eq!(code, Some(70), "{lines:#?}");
    let names: Vec<&str> = stops(&lines).iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["source", "buffer", "filter", "sink"], "the others stopped in order");
    let gave_up = lines.iter().filter(|line| line.contains("intensity_exceeded"));
    let gave_up: Vec<bool> = gave_up.map(|line| line.contains(r#""who":"root""#)).collect();
    assert_eq!(gave_up, [false, false, false, false, true], "four lives below, then the top");
}

#[test]
fn a_frozen_root_thread_ends_the_process_with_75() {
    let (lines, code) = Relay::start("frozen").end();
    assert_eq!(code, Some(75), "{lines:#?}");
    assert!(lines.last().unwrap().contains("thread_frozen"), "{lines:#?}");
}

#[test]
fn a_second_signal_does_not_wait_for_a_child_that_never_stops() {
    let mut relay = Relay::start("never-stops");
    relay.lines_to(UP);
    relay.terminate();
    std::thread::sleep(Duration::from_millis(300));
    assert!(relay.process.try_wait().unwrap().is_none(), "the first signal waits");
    relay.terminate();
    assert_eq!(relay.end().1, Some(130));
}

#[test]
fn a_shutdown_that_takes_longer_than_its_limit_ends_the_process_with_70() {
    let mut relay = Relay::start("never-stops");
    relay.lines_to(UP);
    relay.terminate();
    assert_eq!(relay.end().1, Some(70));
    let unless_set = RootOptions::default().shutdown_limit;
    assert!(unless_set < Duration::from_secs(10), "{unless_set:?}");
}

#[test]
fn a_stage_killed_by_name_is_replaced_with_those_behind_it() {
    let mut relay = Relay::start("steady");
    relay.lines_to(UP);
    relay.say("kill filter");
    let lines = relay.lines_to("start source");
    assert!(lines.contains(&"kill filter: true".to_owned()), "{lines:#?}");
    let names: Vec<&str> = stops(&lines).iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["source", "buffer"], "a killed actor runs no hooks");
    relay.say("kill relay");
    relay.lines_to("start source");
    relay.terminate();
    assert_eq!(relay.end().1, Some(0));
}
