//! `leadwire doctor`, `sinks test` and `notify test`: the real program, beside a real server, with one thing broken at a time.

mod fake;
mod samples;
mod schema;

use crate::harness::{Place, execute, stored};
use crate::mail::server::{Options, Server as MailServer};
use crate::process::{Said, Server, finish, free_address, program, usual};
use fake::Fake;
use leadwire::store::db::Db;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A set-up in which everything works.
struct Setup {
    place: Place,
    settings: BTreeMap<String, String>,
    toml: String,
    crm: Fake,
    hook: Fake,
    mail: MailServer,
    /// Refuses whatever it is asked.
    expired: Fake,
    _server: Server,
}

/// One that is not ok.
#[derive(Debug, PartialEq)]
struct Found {
    area: String,
    status: String,
    what: String,
    cure: String,
}

impl Setup {
    async fn start(place: &Place) -> Setup {
        let (crm, hook) = (Fake::start(200, "[]").await, Fake::start(200, "ok").await);
        let expired = Fake::start(401, r#"{"message":"the token has expired"}"#).await;
        let mail = MailServer::start(Options::default()).await;
        let authority = place.folder().join("ca.pem");
        std::fs::write(&authority, mail.ca_pem()).unwrap();
        let address = free_address();
        let mut settings: BTreeMap<String, String> =
            usual(place).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut set = |name: &str, value: String| settings.insert(name.to_owned(), value);
        set("LEADWIRE_LISTEN", address.clone());
        set("PUBLIC_URL", format!("http://{address}"));
        set("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000".to_owned());
        set("WHATSAPP_APP_SECRET", "app-secret".to_owned());
        set("WHATSAPP_ACCESS_TOKEN", "token".to_owned());
        set("WHATSAPP_PHONE_NUMBER_ID", "106540352242922".to_owned());
        set("WHATSAPP_VERIFY_TOKEN", "word".to_owned());
        set("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1".to_owned());
        set("CRM_TOKEN", "crm-token".to_owned());
        set("ZAP_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        set("FLOWS_DIR", shipped().display().to_string());
        set("SLACK_WEBHOOK_URL", format!("{}/slack", hook.url));
        set("SALES_URL", format!("{}/hook", hook.url));
        set("SMTP_HOST", MailServer::HOST.to_owned());
        set("SMTP_PORT", mail.port().to_string());
        set("SMTP_CA_FILE", authority.display().to_string());
        set("SENDER_EMAIL", MailServer::USER.to_owned());
        set("SENDER_PASSWORD", MailServer::PASSWORD.to_owned());
        set("SALES_TEAM_EMAILS", "sales@example.com".to_owned());
        let toml = format!(
            "[[sinks]]\nname = \"crm\"\nkind = \"rest\"\nurl = \"{crm}/leads\"\nsecret = \"CRM_TOKEN\"\n\
             find_by_key = \"{crm}/leads?ref={{{{ key }}}}\"\n\n\
             [[sinks]]\nname = \"zap\"\nkind = \"webhook\"\nurl = \"{hook}/zap\"\nsecret = \"ZAP_SECRET\"\n\n\
             [[sinks]]\nname = \"file\"\nkind = \"csv\"\nfile = \"leads.csv\"\n\n\
             [[lists]]\nname = \"sales\"\nkind = \"slack\"\nwebhook = \"SALES_URL\"\n",
            crm = crm.url,
            hook = hook.url
        );
        std::fs::write(place.folder().join("leadwire.toml"), &toml).unwrap();
        let mut command = program(place);
        command.envs(&settings);
        let server = Server::run(command, &address).await;
        Setup { place: place.clone(), settings, toml, crm, hook, mail, expired, _server: server }
    }

    /// Runs a command with these settings over the healthy ones; an empty one is taken away.
    fn run(&self, arguments: &[&str], changed: &[(&str, &str)]) -> Said {
        let mut command = program(&self.place);
        command.args(arguments).envs(&self.settings);
        for (name, value) in changed {
            match value.is_empty() {
                true => command.env_remove(name),
                false => command.env(name, value),
            };
        }
        finish(command)
    }

    /// Asks the doctor, with these settings and this leadwire.toml.
    fn examined(&self, changed: &[(&str, &str)], toml: &str) -> (bool, Vec<Found>) {
        let file = self.place.folder().join("leadwire.toml");
        std::fs::write(&file, toml).unwrap();
        let said = self.run(&["doctor", "--json"], changed);
        std::fs::write(&file, &self.toml).unwrap();
        (said.success, not_ok(&said))
    }

    /// The shipped flows, with more at the end of one of them.
    fn flows(&self, name: &str, more: &str) -> String {
        let folder = self.place.folder().join(name);
        copied(&shipped(), &folder);
        let vehicle = folder.join("vehicle.toml");
        let text = std::fs::read_to_string(&vehicle).unwrap();
        std::fs::write(&vehicle, format!("{text}\n{more}")).unwrap();
        folder.display().to_string()
    }
}

/// Flows without any warning.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("flows")
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for path in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &there);
        } else {
            std::fs::copy(&path, there).unwrap();
        }
    }
}

/// The findings that are no `ok`; each says what to do.
fn not_ok(said: &Said) -> Vec<Found> {
    let report: Json = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    let findings = report["findings"].as_array().unwrap();
    let text = |finding: &Json, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let all = findings.iter().map(|finding| Found {
        area: text(finding, "area"),
        status: text(finding, "status"),
        what: text(finding, "what"),
        cure: text(finding, "cure"),
    });
    all.filter(|found| found.status != "ok").collect()
}

on_both!(each_fault_is_found_alone, what_stands_is_told);

/// A label, settings over the healthy ones, a piece of leadwire.toml and what stands there instead, the area, pieces of what is
/// said and of the cure.
type Row<'a> = (&'a str, Vec<(&'a str, &'a str)>, (&'a str, &'a str), &'a str, &'a str, &'a str);

async fn each_fault_is_found_alone(place: Place) {
    let setup = Setup::start(&place).await;
    let db = Db::connect(place.database_url(), 1).await.unwrap();
    let before = stored(&db).await;
    let (well, found) = setup.examined(&[], &setup.toml);
    assert!(well && found.is_empty(), "all is well: {found:#?}");
    let written =
        setup.crm.came().into_iter().chain(setup.hook.came()).filter(|came| came.method != "GET").count();
    assert_eq!((written, stored(&db).await), (0, before), "nothing was written anywhere");
    assert!(!place.folder().join("leads.csv").exists());

    let (nobody, elsewhere) = (free_address(), Fake::start(200, "hello").await);
    let url = |path: &str| format!("http://{nobody}{path}");
    let (nobody_url, nobody_root) = (url("/hook"), url(""));
    let nobody_port = nobody.rsplit(':').next().unwrap();
    let gone = format!("postgres://someone:hush@{nobody}/leads");
    let broken = setup.flows("broken", "[scorin]\nsql = 5\n");
    let sinkless =
        setup.flows("sinkless", "[[deliver]]\nto = \"pipedrive\"\non = \"completed\"\nmap = { a = \"b\" }\n");
    let listless = setup.flows("listless", "[[notify]]\non = [\"completed\"]\nvia = [\"managers\"]\n");
    let (crm, other) = (setup.crm.url.as_str(), setup.expired.url.as_str());
    let none = ("", "");
    let rows: Vec<Row<'_>> = vec![
        (
            "a broken file",
            vec![],
            ("kind = \"csv\"", "kind = \"csw\""),
            "configuration",
            "leadwire.toml:16",
            "did you mean",
        ),
        ("no such variable", vec![("CRM_TOKEN", "")], none, "configuration", "CRM_TOKEN", "set the variable"),
        (
            "a database that is down",
            vec![("DATABASE_URL", &gone)],
            none,
            "database",
            "cannot be opened",
            "start the database",
        ),
        ("a flow with an error", vec![("FLOWS_DIR", &broken)], none, "flows", "scorin", "did you mean"),
        ("an unknown sink", vec![("FLOWS_DIR", &sinkless)], none, "flows", "\"pipedrive\"", "[[sinks]]"),
        ("an unknown list", vec![("FLOWS_DIR", &listless)], none, "flows", "\"managers\"", "[[lists]]"),
        (
            "no folder of flows",
            vec![("FLOWS_DIR", "nothing-here")],
            none,
            "flows",
            "nothing-here",
            "FLOWS_DIR",
        ),
        (
            "a sink that refuses us",
            vec![],
            (crm, other),
            "sink crm",
            "the token has expired",
            "renew CRM_TOKEN",
        ),
        (
            "a sink that is gone",
            vec![],
            (crm, &nobody_url),
            "sink crm",
            "nobody can be reached",
            "leadwire.toml:2",
        ),
        (
            "a file that cannot be there",
            vec![],
            ("leads.csv", "no/such/leads.csv"),
            "sink file",
            "no/such/leads.csv",
            "folder is there",
        ),
        (
            "a private address",
            vec![],
            (crm, "http://10.1.2.3"),
            "sink crm",
            "ALLOW_PRIVATE_ADDRESSES",
            "ALLOW_PRIVATE_ADDRESSES if",
        ),
        ("a wrong password", vec![("SENDER_PASSWORD", "wrong")], none, "mail", "535", "SENDER_PASSWORD"),
        ("no mail server", vec![("SMTP_PORT", nobody_port)], none, "mail", "localhost", "SMTP_PORT"),
        (
            "a list that is gone",
            vec![("SALES_URL", &nobody_url)],
            none,
            "list sales",
            "nobody can be reached",
            "webhook",
        ),
        (
            "somebody else's address",
            vec![("PUBLIC_URL", &elsewhere.url)],
            none,
            "public url",
            "somebody else",
            "PUBLIC_URL",
        ),
        (
            "nobody's address",
            vec![("PUBLIC_URL", &nobody_root)],
            none,
            "public url",
            "nobody can be reached",
            "proxy",
        ),
        (
            "another token",
            vec![("TWILIO_AUTH_TOKEN", "another")],
            none,
            "public url, TWILIO_AUTH_TOKEN",
            "refuses",
            "the same",
        ),
        (
            "another secret",
            vec![("WHATSAPP_APP_SECRET", "another")],
            none,
            "public url, WHATSAPP_APP_SECRET",
            "refuses",
            "the same",
        ),
        (
            "no token to send with",
            vec![("WHATSAPP_ACCESS_TOKEN", "")],
            none,
            "whatsapp",
            "WHATSAPP_ACCESS_TOKEN",
            "set WHATSAPP_ACCESS_TOKEN",
        ),
    ];
    for (label, changed, (was, is), area, what, cure) in rows {
        let toml = if was.is_empty() { setup.toml.clone() } else { setup.toml.replace(was, is) };
        let (well, found) = setup.examined(&changed, &toml);
        assert!(!well, "{label}: {found:#?}");
        let [found] = &found[..] else { panic!("{label}: {found:#?}") };
        assert_eq!((found.area.as_str(), found.status.as_str()), (area, "fault"), "{label}: {found:?}");
        assert!(found.what.contains(what) && found.cure.contains(cure), "{label}: {found:?}");
        assert!(!format!("{found:?}").contains("hush"), "{label}: a secret is shown");
    }
    db.close().await;
}

async fn what_stands_is_told(place: Place) {
    let setup = Setup::start(&place).await;
    let db = Db::connect(place.database_url(), 1).await.unwrap();
    execute(&db, "INSERT INTO alerts (tenant_id, name, message, raised_at) VALUES (1, 'sink-paused:crm', 'It is paused', 1)").await;
    let (well, found) = setup.examined(&[], &setup.toml);
    let told: Vec<(&str, &str)> =
        found.iter().map(|found| (found.area.as_str(), found.status.as_str())).collect();
    assert_eq!((well, told), (true, vec![("alert", "warning")]), "a warning is no fault: {found:?}");
    execute(&db, "UPDATE alerts SET cleared_at = 2").await;
    let job = |id: i64, state: &str, finished: &str| {
        format!(
            "INSERT INTO outbox (tenant_id, id, kind, account_id, place, recipient, payload, person_id, channel, \
             conversation_id, seq, part, parts, confirms, state, attempts, run_at, wanted_at, created_at, finished_at) \
             VALUES (1, {id}, 'twilio_message', 1, 1, '+1', '', 1, 'sms', 1, 1, 0, 1, FALSE, '{state}', 1, \
             9000000000000, 1000, 1000, {finished})"
        )
    };
    execute(&db, job(1, "dead", "1000")).await;
    let (well, found) = setup.examined(&[], &setup.toml);
    let [dead] = &found[..] else { panic!("{found:?}") };
    assert!(!well && dead.area == "outbox" && dead.cure.contains("leadwire jobs retry --dead"), "{dead:?}");
    execute(&db, "DELETE FROM outbox").await;
    execute(&db, job(2, "waiting", "NULL")).await;
    let (well, found) = setup.examined(&[], &setup.toml);
    let [old] = &found[..] else { panic!("{found:?}") };
    assert!(!well && old.what.contains("past its time"), "{old:?}");
    execute(&db, "DELETE FROM outbox").await;
    db.close().await;

    let lines = setup.run(&["doctor"], &[]).ok();
    assert!(lines.contains("ok       database: "), "{lines}");
    assert!(lines.trim_end().ends_with("0 warnings, 0 faults"), "{lines}");
    setup.crm.came();
    let offline = setup.run(&["doctor", "--offline"], &[("PUBLIC_URL", "http://127.0.0.1:1")]).ok();
    assert!(!offline.contains("sink crm") && !offline.contains("mail:"), "{offline}");
    assert_eq!(setup.crm.came().len(), 0);
}
