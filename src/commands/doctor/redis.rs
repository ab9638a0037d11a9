//! Does Redis answer, is it new enough, and does it keep what it is given?

use relay::{Relay, RelaySettings};

use super::Finding;

const CHECK: &str = "redis";
/// Streams that forget by number came with this version.
const MAJOR_MIN: u32 = 7;
const KEEPS_ALL: &str = "noeviction";

pub(super) async fn check(settings: &RelaySettings) -> Finding {
    let shown = format!("{:?}", settings.url);
    let asked = async { Relay::connect(settings).await?.server().await };
    let server = match asked.await {
        Ok(server) => server,
        Err(error) => {
            let problem = format!("{shown} does not answer: {error}.");
            return Finding::bad(CHECK, "", problem, "Start Redis, or correct REDIS_URL.");
        }
    };
    let measured =
        format!("{:.1?}, version {}, {}, {shown}", server.took, server.version, server.eviction);
    let major = server.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < MAJOR_MIN) {
        let problem = format!("Version {MAJOR_MIN} or newer is needed.");
        return Finding::bad(CHECK, measured, problem, "Install a newer Redis.");
    }
    if server.eviction != KEEPS_ALL {
        let problem = "When its memory is full it throws away who holds what.";
        return Finding::bad(CHECK, measured, problem, "Set maxmemory-policy to noeviction.");
    }
    Finding::good(CHECK, measured)
}
