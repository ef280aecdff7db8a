use super::*;

const SOUND: &str = r#"
[[accounts]]
tenant          = "shop"
provider        = "twilio"
address         = "+15005550006"
secret          = "SHOP_AUTH_TOKEN"
account_sid     = "AC00000000000000000000000000000000"
confirm_opt_out = true
rate            = 3

[[accounts]]
provider = "whatsapp"
address  = "106540352242922"
secret   = "META_APP_SECRET"
token    = "META_ACCESS_TOKEN"

[hours]
from = "09:30"
to   = "20:00"
"#;

fn parse(text: &str) -> Result<FileConfig, Vec<Diagnostic>> {
    FileConfig::parse("leadwire.toml", text.to_owned())
}

#[test]
fn what_a_file_says() {
    let read = parse(SOUND).unwrap();
    let time = |text: &str| text.parse().unwrap();
    assert_eq!(Some(read.hours), Hours::new(time("09:30"), time("20:00")));
    let [shop, meta] = &read.accounts[..] else { panic!("{read:?}") };
    assert_eq!(
        (shop.tenant.as_str(), shop.provider.as_str(), shop.address.as_str()),
        ("shop", "twilio", "+15005550006")
    );
    assert_eq!(
        (shop.secret_name.as_str(), shop.per_second, shop.confirm_opt_out),
        ("SHOP_AUTH_TOKEN", Some(3), true)
    );
    assert_eq!(
        (shop.account_sid.as_deref(), shop.place.as_str()),
        (Some("AC00000000000000000000000000000000"), "leadwire.toml:3:19")
    );
    assert_eq!((meta.tenant.as_str(), meta.token_name.as_deref()), ("default", Some("META_ACCESS_TOKEN")));
    assert!(meta.confirm_opt_out, "nobody else confirms there");
    assert_eq!(parse("").unwrap(), FileConfig::default());
}

#[test]
fn the_example_is_sound() {
    let example = include_str!("../../../leadwire.toml.example");
    assert_eq!(parse(example).unwrap(), FileConfig::default(), "as it stands it changes nothing");
    let lines = example
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line));
    let all = parse(&lines.collect::<Vec<_>>().join("\n")).unwrap();
    assert_eq!(all.accounts.len(), 2, "{all:?}");
}

/// A label, a piece of the sound file, what stands there instead, the code, line and column of what is found, and a word of
/// its help.
type Row = (&'static str, &'static str, &'static str, &'static str, (usize, usize), &'static str);

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let rows: [Row; 14] = [
        ("an unknown key", "rate ", "rat  ", "flow::unknown-key", (9, 1), "did you mean `rate`"),
        ("an unknown table", "[hours]", "[hour]", "flow::unknown-key", (17, 2), "did you mean `hours`"),
        (
            "an unknown provider",
            "\"whatsapp\"",
            "\"whatsap\"",
            "flow::wrong-value",
            (12, 12),
            "did you mean `whatsapp`",
        ),
        (
            "nothing of what must be there",
            "address         = \"+15005550006\"\n",
            "",
            "flow::missing-key",
            (2, 1),
            "address",
        ),
        ("a number in quotes", "= 3", "= \"3\"", "flow::wrong-type", (9, 19), "rate = 1"),
        ("no rate at all", "= 3", "= 0", "flow::wrong-value", (9, 19), ""),
        (
            "a number with its channel",
            "\"+15005550006\"",
            "\"whatsapp:+15005550006\"",
            "config::bad-address",
            (5, 19),
            "without",
        ),
        ("every number", "\"+15005550006\"", "\"*\"", "config::bad-address", (5, 19), "as Twilio writes it"),
        (
            "the number instead of its id",
            "\"106540352242922\"",
            "\"+15550783881\"",
            "config::bad-address",
            (13, 12),
            "phone_number_id",
        ),
        (
            "a secret",
            "\"SHOP_AUTH_TOKEN\"",
            "\"1234567890abcdef\"",
            "config::no-variable",
            (6, 19),
            "environment",
        ),
        ("no account of Twilio's", "\"AC0", "\"SK0", "config::bad-sid", (7, 19), "AC"),
        ("no time", "\"09:30\"", "\"nine\"", "config::bad-time", (18, 8), "24-hour"),
        ("hours over midnight", "\"20:00\"", "\"06:00\"", "config::no-hours", (19, 8), "midnight"),
        ("not TOML", "[hours]", "[hours", "flow::syntax", (17, 1), "quotes"),
    ];
    for (label, was, is, code, place, help) in rows {
        let broken = SOUND.replacen(was, is, 1);
        assert_ne!(broken, SOUND, "{label}");
        let found = parse(&broken).unwrap_err();
        assert_eq!((found[0].code, (found[0].line, found[0].column)), (code, place), "{label}: {found:?}");
        assert!(found[0].help.as_deref().unwrap_or_default().contains(help), "{label}: {found:?}");
        assert!(!format!("{found:?}").contains("1234567890abcdef"), "{label}: a secret is shown");
    }
    let twice = format!("{SOUND}\n{}", SOUND.replace("[hours]\nfrom = \"09:30\"\nto   = \"20:00\"\n", ""));
    let found = parse(&twice).unwrap_err();
    assert_eq!(
        found.iter().filter(|found| found.code == "config::duplicate-account").count(),
        2,
        "{found:?}"
    );
    let several =
        SOUND.replace("rate ", "rat  ").replace("\"09:30\"", "\"nine\"").replace("\"+15005550006\"", "\"x\"");
    assert_eq!(parse(&several).unwrap_err().len(), 3, "all at once");
}
