use super::*;

#[test]
fn whole_messages_are_requests() {
    for (label, text, language, want, argument) in [
        ("back", "Back!", "en", Command::Back, None),
        ("polite", "go back please", "en", Command::Back, None),
        ("human", "can I talk to a real person", "en", Command::Human, None),
        ("skip", "skip this one", "en", Command::Skip, None),
        ("no preference", "I don't mind", "en", Command::NoPreference, None),
        ("repeat", "can you repeat that please", "en", Command::Repeat, None),
        ("change", "change my email", "en", Command::Change, Some("email")),
        ("change to", "change city to Pune", "en", Command::Change, Some("city")),
        ("language", "Spanish please", "en", Command::Language, Some("es")),
        ("own name", "en español", "en", Command::Language, Some("es")),
        ("Hinglish", "hindi mein", "en", Command::Language, Some("hi")),
        ("change language", "change language to hindi", "en", Command::Language, Some("hi")),
        ("which language", "language", "en", Command::Language, None),
        ("Spanish back", "atrás", "es", Command::Back, None),
        ("Hindi help", "मदद", "hi", Command::Help, None),
        ("Hindi change", "mera email badlo", "hi", Command::Change, Some("email")),
        ("French", "recommencer", "fr", Command::Restart, None),
        ("German", "zurück", "de", Command::Back, None),
        ("Portuguese", "pular", "pt", Command::Skip, None),
        ("English anywhere", "help", "es", Command::Help, None),
    ] {
        assert_eq!(command(text, language), Some((want, argument.map(str::to_owned))), "{label}: {text}");
    }
}

#[test]
fn answers_are_no_requests() {
    for text in [
        "2",
        "yes",
        "no",
        "Maria Gonzalez 7",
        "I need help with my roof",
        "I will be back on Monday",
        "call me",
        "maria@example.com",
        "spanish restaurant",
        "change management software",
        "not now",
        "human resources",
        "no problem",
        "please",
    ] {
        assert_eq!(command(text, "en"), None, "{text}");
    }
}

#[test]
fn a_flow_adds_its_own_words() {
    let own = BTreeMap::from([(Command::Human, vec!["Get me Priya".to_owned()])]);
    assert_eq!(command_with("get me priya!", "en", &own), Some((Command::Human, None)));
    assert_eq!(command("get me priya!", "en"), None);
}
