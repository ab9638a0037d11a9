//! Does this machine's clock agree with the venue's?

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use domain::UnixMillis;
use polymarket::{
    clob::ClobClient,
    http::{Http, VenueError},
};

use super::Finding;

/// The venue tells whole seconds, so a smaller difference cannot be told from none.
const SKEW_MS_MAX: i64 = 2_000;
const CHECK: &str = "clock";

pub(super) async fn check(http: &Http) -> Finding {
    match skew_ms(&ClobClient::new(http.clone())).await {
        Ok(skew) => judge(skew),
        Err(error) => Finding::bad(
            CHECK,
            "",
            format!("The venue's clock cannot be read: {error}."),
            "Mend what keeps venue.clob_url from answering, then look again.",
        ),
    }
}

fn judge(skew_ms: i64) -> Finding {
    let measured = format!("{skew_ms:+} ms against the venue");
    if skew_ms.abs() <= SKEW_MS_MAX {
        return Finding::good(CHECK, measured);
    }
    Finding::bad(
        CHECK,
        measured,
        "Ages of books and the ends of markets are judged wrongly.",
        "Switch time synchronisation on: `timedatectl set-ntp true`.",
    )
}

/// How far this clock is ahead, at the middle of the exchange.
async fn skew_ms(clob: &ClobClient) -> Result<i64, VenueError> {
    // The first call pays for the connection; the second measures the clock.
    clob.time().await?;
    let began = Instant::now();
    let theirs = clob.time().await?;
    let half_way = began.elapsed() / 2;
    // On average the venue has cut half a second off.
    let theirs_ms = theirs.0 + 500;
    let half_way_ms = i64::try_from(half_way.as_millis()).unwrap_or(i64::MAX);
    Ok(now().0 - half_way_ms - theirs_ms)
}

fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;

    #[test]
    fn a_clock_is_good_within_two_seconds_either_way() {
        for (skew, good) in [(0, true), (-2_000, true), (2_001, false), (-60_000, false)] {
            assert_eq!(judge(skew).verdict == Verdict::Good, good, "{skew}");
        }
    }
}
