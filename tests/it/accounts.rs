//! `leadwire.toml`: accounts and tenants beside the variables' one, and the hours.

use crate::harness::{MESSAGES, PUBLIC_URL, Place, START, TestApp, execute, number, text_message, texts};
use leadwire::channels::twilio;
use leadwire::clock::{Clock, HOUR};
use leadwire::config::{Config, Environment};
use leadwire::service::{silence, startup};
use leadwire::store::tenants::{self, TenantRow};
use std::process::Command;
use tokio_util::sync::CancellationToken;

on_both! {
    a_listed_number_has_its_own_secret_and_tenant,
    an_account_that_is_listed_no_more_is_out_of_force,
    an_unknown_tenant_is_told_with_its_place,
    the_hours_of_the_file_hold,
    a_tenant_is_added_by_a_command,
}

const THEIR_NUMBER: &str = "+15005550007";
const THEIR_TOKEN: &str = "another-token-of-another-account";
const LISTED: &str = "[[accounts]]\ntenant = \"cakes\"\nprovider = \"twilio\"\naddress = \"+15005550007\"\nsecret = \"CAKES_AUTH_TOKEN\"\nconfirm_opt_out = true\n";

/// A server with this `leadwire.toml`.
async fn app_with(place: &Place, file: &str) -> TestApp {
    let path = place.folder().join("leadwire.toml");
    std::fs::write(&path, file).unwrap();
    let path = path.display().to_string();
    let settings = [
        ("LEADWIRE_CONFIG", path.as_str()),
        ("CAKES_AUTH_TOKEN", THEIR_TOKEN),
        ("AB_TESTING_ENABLED", "false"),
        ("TWILIO_ACCOUNT_SID", crate::outbox::ACCOUNT),
        ("TWILIO_FROM", crate::harness::OUR_NUMBER),
    ];
    place.app_at(&settings, Clock::fixed(START)).await
}

/// A tenant with a flow of its own.
async fn add_cakes(place: &Place) {
    let app = place.app().await;
    assert!(tenants::add(&app.app.db, &TenantRow::new("cakes", "Asia/Kolkata"), START).await.unwrap());
    app.stop().await;
    let flows = place.flows().join("cakes");
    std::fs::create_dir(&flows).unwrap();
    let cake = "id = \"cakes\"\ntitle = \"Cakes\"\n[start]\ndefault = true\n[[steps]]\nid = \"cake\"\nask = \"text\"\nsay = \"Which cake?\"\n[[steps]]\nid = \"thanks\"\nsay = \"Thank you!\"\nend = \"completed\"\n";
    std::fs::write(flows.join("cakes.toml"), cake).unwrap();
}

/// A message to a number of ours, signed with this token; the answer's status and texts.
async fn say(app: &TestApp, to: &str, from: &str, text: &str, token: &str) -> (u16, Vec<String>) {
    let sid = format!("SM{}", leadwire::ids::secret());
    let mut form = text_message(from, text, &sid);
    form.iter_mut().filter(|(name, _)| *name == "To").for_each(|(_, value)| *value = to);
    let form: Vec<(String, String)> =
        form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let signature = twilio::sign(token.as_bytes(), &format!("{PUBLIC_URL}{MESSAGES}"), &form);
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
    let request = app.request("POST", MESSAGES).header(twilio::SIGNATURE_HEADER, signature);
    let reply =
        app.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await;
    (reply.status, twilio::read(&reply.body).unwrap_or_default())
}

async fn a_listed_number_has_its_own_secret_and_tenant(place: Place) {
    add_cakes(&place).await;
    let app = app_with(&place, LISTED).await;
    let asha = "+14155550123";
    let cake = (200, vec!["Which cake?".to_owned()]);
    assert_eq!(say(&app, THEIR_NUMBER, asha, "hi", THEIR_TOKEN).await, cake);
    let whatsapp = format!("whatsapp:{asha}");
    assert_eq!(
        say(&app, "whatsapp:+15005550007", &whatsapp, "hi", THEIR_TOKEN).await,
        cake,
        "the same number"
    );
    let ours = crate::harness::TWILIO_TOKEN;
    assert_eq!(say(&app, THEIR_NUMBER, asha, "hi", ours).await.0, 403, "our token does not sign there");
    assert_eq!(say(&app, "+15005550006", asha, "hi", THEIR_TOKEN).await.0, 403, "nor theirs here");
    assert_eq!(say(&app, "+15005550006", asha, "hi", ours).await.1, ["Welcome! May I ask a few questions?"]);
    assert_eq!(say(&app, THEIR_NUMBER, asha, "STOP", THEIR_TOKEN).await.1.len(), 1, "confirmed there");
    assert_eq!(app.count("persons WHERE tenant_id = 1").await, 1);
    assert_eq!(app.count("persons WHERE tenant_id = 2").await, 1);
    assert_eq!(
        say(&app, "+15005550006", asha, "yes", ours).await.1.len(),
        1,
        "an opt-out there is none here"
    );
    let id = number(&app.app.db, "SELECT id FROM channel_accounts WHERE from_file").await;
    app.stop().await;
    let app = app_with(&place, &LISTED.replace("true", "false")).await;
    assert_eq!(
        number(&app.app.db, "SELECT id FROM channel_accounts WHERE from_file").await,
        id,
        "it keeps its id"
    );
    assert_eq!(app.count("channel_accounts WHERE NOT confirm_opt_out AND from_file").await, 1);
}

async fn an_account_that_is_listed_no_more_is_out_of_force(place: Place) {
    add_cakes(&place).await;
    app_with(&place, LISTED).await.stop().await;
    let app = app_with(&place, "").await;
    let asha = "+14155550123";
    assert_eq!(
        say(&app, THEIR_NUMBER, asha, "hi", THEIR_TOKEN).await.0,
        403,
        "the variables' account takes it"
    );
    app.stop().await;
    let app = app_with(&place, LISTED).await;
    assert_eq!(say(&app, THEIR_NUMBER, asha, "hi", THEIR_TOKEN).await.0, 200, "and back");
    app.stop().await;
    // An address does not change hands.
    let taken = place.folder().join("leadwire.toml");
    std::fs::write(&taken, LISTED.replace("\"cakes\"", "\"default\"")).unwrap();
    assert!(refusal(&place).await.contains("+15005550007"), "another tenant's");
}

/// Why a server with the place's `leadwire.toml` does not start.
async fn refusal(place: &Place) -> String {
    let data = place.folder().display().to_string();
    let flows = place.flows().display().to_string();
    let file = place.folder().join("leadwire.toml").display().to_string();
    let settings = [
        ("DATABASE_URL", place.database_url()),
        ("LEADWIRE_DATA", &data),
        ("FLOWS_DIR", &flows),
        ("LEADWIRE_CONFIG", &file),
    ];
    let config = Config::from(&Environment::of(settings)).unwrap();
    startup::start(config, Clock::fixed(START)).await.unwrap_err().to_string()
}

async fn an_unknown_tenant_is_told_with_its_place(place: Place) {
    std::fs::write(place.folder().join("leadwire.toml"), LISTED).unwrap();
    let told = refusal(&place).await;
    assert!(told.contains("leadwire.toml:2:10: there is no tenant \"cakes\""), "{told}");
    assert!(told.contains("leadwire tenant add"), "{told}");
}

async fn the_hours_of_the_file_hold(place: Place) {
    let shop = place.flows().join("shop.toml");
    let text = std::fs::read_to_string(&shop).unwrap();
    let remind = "[silence]\nremind = [{ after = \"1h\", say = { en = \"Still there?\", es = \"¿Sigues ahí?\" } }]\n\n[[steps]]\nid    = \"greeting\"";
    std::fs::write(&shop, text.replacen("[[steps]]\nid    = \"greeting\"", remind, 1)).unwrap();
    let app = app_with(&place, "[hours]\nfrom = \"18:00\"\nto = \"19:30\"\n").await;
    app.twilio_message("+919876543210", "hi", "SM-1").await;
    app.clock.advance(HOUR);
    let next = silence::fire_due(&app.app, 10, &CancellationToken::new()).await.unwrap();
    assert_eq!(next, Some(START + 2 * HOUR + HOUR / 2), "six in the evening in Kolkata");
    execute(&app.app.db, "UPDATE conversations SET next_timer_at = NULL").await;
}

async fn a_tenant_is_added_by_a_command(place: Place) {
    place.app().await.stop().await;
    let add = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leadwire"));
        command.args(["tenant", "add"]).args(arguments).current_dir(place.folder());
        command.env("DATABASE_URL", place.database_url());
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(add(&["cakes", "--name", "The Cakes", "--time-zone", "Asia/Kolkata"]).0);
    for (arguments, word) in [
        (&["cakes"][..], "already"),
        (&["Cakes!"], "small letters"),
        (&["common"], "shared parts"),
        (&["tea", "--time-zone", "Mars/Olympus"], "IANA"),
    ] {
        let (success, told) = add(arguments);
        assert!(!success && told.contains(word), "{arguments:?}: {told}");
    }
    let db = place.connect(1).await;
    let rows = texts(&db, "slug || ' ' || name || ' ' || time_zone", "tenants WHERE id > 1").await;
    assert_eq!(rows, ["cakes The Cakes Asia/Kolkata"]);
}
