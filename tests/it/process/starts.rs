//! Starts that cannot be: each ends by itself with a code that is not 0 and says what to do.

use super::{Server, finish, free_address, program, usual};
use crate::harness::{Place, execute, number, on_postgres, on_sqlite};
use leadwire::store::db::Db;
use std::net::TcpListener;
use std::process::Command;

/// A `serve` with these settings over the usual ones.
fn serve(place: &Place, settings: &[(&str, &str)]) -> Command {
    let mut command = program(place);
    command.arg("serve").envs(usual(place)).env("LEADWIRE_LISTEN", free_address());
    command.envs(settings.iter().copied());
    command
}

/// Runs a start that fails, and what it said.
#[track_caller]
fn refusal(command: Command) -> String {
    let said = finish(command);
    assert!(!said.success && said.out.is_empty(), "{said:?}");
    assert!(said.told.starts_with("error: "), "{said:?}");
    said.told
}

#[test]
fn a_second_server_on_one_file_refuses() {
    on_sqlite(async |place: Place| {
        let server = Server::start(&place).await;
        let told = refusal(serve(&place, &[]));
        assert!(told.contains("leadwire.db is in use by another leadwire"), "{told}");
        assert!(told.contains("DATABASE_URL"), "{told}");
        assert_eq!(
            server.message("+14155550123", "hi", "SM1").await.unwrap().status,
            200,
            "the first goes on"
        );
    });
}

#[test]
fn all_mistakes_are_told_at_once() {
    on_sqlite(async |place: Place| {
        let told = refusal(serve(
            &place,
            &[
                ("LEADWIRE_LISTEN", "nowhere"),
                ("DATABASE_URL", "mysql://user:secret@host/db"),
                ("PUBLIC_URL", "bot.example.com"),
                ("LEADWIRE_TIME_ZONE", "Mars/Olympus"),
                ("RATE_LIMIT_PER_MINUTE", "0"),
                ("LOG_FORMAT", "yaml"),
                ("TWILIO_ACCOUNT_SID", "XX1"),
                ("VOICE_TRANSFER_TO", "555 0123"),
            ],
        ));
        assert!(told.contains("8 mistakes"), "{told}");
        for variable in [
            "LEADWIRE_LISTEN:",
            "DATABASE_URL:",
            "PUBLIC_URL:",
            "LEADWIRE_TIME_ZONE:",
            "RATE_LIMIT_PER_MINUTE:",
            "LOG_FORMAT:",
            "TWILIO_ACCOUNT_SID:",
            "VOICE_TRANSFER_TO:",
        ] {
            assert!(told.contains(variable), "{variable} {told}");
        }
        assert!(!told.contains("secret"), "{told}");
        assert!(!place.folder().join("data").exists(), "nothing was made");
    });
}

#[test]
fn a_database_in_memory_is_refused() {
    on_sqlite(async |place: Place| {
        let told = refusal(serve(&place, &[("DATABASE_URL", "sqlite::memory:")]));
        assert!(told.contains("DATABASE_URL: must name a file"), "{told}");
    });
}

#[test]
fn a_port_in_use_is_named() {
    on_sqlite(async |place: Place| {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let told = refusal(serve(&place, &[("LEADWIRE_LISTEN", &address)]));
        assert!(told.contains(&format!("cannot listen on {address}")), "{told}");
        assert!(told.contains("LEADWIRE_LISTEN"), "{told}");
    });
}

#[test]
fn a_folder_of_flows_that_is_missing_is_named() {
    on_sqlite(async |place: Place| {
        let told = refusal(serve(&place, &[("FLOWS_DIR", "no-such-folder")]));
        assert_eq!(told.matches("no-such-folder").count(), 1, "once: {told}");
        assert!(told.contains("FLOWS_DIR"), "{told}");
    });
}

#[test]
fn a_database_that_is_not_there_is_told() {
    on_sqlite(async |place: Place| {
        let unreachable = format!("postgres://someone:secret@{}/leads", free_address());
        let told = refusal(serve(&place, &[("DATABASE_URL", &unreachable)]));
        assert!(told.contains("check DATABASE_URL"), "{told}");
        assert!(told.to_lowercase().contains("connection refused"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    });
}

#[test]
fn a_database_that_does_not_exist_is_told() {
    on_postgres(async |place: Place| {
        let mut url = url::Url::parse(place.database_url()).unwrap();
        url.set_path("no_such_database");
        let told = refusal(serve(&place, &[("DATABASE_URL", url.as_str())]));
        assert!(told.contains("check DATABASE_URL"), "{told}");
        assert_eq!(told.matches("\"no_such_database\" does not exist").count(), 1, "once: {told}");
    });
}

/// Servers that were killed left all numbers taken, with leases that run on.
async fn all_numbers_taken(place: &Place) -> Db {
    let mut server = Server::start(place).await;
    server.kill();
    let db = Db::connect(place.database_url(), 1).await.unwrap();
    execute(&db, "DELETE FROM replicas").await;
    for number in 0..32 {
        let row = format!("({number}, 'killed {number}', 9000000000000)");
        execute(&db, format!("INSERT INTO replicas (number, holder, leased_until) VALUES {row}")).await;
    }
    db
}

#[test]
fn a_file_has_one_server_so_that_killed_ones_hold_no_number() {
    on_sqlite(async |place: Place| {
        all_numbers_taken(&place).await.close().await;
        let server = Server::start(&place).await;
        assert_eq!(server.message("+14155550123", "hi", "SM1").await.unwrap().status, 200);
    });
}

#[test]
fn more_servers_than_numbers_are_refused_until_leases_run_out() {
    on_postgres(async |place: Place| {
        let db = all_numbers_taken(&place).await;
        let told = refusal(serve(&place, &[]));
        assert!(told.contains("32 processes use this database already"), "{told}");
        execute(&db, "UPDATE replicas SET leased_until = 0 WHERE number = 17").await;
        Server::start(&place).await;
        assert_eq!(number(&db, "SELECT COUNT(*) FROM replicas WHERE number = 17").await, 1);
        db.close().await;
    });
}
