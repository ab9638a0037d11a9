//! How the command line is let in by a service on this machine: by a file that only the user who
//! runs the service can read, there as long as the service runs.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::Cli;
use crate::settings::{Mode, Request, Settings, Sources};
use crate::web::auth::Fresh;

/// What is said where an order cannot be given.
pub(super) const NO_WAY_IN: &str = "dutchbook: DUTCHBOOK_TOKEN is not set, and no service on this \
     machine has left its own way in for the user who asks; orders need one of the two";

/// The file's content.
#[derive(Serialize, Deserialize)]
struct Written {
    /// Where the service is; nobody else is shown the token.
    address: SocketAddr,
    token: String,
}

fn file_name(port: u16) -> String {
    format!("local-access-{port}.json")
}

/// The file, as long as the service runs.
#[derive(Debug)]
pub(super) struct LocalAccess(PathBuf);

impl LocalAccess {
    /// Leaves the token of the service at `address` in this folder, for its owner alone.
    ///
    /// # Errors
    /// The folder or the file cannot be made.
    pub(super) fn leave(folder: &Path, address: SocketAddr, token: &Fresh) -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        let path = folder.join(file_name(address.port()));
        // One that a killed process left has perhaps other permissions.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = Written { address, token: token.expose().to_owned() };
        options.open(&path)?.write_all(&serde_json::to_vec(&written)?)?;
        Ok(Self(path))
    }
}

impl Drop for LocalAccess {
    fn drop(&mut self) {
        // What it held lets nobody in any more.
        let _ = fs::remove_file(&self.0);
    }
}

/// How the command line is let in.
pub(super) struct WayIn<'a> {
    cli: &'a Cli,
    settings: &'a Settings,
}

impl<'a> WayIn<'a> {
    pub(super) const fn new(cli: &'a Cli, settings: &'a Settings) -> Self {
        Self { cli, settings }
    }
    /// What opens the service at `url`: `DUTCHBOOK_TOKEN`, or what a service on this machine has
    /// left for this user, whichever mode it runs in.
    pub(super) fn token(&self, url: &str) -> Option<String> {
        if let Some(token) = &self.settings.secrets.token {
            return Some(token.expose().to_owned());
        }
        let address = address_in(url)?;
        let modes = [Mode::Paper, Mode::Demo, Mode::Live].into_iter();
        let folders = modes.filter_map(|mode| {
            let request = Request::Inspect(Some(mode));
            let settings = Settings::load(&Sources { request, ..self.cli.sources() }).ok()?;
            Some(settings.store.data_dir)
        });
        let own = std::iter::once(self.settings.store.data_dir.clone());
        own.chain(folders).find_map(|folder| left_in(&folder, address))
    }
}

fn left_in(folder: &Path, address: SocketAddr) -> Option<String> {
    let text = fs::read(folder.join(file_name(address.port()))).ok()?;
    let written: Written = serde_json::from_slice(&text).ok()?;
    (written.address == address).then_some(written.token)
}

/// The address in `http://IP:PORT` or `http://localhost:PORT`, with whatever path.
fn address_in(url: &str) -> Option<SocketAddr> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let port = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let ip = |host: &str| -> Option<IpAddr> {
        if host == "localhost" {
            return Some(Ipv4Addr::LOCALHOST.into());
        }
        host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    };
    let whole = ip(authority).map(|ip| SocketAddr::new(ip, port));
    whole.or_else(|| {
        let (host, port) = authority.rsplit_once(':')?;
        Some(SocketAddr::new(ip(host)?, port.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_in_is_for_its_owner_for_its_service_and_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("data");
        let address: SocketAddr = "127.0.0.1:8080".parse().unwrap();
        let token = Fresh::make("").unwrap();
        let left = LocalAccess::leave(&below, address, &token).unwrap();
        assert_eq!(left_in(&below, address).as_deref(), Some(token.expose()));
        for other in ["127.0.0.1:8081", "127.0.0.2:8080", "[::1]:8080"] {
            assert_eq!(left_in(&below, other.parse().unwrap()), None, "{other}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&below), mode(&left.0)), (0o700, 0o600));
            fs::set_permissions(&left.0, fs::Permissions::from_mode(0o644)).unwrap();
            let again = LocalAccess::leave(&below, address, &token).unwrap();
            assert_eq!(mode(&again.0), 0o600, "what a killed process left is made anew");
        }
        drop(left);
        assert_eq!(left_in(&below, address), None);
    }

    #[test]
    fn an_address_is_found_in_what_people_type() {
        for (url, address) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://localhost:8080/", "127.0.0.1:8080"),
            ("http://[::1]:8080/x", "[::1]:8080"),
            ("https://10.0.0.1", "10.0.0.1:443"),
            ("http://[::1]", "[::1]:80"),
        ] {
            assert_eq!(address_in(url), Some(address.parse().unwrap()), "{url}");
        }
        for other in ["desk.example:8080", "http://desk.example:8080", "ftp://127.0.0.1:1", ""] {
            assert_eq!(address_in(other), None, "{other}");
        }
    }
}
