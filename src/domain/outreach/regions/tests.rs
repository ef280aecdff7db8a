use super::super::place::PlaceFrom;
use super::*;
use crate::clock::{DAY, HOUR};
use crate::domain::calendar::{self, When};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn place(country: &str, state: &str, zones: &'static [&'static str]) -> Place {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Place {
        country: some(country),
        state: some(state),
        zones: zones.iter().map(|zone| (*zone).into()).collect(),
        from: PlaceFrom::Field,
    }
}

/// Whether all of a law's hours allow that, by all clocks of the place that they bind by.
fn allows(law: &Law<'_>, place: &Place, at: &str) -> bool {
    let zones: Vec<(&str, TimeZone)> =
        place.zones.iter().map(|name| (name.as_ref(), TimeZone::get(name).unwrap())).collect();
    let whens: Vec<When<'_>> = law
        .hours
        .iter()
        .flat_map(|hours| {
            zones.iter().filter(|(name, _)| hours.binds(place, name)).map(|(_, zone)| hours.when(zone))
        })
        .collect();
    let at: Timestamp = at.parse().unwrap();
    calendar::allows(&whens, at)
}

#[test]
fn what_is_built_in_holds() {
    const EAST: &[&str] = &["America/New_York"];
    const CENTRAL: &[&str] = &["America/Chicago"];
    const ALL: &[&str] = &["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"];
    const INDIA: &[&str] = &["Asia/Kolkata"];
    const LONDON: &[&str] = &["Europe/London"];
    let built_in = Regions::built_in();
    // 2026-01-15 is a Thursday, 2026-01-18 and 2026-10-18 are Sundays.
    let rows = [
        ("federal, eight in the morning", "US", "NY", EAST, Channel::Voice, "2026-01-15T13:00:00Z", true),
        ("federal, just before", "US", "NY", EAST, Channel::Voice, "2026-01-15T12:59:59Z", false),
        (
            "federal, half past eight in the evening",
            "US",
            "NY",
            EAST,
            Channel::Sms,
            "2026-01-16T01:30:00Z",
            true,
        ),
        (
            "Florida, half past eight in the evening",
            "US",
            "FL",
            EAST,
            Channel::Sms,
            "2026-01-16T01:30:00Z",
            false,
        ),
        ("Texas, a Sunday morning", "US", "TX", CENTRAL, Channel::Voice, "2026-01-18T17:59:00Z", false),
        ("Texas, a Sunday noon", "US", "TX", CENTRAL, Channel::Voice, "2026-01-18T18:00:00Z", true),
        (
            "Pennsylvania, a Sunday before the rule",
            "US",
            "PA",
            EAST,
            Channel::Voice,
            "2026-10-11T16:00:00Z",
            true,
        ),
        ("Pennsylvania, its first Sunday", "US", "PA", EAST, Channel::Voice, "2026-10-18T16:00:00Z", false),
        ("Maine, a call at six", "US", "ME", EAST, Channel::Voice, "2026-01-15T23:00:00Z", false),
        ("Maine, a message at six", "US", "ME", EAST, Channel::Sms, "2026-01-15T23:00:00Z", true),
        // Eleven in the east, eight in the west.
        ("any state: the strictest of all", "US", "", ALL, Channel::Voice, "2026-01-15T16:00:00Z", true),
        // Six in the evening in the east: Maine's automated calls are over.
        ("any state: Maine counts", "US", "", ALL, Channel::Voice, "2026-01-15T23:00:00Z", false),
        // Eight in the morning in Los Angeles, where Kentucky's ten o'clock is nobody's; eleven in Louisville.
        (
            "any state: not by clocks that it has not",
            "US",
            "",
            ALL,
            Channel::Sms,
            "2026-01-15T16:00:00Z",
            true,
        ),
        (
            "Puerto Rico: no state's rules",
            "PR",
            "",
            &["America/Puerto_Rico"],
            Channel::Voice,
            "2026-01-16T00:30:00Z",
            true,
        ),
        (
            "Puerto Rico: but the federal ones",
            "PR",
            "",
            &["America/Puerto_Rico"],
            Channel::Voice,
            "2026-01-16T01:30:00Z",
            false,
        ),
        ("India, before nine", "IN", "", INDIA, Channel::Whatsapp, "2026-01-15T03:29:00Z", false),
        ("India, a national holiday", "IN", "", INDIA, Channel::Voice, "2026-01-26T06:00:00Z", false),
        ("the kingdom, a bank holiday", "GB", "", LONDON, Channel::Voice, "2026-04-06T12:00:00Z", false),
        ("the kingdom, the day after", "GB", "", LONDON, Channel::Voice, "2026-04-07T12:00:00Z", true),
        ("the kingdom, a Sunday", "GB", "", LONDON, Channel::Sms, "2026-01-18T12:00:00Z", false),
        (
            "known to live in Florida, by another clock",
            "US",
            "FL",
            &["America/Los_Angeles"],
            Channel::Sms,
            "2026-01-16T04:30:00Z",
            false,
        ),
        (
            "any state, by a clock that is not listed",
            "US",
            "",
            &["America/Detroit"],
            Channel::Sms,
            "2026-01-16T01:30:00Z",
            false,
        ),
        ("nobody wrote rules", "FR", "", &["Europe/Paris"], Channel::Voice, "2026-01-15T02:00:00Z", true),
        ("nobody knows where", "", "", &["Europe/Paris"], Channel::Voice, "2026-01-15T02:00:00Z", true),
    ];
    for (label, country, state, zones, channel, at, expected) in rows {
        let place = place(country, state, zones);
        assert_eq!(allows(&built_in.law(&place, channel), &place, at), expected, "{label}");
    }
}

#[test]
fn caps_waits_and_shares() {
    let built_in = Regions::built_in();
    let law = |country, state, channel| built_in.law(&place(country, state, &["UTC"]), channel);
    let caps = |law: &Law<'_>| law.caps.iter().map(|cap| (cap.attempts, cap.within_ms)).collect::<Vec<_>>();
    assert_eq!(caps(&law("US", "FL", Channel::Voice)), [(3, DAY)]);
    assert_eq!(caps(&law("US", "NY", Channel::Voice)), []);
    assert_eq!(caps(&law("US", "", Channel::Voice)), [(3, DAY); 3], "any of those that have one");
    assert_eq!(caps(&law("PR", "", Channel::Voice)), [], "a territory is no other state");
    assert_eq!(law("US", "NY", Channel::Voice).abandoned, [(3.0, 30)]);
    assert_eq!(law("US", "NY", Channel::Sms).abandoned, [], "a message is no call");
    assert_eq!(law("US", "NY", Channel::Voice).after_drop_ms, None);
    let kingdom = law("GB", "", Channel::Voice);
    assert_eq!((kingdom.after_drop_ms, kingdom.abandoned), (Some(72 * HOUR), vec![(3.0, 1)]));
    assert_eq!(law("US", "NY", Channel::Web), Law::default(), "nobody is written to there");
}

/// A sound file; what is wrong is put in the place of a piece of it.
const SOUND: &str = r#"country = "US"
name = "x"
territories = ["PR"]
unknown_state = "country"
[holidays]
own = [2026-07-04]
[[rules]]
name = "one"
states = ["TX", "FL"]
channels = ["voice"]
from = 2026-01-01
until = 2027-01-01
hours = "Mon-Fri 09:00-18:00"
holidays = ["own"]
caps = [{ attempts = 2, within = "7d" }]
source = "somewhere"
basis = "law"
[[rules]]
name = "two"
channels = ["voice"]
after_drop = "90m"
abandoned_percent = 2.5
abandoned_days = 7
source = "somewhere"
basis = "custom"
"#;

fn read(text: &str) -> Result<Regions, RuleMistakes> {
    Regions::read(vec![("x.toml".to_owned(), text.to_owned())])
}

#[test]
fn what_a_file_says() {
    let regions = read(SOUND).unwrap();
    let [region] = regions.all() else { panic!("{regions:?}") };
    let [one, two] = &region.rules[..] else { panic!("{region:?}") };
    let hours = one.hours.as_ref().unwrap();
    assert_eq!(hours.zones, ["America/Chicago", "America/Denver", "America/New_York"], "of both states");
    assert_eq!(
        (hours.closed.len(), hours.from, hours.until),
        (1, "2026-01-01".parse().ok(), "2027-01-01".parse().ok())
    );
    assert_eq!((one.caps[0].attempts, one.caps[0].within_ms, one.channels.len()), (2, 7 * DAY, 1));
    assert_eq!(
        (two.after_drop_ms, two.abandoned, two.basis),
        (Some(90 * 60_000), Some((2.5, 7)), Basis::Custom)
    );
    let unknown = regions.law(&place("US", "", &["America/Denver"]), Channel::Voice);
    assert!(
        unknown.hours.is_empty() && unknown.after_drop_ms.is_some(),
        "the rules of the whole country alone"
    );
    let waits = regions.law(&place("US", "TX", &["America/Denver"]), Channel::Voice);
    assert_eq!(waits.hours.len(), 1);
}

#[test]
fn of_several_rules_the_strictest_wait_holds_and_every_share() {
    let more = "[[rules]]\nname = \"three\"\nafter_drop = \"1d\"\nabandoned_percent = 1\nabandoned_days = 2\nsource = \"s\"\nbasis = \"law\"\n";
    let last = more.replace("1d", "1h").replace("= 1\n", "= 9\n").replace("= 2\n", "= 1\n");
    for (text, shares) in [
        (format!("{SOUND}{more}"), vec![(2.5, 7), (1.0, 2)]),
        (format!("{SOUND}{more}{last}"), vec![(2.5, 7), (1.0, 2), (9.0, 1)]),
    ] {
        let regions = read(&text).unwrap();
        assert_eq!(regions.abandoned_days(), Some(7));
        let law = regions.law(&place("US", "NY", &["America/New_York"]), Channel::Voice);
        assert_eq!((law.after_drop_ms, law.abandoned), (Some(DAY), shares));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_to_write() {
    // Label, a piece of the sound file, what stands there instead, line, key, and a word of what is said.
    let rows = [
        ("no TOML", "name = \"x\"", "name = x", 2, "file", "string"),
        ("an unknown key", "hours =", "hour =", 13, "hour", "expected one of"),
        (
            "a missing key",
            "source = \"somewhere\"\nbasis = \"law\"",
            "basis = \"law\"",
            7,
            "source",
            "source = \"",
        ),
        ("another type", "hours = \"Mon-Fri 09:00-18:00\"", "hours = 9", 13, "hours", "write hours = "),
        ("no such basis", "basis = \"law\"", "basis = \"rumour\"", 17, "basis", "\"secondary\""),
        ("no such wish", "\"country\"", "\"lenient\"", 4, "unknown_state", "\"strictest\""),
        ("no country", "\"US\"", "\"usa\"", 1, "country", "two capitals"),
        ("no state", "\"TX\"", "\"Texas\"", 9, "states", "write states = "),
        ("no such channel", "[\"voice\"]\nfrom", "[\"web\"]\nfrom", 10, "channels", "\"sms\""),
        ("no channel", "[\"voice\"]\nfrom", "[]\nfrom", 8, "channels", "no channel"),
        ("no date alone", "2027-01-01\nhours", "2027-01-01T00:00:00\nhours", 12, "until", "date alone"),
        ("an end before the beginning", "2027-01-01\nhours", "2025-01-01\nhours", 12, "until", "later"),
        ("no hours", "Mon-Fri 09:00", "Mon-Fri 9", 13, "hours", "Mon-Fri 09:00-18:00"),
        ("no such list", "[\"own\"]", "[\"bank\"]", 14, "holidays", "no list"),
        ("no attempts", "attempts = 2", "attempts = 0", 15, "caps", "at least one"),
        ("no length", "\"7d\"", "\"a week\"", 15, "caps", "within = \"24h\""),
        ("too long", "\"90m\"", "\"9999d\"", 21, "after_drop", "72h"),
        ("more than all", "2.5", "250", 22, "abandoned_percent", "0 to 100"),
        ("of no day", "abandoned_days = 7", "abandoned_days = 0", 23, "abandoned_days", "1 to 366"),
        ("half of it", "abandoned_days = 7\n", "", 22, "abandoned_percent", "how many days"),
        ("the other half", "abandoned_percent = 2.5\n", "", 22, "abandoned_days", "of a hundred"),
        (
            "no source",
            "source = \"somewhere\"\nbasis = \"law\"",
            "source = \" \"\nbasis = \"law\"",
            16,
            "source",
            "47 CFR",
        ),
        ("dates where none hold", "after_drop", "from = 2026-01-01\nafter_drop", 21, "from", "without dates"),
        (
            "nothing",
            "after_drop = \"90m\"\nabandoned_percent = 2.5\nabandoned_days = 7\n",
            "",
            19,
            "name",
            "says nothing",
        ),
    ];
    for (label, piece, instead, line, key, word) in rows {
        assert!(SOUND.contains(piece), "{label}");
        let mistakes = read(&SOUND.replacen(piece, instead, 1)).unwrap_err();
        let RuleMistakes(list) = &mistakes;
        let found = list.iter().any(|one| one.line == line && one.key == key && one.message.contains(word));
        assert!(found, "{label}: {mistakes}");
        assert!(
            mistakes.to_string().starts_with(&format!("x.toml:{line}: `{key}`: ")),
            "{label}: {mistakes}"
        );
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text =
        SOUND.replace("\"TX\"", "\"XX\"").replace("\"90m\"", "\"soon\"").replace("[\"own\"]", "[\"bank\"]");
    assert_eq!(read(&text).unwrap_err().0.len(), 3);
}

#[test]
fn a_file_stands_in_the_place_of_the_one_of_its_name() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let regions = Regions::over_built_in(vec![
        file("us.toml", SOUND),
        file("fr.toml", &SOUND.replace("US", "FR").replace("states = [\"TX\", \"FL\"]\n", "")),
    ])
    .unwrap();
    let countries: Vec<(&str, usize)> =
        regions.all().iter().map(|region| (region.country.as_str(), region.rules.len())).collect();
    assert_eq!(countries, [("FR", 2), ("GB", 2), ("IN", 2), ("US", 2)]);
    let twice = Regions::over_built_in(vec![file("own.toml", SOUND)]).unwrap_err();
    assert!(twice.to_string().contains("us.toml has this country already"), "{twice}");
}
