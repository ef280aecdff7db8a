//! Whether the clock is right: tokens expire, signatures have a time, and silence is measured by it.

use super::finding::Finding;
use crate::clock::{Millis, SECOND};

const WARNING: Millis = 5 * SECOND;
const FAULT: Millis = 60 * SECOND;

/// Compares our clock with another; `before` and `after` are ours around the asking.
pub fn judged(whose: &str, theirs: Millis, (before, after): (Millis, Millis)) -> Finding {
    // The other clock was read somewhere in between.
    let off = match theirs {
        _ if theirs < before => before - theirs,
        _ if theirs > after => theirs - after,
        _ => 0,
    };
    let what = format!("{} s off from {whose}", off / SECOND);
    let cure = "set the clock by NTP (timedatectl set-ntp true), here and there";
    match off {
        FAULT.. => Finding::fault("clock", what, cure),
        WARNING.. => Finding::warning("clock", what, cure),
        _ => Finding::ok("clock", format!("agrees with {whose}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Status;
    use super::*;

    #[test]
    fn how_far_off_it_may_be() {
        let rows = [
            ("the same", 100_000, Status::Ok),
            ("between asking and answer", 103_000, Status::Ok),
            ("a little before", 95_001, Status::Ok),
            ("before", 95_000, Status::Warning),
            ("after", 109_000, Status::Warning),
            ("long before", 40_000, Status::Fault),
            ("long after", 164_000, Status::Fault),
        ];
        for (label, theirs, status) in rows {
            assert_eq!(judged("it", theirs, (100_000, 104_000)).status, status, "{label}");
        }
    }
}
