//! A lead arrives.

use super::crm::{Can, Crm};
use super::{ASHA, attempts, complete, deliveries, working};
use crate::harness::Place;
use serde_json::json;

on_both! { a_lead_arrives_with_our_id_and_what_the_flow_maps }

async fn a_lead_arrives_with_our_id_and_what_the_flow_maps(place: Place) {
    let crm = Crm::start().await;
    let mut app = working(&place, &crm, Can::LOOK_UP).await;
    complete(&app, ASHA).await;
    app.settled().await;
    assert_eq!(deliveries(&app).await, ["crm delivered 1 known"]);
    assert_eq!(attempts(&app).await, ["create delivered"]);
    let [came] = &crm.came()[..] else { panic!("{:?}", crm.came()) };
    let [lead] = &crm.leads()[..] else { panic!("{:?}", crm.leads()) };
    assert_eq!((came.key.as_str(), lead.external_id.as_str()), (lead.external_id.as_str(), came.key.as_str()));
    assert!(came.key.starts_with("lw-") && came.idempotency_key.starts_with(&came.key), "{came:?}");
    let shown = json!({"name": lead.text("name"), "phone": lead.text("phone"), "city": lead.text("city")});
    assert_eq!(shown, json!({"name": "Asha Rao", "phone": ASHA, "city": "Pune"}));
}
