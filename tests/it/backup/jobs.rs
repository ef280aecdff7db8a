//! What was still to be sent when the backup was made, and was sent afterwards, is not sent again.

use super::{back_up, run, text};
use crate::delivery::crm::{self, Can, Crm, flow, write_config};
use crate::harness::{OUR_NUMBER, Place, START, on_sqlite, texts};
use crate::outbox::fake::Fake;
use crate::outbox::settings;
use leadwire::clock::{Clock, HOUR};

#[test]
fn what_was_sent_since_is_found_out_and_not_sent_again() {
    on_sqlite(async |place: Place| {
        let fake = Fake::start().await;
        let settings = settings(&fake);
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut app = place.app_at(&settings, Clock::fixed(START)).await;
        app.twilio_message("+14155550123", "hi", "SM1").await.texts();
        let backup = place.folder().join("backup.db");
        back_up(&app.app.config, &backup, &mut |_, _| {}).unwrap();
        app.work().await;
        app.settled().await;
        assert_eq!(fake.came().len(), 1, "sent to {OUR_NUMBER}'s peer after the backup");
        app.stop().await;

        let restored = place.folder().join("restored/leadwire.db");
        let said = run(&place, &restored, &["restore", text(&backup)]).ok();
        assert!(said.contains("1 jobs were still to be sent and may have been sent since"), "{said}");
        let url = format!("sqlite:{}", restored.display());
        let settings = [&settings[..], &[("DATABASE_URL", &url)]].concat();
        let mut app = place.app_at(&settings, Clock::fixed(START + HOUR)).await;
        assert_eq!(texts(&app.app.db, "state", "outbox").await, ["unsure"]);
        app.work().await;
        app.settled().await;
        assert_eq!(texts(&app.app.db, "state || ' ' || repeats", "outbox").await, ["sent 0"]);
        assert_eq!((fake.came().len(), fake.asked()), (1, 1), "asked for, and not sent again");
        app.stop().await;
    });
}

/// What was refused when the backup was made may have been mended and delivered since.
#[test]
fn what_was_mended_since_is_asked_for_and_not_delivered_again() {
    on_sqlite(async |place: Place| {
        let crm = Crm::start().await;
        let sinks = |can| write_config(&place, &[crm.sink("crm", can)]);
        flow(&place, &["crm"]);
        crm.accepts("the-next-token");
        let start = async |file: &str, token: &str, url: Option<&str>, at| {
            let mut settings = crm::settings(file);
            settings.push(("CRM_TOKEN", token.to_owned()));
            settings.extend(url.map(|url| ("DATABASE_URL", url.to_owned())));
            let settings: Vec<(&str, &str)> =
                settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut app = place.app_at(&settings, Clock::fixed(at)).await;
            app.work().await;
            app
        };
        let file = sinks(Can::LOOK_UP);
        let toml = std::fs::read_to_string(&file).unwrap();
        let mut app = start(&file, "the-first-token", None, START).await;
        for (text, sid) in [("hi", "SM1"), ("Asha Rao", "SM2"), ("Pune", "SM3")] {
            app.twilio_message("+14155550123", text, sid).await.texts();
        }
        app.settled().await;
        assert_eq!(texts(&app.app.db, "state", "deliveries").await, ["failed"]);
        let backup = place.folder().join("backup.db");
        back_up(&app.app.config, &backup, &mut |_, _| {}).unwrap();
        app.stop().await;
        let mut app = start(&file, "the-next-token", None, START + HOUR).await;
        app.settled().await;
        assert_eq!(crm.leads().len(), 1, "mended");
        app.stop().await;

        let restored = place.folder().join("restored/leadwire.db");
        // The command knows no token, and needs none.
        std::fs::remove_file(&file).unwrap();
        run(&place, &restored, &["restore", text(&backup)]).ok();
        std::fs::write(&file, toml).unwrap();
        let url = format!("sqlite:{}", restored.display());
        let mut app = start(&file, "the-next-token", Some(&url), START + 2 * HOUR).await;
        app.settled().await;
        assert_eq!(
            (crm.leads().len(), crm.writes().len()),
            (1, 2),
            "the refused one, and the one that was taken"
        );
        assert_eq!(texts(&app.app.db, "state", "deliveries").await, ["delivered"]);
        app.stop().await;
    });
}
