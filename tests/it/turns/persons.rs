//! Who is who: addresses of one person meet, whatever the channel and the spelling.

use super::{ASHA, BUSINESS, GREETING, plain_app, say};
use crate::harness::{MESSAGES, Place, text_message, texts};
use crate::whole::assert_whole;

on_both! {
    one_phone_is_one_person_on_sms_and_whatsapp,
    a_variant_is_the_same_on_every_channel,
    spellings_of_one_number_meet,
    a_message_without_a_valid_phone_is_accepted,
}

async fn one_phone_is_one_person_on_sms_and_whatsapp(place: Place) {
    let app = plain_app(&place).await;
    assert_eq!(say(&app, ASHA, "hi").await, [GREETING]);
    let whatsapp = format!("whatsapp:{ASHA}");
    assert_eq!(say(&app, &whatsapp, "hi").await, [GREETING], "a conversation of its own");
    assert_eq!(say(&app, &whatsapp, "yes").await, [BUSINESS]);
    assert_eq!(say(&app, ASHA, "yes").await, [BUSINESS], "each stands where it stood");
    assert_eq!((app.count("persons").await, app.count("leads").await), (1, 1));
    assert_eq!(app.count("conversations").await, 2);
    assert_eq!(app.count("identities WHERE kind = 'phone'").await, 1);
    assert_eq!(app.count("identities WHERE kind = 'whatsapp'").await, 1);
    assert_eq!(app.count("leads WHERE message_count = 4").await, 1);
    assert_whole(&app.app.db).await;
}

async fn a_variant_is_the_same_on_every_channel(place: Place) {
    let app = place.app().await;
    for n in 0..12 {
        let phone = format!("+1415555{n:04}");
        let sms = say(&app, &phone, "hi").await;
        let whatsapp = say(&app, &format!("whatsapp:{phone}"), "hi").await;
        assert_eq!(sms, whatsapp, "{phone}");
    }
    assert_eq!(app.count("exposures").await, 12, "one of each person");
    let variants = texts(&app.app.db, "variant", "exposures GROUP BY variant ORDER BY variant").await;
    assert_eq!(variants, ["A", "B"], "both are given out");
}

async fn spellings_of_one_number_meet(place: Place) {
    let app = place.app().await;
    let rows = [
        ("Mexico", "+525512345678", "whatsapp:+5215512345678"),
        ("Argentina", "+541123456789", "whatsapp:+5491123456789"),
        ("Brazil", "+5511987654321", "whatsapp:+551187654321"),
        ("separators", "+1 (415) 555-0100", "whatsapp:+14155550100"),
    ];
    for (known, (label, sms, whatsapp)) in rows.into_iter().enumerate() {
        say(&app, sms, "hi").await;
        say(&app, whatsapp, "hi").await;
        assert_eq!(app.count("persons").await, known as i64 + 1, "{label}");
    }
    say(&app, "+551143211234", "hi").await;
    say(&app, "+5511943211234", "hi").await;
    assert_eq!(app.count("persons").await, 6, "a Brazilian landline is nobody's mobile");
}

async fn a_message_without_a_valid_phone_is_accepted(place: Place) {
    let app = plain_app(&place).await;
    let froms =
        ["anonymous", "72345", "+15555550100", "whatsapp:US.13491208655302741918", "whatsapp:someone"];
    for (known, from) in froms.into_iter().enumerate() {
        assert_eq!(say(&app, from, "hi").await, [GREETING], "{from}");
        assert_eq!(say(&app, from, "yes").await, [BUSINESS], "{from} is known again");
        assert_eq!(app.count("leads").await, known as i64 + 1);
    }
    let mut form = text_message("whatsapp:US.13491208655302741918", "Retail Store", "SM-id");
    form.push(("ExternalUserId", "whatsapp:US.13491208655302741918"));
    assert_eq!(app.twilio(MESSAGES, &form).await.texts(), [super::CITY]);
    assert_whole(&app.app.db).await;
}
