//! What is said and understood in a call, turn by turn.

use super::{Phone, flow};
use crate::domain::call::Heard;
use crate::engine::Input;

#[test]
fn a_menu_of_many_is_read_in_pages() {
    let options: Vec<String> = (1..=11)
        .map(|n| format!("\"Make {}\"", ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K"][n - 1]))
        .collect();
    let flow = flow(&format!(
        "[[steps]]\nid = \"make\"\nask = \"choice\"\nsay = \"Which?\"\noptions = [{}]\n",
        options.join(", ")
    ));
    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    assert!(
        phone.says[0].text.ends_with("For Make H, press 8. For more, press 9."),
        "{}",
        phone.says[0].text
    );
    assert_eq!(
        phone.presses("9"),
        "Here is more. For Make I, press 1. For Make J, press 2. For Make K, press 3. For more, press 9."
    );
    assert!(phone.presses("0").contains("On the keypad, star goes back."), "help");
    assert_eq!(
        phone.presses("4"),
        "Please pick one of these, or press its key. | Which? For Make I, press 1. For Make J, press 2. For Make K, press 3. For more, press 9."
    );
    assert!(phone.presses("9").contains("For Make A, press 1."), "around");
    phone.presses("9");
    phone.presses("3");
    assert_eq!(phone.answer("make"), "Make K");
}

#[test]
fn speech_reaches_options_of_every_page() {
    let flow = flow(
        "[[steps]]\nid = \"make\"\nask = \"choice\"\nsay = \"Which?\"\noptions = [\"A1\",\"B2\",\"C3\",\"D4\",\"E5\",\"F6\",\"G7\",\"H8\",\"I9\",\"Toyota\"]\n",
    );
    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    assert_eq!(phone.says("a Toyota please"), "Bye");
    assert_eq!(phone.answer("make"), "Toyota");
}

#[test]
fn names_and_addresses_are_read_back_and_spelled() {
    let flow = flow(
        "[[steps]]\nid = \"who\"\nask = \"name\"\nsay = \"Who?\"\ntries = 3\n[[steps]]\nid = \"mail\"\nask = \"email\"\nsay = \"Where?\"\noptional = true\n",
    );
    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    assert_eq!(
        phone.says("Maria Lopez"),
        "I understood: Maria Lopez. Is that right? Press 1 for yes, 2 for no."
    );
    assert!(phone.document("/x").contains("numDigits=\"1\""), "yes or no");
    assert_eq!(
        phone.says("no"),
        "Sorry. Please spell it this time, letter by letter, such as: M as in Mike. | Who?"
    );
    assert_eq!(phone.answer("who"), "nothing");
    assert_eq!(
        phone.says("Maria Lopes, L O P E S"),
        "I understood: Maria Lopes. Is that right? Press 1 for yes, 2 for no."
    );
    assert!(
        phone.hears(&Heard::Nothing).starts_with("I did not hear anything. | I understood: Maria Lopes.")
    );
    assert_eq!(phone.presses("1"), "Where? You can say skip.");
    assert_eq!(phone.answer("who"), "Maria Lopes");
    assert_eq!(
        phone.says("m as in mike dot lopes at example dot com"),
        "I understood: m dot l o p e s at e x a m p l e dot c o m. Is that right? Press 1 for yes, 2 for no."
    );
    assert!(phone.says("ann at example dot com").contains("a n n at"), "said anew instead of no");
    assert_eq!(phone.says("back"), "Who?", "a request while it is read back");
    phone.says("Ann Lee");
    phone.says("yes that's right");
    assert_eq!(phone.says("skip"), "Bye");
    assert_eq!((phone.answer("who"), phone.answer("mail")), ("Ann Lee".to_owned(), "nothing".to_owned()));
}

#[test]
fn what_was_hardly_understood_is_read_back() {
    let flow = flow(
        "[[steps]]\nid = \"n\"\nask = \"number\"\nsay = \"How many?\"\ntries = 2\n[[steps]]\nid = \"ok\"\nask = \"yes_no\"\nsay = \"Fine?\"\n",
    );
    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    let unsure = |text: &str, confidence| Heard::Speech { text: text.into(), confidence: Some(confidence) };
    assert!(phone.hears(&unsure("fifteen", 0.49)).starts_with("I understood: 15."));
    assert_eq!(
        phone.presses("2"),
        "Sorry. Once more, please. | How many? You can also key it in; end with the hash key."
    );
    assert!(
        phone.hears(&unsure("mumble", 0.1)).starts_with("Fine?"),
        "unreadable: nothing to read back, and the last try"
    );
    assert_eq!(phone.answer("n"), "nothing");
    assert!(phone.hears(&unsure("sure", 0.3)).starts_with("I understood: sure."));
    assert_eq!(phone.presses("1"), "Bye");
    assert_eq!(phone.answer("ok"), "yes");

    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    assert!(phone.hears(&unsure("fifteen", 0.5)).starts_with("Fine?"), "at the threshold it is sure");
    assert!(phone.hears(&Heard::Speech { text: "yes".into(), confidence: None }).starts_with("Bye"));
}

#[test]
fn silence_counts_as_a_try_and_ends_a_dead_line() {
    let flow = flow(
        "[[steps]]\nid = \"n\"\nask = \"number\"\nsay = \"How many?\"\ntries = 3\n[[steps]]\nid = \"m\"\nask = \"text\"\nsay = \"What?\"\n",
    );
    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    assert!(phone.hears(&Heard::Nothing).starts_with("I did not hear anything. | How many?"));
    assert!(phone.says("well").starts_with("Please say a number"));
    assert_eq!(phone.hears(&Heard::Nothing), "What?", "the third try: given up");
    for _ in 0..3 {
        assert!(phone.hears(&Heard::Nothing).starts_with("I did not hear anything."));
    }
    assert!(!phone.closed);
    assert!(phone.hears(&Heard::Nothing).ends_with("Goodbye."), "the fifth in a row");
    assert!(phone.closed);
}

#[test]
fn star_goes_back_unless_the_flow_has_it_off() {
    let steps = "[[steps]]\nid = \"a1\"\nask = \"yes_no\"\nsay = \"One?\"\n[[steps]]\nid = \"b1\"\nask = \"date\"\nsay = \"When?\"\n";
    let mut flow = flow(steps);
    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    assert_eq!(phone.presses("1"), "When? You can also key in month, day and year as eight digits.");
    assert_eq!(phone.presses("*"), "One? Press 1 for yes, 2 for no.");
    phone.presses("2");
    assert_eq!(phone.presses("03142026"), "Bye");
    assert_eq!((phone.answer("a1"), phone.answer("b1")), ("no".to_owned(), "2026-03-14".to_owned()));
    flow.off = vec![crate::domain::command::Command::Back];
    let mut phone = Phone::new(&flow);
    phone.input(&Input::Returned);
    phone.presses("1");
    assert!(phone.presses("*").starts_with("Please say a date"), "no such key");
}
