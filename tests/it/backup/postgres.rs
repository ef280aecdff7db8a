//! PostgreSQL has programs of its own: they are named, and what the documents say of them works.

use crate::harness::{Place, START, TestApp, execute, number, on_postgres, stored, texts};
use crate::process::{Said, finish, leadwire};
use crate::whole::assert_whole;
use leadwire::clock::Clock;
use leadwire::ids;
use leadwire::service::backup::{PG_DUMP, PG_RESTORE};
use leadwire::store::db::Db;
use leadwire::store::migrate::LATEST;
use std::path::Path;
use std::process::Command;

/// What was still to be sent may have been sent since.
const PSQL: &str = "psql --command=\"UPDATE outbox SET state = 'unsure', unsure = TRUE, holder = NULL WHERE finished_at IS NULL \
                    AND state IN ('waiting', 'held')\" \"${DATABASE_URL:?is not set}\"";

/// What had failed may have been mended and delivered since.
const PSQL_FAILED: &str = "psql --command=\"UPDATE deliveries SET state = 'unknown', doubt = revision WHERE submitted_at IS NULL AND \
                    state NOT IN ('delivered', 'erased') AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.tenant_id = deliveries.tenant_id AND o.lane = \
                    'deliver:' || sink || ':' || key AND o.finished_at IS NULL)\" \"${DATABASE_URL:?is not set}\"";

/// Where Debian keeps the programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

#[test]
fn the_commands_of_postgresql_are_told() {
    on_postgres(async |place: Place| {
        for arguments in [&["backup"][..], &["backup", "--json"], &["restore", "leadwire.dump"]] {
            let said = leadwire(&place, arguments);
            assert!(!said.success && said.out.is_empty(), "{said:?}");
            assert!(said.told.contains(PG_DUMP) && said.told.contains(PG_RESTORE), "{said:?}");
        }
        assert!(!place.folder().join("data").exists(), "nothing was made");
    });
}

#[test]
fn the_documents_name_the_same_commands() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/OPERATIONS.md");
    let operations = std::fs::read_to_string(path).unwrap();
    for command in [PG_DUMP, PG_RESTORE, PSQL, PSQL_FAILED] {
        assert!(operations.lines().any(|line| line == command), "{command}");
    }
}

/// Runs a line of the documents in a shell.
fn shell(place: &Place, url: Option<&str>, line: &str) -> Said {
    let mut command = Command::new("sh");
    command.args(["-c", line]).env_clear().env("PATH", format!("{PROGRAMS}:/usr/bin:/bin"));
    command.envs(url.map(|url| ("DATABASE_URL", url))).current_dir(place.folder());
    finish(command)
}

/// A server on another database than its place's.
async fn served(place: &Place, url: &str) -> TestApp {
    place.app_at(&[("DATABASE_URL", url)], Clock::fixed(START)).await
}

/// Everything about people, in an order of its own.
async fn contents(db: &Db) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["leads", "messages", "conversations", "persons", "identities", "answers", "outbox"] {
        let mut rows = texts(db, "t::text", &format!("{table} AS t")).await;
        rows.sort();
        all.push(format!("{table}: {}", rows.len()));
        all.append(&mut rows);
    }
    all
}

#[test]
fn what_is_dumped_is_restored_over_what_is_there_and_into_an_empty_database() {
    on_postgres(async |place: Place| {
        if !Path::new(PROGRAMS).join("pg_dump").exists() {
            println!("SKIPPED (no {PROGRAMS}/pg_dump)");
            return;
        }
        let server = place.connect(1).await;
        let (one, other) = (format!("test_{}", ids::secret()), format!("test_{}", ids::secret()));
        let url = |name: &str| {
            let mut url = url::Url::parse(place.database_url()).unwrap();
            url.set_path(name);
            url.set_query(None);
            url.to_string()
        };
        for name in [&one, &other] {
            execute(&server, format!("CREATE DATABASE {name}")).await;
        }

        let app = served(&place, &url(&one)).await;
        let say = async |app: &TestApp, person: usize, text: &str, sid: String| {
            app.twilio_message(&format!("+1415555{person:04}"), text, &sid).await.body
        };
        let mut replies = Vec::new();
        for person in 0..10 {
            for (n, text) in ["hi", "yes", "Restaurant", "Pune"].into_iter().enumerate() {
                replies.push(say(&app, person, text, format!("SM-{person}-{n}")).await);
            }
        }
        execute(
            &app.app.db,
            "INSERT INTO outbox (tenant_id, id, kind, account_id, place, recipient, payload, person_id, channel, conversation_id, seq,
               part, parts, confirms, state, attempts, run_at, wanted_at, created_at)
             SELECT 1, 1, 'twilio_message', 1, 1, 'whoever', '{}', 1, 'sms', 1, 1, 0, 1, FALSE, 'waiting', 0, 0, 0, 0",
        )
        .await;
        execute(
            &app.app.db,
            "INSERT INTO deliveries (tenant_id, id, sink, key, lead_id, person_id, conversation_id, channel, event, lead_data, payload,
               revision, state, created_at, updated_at) VALUES (1, 1, 'crm', 'lw-1', 1, 1, 1, 'sms', 'completed', '{}', '{}', 1, 'failed', 0, 0)",
        )
        .await;
        let (rows, before) = (stored(&app.app.db).await, contents(&app.app.db).await);
        assert!(before.contains(&"leads: 10".to_owned()) && rows > 100, "{rows}");
        // While it is served.
        shell(&place, Some(&url(&one)), PG_DUMP).ok();
        say(&app, 11, "hi", "SM-later".to_owned()).await;
        assert_ne!(contents(&app.app.db).await, before);
        app.stop().await;

        let unset = shell(&place, None, PG_RESTORE);
        assert!(!unset.success && unset.told.contains("DATABASE_URL"), "{unset:?}");
        for name in [&one, &other] {
            shell(&place, Some(&url(name)), PG_RESTORE).ok();
            let app = served(&place, &url(name)).await;
            assert_eq!(contents(&app.app.db).await, before, "{name}");
            assert_eq!(stored(&app.app.db).await, rows);
            assert_whole(&app.app.db).await;
            let again = say(&app, 3, "Restaurant", "SM-3-2".to_owned()).await;
            assert_eq!(again, replies[3 * 4 + 2], "the identical reply");
            assert_eq!(stored(&app.app.db).await, rows, "a repeat changes nothing");
            assert_eq!(number(&app.app.db, "SELECT MAX(version) FROM _sqlx_migrations").await, LATEST);
            let said = shell(&place, Some(&url(name)), PSQL).ok();
            assert_eq!(said.trim(), "UPDATE 1");
            assert_eq!(shell(&place, Some(&url(name)), PSQL_FAILED).ok().trim(), "UPDATE 1");
            assert_eq!(texts(&app.app.db, "state", "outbox WHERE unsure").await, ["unsure"]);
            app.stop().await;
        }
        for name in [&one, &other] {
            execute(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    });
}
