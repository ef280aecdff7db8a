use crate::domain::score::{Class, Entry};
use crate::engine::sample::Chat;
use crate::engine::tests::shop;
use crate::engine::{Effect, Input};
use crate::flow::model::Flow;

const ALL: [&str; 7] = ["yes", "cafe", "Pune", "4", "ann@example.com", "tea", "Demo"];

fn answered(flow: &Flow) -> Chat<'_> {
    let mut chat = Chat::new(flow);
    for text in ALL {
        chat.say(text);
    }
    chat
}

#[test]
fn caps_clip_what_is_earned() {
    let bare = shop("");
    let bare = answered(&bare)
        .state
        .breakdown()
        .into_iter()
        .map(|(rule, points)| (rule.to_owned(), points))
        .collect::<Vec<_>>();
    let sum = |rules: &[(String, i64)]| rules.iter().map(|(_, points)| points).sum::<i64>();
    let rows: [(&str, &[(&str, i64)]); 5] = [
        ("caps.question_answered = 12", &[("question_answered", 12)]),
        ("caps.quick_reply = 5", &[("quick_reply", 5)]),
        ("caps.fit = 3", &[("option", 3)]),
        ("caps.demo_requested = 1", &[("demo_requested", 1)]),
        (
            "caps = { question_answered = 12, quick_reply = 5, fit = 3 }",
            &[("question_answered", 12), ("quick_reply", 5), ("option", 3)],
        ),
    ];
    for (caps, clipped) in rows {
        let flow = shop(caps);
        let chat = answered(&flow);
        let mut expected = bare.clone();
        for (rule, points) in &mut expected {
            if let Some((_, most)) = clipped.iter().find(|(name, _)| name == rule) {
                *points = *most;
            }
        }
        let breakdown = chat.state.breakdown().into_iter().map(|(rule, points)| (rule.to_owned(), points));
        assert_eq!(breakdown.collect::<Vec<_>>(), expected, "{caps}");
        assert_eq!(chat.state.score(), sum(&expected), "{caps}");
        assert!(chat.state.ledger().iter().all(|entry| entry.points != 0), "nothing earned is no row");
    }
    let flow = shop("caps.engagement = 40");
    let chat = answered(&flow);
    assert_eq!(chat.state.score(), 45, "40 by what was done, 5 by what was answered");
}

#[test]
fn what_is_taken_back_makes_room_again() {
    let flow = shop("caps.question_answered = 5");
    let mut chat = Chat::new(&flow);
    for text in ["yes", "cafe", "Pune"] {
        chat.say(text);
    }
    let steps = |chat: &Chat| {
        let rows = chat.state.ledger().iter().filter(|entry| entry.rule == "question_answered");
        rows.map(|entry| entry.step.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(steps(&chat), ["business"]);
    chat.say("back");
    chat.say("back");
    assert_eq!(steps(&chat), [""; 0]);
    chat.say("cafe");
    assert_eq!((steps(&chat), chat.earned()), (vec!["business".to_owned()], chat.state.score()));
}

#[test]
fn once_is_the_first_time_only() {
    let flow = shop("once = [\"question_answered\", \"quick_reply\", \"session_opened\"]");
    let chat = answered(&flow);
    let breakdown = chat.state.breakdown();
    assert_eq!(
        (breakdown["question_answered"], breakdown["quick_reply"], breakdown["session_opened"]),
        (5, 5, 5)
    );
    let quick = chat.state.ledger().iter().find(|entry| entry.rule == "quick_reply").unwrap();
    assert_eq!(quick.step.as_deref(), Some("greeting"), "the first");
}

#[test]
fn points_can_be_taken_off() {
    let flow = shop("points.demo_requested = -15\npoints.question_answered = -1");
    let chat = answered(&flow);
    let breakdown = chat.state.breakdown();
    assert_eq!((breakdown["demo_requested"], breakdown["question_answered"]), (-15, -6));
    let rows: Vec<&Entry> = chat
        .effects
        .iter()
        .filter_map(|effect| if let Effect::Scored(entry) = effect { Some(entry) } else { None })
        .collect();
    assert!(rows.iter().all(|row| !row.reverses), "taking off is no taking back");
    let mut chat = Chat::new(&flow);
    chat.input(&Input::Behaved { action: "clicked_demo".into() });
    assert_eq!((chat.state.score(), chat.state.class()), (-10, Class::Unqualified));
}
