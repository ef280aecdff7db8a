use super::*;

fn verdict(text: &str, language: &str) -> Option<bool> {
    judge(text, language).ok().map(|v| v.yes)
}

#[test]
fn verdicts() {
    for (label, text, language, want) in [
        ("plain yes", "Yes!", "en", Some(true)),
        ("plain no", "no", "en", Some(false)),
        ("thumb", "👍", "en", Some(true)),
        ("thumb of a skin tone", "👎🏽", "en", Some(false)),
        ("both thumbs", "👍👎", "en", None),
        ("negated agreement", "I do not agree", "en", Some(false)),
        ("negated refusal", "that is not wrong", "en", Some(true)),
        ("not really", "not really", "en", Some(false)),
        ("no outweighs okay", "No, that's okay", "en", Some(false)),
        ("no problem", "no problem", "en", Some(true)),
        ("both", "yes and no", "en", None),
        ("open", "maybe yes", "en", None),
        ("their question", "what do you think is right", "en", None),
        ("a comma ends a not's reach", "don't wait, go ahead", "en", None),
        ("Hindi", "जी हाँ", "hi", Some(true)),
        ("Hindi in Latin letters", "nahi chahiye", "hi", Some(false)),
        ("Spanish without accent", "claro que si", "es", Some(true)),
        ("German", "auf keinen Fall", "de", Some(false)),
        ("French", "pas du tout", "fr", Some(false)),
        ("Portuguese", "não sei", "pt", None),
        ("English in a Spanish conversation", "yes", "es", Some(true)),
    ] {
        assert_eq!(verdict(text, language), want, "{label}: {text}");
    }
}
