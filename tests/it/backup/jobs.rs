//! What was still to be sent when the backup was made, and was sent afterwards, is not sent again.

use super::{back_up, run, text};
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
