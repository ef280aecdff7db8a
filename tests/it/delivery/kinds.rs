//! Each kind of sink once end to end, against a small likeness of its API that checks what arrives. `rest` is in `outcomes`.

use super::receiver::{Asked, Receiver};
use super::{ASHA, behave, chat, complete, deliveries, wait, with};
use crate::delivery::crm::flow;
use crate::harness::{Place, TestApp};
use leadwire::delivery::webhook::{Signed, verify};
use secrecy::SecretString;
use serde_json::{Value as Json, json};

on_both! {
    hubspot_has_one_contact_and_its_corrections,
    odoo_by_json2_has_one_lead_and_its_corrections,
    odoo_by_json_rpc_logs_in_once,
    a_webhook_is_signed_with_both_secrets,
    a_file_has_a_line_for_each_lead,
}

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A server with its worker and this sink, whose secret is in `SINK_SECRET`.
async fn started(place: &Place, table: String, secret: &str) -> TestApp {
    flow(place, &["crm"]);
    let table = format!("[[sinks]]\nname = \"crm\"\nsecret = \"SINK_SECRET\"\n{table}\n");
    let mut app = with(place, &[table], &[("SINK_SECRET", secret)]).await;
    app.work().await;
    app
}

/// Completes a conversation, and changes something afterwards.
async fn completed_and_corrected(app: &mut TestApp) {
    let session = chat(app).await;
    app.settled().await;
    behave(app, &session, "clicked_demo").await;
    let body = json!({"session_id": session, "profile_data": {"email": "asha@example.com"}});
    app.post_json("/api/lead/profile", &body).await.ok();
    wait(app).await;
}

async fn hubspot_has_one_contact_and_its_corrections(place: Place) {
    let hubspot = Receiver::start(|asked: &Asked| {
        if asked.header("authorization") != "Bearer pat-na1-secret" {
            return (401, json!({"category": "INVALID_AUTHENTICATION"}));
        }
        let path = asked.path.strip_prefix("/crm/v3/objects/contacts").unwrap_or_default();
        match (asked.method.as_str(), path) {
            ("POST", "/batch/upsert") => {
                let input = &asked.json()["inputs"][0];
                assert_eq!(input["idProperty"], "leadwire_id", "{input}");
                (200, json!({"status": "COMPLETE", "results": [{"id": "501", "properties": input["properties"]}]}))
            }
            ("PATCH", "/501") => (200, json!({"id": "501"})),
            _ => (404, json!({})),
        }
    })
    .await;
    let table = format!(
        "kind = \"hubspot\"\nurl = \"{}\"\nfields = {{ firstname = \"{{{{ name }}}}\", city = \"{{{{ city }}}}\", email = \"{{{{ email }}}}\" }}",
        hubspot.url
    );
    let mut app = started(&place, table, "pat-na1-secret").await;
    completed_and_corrected(&mut app).await;
    let came = hubspot.came();
    assert_eq!(came[0].json()["inputs"][0]["properties"], json!({"firstname": "Asha Rao", "city": "Pune"}));
    let last = &came.last().unwrap().json()["properties"];
    assert_eq!(last["email"], "asha@example.com");
    assert_eq!(came.iter().filter(|asked| asked.method == "POST").count(), 1, "{came:?}");
    assert_eq!(last["leadwire_id"], came[0].json()["inputs"][0]["id"], "the same id of ours");
    let ids = crate::harness::texts(&app.app.db, "sink_id", "deliveries").await;
    assert_eq!(ids, ["501"]);
}

async fn odoo_by_json2_has_one_lead_and_its_corrections(place: Place) {
    let odoo = Receiver::start(|asked: &Asked| {
        if asked.header("authorization") != "bearer odoo-key"
            && asked.header("authorization") != "Bearer odoo-key"
        {
            return (401, json!({"name": "werkzeug.exceptions.Unauthorized", "message": "no"}));
        }
        match asked.path.as_str() {
            "/json/2/crm.lead/create" => (200, json!([77])),
            "/json/2/crm.lead/write" => {
                assert_eq!(asked.json()["ids"], json!([77]));
                (200, json!(true))
            }
            _ => (404, json!({})),
        }
    })
    .await;
    let table = format!("kind = \"odoo\"\nurl = \"{}\"\ndatabase = \"shop\"", odoo.url);
    let mut app = started(&place, table, "odoo-key").await;
    completed_and_corrected(&mut app).await;
    let came = odoo.came();
    assert_eq!(came[0].header("x-odoo-database"), "shop");
    let made = &came[0].json()["vals_list"][0];
    assert_eq!((&made["contact_name"], &made["city"]), (&json!("Asha Rao"), &json!("Pune")));
    assert!(made["referred"].as_str().unwrap().starts_with("lw-"), "our id: {made}");
    assert_eq!(came.iter().filter(|asked| asked.path.ends_with("create")).count(), 1);
    assert_eq!(came[1].json()["vals"]["referred"], made["referred"]);
    assert_eq!(crate::harness::texts(&app.app.db, "sink_id", "deliveries").await, ["77"]);
}

async fn odoo_by_json_rpc_logs_in_once(place: Place) {
    let odoo = Receiver::start(|asked: &Asked| {
        let call = asked.json();
        let args = &call["params"]["args"];
        let first = [args[0].clone(), args[1].clone(), args[2].clone()];
        let result = match call["params"]["method"].as_str() {
            Some("authenticate") if first == [json!("shop"), json!("bot"), json!("odoo-key")] => json!(6),
            Some("execute_kw") if first == [json!("shop"), json!(6), json!("odoo-key")] => {
                match args[4].as_str() {
                    Some("create") => json!(78),
                    Some("write") => json!(true),
                    _ => json!([]),
                }
            }
            _ => json!(false),
        };
        (200, json!({"jsonrpc": "2.0", "id": call["id"], "result": result}))
    })
    .await;
    let table = format!(
        "kind = \"odoo\"\napi = \"jsonrpc\"\nurl = \"{}\"\ndatabase = \"shop\"\nuser = \"bot\"",
        odoo.url
    );
    let mut app = started(&place, table, "odoo-key").await;
    completed_and_corrected(&mut app).await;
    complete(&app, ASHA).await;
    wait(&mut app).await;
    let methods: Vec<Json> =
        odoo.came().iter().map(|asked| asked.json()["params"]["method"].clone()).collect();
    assert_eq!(methods.iter().filter(|method| *method == "authenticate").count(), 1, "{methods:?}");
    let made = odoo.came().iter().filter(|asked| asked.json()["params"]["args"][4] == "create").count();
    assert_eq!(made, 2, "one for each person");
    for row in deliveries(&app).await {
        assert!(row.starts_with("crm delivered"), "{row}");
    }
    assert_eq!(
        app.count("delivery_attempts WHERE request LIKE '%odoo-key%'").await,
        0,
        "the key is not kept"
    );
}

async fn a_webhook_is_signed_with_both_secrets(place: Place) {
    let receiver = Receiver::start(|_: &Asked| (204, Json::Null)).await;
    let table = format!("kind = \"webhook\"\nurl = \"{}/hook\"", receiver.url);
    let mut app = started(&place, table, &format!("{NEW},{OLD}")).await;
    completed_and_corrected(&mut app).await;
    let came = receiver.came();
    let now = app.clock.now() / 1_000;
    for asked in &came {
        let (id, timestamp) = (asked.header("webhook-id"), asked.header("webhook-timestamp"));
        let sent: i64 = timestamp.parse().unwrap();
        assert!((now - sent).abs() < 3_600, "{asked:?}");
        let signature = asked.header("webhook-signature");
        let signed = Signed { id: Some(id), timestamp: Some(timestamp), signature: Some(signature) };
        for secret in [NEW, OLD] {
            let secrets = [SecretString::from(secret)];
            assert_eq!(verify(&secrets, signed, asked.body.as_bytes(), sent), Ok(()), "{asked:?}");
            assert!(verify(&secrets, signed, b"{}", sent).is_err(), "another body is not taken");
        }
    }
    let types: Vec<Json> = came.iter().map(|asked| asked.json()["type"].clone()).collect();
    assert_eq!(types[0], "lead.completed");
    assert!(types.len() > 1 && types[1..].iter().all(|kind| kind == "lead.updated"), "{types:?}");
    assert_eq!(came[0].json()["data"]["name"], "Asha Rao");
    assert_eq!(came.last().unwrap().json()["data"]["lead"]["email"], "asha@example.com");
    let mut ids: Vec<&str> = came.iter().map(|asked| asked.header("webhook-id")).collect();
    ids.dedup();
    assert_eq!(ids.len(), came.len(), "each has an id of its own");
}

async fn a_file_has_a_line_for_each_lead(place: Place) {
    flow(&place, &["crm"]);
    let file = place.folder().join("leads.csv");
    let table = format!(
        "[[sinks]]\nname = \"crm\"\nkind = \"csv\"\nfile = \"{}\"\nfields = {{ name = \"{{{{ name }}}}\", phone = \"{{{{ phone }}}}\" }}\n",
        file.display()
    );
    let mut app = with(&place, &[table], &[]).await;
    app.work().await;
    for from in [ASHA, "+14155550124"] {
        complete(&app, from).await;
        app.settled().await;
    }
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("leadwire_id,name,phone"));
    let leads: Vec<&str> = lines.map(|line| line.split_once(',').unwrap().1).collect();
    assert_eq!(leads, ["Asha Rao,+14155550123", "Asha Rao,+14155550124"]);
    assert_eq!(deliveries(&app).await, ["crm delivered 1 known"; 2]);
}
