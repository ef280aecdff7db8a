//! What the page does when the world does not do its part.

use super::driver::{Window, browse};
use super::fake::{Fake, Mishap};
use leadwire::api::pages::Embedders;
use serde_json::json;

#[test]
fn a_message_whose_reply_is_lost_is_sent_again_and_counts_once() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        fake.mishaps([Mishap::ReplyLost, Mishap::Unavailable]);
        page.open(&format!("{}/chat", fake.base)).await;
        page.press("Yes").await;
        page.sees("Not sent").await;
        page.picture("not-sent").await;
        page.press("Try again").await;
        page.until("document.querySelectorAll('[data-state=failed]').length === 1").await;
        page.press("Try again").await;
        page.hears("What type of business").await;
        assert_eq!(fake.answers().len(), 1, "the server acted once");
        let said = page.transcript().await.into_iter().filter(|(who, _)| who == "in").count();
        assert_eq!(said, 1);
        page.until("!document.querySelector('.fate')").await;
    });
}

#[test]
fn an_undelivered_message_survives_a_reload() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        fake.mishaps([Mishap::Unavailable]);
        page.open(&format!("{}/chat", fake.base)).await;
        page.press("Yes").await;
        page.sees("Not sent").await;
        assert_eq!(fake.answers().len(), 0);
        page.client.refresh().await.unwrap();
        page.hears("What type of business").await;
        assert_eq!(fake.answers().len(), 1);
        let said = page.transcript().await.into_iter().filter(|(who, _)| who == "in").count();
        assert_eq!(said, 1);
    });
}

#[test]
fn too_many_requests_are_waited_out() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        fake.mishaps([Mishap::TooMany]);
        page.open(&format!("{}/chat", fake.base)).await;
        page.press("Yes").await;
        page.sees("Many messages at once").await;
        page.hears("What type of business").await;
    });
}

#[test]
fn a_refused_message_says_why_and_the_question_stays() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        fake.mishaps([Mishap::Refused]);
        page.open(&format!("{}/chat", fake.base)).await;
        page.says("\u{2603}").await;
        page.sees("This text is too odd.").await;
        page.press("Yes").await;
        page.hears("What type of business").await;
    });
}

#[test]
fn a_forgotten_session_becomes_a_new_one() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        page.press("Yes").await;
        page.hears("What type of business").await;
        fake.forget();
        page.says("a small bakery").await;
        page.hears("Welcome to YouShop").await;
        page.sees("so this is a new one").await;
        let kept = page.find("#text").await.prop("value").await.unwrap();
        assert_eq!(kept.as_deref(), Some("a small bakery"), "what was written is not lost");
        fake.forget();
        page.client.refresh().await.unwrap();
        page.hears("Welcome to YouShop").await;
        assert_eq!(fake.starts().len(), 3);
    });
}

#[test]
fn offline_is_said_and_what_was_written_goes_out_afterwards() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        page.press("Yes").await;
        page.press("Restaurant").await;
        page.hears("Which city").await;
        let network = |offline| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        page.devtools("Network.enable", json!({})).await;
        page.devtools("Network.emulateNetworkConditions", network(true)).await;
        page.until("!document.querySelector('#offline').hidden").await;
        page.says("Mumbai").await;
        page.sees("Not sent").await;
        page.devtools("Network.emulateNetworkConditions", network(false)).await;
        page.hears("What would help you most").await;
        page.until("document.querySelector('#offline').hidden").await;
    });
}

#[test]
fn texts_are_never_markup() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        page.hears("Welcome").await;
        page.says("?").await;
        page.sees("that <b>answer</b>.").await;
        page.says("<img src=x onerror=alert(1)>").await;
        page.hears("What type of business").await;
        page.sees("<img src=x onerror=alert(1)>").await;
        assert_eq!(page.value("document.querySelectorAll('#log b, #log img').length").await, 0);
        assert_eq!(page.complaints().await, Vec::<String>::new());
    });
}
