use crate::engine::sample::{Chat, flow, nobody, texts};
use crate::engine::{Effect, Input, Person};
use std::collections::BTreeMap;

const FLOW: &str = r#"
id        = "tried"
title     = "Tried"
languages = ["en"]

[experiments.wording]
variants = { A = 1, B = 1 }
goal     = "completed"

[experiments.order]
variants = { A = 1, B = 1 }
goal     = "completed"
order.B  = ["third", "first"]

[[steps]]
id  = "hello"
ask = "text"
say = "Hello?"
variant.wording.B.say = "Howdy?"

[[steps]]
id  = "first"
ask = "text"
say = "First?"

[[steps]]
id  = "second"
ask = "text"
say = "Second?"

[[steps]]
id  = "third"
ask = "text"
say = "Third?"

[[steps]]
id  = "end"
say = "Bye"
end = "completed"
"#;

fn exposed(effects: &[Effect]) -> Vec<(&str, &str)> {
    let exposed = effects.iter().filter_map(|effect| match effect {
        Effect::Exposed { experiment, variant } => Some((experiment.as_str(), variant.as_str())),
        _ => None,
    });
    exposed.collect()
}

fn variants(wording: &str, order: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("wording".into(), wording.into()), ("order".into(), order.into())])
}

#[test]
fn variants_word_and_order_and_are_recorded_when_first_shown() {
    let flow = flow(FLOW);
    let cases = [
        ("A", ["Hello?", "First?", "Second?", "Third?", "Bye"]),
        ("B", ["Howdy?", "Third?", "Second?", "First?", "Bye"]),
    ];
    for (variant, expected) in cases {
        let variants = variants(variant, variant);
        let mut chat = Chat::with(&flow, Person { variants: &variants, ..nobody() });
        let opened = chat.input(&Input::Open { said: None });
        assert_eq!(exposed(&opened), [("wording", variant)]);
        let mut said = texts(&opened);
        chat.now += 1;
        let answered = chat.input(&Input::Said(crate::domain::message::Said::text("x")));
        assert_eq!(exposed(&answered), [("order", variant)]);
        said.extend(texts(&answered));
        for _ in 0..3 {
            said.extend(chat.say("x"));
        }
        assert_eq!(said, expected);
        chat.say("restart");
        assert_eq!(exposed(&chat.effects).len(), 2, "each once");
    }
}

#[test]
fn a_drawn_variant_stays_whatever_the_weights_say_later() {
    let mut flow = flow(FLOW);
    let draw = |flow: &crate::flow::model::Flow, seed: &str| {
        let mut chat = Chat::with(flow, Person { seed, ..nobody() });
        chat.input(&Input::Open { said: None });
        chat.state.variants()["order"].clone()
    };
    let drawn: Vec<String> = (0..40).map(|seed| draw(&flow, &seed.to_string())).collect();
    assert!(drawn.contains(&"A".into()) && drawn.contains(&"B".into()));
    assert_eq!(drawn, (0..40).map(|seed| draw(&flow, &seed.to_string())).collect::<Vec<_>>());
    let mut chat = Chat::with(&flow, nobody());
    chat.input(&Input::Open { said: None });
    let (had, mut state) = (chat.state.variants().clone(), chat.state);
    let other = if had["order"] == "A" { "B" } else { "A" };
    flow.experiments.get_mut("order").unwrap().variants = vec![(other.into(), 1)];
    (state, _) = crate::engine::step(&flow, &nobody(), state, &Input::Silent, 0);
    assert_eq!(*state.variants(), had);
}

#[test]
fn switched_off_everyone_has_the_first_and_nobody_is_counted() {
    let flow = flow(FLOW);
    let variants = variants("B", "B");
    let mut chat = Chat::with(&flow, Person { experiments: false, variants: &variants, ..nobody() });
    assert_eq!(texts(&chat.input(&Input::Open { said: None })), ["Hello?"]);
    chat.say("x");
    chat.input(&Input::Expose { experiment: "order".into() });
    assert_eq!(exposed(&chat.effects), []);
    assert_eq!(chat.state.variants()["order"], "A");
}

#[test]
fn programs_expose_and_convert_once() {
    let flow = flow(FLOW);
    let mut chat = Chat::new(&flow);
    let variant = chat.state.variants()["order"].clone();
    let expose = Input::Expose { experiment: "order".into() };
    assert_eq!(exposed(&chat.input(&expose)), [("order", variant.as_str())]);
    assert_eq!(chat.input(&expose), []);
    assert_eq!(chat.input(&Input::Expose { experiment: "nothing".into() }), []);
    let convert = Input::Converted { goal: "delivered".into() };
    assert_eq!(chat.input(&convert), [Effect::Reached { goal: "delivered".into() }]);
    assert_eq!(chat.input(&convert), []);
}
