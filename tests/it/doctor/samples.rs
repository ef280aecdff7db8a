//! What `sinks test` and `notify test` send, and what they say of the answers.

use super::Setup;
use crate::harness::{Place, number, stored};
use leadwire::store::db::Db;
use serde_json::Value as Json;

on_both!(samples_are_sent_and_answered);

async fn samples_are_sent_and_answered(place: Place) {
    let setup = Setup::start(&place).await;
    let db = Db::connect(place.database_url(), 1).await.unwrap();
    let before = stored(&db).await;

    let said = setup.run(&["sinks", "test", "--json"], &[]).ok();
    let answers: Json = serde_json::from_str(&said).unwrap();
    let names = answers.as_array().unwrap().iter().map(|answer| (&answer["sink"], &answer["outcome"]));
    let expected = ["crm", "zap", "file"].map(|name| (Json::from(name), Json::from("delivered")));
    assert!(names.eq(expected.iter().map(|(name, outcome)| (name, outcome))), "{answers}");
    let came = setup.crm.came();
    let lead = came.iter().find(|came| came.path == "/leads").unwrap();
    for piece in ["Leadwire Test", "test@example.com", "+15550100"] {
        assert!(lead.body.contains(piece), "{piece}: {lead:?}");
    }
    let zap = setup.hook.came();
    assert!(zap.iter().any(|came| came.path == "/zap" && came.body.contains("lw-test-")), "{zap:?}");
    let file = std::fs::read_to_string(place.folder().join("leads.csv")).unwrap();
    assert!(file.contains("lw-test-") && file.contains("Leadwire Test"), "{file}");

    let refused = setup.run(&["sinks", "test", "file", "crm"], &[("ALLOW_PRIVATE_ADDRESSES", "")]);
    assert!(!refused.success && refused.out.contains("ALLOW_PRIVATE_ADDRESSES"), "{refused:?}");
    let unknown = setup.run(&["sinks", "test", "crn"], &[]);
    assert!(!unknown.success && unknown.told.contains("crm, zap, file"), "{unknown:?}");

    let said = setup.run(&["notify", "test"], &[]).ok();
    assert!(
        said.contains("email") && said.contains("sales") && said.matches(" sent ").count() == 3,
        "{said}"
    );
    let letter = setup.mail.letter(0).await;
    assert!(letter.raw.contains("This is a test"), "{}", letter.raw);
    let told = setup.hook.came();
    assert_eq!(told.iter().map(|came| came.path.as_str()).collect::<Vec<_>>(), ["/slack", "/hook"]);
    assert!(told.iter().all(|came| came.body.contains("This is a test")), "{told:?}");
    let refused = setup.run(&["notify", "test", "email", "--json"], &[("SENDER_PASSWORD", "wrong")]);
    assert!(!refused.success && refused.out.contains("535"), "{refused:?}");
    let unknown = setup.run(&["notify", "test", "slak"], &[]);
    assert!(!unknown.success && unknown.told.contains("email, slack, sales"), "{unknown:?}");

    let kept = number(&db, "SELECT COUNT(*) FROM deliveries").await
        + number(&db, "SELECT COUNT(*) FROM notices").await;
    assert_eq!((stored(&db).await, kept), (before, 0), "nothing is in our books");
    db.close().await;
}
