//! Calls are recorded only after the caller was told, and where the recording is stays with the conversation.

use super::{ASHA, Phone, desk, write};
use crate::harness::{PUBLIC_URL, Place, texts};

on_both! {
    a_recording_begins_after_its_consent_and_is_kept,
    calls_are_not_recorded_unless_the_flow_says_so,
}

async fn a_recording_begins_after_its_consent_and_is_kept(place: Place) {
    let app = desk(&place, &[]).await;
    write(&place, &super::DESK.replace("[voice]", "[voice]\nrecord = \"This call is recorded.\""));
    app.publish().await;
    let (mut phone, heard) = Phone::call(&app, ASHA, "desk").await;
    let names: Vec<&str> = heard.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["Say", "Start", "Recording", "Gather", "Say", "Redirect"], "{}", heard.xml);
    assert_eq!(
        (heard.steps[0].text.as_str(), &heard.steps[0].within),
        ("This call is recorded.", &None),
        "nothing cuts it short"
    );
    let callback = &heard.step("Recording").unwrap().attributes["recordingStatusCallback"];
    let path = callback.strip_prefix(PUBLIC_URL).unwrap().to_owned();
    assert!(phone.presses("1").await.step("Start").is_none(), "once in a call");
    let sid = phone.sid.clone();
    let url = "https://api.twilio.com/2010-04-01/Accounts/AC0/Recordings/RE1";
    let report = [
        ("CallSid", sid.as_str()),
        ("AccountSid", "AC0"),
        ("RecordingSid", "RE1"),
        ("RecordingUrl", url),
        ("RecordingStatus", "completed"),
        ("RecordingDuration", "31"),
    ];
    for _ in 0..2 {
        assert_eq!(app.twilio(&path, &report).await.status, 204);
    }
    assert_eq!(app.count("recordings").await, 1);
    assert_eq!(app.count("recordings r JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id WHERE r.seconds = 31 AND r.status = 'completed'").await, 1);
    assert_eq!(texts(&app.app.db, "url", "recordings").await, [url]);
    let absent = [
        ("CallSid", sid.as_str()),
        ("RecordingSid", "RE2"),
        ("RecordingStatus", "absent"),
        ("ErrorCode", "16102"),
    ];
    assert_eq!(app.twilio(&path, &absent).await.status, 204);
    assert_eq!(texts(&app.app.db, "status", "recordings WHERE url IS NULL").await, ["absent"]);
    phone.hangs_up().await;
    let elsewhere = path.replacen("message=1-", "message=2-", 1);
    assert_eq!(
        app.twilio(&elsewhere, &[("CallSid", "CA1"), ("RecordingSid", "RE3"), ("RecordingUrl", url)])
            .await
            .status,
        204
    );
    assert_eq!(app.count("recordings").await, 2, "another tenant's");
}

async fn calls_are_not_recorded_unless_the_flow_says_so(place: Place) {
    let app = desk(&place, &[]).await;
    let (_, heard) = Phone::call(&app, ASHA, "desk").await;
    assert!(heard.step("Recording").is_none() && heard.step("Start").is_none());
}
