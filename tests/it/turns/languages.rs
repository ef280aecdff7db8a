//! In which language somebody is greeted.

use super::{GREETING, say};
use crate::harness::Place;

on_both! {
    a_keyword_of_one_language_is_answered_in_it,
}

async fn a_keyword_of_one_language_is_answered_in_it(place: Place) {
    let file = place.flows().join("shop.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let spoken = "keywords = { en = [\"shop\", \"demo\"], es = [\"tienda\", \"demo\"] }";
    std::fs::write(&file, text.replace("keywords = [\"demo\"]", spoken)).unwrap();
    let app = super::plain_app(&place).await;
    let spanish = "¡Hola! ¿Puedo hacerle unas preguntas?";
    let rows = [
        ("of Spanish alone", "Tienda", spanish),
        ("as the first word", "tienda, por favor", spanish),
        ("of English alone", "shop", GREETING),
        ("of both", "demo", GREETING),
        ("none", "hola", GREETING),
    ];
    for (n, (label, first, expected)) in rows.into_iter().enumerate() {
        assert_eq!(say(&app, &format!("+1415555020{n}"), first).await, [expected], "{label}");
    }
    let spoken = app.count("conversations WHERE language = 'es'").await;
    assert_eq!(spoken, 2, "and it stays so");
}
