use super::sample::{Chat, flow, texts};
use super::*;
use crate::clock::{HOUR, MINUTE};

/// The seed's example: five questions, one of them a contact and one a demo, three answered quickly.
#[test]
fn the_seeds_example_makes_eighty_points() {
    let flow = flow(
        r#"
        id = "eighty"
        title = "Eighty"
        languages = ["en"]
        [[steps]]
        id = "business_type"
        ask = "choice"
        say = "Which business?"
        options = ["Restaurant", "Retail"]
        [[steps]]
        id = "location"
        ask = "text"
        say = "Which city?"
        [[steps]]
        id = "staff_size"
        ask = "number"
        say = "How many people?"
        [[steps]]
        id = "email"
        ask = "email"
        say = "Your e-mail?"
        [[steps]]
        id = "next"
        ask = "choice"
        say = "What next?"
        menu = "cta"
        options = [{ value = "Book a demo", event = "demo_requested" }, { value = "Later", declines = true }]
        [[steps]]
        id = "thanks"
        say = "Thank you!"
        end = "completed"
        "#,
    );
    let mut chat = Chat::new(&flow);
    chat.say("Restaurant");
    chat.say("Mumbai");
    chat.say("5");
    chat.now += 5 * MINUTE;
    chat.say("ann@example.com");
    chat.now += 5 * MINUTE;
    assert_eq!(chat.say("Book a demo"), ["Thank you!"]);
    let breakdown = chat.state.breakdown();
    let expected = [
        ("all_answered", 10),
        ("contact_shared", 10),
        ("demo_requested", 15),
        ("question_answered", 25),
        ("quick_reply", 15),
        ("session_opened", 5),
    ];
    assert_eq!(breakdown.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!((chat.state.score(), chat.state.class()), (80, Class::Sql));
    let _ = (HOUR, texts(&[]));
}

#[test]
fn the_shipped_merchant_flow_can_be_played() {
    let flow = flow(include_str!("../../flows/merchant.toml"));
    for test in &flow.tests {
        let result = transcript::run(&flow, test);
        println!("{}", result.render(false));
    }
}
