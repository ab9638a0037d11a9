//! Running other programs, with signs of life on standard error for the person who waits.

use std::{
    env,
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A step that says nothing for so long is reported as alive.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// The full path of a program, if it can be run.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH")?;
    // Servers live in sbin, which is not on everybody's path.
    let extra = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    env::split_paths(&path).chain(extra).map(|dir| dir.join(&name)).find(|file| file.is_file())
}

/// A command in a folder. Its standard input is empty: nothing here may wait for a person.
pub(crate) fn command(dir: &Path, program: &str, args: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).stdin(Stdio::null());
    for name in env::vars_os().map(|(name, _)| name).filter(|name| is_of_our_own_build(name)) {
        command.env_remove(name);
    }
    command
}

/// Whether cargo set this variable to describe the toolbox that it runs. Build scripts look at some
/// of these names, and would be run again, with everything above them, at every other build.
fn is_of_our_own_build(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// What the program prints; an error if it fails.
pub(crate) fn output(dir: &Path, program: &str, args: &[impl AsRef<OsStr>]) -> Result<String> {
    let output = command(dir, program, args)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    if !output.status.success() {
        bail!("{program} failed: {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a step to its end, its output shown as it comes; an error if it fails.
pub(crate) fn step(name: &str, command: &mut Command) -> Result<Duration> {
    let started = Instant::now();
    eprintln!("» {name}");
    let status = alive(name, || command.status())
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    eprintln!("  {name}: done in {} s", started.elapsed().as_secs());
    Ok(started.elapsed())
}

/// How a script names a test that failed, at the end of its output.
const FAILED_TEST: &str = "FAILED TEST: ";

/// Like [`step`]; an error names the tests that the script says failed.
pub(crate) fn step_of_tests(name: &str, command: &mut Command) -> Result<Duration> {
    let started = Instant::now();
    eprintln!("» {name}");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let stdout = child.stdout.take().context("no output of the script")?;
    let mut failed = Vec::new();
    alive(name, || -> Result<()> {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            failed.extend(line.strip_prefix(FAILED_TEST).map(str::to_owned));
            println!("{line}");
        }
        Ok(())
    })?;
    let status = child.wait()?;
    if !status.success() {
        bail!("{status}{}", names(&failed));
    }
    eprintln!("  {name}: done in {} s", started.elapsed().as_secs());
    Ok(started.elapsed())
}

/// The first of the names, for the end of a sentence.
pub(crate) fn names(failed: &[String]) -> String {
    const SHOWN_MAX: usize = 12;
    let shown = failed.iter().take(SHOWN_MAX).map(|name| format!("; {name}"));
    let more = failed.len().saturating_sub(SHOWN_MAX);
    let more = (more > 0).then(|| format!("; and {more} more"));
    shown.chain(more).collect()
}

/// Does `work`, and says every now and then that it is still at it.
pub(crate) fn alive<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let started = Instant::now();
            while wait.recv_timeout(SIGN_OF_LIFE) == Err(RecvTimeoutError::Timeout) {
                eprintln!("  … {name}: {} s", started.elapsed().as_secs());
            }
        });
        let result = work();
        drop(done);
        result
    })
}
