//! Servers that say exactly what a test wants, and where the shared data is.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use polymarket::http::{Backoff, Settings};

/// Bytes to answer one connection with; the connection is closed after them.
pub(crate) type Script = Vec<Vec<u8>>;

/// Answers the n-th connection with the n-th script and hands over what was asked.
pub(crate) fn raw_server(script: Script) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, requests) = channel();
    thread::spawn(move || {
        for answer in script {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = asked.send(read_request(&mut stream));
            let _ = stream.write_all(&answer);
            let _ = stream.shutdown(Shutdown::Write);
            // Gives the other side a moment, so that nothing is lost to a reset.
            stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            let _ = stream.read_to_end(&mut vec![]);
        }
    });
    (address, requests)
}

/// Head and body of one request.
pub(crate) fn read_request(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut bytes = vec![];
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    bytes.append(&mut body);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An answer with a right length, and the last one of its connection.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

/// Settings that find every service at `address` and do not dawdle.
pub(crate) fn settings(address: SocketAddr) -> Settings {
    let mut settings = Settings::default();
    let base = format!("http://{address}");
    settings.hosts.gamma = base.clone();
    settings.hosts.clob = base.clone();
    settings.hosts.data = base.clone();
    settings.hosts.web = base;
    settings.hosts.market_socket = format!("ws://{address}/ws/market");
    settings.hosts.user_socket = format!("ws://{address}/ws/user");
    settings.hosts.rtds = format!("ws://{address}/rtds");
    settings.retries = Backoff::bounded(Duration::from_millis(1), Duration::from_millis(2), 3);
    settings
}

/// The same without a second attempt.
pub(crate) fn settings_once(address: SocketAddr) -> Settings {
    let mut settings = settings(address);
    settings.retries = Backoff::bounded(Duration::from_millis(1), Duration::from_millis(2), 0);
    settings
}

/// A folder of shared data, from the environment or beside the workspace. Where it is missing
/// the test says so loudly and returns, or fails if nothing may be skipped.
pub(crate) fn shared(variable: &str, default: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..").join(default),
        PathBuf::from,
    );
    present(variable, folder)
}

/// `path` if it is there. If not the test says so loudly and returns, or fails if nothing may be
/// skipped.
pub(crate) fn present(variable: &str, path: PathBuf) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    let message = format!("SKIPPED: {variable} {} is not there", path.display());
    assert!(std::env::var_os("DUTCHBOOK_REQUIRE_ALL").is_none_or(|v| v != "1"), "{message}");
    eprintln!("{message}");
    None
}

/// The folder with single payloads.
pub(crate) fn samples() -> Option<PathBuf> {
    shared("SAMPLES_DIR", "shared/reference/samples")
}

/// The folder with recordings.
pub(crate) fn recordings() -> Option<PathBuf> {
    shared("RECORDINGS_DIR", "shared/data")
}

/// The folder with golden vectors.
pub(crate) fn vectors() -> Option<PathBuf> {
    shared("VECTORS_DIR", "shared/reference/vectors")
}
