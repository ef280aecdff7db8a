//! How fast senders go: by the schedule of each account, and of each recipient.

use super::fake::Fake;
use super::{idle, jobs, say, working};
use crate::harness::{Place, START, texts};
use leadwire::domain::channel::Channel;
use leadwire::domain::identity::Identity;
use leadwire::domain::message::Said;
use leadwire::domain::sending::{Dispatch, DispatchKind};
use leadwire::service::turns;
use leadwire::turns::{TurnInput, TurnRequest};

on_both! {
    an_account_sends_so_many_segments_a_second,
    a_place_that_is_reserved_is_kept,
    also_what_goes_to_one_person_keeps_the_rate,
    one_whatsapp_user_gets_no_more_than_the_pair_limit_allows,
}

async fn an_account_sends_so_many_segments_a_second(place: Place) {
    let (mut app, fake) = working(&place, &[("TWILIO_SEGMENTS_PER_SECOND", "1")]).await;
    for n in 0..4 {
        say(&app, &format!("+1415555000{n}"), "hi").await;
    }
    app.settled().await;
    assert_eq!(fake.came().len(), 1, "the others have a place in the schedule");
    let waiting =
        texts(&app.app.db, &format!("run_at - {START}"), "outbox WHERE slotted ORDER BY run_at").await;
    assert_eq!(waiting, ["1000", "2000", "3000"]);
    for sent in 2..=4 {
        app.pass(999).await;
        assert_eq!(fake.came().len(), sent - 1);
        app.pass(1).await;
        assert_eq!(fake.came().len(), sent);
    }
    assert_eq!(jobs(&app).await, ["sent 1 0 0"; 4], "waiting for its place is no try");
}

async fn a_place_that_is_reserved_is_kept(place: Place) {
    let (mut app, fake) = working(&place, &[("TWILIO_SEGMENTS_PER_SECOND", "1")]).await;
    for n in 0..3 {
        say(&app, &format!("+1415555000{n}"), "hi").await;
    }
    app.settled().await;
    app.pass(1_000).await;
    say(&app, "+14155559999", "hi").await;
    app.settled().await;
    app.pass(1_000).await;
    let to: Vec<String> = fake.came().iter().map(|came| came.field("To").to_owned()).collect();
    assert_eq!(to, ["+14155550000", "+14155550001", "+14155550002"], "whoever comes later goes later");
    app.pass(1_000).await;
    assert_eq!(fake.came().len(), 4);
}

async fn also_what_goes_to_one_person_keeps_the_rate(place: Place) {
    crate::statuses::long(&place);
    let (mut app, fake) = working(&place, &[("TWILIO_SEGMENTS_PER_SECOND", "1")]).await;
    say(&app, "+14155550123", "demo").await;
    app.settled().await;
    assert_eq!(fake.came().len(), 1, "the second part waits for its place, also once the first has left");
    let first: i64 = texts(&app.app.db, "run_at", "outbox WHERE slotted").await[0].parse().unwrap();
    assert!(first > START, "{first}");
    app.pass(first - START - 1).await;
    assert_eq!(fake.came().len(), 1);
    app.pass(1).await;
    assert_eq!(fake.came().len(), 2);
}

async fn one_whatsapp_user_gets_no_more_than_the_pair_limit_allows(place: Place) {
    let app = idle(&place, &Fake::start().await, &[]).await;
    let mut last = Vec::new();
    for n in 0..47 {
        let request = TurnRequest {
            tenant_id: 1,
            account_id: 1,
            channel: Channel::Whatsapp,
            identities: vec![Identity::whatsapp("14155550123")],
            session: None,
            input: TurnInput::Message { said: Said::text(format!("text {n}")), signal: None },
            provider_id: Some(format!("wamid.{n}")),
            sender_name: None,
            confirm_consent: true,
            encode: |_| String::new(),
            sends: Some(|_| {
                let dispatch = |kind| Dispatch { kind, to: "14155550123".to_owned(), body: "{}".to_owned() };
                vec![dispatch(DispatchKind::WhatsappRead), dispatch(DispatchKind::WhatsappMessage)]
            }),
        };
        // A person, not a machine: with pauses, which count for the schedule too.
        app.clock.advance(10);
        turns::submit(&app.app, request).await.unwrap();
        last = texts(&app.app.db, "wanted_at", "outbox WHERE kind = 'whatsapp_message' ORDER BY place").await;
    }
    let wanted: Vec<i64> = last.iter().map(|at| at.parse().unwrap()).collect();
    let at = |n: usize| wanted[n] - START;
    assert_eq!((wanted.len(), at(0), at(44)), (47, 10, 450), "45 ahead of time");
    assert_eq!((at(45), at(46)), (6_010, 12_010), "then one every six seconds");
    let reads = app.count("outbox WHERE kind = 'whatsapp_read' AND lane IS NULL").await;
    assert_eq!(reads, 47, "reading waits for nothing");
}
