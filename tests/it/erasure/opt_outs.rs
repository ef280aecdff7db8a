//! An opt-out outlives its person.

use super::{erased, latest};
use crate::harness::{Place, TestApp, number, texts};
use crate::work::{OURS, entered, hire};
use leadwire::domain::access::Role;
use leadwire::domain::import::{By, Mode, Row, Wanted};
use leadwire::service::desk::Desk;
use leadwire::service::import::{self, Begun, Numbered};
use leadwire::service::lifecycle::Actor;

on_both!(
    who_writes_again_has_opted_out,
    who_is_entered_or_imported_again_has_opted_out,
    an_opt_out_that_was_taken_back_is_not_kept,
);

const NUMBER: &str = "+14155550123";

/// Somebody who said STOP and was erased.
async fn stopped_and_erased(app: &TestApp) -> String {
    let admin = hire(app, OURS, Role::CenterAdmin).await;
    app.twilio_message(NUMBER, "Hello", "SM1").await.texts();
    app.twilio_message(NUMBER, "STOP", "SM2").await.texts();
    let receipt = erased(app, &admin.token, latest(app).await).await;
    assert_eq!(receipt["opt_outs"], 1, "{receipt}");
    let kept = texts(&app.app.db, "hash || channel", "suppressions").await;
    assert!(kept.len() == 1 && !kept[0].contains("4155550123") && kept[0].ends_with("sms"), "{kept:?}");
    assert_eq!(app.count("identities").await, 0);
    admin.token
}

async fn opted_out(app: &TestApp) -> Vec<String> {
    texts(&app.app.db, "opted_out", "persons WHERE id = (SELECT MAX(id) FROM persons)").await
}

async fn who_writes_again_has_opted_out(place: Place) {
    let app = place.app().await;
    stopped_and_erased(&app).await;
    let persons = app.count("persons").await;
    app.clock.advance(86_400_000);
    let said = app.twilio_message(NUMBER, "Hello again", "SM3").await.texts();
    assert!(said.is_empty(), "nothing is said to who opted out: {said:?}");
    assert_eq!(app.count("persons").await, persons + 1, "nobody knows who it was");
    assert_eq!(opted_out(&app).await, ["sms"]);
    let others = app.twilio_message("+14155550124", "Hello", "SM4").await.texts();
    assert!(!others.is_empty(), "others are answered");
    app.twilio_message(NUMBER, "START", "SM5").await.texts();
    let back = texts(&app.app.db, "opted_out", "persons WHERE opted_out = 'sms'").await;
    assert!(back.is_empty(), "START restores: {back:?}");
    app.clock.advance(60_000);
    let said = app.twilio_message(NUMBER, "Hello again", "SM6").await.texts();
    assert!(!said.is_empty(), "and is not taken back by what was kept");
}

async fn who_is_entered_or_imported_again_has_opted_out(place: Place) {
    let app = place.app().await;
    let token = stopped_and_erased(&app).await;
    let lead = crate::work::id(&entered(&app, &token, NUMBER).await);
    assert_eq!(opted_out(&app).await, ["sms"], "by an enquiry");
    let receipt = erased(&app, &token, lead).await;
    assert_eq!(receipt["opt_outs"], 1, "and is kept again: {receipt}");
    let actor = Actor { user_id: None, program: "test".to_owned() };
    let desk = Desk { db: &app.app.db, ids: &app.app.ids, clock: &app.clock, tenant: OURS, actor: &actor };
    let row = Row { name: Some("Ann".to_owned()), phone: Some(NUMBER.to_owned()), ..Row::default() };
    let Begun::Open(mut import) = import::begin(&desk, ("hash", "x"), 1, false).await.unwrap() else {
        panic!("it begins")
    };
    let wanted = Wanted { mode: Mode::Create, by: By::Phone, since: None };
    let rows = [Numbered { row: 2, said: Ok(row) }];
    import::take(&desk, &wanted, &mut import, (&rows, true), &mut |_| Ok(())).await.unwrap();
    assert_eq!(opted_out(&app).await, ["sms"], "by an import");
    assert_eq!(number(&app.app.db, "SELECT COUNT(*) FROM persons WHERE opted_out = ''").await, 0);
}

async fn an_opt_out_that_was_taken_back_is_not_kept(place: Place) {
    let app = place.app().await;
    let token = stopped_and_erased(&app).await;
    app.twilio_message(NUMBER, "START", "SM3").await.texts();
    let receipt = erased(&app, &token, latest(&app).await).await;
    assert_eq!(receipt["opt_outs"], 0, "{receipt}");
    assert_eq!(app.count("suppressions").await, 0);
    app.clock.advance(60_000);
    assert!(!app.twilio_message(NUMBER, "Hello", "SM4").await.texts().is_empty());
}
