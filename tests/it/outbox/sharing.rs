//! Several processes on one PostgreSQL.

use super::fake::Fake;
use super::{idle, jobs, say};
use crate::harness::{Place, on_postgres};
use std::collections::BTreeSet;

#[test]
fn two_processes_never_send_one_row_twice() {
    on_postgres(async |place: Place| {
        let fake = Fake::start().await;
        let mut one = idle(&place, &fake, &[]).await;
        let mut other = idle(&place, &fake, &[]).await;
        let people: Vec<String> = (0..100).map(|n| format!("+1415558{n:04}")).collect();
        for text in ["hi", "yes"] {
            crate::turns::all(people.iter().map(|person| say(&one, person, text))).await;
        }
        assert_eq!(one.count("outbox WHERE state = 'waiting'").await, 200);
        tokio::join!(one.work(), other.work());
        tokio::join!(one.settled(), other.settled());
        // What was behind is looked for again after a while.
        tokio::join!(one.pass(30_000), other.pass(30_000));
        tokio::join!(one.settled(), other.settled());
        assert_eq!(fake.came().len(), 200);
        assert_eq!(fake.doubled(), 0);
        assert_eq!(jobs(&one).await.into_iter().collect::<BTreeSet<_>>(), ["sent 1 0 0".to_owned()].into());
    });
}

#[test]
fn processes_share_an_accounts_schedule() {
    on_postgres(async |place: Place| {
        let fake = Fake::start().await;
        let settings = [("TWILIO_SEGMENTS_PER_SECOND", "1")];
        let mut one = idle(&place, &fake, &settings).await;
        let mut other = idle(&place, &fake, &settings).await;
        one.work().await;
        other.work().await;
        say(&one, "+14155550001", "hi").await;
        one.settled().await;
        say(&other, "+14155550002", "hi").await;
        other.settled().await;
        assert_eq!(fake.came().len(), 1, "the first took this second");
        assert_eq!(one.count("outbox WHERE slotted").await, 1);
        tokio::join!(one.pass(1_000), other.pass(1_000));
        assert_eq!(fake.came().len(), 2);
    });
}

#[test]
fn a_process_without_worker_is_heard_by_one_that_has_one() {
    on_postgres(async |place: Place| {
        let fake = Fake::start().await;
        let server = idle(&place, &fake, &[]).await;
        let mut worker = idle(&place, &fake, &[]).await;
        let stopped = tokio_util::sync::CancellationToken::new();
        let announcing = tokio::spawn(leadwire::jobs::announce(server.app.clone(), stopped.clone()));
        worker.work().await;
        worker.settled().await;
        say(&server, "+14155550001", "hi").await;
        fake.until(1).await;
        worker.settled().await;
        assert_eq!(jobs(&worker).await, ["sent 1 0 0"]);
        stopped.cancel();
        announcing.await.unwrap();
    });
}
