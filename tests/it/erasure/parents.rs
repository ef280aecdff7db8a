//! Which parents go with a child, and which stay.

use super::erased;
use crate::harness::{Place, number, texts};
use crate::work::{OURS, ask, enquiry, hire, id, well};
use leadwire::domain::access::Role;
use serde_json::json;
use std::collections::BTreeSet;

on_both!(parents_go_who_are_known_through_the_child_alone,);

async fn parents_go_who_are_known_through_the_child_alone(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let enter = async |child: &str, parents: &[(&str, &str)]| {
        let mut form = enquiry("+14155550101");
        form["child"]["first_name"] = json!(child);
        form["parents"] =
            parents.iter().map(|(name, number)| json!({"name": name, "contact_number": number})).collect();
        id(&well(&ask(&app, &admin.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await))
    };
    let (asha, bela, carl, dora) = (
        ("Asha Uniqa", "+14155550101"),
        ("Bela Uniqb", "+14155550102"),
        ("Carl Uniqc", "+14155550103"),
        ("Dora Uniqd", "+14155550104"),
    );
    // Asha's own: with Bela, who is known by nothing else, and Carl, who has a lead of his own, where Asha is named as well.
    let first = enter("Mia", &[asha, bela, carl]).await;
    let second = enter("Noa", &[asha]).await;
    let carls = enter("Ole", &[carl, asha]).await;
    let doras = enter("Pia", &[dora]).await;
    let search = async |words: &str| {
        let found =
            well(&ask(&app, &admin.token, "GET", &format!("/api/v1/leads?search={words}"), None).await);
        found.as_array().unwrap().iter().map(id).collect::<Vec<i64>>()
    };
    let mut found = search("uniqa").await;
    found.sort_unstable();
    assert_eq!(found, BTreeSet::from([first, second, carls]).into_iter().collect::<Vec<_>>());
    let receipt = erased(&app, &admin.token, first).await;
    assert_eq!(receipt["lead_ids"], json!([first, second]), "all leads of the person");
    assert_eq!(receipt["persons"], 2, "Asha and Bela");
    assert_eq!(
        receipt["remains"]["leads"],
        json!([carls]),
        "who named them, and still does in their own words"
    );
    let addresses = texts(&app.app.db, "value", "identities ORDER BY value").await;
    assert_eq!(addresses, [carl.1, dora.1], "Carl and Dora are as they were");
    let children = texts(&app.app.db, "first_name", "children ORDER BY id").await;
    assert_eq!(children, ["", "", "Ole", "Pia"]);
    let parents = texts(&app.app.db, "name", "guardians ORDER BY child_id, person_id").await;
    assert_eq!(
        parents.iter().filter(|name| !name.is_empty()).count(),
        2,
        "Carl's and Dora's own: {parents:?}"
    );
    for (words, expected) in [
        ("uniqa", vec![]),
        ("uniqb", vec![]),
        ("14155550101", vec![]),
        ("uniqc", vec![carls]),
        ("ole", vec![carls]),
        ("uniqd", vec![doras]),
    ] {
        assert_eq!(search(words).await, expected, "{words}");
    }
    assert_eq!(
        number(&app.app.db, "SELECT COUNT(*) FROM children WHERE enquiry_id <> ''").await,
        4,
        "numbers stay"
    );
    let receipt = erased(&app, &admin.token, carls).await;
    assert_eq!((&receipt["persons"], &receipt["lead_ids"]), (&json!(1), &json!([carls])));
    assert_eq!(texts(&app.app.db, "value", "identities").await, [dora.1]);
}
