//! What an exchange saw, held against every rule and against the ledger.

use super::driving::Driven;
use super::exchange::Taken;
use super::rules::{by_the_clock, everywhere, liars, too_often, within};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use leadwire::clock::{DAY, HOUR, MINUTE, Millis};
use leadwire::store::db::{Exec, Sql};
use std::collections::{BTreeMap, HashMap};

/// How long after it began an attempt may leave: where the exchange says that it is too much, or servers are killed. Caps go by when
/// attempts begin.
const FRESH: Millis = 5 * MINUTE;

/// How long after its end the network speaks of a call at the latest.
const LATEST: Millis = 2 * HOUR;

/// What was promised.
pub struct Promises {
    /// Nobody is tried on that day.
    pub holiday: Date,
    /// Their ids: they have hours of their own.
    pub campaigns: [i64; 3],
    /// How many calls each of them makes at once.
    pub lines: usize,
    /// Nobody tries them.
    pub never: Vec<String>,
    /// Nobody tries them from that instant on.
    pub stopped: (String, Millis),
    /// A campaign that tries nobody from one instant to another.
    pub paused: (i64, Millis, Millis),
}

#[derive(sqlx::FromRow)]
struct Attempt {
    id: i64,
    person_id: i64,
    campaign_id: i64,
    channel: String,
    address: String,
    came: String,
    provider_id: Option<String>,
    began_at: i64,
    ended_at: Option<i64>,
}

/// Holds a run against what was promised, and says what it came to.
pub async fn hold(driven: &Driven<'_>, promises: &Promises) {
    const ALL: Sql = Sql::same(
        "SELECT id, person_id, campaign_id, channel, address, came, provider_id, began_at, ended_at FROM outreach_attempts
         WHERE tenant_id = 1 ORDER BY began_at, id",
    );
    let log = driven.exchange.log();
    let attempts: Vec<Attempt> = (&driven.db).fetch_all(ALL, vec![]).await.unwrap();
    let by_id: HashMap<i64, &Attempt> = attempts.iter().map(|attempt| (attempt.id, attempt)).collect();
    let calls: Vec<(&Taken, &Attempt)> =
        log.iter().filter(|taken| taken.is_call).map(|taken| (taken, by_id[&named(taken)])).collect();
    told(driven, &log, &attempts);
    one_truth(&calls, &attempts);
    messages(&log, &attempts);
    assert_eq!(liars(&driven.db).await, Vec::<String>::new(), "leads say what the ledger says");
    for taken in &log {
        let at = Timestamp::from_millisecond(taken.at).unwrap();
        assert!(by_the_clock(&taken.to, at, promises.holiday), "{} at {at}", taken.to);
        assert!(!promises.never.contains(&taken.to), "{} wants nothing", taken.to);
        let (number, from) = &promises.stopped;
        assert!(taken.to != *number || taken.at < *from, "{number} wants no more at {at}");
    }
    for (call, attempt) in &calls {
        let at = Timestamp::from_millisecond(call.at).unwrap();
        let own = everywhere(&call.to, at, |_, day, now| {
            match promises.campaigns.map(|id| id == attempt.campaign_id) {
                [true, ..] => within(now, 8, 21),
                [_, true, _] => day != Weekday::Sunday && within(now, 10, 20),
                _ => {
                    !matches!(day, Weekday::Saturday | Weekday::Sunday)
                        && (within(now, 9, 12) || within(now, 14, 18))
                }
            }
        });
        assert!(own, "campaign {} at {at}: {}", attempt.campaign_id, call.to);
        let (campaign, from, to) = promises.paused;
        assert!(attempt.campaign_id != campaign || !(from..to).contains(&call.at), "it was paused at {at}");
    }
    let mut spans: BTreeMap<String, Vec<(Millis, Millis)>> = BTreeMap::new();
    for (call, attempt) in &calls {
        for of in [call.to.clone(), format!("person {}", attempt.person_id)] {
            spans.entry(of).or_default().push((call.at, call.over_at));
        }
    }
    for (of, spans) in &spans {
        let at_once = spans.windows(2).find(|pair| pair[1].0 < pair[0].1);
        assert!(at_once.is_none(), "{of} twice at once: {at_once:?}");
    }
    for campaign in promises.campaigns {
        let of = calls.iter().filter(|(_, attempt)| attempt.campaign_id == campaign);
        let edges = of.flat_map(|(call, _)| [(call.at, 1), (call.over_at, -1)]);
        let mut edges: Vec<(Millis, i64)> = edges.collect();
        edges.sort_unstable();
        let mut open = 0;
        let most = edges
            .iter()
            .map(|(_, change)| {
                open += change;
                open
            })
            .max()
            .unwrap_or(0);
        println!("campaign {campaign}: at most {most} calls at once");
        assert!(most <= promises.lines as i64, "{most} calls at once");
    }
    caps(&log, &attempts);
    none_again(&attempts);
    abandoned(&calls, &attempts);
    left_alone(&calls);
}

/// In the United Kingdom nobody whose call was dropped is called again within 72 hours, nor is anybody else of the number.
fn left_alone(calls: &[(&Taken, &Attempt)]) {
    let mut dropped: HashMap<String, Millis> = HashMap::new();
    let mut n = 0;
    for (call, attempt) in calls.iter().filter(|(call, _)| call.to.starts_with("+44")) {
        for of in [call.to.clone(), format!("person {}", attempt.person_id)] {
            if let Some(ended_at) = dropped.get(&of) {
                assert!(call.at >= ended_at + 72 * HOUR, "{of} at {} after {ended_at}", call.at);
            }
            if let (true, Some(ended_at)) = (attempt.came == "dropped", attempt.ended_at) {
                dropped.insert(of, ended_at);
                n += 1;
            }
        }
    }
    println!("{} calls were dropped in the United Kingdom", n / 2);
}

/// The attempt that a call names.
fn named(call: &Taken) -> i64 {
    call.callback.split("attempt=").nth(1).and_then(|id| id.parse().ok()).unwrap()
}

/// Every call is an attempt and has come to what the exchange did; every attempt is a call, or was taken back.
fn one_truth(calls: &[(&Taken, &Attempt)], attempts: &[Attempt]) {
    let mut made: HashMap<i64, usize> = HashMap::new();
    for (call, attempt) in calls {
        *made.entry(attempt.id).or_default() += 1;
        assert_eq!(attempt.provider_id.as_deref(), Some(call.sid.as_str()), "attempt {}", attempt.id);
        let came = call.manner.fate.came(call.manner.late.is_some());
        assert_eq!(attempt.came, came, "attempt {}: {call:?}", attempt.id);
    }
    assert!(made.values().all(|times| *times == 1), "an attempt is one call");
    let voice = attempts.iter().filter(|attempt| attempt.channel == "voice" && attempt.came != "cancelled");
    let unknown: Vec<i64> = voice.map(|attempt| attempt.id).filter(|id| !made.contains_key(id)).collect();
    assert_eq!(unknown, Vec::<i64>::new(), "nothing was tried that the network does not know");
}

/// As many messages to each number as there are attempts to write there.
fn messages(log: &[Taken], attempts: &[Attempt]) {
    let mut theirs: BTreeMap<&str, usize> = BTreeMap::new();
    for taken in log.iter().filter(|taken| !taken.is_call) {
        *theirs.entry(&taken.to).or_default() += 1;
    }
    let mut ours: BTreeMap<&str, usize> = BTreeMap::new();
    for attempt in attempts.iter().filter(|attempt| attempt.channel == "sms" && attempt.came != "cancelled") {
        *ours.entry(&attempt.address).or_default() += 1;
        assert_eq!(attempt.came, "delivered", "attempt {}", attempt.id);
    }
    assert_eq!(ours, theirs);
}

/// Neither numbers nor persons are tried too often.
fn caps(log: &[Taken], attempts: &[Attempt]) {
    let mut began: BTreeMap<String, Vec<Millis>> = BTreeMap::new();
    for attempt in attempts.iter().filter(|attempt| attempt.came != "cancelled") {
        for of in [attempt.address.clone(), format!("person {}", attempt.person_id)] {
            began.entry(of).or_default().push(attempt.began_at);
        }
    }
    for (of, at) in &began {
        assert!(!too_often(at), "{of} too often: {at:?}");
    }
    let mut left: BTreeMap<&str, Vec<Millis>> = BTreeMap::new();
    for taken in log {
        left.entry(&taken.to).or_default().push(taken.at);
    }
    for (of, at) in left {
        let within = |n: usize, span: Millis| at.windows(n + 1).any(|some| some[n] - some[0] < span - FRESH);
        assert!(!within(3, DAY) && !within(7, 7 * DAY), "{of} too often: {at:?}");
    }
}

/// A number of which the network said that it is none is not called again. What it said late may not have been known before.
fn none_again(attempts: &[Attempt]) {
    let mut none: HashMap<&str, Millis> = HashMap::new();
    let mut at_first = 0;
    let calls = attempts.iter().filter(|attempt| attempt.channel == "voice" && attempt.came != "cancelled");
    for call in calls {
        let known_at = none.get(&*call.address);
        assert!(known_at.is_none_or(|at| call.began_at < *at), "{} is no number", call.address);
        if call.came == "no_such_number" {
            at_first += 1;
            none.entry(&call.address).or_insert(call.ended_at.unwrap_or(call.began_at) + LATEST);
        }
    }
    println!("{} numbers are none, and were called {at_first} times", none.len());
}

/// No campaign calls where more of its answered calls were dropped than the law there allows, as far as it knew of them.
fn abandoned(calls: &[(&Taken, &Attempt)], attempts: &[Attempt]) {
    let taken: Vec<&Attempt> = attempts
        .iter()
        .filter(|attempt| attempt.channel == "voice" && matches!(&*attempt.came, "answered" | "dropped"))
        .collect();
    for (call, attempt) in calls {
        let days = match &call.to[..3] {
            "+91" => continue,
            "+44" => 1,
            _ => 30,
        };
        let counts = |other: &&&Attempt| {
            other.campaign_id == attempt.campaign_id
                && other.began_at > call.at - days * DAY
                && other.ended_at.is_some_and(|at| at < call.at - FRESH)
        };
        let all = taken.iter().filter(counts).count();
        let dropped = taken.iter().filter(counts).filter(|other| other.came == "dropped").count();
        // Those of which it knew at that moment may have been more, and not all dropped.
        let unknown = taken.iter().filter(|other| {
            other.campaign_id == attempt.campaign_id
                && other.began_at <= call.at
                && other.ended_at.is_none_or(|at| at >= call.at - FRESH)
        });
        let most = (all + unknown.count()).max(100);
        assert!(
            dropped * 100 <= 3 * most,
            "campaign {} at {}: {dropped} of {most}",
            attempt.campaign_id,
            call.at
        );
    }
}

/// Says what a run came to.
fn told(driven: &Driven<'_>, log: &[Taken], attempts: &[Attempt]) {
    let mut came: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for attempt in attempts {
        *came.entry((&attempt.channel, &attempt.came)).or_default() += 1;
    }
    let calls = log.iter().filter(|taken| taken.is_call);
    let silent = calls.clone().filter(|call| call.manner.late.is_none()).count();
    let unruly = calls.clone().filter(|call| call.manner.is_unruly).count();
    let late = calls.clone().filter(|call| call.manner.late.is_some_and(|late| late > 0)).count();
    let (refused, doubted) = driven.exchange.moods();
    println!("{} attempts: {came:?}", attempts.len());
    println!(
        "the network: {} calls ({silent} of which it never spoke, {late} late, {unruly} twice and disordered), {} messages; {refused} \
         times too much, {doubted} times taken and not said so",
        calls.count(),
        log.iter().filter(|taken| !taken.is_call).count(),
    );
}
