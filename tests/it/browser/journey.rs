//! What a person does on the chat page, for any server that speaks the chat API.

use super::driver::Page;

/// A server, and what its flow says on the way.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Where the server is: `http://host:port`.
    pub base: String,
    /// What comes behind `/chat`: `?flow=…`, or nothing.
    pub query: &'static str,
    /// Part of the first text.
    pub greeting: &'static str,
    /// A button under the greeting, and part of what it leads to.
    pub tap: (&'static str, &'static str),
    /// A button there, and part of the open question it leads to.
    pub choose: (&'static str, &'static str),
    /// Words typed there, and part of what they lead to.
    pub write: (&'static str, &'static str),
    /// Another of the flow's languages, and part of the question asked last in it.
    pub other: (&'static str, &'static str),
    /// The page's own note in that language that the person began again.
    pub over: &'static str,
}

/// The merchant's conversation.
pub fn merchant(base: &str) -> Talk {
    Talk {
        base: base.to_owned(),
        query: "",
        greeting: "Welcome to YouShop",
        tap: ("Yes", "What type of business"),
        choose: ("Restaurant", "Which city"),
        write: ("Mumbai", "What would help you most"),
        other: ("hi", "किससे मदद"),
        over: "फिर से शुरू किया",
    }
}

/// From the greeting to an answer, through a reload, another language and a new beginning; then all of it by keyboard.
pub async fn chat(page: &Page, talk: &Talk) {
    page.open(&format!("{}/chat{}", talk.base, talk.query)).await;
    page.hears(talk.greeting).await;
    page.press(talk.tap.0).await;
    page.hears(talk.tap.1).await;
    page.press(talk.choose.0).await;
    page.hears(talk.choose.1).await;
    page.says(talk.write.0).await;
    page.hears(talk.write.1).await;

    let before = page.transcript().await;
    let said: Vec<&str> =
        before.iter().filter(|(who, _)| who == "in").map(|(_, text)| text.as_str()).collect();
    assert_eq!(said, [talk.tap.0, talk.choose.0, talk.write.0]);
    page.client.refresh().await.unwrap();
    page.hears(talk.write.1).await;
    assert_eq!(page.transcript().await, before, "the transcript survives a reload");
    page.find("#choices").await;

    page.find("#language").await.select_by_value(talk.other.0).await.unwrap();
    page.hears(talk.other.1).await;
    let spoken = page.value("document.documentElement.lang").await;
    assert_eq!(spoken, talk.other.0, "the page speaks the language of the conversation");

    page.find("#restart").await.click().await.unwrap();
    page.find("#confirm[open]").await;
    page.find("#confirm button[value=yes]").await.click().await.unwrap();
    page.sees(talk.over).await;
    page.find("#language").await.select_by_value("en").await.unwrap();
    page.hears(talk.greeting).await;
    by_keyboard(page, talk).await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

/// The same questions with no mouse: Tab and Shift+Tab walk, Enter and Space press, and the focus is never lost.
async fn by_keyboard(page: &Page, talk: &Talk) {
    walk(page, talk.tap.0).await;
    page.keys(ENTER).await;
    page.hears(talk.tap.1).await;
    page.until("document.activeElement.matches('#choices .option')").await;
    walk(page, talk.choose.0).await;
    page.keys(" ").await;
    page.hears(talk.choose.1).await;
    page.until("document.activeElement.id === 'text'").await;
    page.keys(talk.write.0).await;
    page.keys(ENTER).await;
    page.hears(talk.write.1).await;
    assert_eq!(page.value("document.activeElement.id").await, "text", "who types goes on typing");
    page.keys(SHIFT_TAB).await;
    page.until("document.querySelector('#choices').contains(document.activeElement)").await;
}

/// Tabs to the button with this label; the page has far fewer stops than allowed here.
async fn walk(page: &Page, label: &str) {
    for _ in 0..25 {
        if page.value("document.activeElement.textContent.trim()").await == label {
            let seen = page.value("document.activeElement.matches(':focus-visible')").await;
            assert_eq!(seen, true, "the focus on {label:?} is visible");
            return;
        }
        page.keys(TAB).await;
    }
    panic!("Tab never reaches {label:?}");
}

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const SHIFT_TAB: &str = "\u{e008}\u{e004}";
