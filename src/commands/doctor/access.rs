//! Who may read what must be kept, and is the certificate still good?

use std::fs;
use std::path::Path;

use actors::clock::Clock;
use domain::UnixMillis;

use super::Finding;
use crate::settings::Settings;
use crate::web::tls;

/// A certificate that ends sooner is to be renewed now.
const DAYS_MIN: i64 = 14;
const DAY_MS: i64 = 86_400_000;

pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    let account = &settings.account;
    let tls = settings.web.tls.as_ref();
    let files = [
        ("key file", account.key_file.clone()),
        ("keystore", account.keystore_file.clone()),
        ("certificate's key", tls.map(|files| files.key.clone())),
        ("data folder", Some(settings.store.data_dir.clone())),
    ];
    let files = files.into_iter().filter_map(|(what, path)| Some((what, path?)));
    let mut findings: Vec<_> = files.filter_map(|(what, path)| own(what, &path)).collect();
    if let Some(files) = tls {
        findings.push(certificate(&files.certificate, Clock::System.now()));
    }
    findings
}

/// Nothing where the file is not there yet: whoever needs it says so.
fn own(what: &str, path: &Path) -> Option<Finding> {
    let check = format!("{what} is ours alone");
    let mode = mode_of(path)?;
    let measured = format!("{mode:03o} {}", path.display());
    // A folder may be looked into by others; what is in it has permissions of its own.
    let forbidden = if path.is_dir() { 0o022 } else { 0o077 };
    if mode & forbidden == 0 {
        return Some(Finding::good(check, measured));
    }
    let problem = "Others on this machine can read or change it.";
    let fix = format!("chmod go-rwx {}", path.display());
    Some(Finding::bad(check, measured, problem, fix))
}

#[cfg(unix)]
fn mode_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).ok().map(|data| data.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode_of(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|_| 0o600)
}

fn certificate(file: &Path, now: UnixMillis) -> Finding {
    const CHECK: &str = "certificate";
    let Some(ends_at) = tls::ends_at(file) else {
        let fix = "Correct web.tls_certificate_file.";
        return Finding::bad(CHECK, "", "When it ends cannot be read.", fix);
    };
    let days = ends_at.since(now).0.div_euclid(DAY_MS);
    let measured = format!("good for {days} days, until {}", ends_at.to_rfc3339());
    if days >= DAYS_MIN {
        return Finding::good(CHECK, measured);
    }
    let problem = "It ends soon; then browsers refuse the page.";
    Finding::bad(CHECK, measured, problem, "Renew it and restart the service.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;

    fn is_good(finding: &Finding) -> bool {
        finding.verdict == Verdict::Good
    }

    #[test]
    fn a_key_that_others_can_read_is_told_with_the_command_that_helps() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        fs::write(&key, "x").unwrap();
        for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
            let found = own("key file", &key).unwrap();
            assert_eq!(is_good(&found), good, "{found:?}");
        }
        assert_eq!(own("key file", &folder.path().join("none")), None);
    }

    #[test]
    fn a_certificate_is_good_until_two_weeks_before_its_end() {
        let file =
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls/certificate.pem"));
        let end = tls::ends_at(file).unwrap();
        let before = |days: i64| UnixMillis(end.0 - days * DAY_MS);
        assert!(is_good(&certificate(file, before(14))));
        assert!(!is_good(&certificate(file, before(13))));
        assert!(!is_good(&certificate(Path::new("none.pem"), end)));
    }
}
