//! What becomes of a lead for each thing a CRM may do, for each kind of CRM: the state, every attempt in the ledger, and what the CRM
//! has in the end.

use super::crm::{Can, Crm, Fault};
use super::{ASHA, attempts, complete, deliveries, wait, working};
use crate::harness::{OUR_NUMBER, Place, texts};
use serde_json::json;
use std::time::{Duration, Instant};

on_both! {
    a_lead_arrives_with_our_id_and_what_the_flow_maps,
    whatever_a_crm_does_that_can_be_asked,
    whatever_a_crm_does_that_honours_keys,
    whatever_a_crm_does_that_can_do_neither,
    nobody_waits_for_a_slow_or_dead_crm,
}

async fn a_lead_arrives_with_our_id_and_what_the_flow_maps(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    complete(&app, ASHA).await;
    app.settled().await;
    assert_eq!(deliveries(&app).await, ["crm delivered 1 known"]);
    assert_eq!(attempts(&app).await, ["create delivered"]);
    let (came, leads) = (crm.came(), crm.leads());
    assert_eq!((came.len(), leads.len()), (1, 1));
    assert_eq!(leads[0].external_id, came[0].key);
    assert!(came[0].key.starts_with("lw-") && came[0].idempotency_key.starts_with(&came[0].key), "{came:?}");
    let shown = json!({"name": leads[0].text("name"), "phone": leads[0].text("phone"), "city": leads[0].text("city")});
    assert_eq!(shown, json!({"name": "Asha Rao", "phone": ASHA, "city": "Pune"}));
    let ledger = "sink_id || ' ' || channel || ' ' || npa_response";
    let expected = format!("{id} sms {{\"id\":{id}}}", id = leads[0].id);
    assert_eq!(texts(&app.app.db, ledger, "succeeded_leads").await, [expected]);
    assert_eq!(app.count("failed_leads").await, 0);
}

/// What a CRM does with the first writes, what comes of it, the attempts, and how many leads it has then.
type Row = (&'static [Fault], &'static str, &'static [&'static str], usize);

const TAKEN: Row = (&[Fault::None], "delivered", &["create delivered"], 1);
const SLOW: Row = (&[Fault::Slow(100)], "delivered", &["create delivered"], 1);
const BUSY: Row = (&[Fault::TooMany(30)], "delivered", &["create retry", "create delivered"], 1);
const CLOSED: Row = (&[Fault::Unavailable], "delivered", &["create retry", "create delivered"], 1);
const REFUSED: Row = (&[Fault::Invalid], "failed", &["create refused"], 0);

async fn play(place: &Place, crm: &Crm, can: Can, rows: &[Row]) {
    let mut app = working(place, crm, can).await;
    for (n, (faults, state, expected, leads)) in rows.iter().enumerate() {
        let before = crm.leads().len();
        let from = format!("{}{n:02}", &OUR_NUMBER[..10]).replace("+1500", "+1415");
        let tried = attempts(&app).await.len();
        crm.next(faults);
        complete(&app, &from).await;
        wait(&mut app).await;
        let last = texts(&app.app.db, "state", "deliveries ORDER BY id DESC LIMIT 1").await;
        assert_eq!(last, [*state], "{faults:?}");
        assert_eq!(attempts(&app).await[tried..], **expected, "{faults:?}");
        assert_eq!(crm.leads().len() - before, *leads, "{faults:?}");
        assert_eq!(crm.doubled(), 0, "{faults:?}");
    }
    assert_eq!(app.count("deliveries").await as usize, rows.len());
}

async fn whatever_a_crm_does_that_can_be_asked(place: Place) {
    const FOUND: &[&str] = &["create unknown", "look_up delivered"];
    const MISSED: &[&str] = &["create unknown", "look_up gone", "create delivered"];
    let crm = Crm::start().await;
    let rows: [Row; 11] = [
        TAKEN,
        (&[Fault::DoneAndHangs], "delivered", FOUND, 1),
        (&[Fault::DoneAndResets], "delivered", FOUND, 1),
        (&[Fault::DoneAnd500], "delivered", FOUND, 1),
        SLOW,
        (&[Fault::Resets], "delivered", MISSED, 1),
        (&[Fault::Hangs], "delivered", MISSED, 1),
        (&[Fault::Fails], "delivered", MISSED, 1),
        BUSY,
        CLOSED,
        REFUSED,
    ];
    play(&place, &crm, Can::LOOK_UP, &rows).await;
}

async fn whatever_a_crm_does_that_honours_keys(place: Place) {
    const AGAIN: &[&str] = &["create unknown", "create delivered again"];
    let crm = Crm::start().await;
    crm.honours_keys(true);
    crm.answers_look_ups(false);
    let rows: [Row; 11] = [
        TAKEN,
        (&[Fault::DoneAndHangs], "delivered", AGAIN, 1),
        (&[Fault::DoneAndResets], "delivered", AGAIN, 1),
        (&[Fault::DoneAnd500], "delivered", AGAIN, 1),
        SLOW,
        (&[Fault::Resets], "delivered", AGAIN, 1),
        (&[Fault::Hangs], "delivered", AGAIN, 1),
        (&[Fault::Fails], "delivered", AGAIN, 1),
        BUSY,
        CLOSED,
        REFUSED,
    ];
    play(&place, &crm, Can::REPEAT, &rows).await;
    assert!(crm.questions().is_empty(), "it is not asked");
}

async fn whatever_a_crm_does_that_can_do_neither(place: Place) {
    let crm = Crm::start().await;
    crm.answers_look_ups(false);
    let rows: [Row; 11] = [
        (&[Fault::DoneAndHangs], "unknown", &["create unknown"], 1),
        (&[Fault::DoneAndResets], "unknown", &["create unknown"], 1),
        (&[Fault::DoneAnd500], "unknown", &["create unknown"], 1),
        TAKEN,
        SLOW,
        (&[Fault::Resets], "unknown", &["create unknown"], 0),
        (&[Fault::Hangs], "unknown", &["create unknown"], 0),
        (&[Fault::Fails], "unknown", &["create unknown"], 0),
        BUSY,
        CLOSED,
        REFUSED,
    ];
    play(&place, &crm, Can::NEITHER, &rows).await;
}

async fn nobody_waits_for_a_slow_or_dead_crm(place: Place) {
    let crm = Crm::start().await;
    super::crm::flow(&place, &["crm"]);
    let further = [("OUTGOING_TIMEOUT_SECONDS", "20")];
    let mut app = super::with(&place, &[crm.sink("crm", Can::LOOK_UP)], &further).await;
    app.work().await;
    let longest = Duration::from_secs(10);
    for (label, from) in [("it never answers", ASHA), ("it is gone", "+14155550124")] {
        if label == "it is gone" {
            crm.down();
        } else {
            crm.always(|_| Fault::Hangs);
        }
        let began = Instant::now();
        complete(&app, from).await;
        assert!(began.elapsed() < longest, "{label}: {:?}", began.elapsed());
    }
}
