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
    assert_eq!((all.accounts.len(), all.sinks.len(), all.lists.len()), (2, 5, 2), "{all:?}");
    assert_eq!((all.alerts.via.len(), all.ledger_kept_ms), (1, Some(365 * crate::clock::DAY)));
    assert_eq!(all.rules, Some("rules".into()));
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

const DELIVERING: &str = r#"
[[sinks]]
name    = "crm"
kind    = "rest"
url     = "https://crm.example/leads"
auth    = "basic"
user    = "me"
secret  = "CRM_PASSWORD"
id      = "/id"
reports = "CRM_REPORTS"
fields  = { Phone = "{{ phone }}" }

[[sinks]]
name     = "odoo"
kind     = "odoo"
url      = "https://odoo.example"
secret   = "ODOO_KEY"
api      = "jsonrpc"
user     = "bot"
database = "shop"

[[sinks]]
name = "file"
kind = "csv"
file = "leads.csv"

[[lists]]
name           = "sales"
kind           = "slack"
webhook        = "SALES_URL"
quiet_from     = "21:00"
quiet_until    = "07:00"
time_zone      = "Asia/Kolkata"
escalate_after = "15m"
escalate_to    = "boss"

[[lists]]
name = "boss"
kind = "email"
to   = ["boss@example.com"]

[alerts]
daily_at = "08:00"

[ledger]
keep_days = 90
"#;

#[test]
fn what_a_file_says_of_sinks_and_lists() {
    let read = parse(DELIVERING).unwrap();
    let [crm, odoo, file] = &read.sinks[..] else { panic!("{read:?}") };
    assert_eq!((crm.tenant.as_str(), crm.name.as_str(), crm.kind.as_str()), ("default", "crm", "rest"));
    assert_eq!((crm.text("secret"), crm.place.as_str()), (Some("CRM_PASSWORD"), "leadwire.toml:3:11"));
    assert_eq!(crm.fields["Phone"], "{{ phone }}");
    assert_eq!((odoo.text("api"), file.text("file")), (Some("jsonrpc"), Some("leads.csv")));
    let [sales, boss] = &read.lists[..] else { panic!("{read:?}") };
    assert_eq!(
        (sales.webhook.as_deref(), sales.time_zone.as_deref()),
        (Some("SALES_URL"), Some("Asia/Kolkata"))
    );
    assert_eq!(sales.escalates, Some((15 * crate::clock::MINUTE, "boss".to_owned())));
    assert_eq!((boss.kind.as_str(), &boss.to[..]), ("email", &["boss@example.com".to_owned()][..]));
    assert_eq!(read.ledger_kept_ms, Some(90 * crate::clock::DAY));
}

#[test]
fn what_is_wrong_with_sinks_and_lists_is_told_with_its_place() {
    let rows: [Row; 27] = [
        (
            "no address",
            "url     = \"https://crm.example/leads\"\n",
            "",
            "config::missing-key",
            (4, 11),
            "url =",
        ),
        ("no key", "secret   = \"ODOO_KEY\"\n", "", "config::missing-key", (15, 12), "secret ="),
        ("no file", "file = \"leads.csv\"\n", "", "config::missing-key", (24, 8), "file ="),
        (
            "a key of another kind",
            "file = ",
            "url = \"https://x.example\"\nfile = ",
            "config::useless-key",
            (25, 1),
            "take the line away",
        ),
        ("no name", "\"crm\"", "\"My CRM\"", "config::bad-name", (3, 11), "small letters"),
        (
            "a secret",
            "\"CRM_PASSWORD\"",
            "\"1234567890abcdef\"",
            "config::no-variable",
            (8, 11),
            "environment",
        ),
        (
            "a secret for reports",
            "\"CRM_REPORTS\"",
            "\"1234567890abcdef\"",
            "config::no-variable",
            (10, 11),
            "environment",
        ),
        (
            "no address that can be called",
            "\"https://crm.example/leads\"",
            "\"crm.example\"",
            "config::bad-address",
            (5, 11),
            "https://",
        ),
        (
            "a password in the address",
            "https://crm.example",
            "https://me:1234567890abcdef@crm.example",
            "config::bad-address",
            (5, 11),
            "no password",
        ),
        (
            "an address that is no template",
            "/leads\"",
            "/{{ key\"",
            "config::bad-template",
            (5, 11),
            "{{ key }}",
        ),
        ("no pointer", "\"/id\"", "\"id\"", "config::bad-pointer", (9, 11), "slash"),
        (
            "a field that is no template",
            "\"{{ phone }}\"",
            "\"{{ phone\"",
            "config::bad-template",
            (11, 21),
            "{{ phone }}",
        ),
        ("basic without a user", "user    = \"me\"\n", "", "config::missing-key", (6, 11), "user ="),
        (
            "a header without its name",
            "auth    = \"basic\"\nuser    = \"me\"",
            "auth    = \"header\"",
            "config::missing-key",
            (6, 11),
            "header =",
        ),
        ("a login without a user", "user     = \"bot\"\n", "", "config::missing-key", (18, 12), "login"),
        ("an unknown kind", "\"csv\"", "\"csw\"", "flow::wrong-value", (24, 8), "did you mean `csv`"),
        ("two of one name", "\"odoo\"\nkind", "\"crm\"\nkind", "config::duplicate-sink", (14, 12), "rename"),
        ("no webhook", "webhook        = \"SALES_URL\"\n", "", "config::missing-key", (29, 18), "webhook ="),
        (
            "an address in the place of its variable",
            "\"SALES_URL\"",
            "\"https://1234567890abcdef\"",
            "config::no-variable",
            (30, 18),
            "environment",
        ),
        ("nobody to write to", "to   = [\"boss@example.com\"]\n", "", "config::missing-key", (39, 8), "to ="),
        (
            "no e-mail address",
            "boss@example.com",
            "boss",
            "config::bad-address",
            (40, 9),
            "sales@example.com",
        ),
        ("a name of a list", "\"sales\"", "\"Sales!\"", "config::bad-name", (28, 18), "small letters"),
        (
            "half of quiet hours",
            "quiet_until    = \"07:00\"\n",
            "",
            "config::half-hours",
            (28, 18),
            "quiet_until",
        ),
        ("an unknown zone", "Asia/Kolkata", "Asia/Nowhere", "config::bad-zone", (33, 18), "IANA"),
        (
            "half an escalation",
            "escalate_to    = \"boss\"\n",
            "",
            "config::half-escalation",
            (28, 18),
            "escalate_to",
        ),
        ("no time", "\"08:00\"", "\"eight\"", "config::bad-time", (43, 12), "24-hour"),
        ("too short a ledger", "= 90", "= 89", "config::short-ledger", (46, 13), "keep_days = 90"),
    ];
    for (label, was, is, code, place, help) in rows {
        let broken = DELIVERING.replacen(was, is, 1);
        assert_ne!(broken, DELIVERING, "{label}");
        let found = parse(&broken).unwrap_err();
        assert_eq!((found[0].code, (found[0].line, found[0].column)), (code, place), "{label}: {found:?}");
        assert_eq!(found.len(), 1, "{label}: {found:?}");
        assert!(found[0].help.as_deref().unwrap_or_default().contains(help), "{label}: {found:?}");
        assert!(!format!("{found:?}").contains("1234567890abcdef"), "{label}: a secret is shown");
    }
}
