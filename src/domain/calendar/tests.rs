use super::*;
use jiff::ToSpan;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn days(text: &str) -> BTreeSet<Date> {
    text.split_whitespace().map(|day| day.parse().unwrap()).collect()
}

fn day(text: &str) -> Option<Date> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// A constraint that owns what it consists of.
#[derive(Clone, Debug)]
struct Owned {
    week: Opening,
    zone: TimeZone,
    closed: BTreeSet<Date>,
    from: Option<Date>,
    until: Option<Date>,
}

impl Owned {
    fn new(week: &str, name: &str) -> Owned {
        Owned {
            week: Opening::parse(week).unwrap(),
            zone: zone(name),
            closed: BTreeSet::new(),
            from: None,
            until: None,
        }
    }

    fn closed(self, closed: &str) -> Owned {
        Owned { closed: days(closed), ..self }
    }

    fn within(self, from: &str, until: &str) -> Owned {
        Owned { from: day(from), until: day(until), ..self }
    }

    fn when(&self) -> When<'_> {
        When {
            week: &self.week,
            zone: &self.zone,
            closed: Some(&self.closed),
            from: self.from,
            until: self.until,
        }
    }

    /// What is allowed, said slowly: by looking at the clock.
    fn shows(&self, at: Timestamp) -> bool {
        let local = self.zone.to_datetime(at);
        let binds = self.from.is_none_or(|from| local.date() >= from)
            && self.until.is_none_or(|until| local.date() < until);
        !binds || (!self.closed.contains(&local.date()) && self.week.is_open(&self.zone, at))
    }
}

/// Label, constraints, asked at, the next instant, and the end of what runs then.
type Row = (&'static str, Vec<Owned>, &'static str, Option<&'static str>, Option<&'static str>);

#[test]
fn the_next_instant_and_its_end() {
    let kolkata = |week: &str| Owned::new(week, "Asia/Kolkata");
    let york = |week: &str| Owned::new(week, "America/New_York");
    let rows: [Row; 14] = [
        ("nothing is constrained", vec![], "2026-01-05T10:00:00Z", Some("2026-01-05T10:00:00Z"), None),
        (
            "now",
            vec![kolkata("Mon-Fri 09:00-18:00")],
            "2026-01-05T10:00:00Z",
            Some("2026-01-05T10:00:00Z"),
            Some("2026-01-05T12:30:00Z"),
        ),
        (
            "over a weekend",
            vec![kolkata("Mon-Fri 09:00-18:00")],
            "2026-01-09T12:30:00Z",
            Some("2026-01-12T03:30:00Z"),
            Some("2026-01-12T12:30:00Z"),
        ),
        (
            "over holidays and a weekend",
            vec![kolkata("Mon-Fri 09:00-18:00").closed("2026-01-08 2026-01-09 2026-01-12")],
            "2026-01-07T12:30:00Z",
            Some("2026-01-13T03:30:00Z"),
            Some("2026-01-13T12:30:00Z"),
        ),
        (
            "on through the night, until a holiday",
            vec![kolkata("Mon-Sun 00:00-24:00").closed("2026-01-08")],
            "2026-01-05T10:00:00Z",
            Some("2026-01-05T10:00:00Z"),
            Some("2026-01-07T18:30:00Z"),
        ),
        (
            "the last moment of a day that is open until its end",
            vec![kolkata("Mon 09:00-24:00")],
            "2026-01-05T18:29:59.999999999Z",
            Some("2026-01-05T18:29:59.999999999Z"),
            Some("2026-01-05T18:30:00Z"),
        ),
        (
            "on through a night of two pieces",
            vec![kolkata("Mon 20:00-24:00, Tue 00:00-02:00, Tue 01:00-03:00")],
            "2026-01-05T15:00:00Z",
            Some("2026-01-05T15:00:00Z"),
            Some("2026-01-05T21:30:00Z"),
        ),
        (
            "not in force yet, and the day it is",
            vec![kolkata("Mon 09:00-18:00").within("2026-01-08", "")],
            "2026-01-06T10:00:00Z",
            Some("2026-01-06T10:00:00Z"),
            Some("2026-01-07T18:30:00Z"),
        ),
        (
            "until it is no longer in force",
            vec![kolkata("Mon 09:00-18:00").within("", "2026-01-08")],
            "2026-01-06T10:00:00Z",
            Some("2026-01-07T18:30:00Z"),
            None,
        ),
        (
            "a day by the clock's own date",
            vec![york("Mon-Sun 08:00-21:00").closed("2026-01-01")],
            "2026-01-01T02:30:00Z",
            Some("2026-01-02T13:00:00Z"),
            Some("2026-01-03T02:00:00Z"),
        ),
        (
            "the hour that is left out",
            vec![york("Sun 02:10-02:50")],
            "2026-03-07T12:00:00Z",
            Some("2026-03-15T06:10:00Z"),
            Some("2026-03-15T06:50:00Z"),
        ),
        (
            "the hour that comes twice ends, begins and ends",
            vec![york("Sun 01:10-01:50")],
            "2026-11-01T05:50:00Z",
            Some("2026-11-01T06:10:00Z"),
            Some("2026-11-01T06:50:00Z"),
        ),
        (
            "a span into the hour that is left out ends there",
            vec![york("Sun 01:00-02:30")],
            "2026-03-08T06:30:00Z",
            Some("2026-03-08T06:30:00Z"),
            Some("2026-03-08T07:00:00Z"),
        ),
        (
            "no hours of one fit the other's",
            vec![kolkata("Mon 09:00-10:00"), kolkata("Tue 09:00-10:00")],
            "2026-01-05T10:00:00Z",
            None,
            None,
        ),
    ];
    for (label, owned, asked, expected, ends) in rows {
        let whens: Vec<When<'_>> = owned.iter().map(Owned::when).collect();
        let found = next(&whens, at(asked));
        assert_eq!(found, expected.map(at), "{label}");
        if let Some(found) = found {
            assert!(allows(&whens, found), "{label}");
            assert_eq!(end(&whens, found), ends.map(at), "{label}");
        }
    }
}

#[test]
fn what_is_not_allowed_has_ended() {
    let owned = Owned::new("Mon-Fri 09:00-18:00", "UTC");
    let sunday = at("2026-01-04T10:00:00Z");
    assert_eq!(end(&[owned.when()], sunday), Some(sunday));
}

/// Around their changes: ordinary ones, half an hour, two in a month, none, and a day that was left out.
const AROUND: [(&str, &str); 9] = [
    ("America/New_York", "2026-03-06T00:00:00Z"),
    ("America/New_York", "2026-10-30T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-02T00:00:00Z"),
    ("Africa/Casablanca", "2026-02-13T00:00:00Z"),
    ("America/St_Johns", "2006-10-27T00:00:00Z"),
    ("Asia/Kathmandu", "2026-01-01T00:00:00Z"),
    ("Pacific/Apia", "2011-12-28T00:00:00Z"),
    ("Europe/London", "2026-10-23T00:00:00Z"),
];
const WEEKS: [&str; 8] = [
    "Mon-Sun 08:00-21:00",
    "Mon-Sun 00:00-24:00",
    "Mon-Sat 01:15-02:45, Sun 01:30-02:00",
    "Sun 00:00-01:30, Sun 02:15-24:00, Mon 00:00-03:00",
    "Mon-Fri 09:00-13:00, Mon-Fri 14:00-18:30, Sat 10:00-14:00",
    "Sat 22:00-24:00, Sun 00:00-03:00",
    "Sun 02:00-03:00",
    "Fri-Sun 23:30-24:00, Sat-Mon 00:00-00:10",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Against asking minute by minute, for five days around changes of clocks.
    #[test]
    fn it_is_what_asking_minute_by_minute_finds(
        around in 0..AROUND.len(),
        picks in proptest::collection::vec((0..WEEKS.len(), 0..AROUND.len(), 0..16_u8, 0..6_i64), 1..4),
        own in any::<bool>(),
    ) {
        let (name, start) = AROUND[around];
        let start = at(start);
        let first = zone(name).to_datetime(start).date();
        let owned: Vec<Owned> = picks.iter().enumerate().map(|(place, (week, other, shape, ahead))| {
            let clock = if place == 0 || own { name } else { AROUND[*other].0 };
            let date = first.checked_add(ahead.days()).unwrap();
            let mut one = Owned::new(WEEKS[*week], clock);
            if shape & 1 != 0 { one.closed.insert(date); }
            if shape & 2 != 0 { one.closed.insert(date.tomorrow().unwrap()); }
            if shape & 4 != 0 { one.from = Some(date); }
            if shape & 8 != 0 { one.until = date.checked_add(2.days()).ok(); }
            one
        }).collect();
        let whens: Vec<When<'_>> = owned.iter().map(Owned::when).collect();
        // Found backwards; of what lies beyond the last minute nothing is known.
        let (mut following, mut ending) = (None, None);
        for minute in (0..5 * 24 * 60).rev() {
            let instant = start + minute.minutes();
            let shows = owned.iter().all(|one| one.shows(instant));
            prop_assert_eq!(allows(&whens, instant), shows, "{} {:?}", instant, owned);
            if shows { following = Some(instant); } else { ending = Some(instant); }
            if following.is_some() {
                prop_assert_eq!(next(&whens, instant), following, "from {} {:?}", instant, owned);
            }
            if ending.is_some() {
                prop_assert_eq!(end(&whens, instant), ending, "end from {} {:?}", instant, owned);
            }
        }
    }
}
