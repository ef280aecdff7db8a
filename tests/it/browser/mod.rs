//! The chat page and the widget in a real browser.
#![expect(clippy::unwrap_used, reason = "a test's own helpers fail the test they help")]

mod driver;
mod fake;
mod journey;
mod log_in;
mod mishaps;
mod real;
mod seen;
mod widget;

use driver::{Window, browse};
use fake::Fake;
use leadwire::api::pages::Embedders;

#[test]
fn a_person_chats() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        journey::chat(&page, &journey::merchant(&fake.base)).await;
    });
}

/// What the page asks of the server: the source it came from, the option that was tapped, the question it belongs to.
#[test]
fn requests_carry_what_the_server_needs() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat?utm_source=poster&flow=merchant&language=hi-IN", fake.base)).await;
        page.hears("आपका स्वागत है").await;
        let start = &fake.starts()[0];
        assert_eq!(start["utm_source"], "poster");
        assert_eq!(start["flow"], "merchant");
        assert_eq!(start["language"], "hi");
        page.press("हाँ").await;
        page.press("Retail Store").await;
        page.says("Pune").await;
        page.press("Billing").await;
        page.press("Inventory").await;
        page.press("Billing").await;
        page.press("Loyalty").await;
        page.press("चुनाव भेजें").await;
        page.press("छोड़ें").await;
        page.hears("आगे क्या").await;
        let answers = fake.answers();
        let told: Vec<_> = answers
            .iter()
            .map(|body| {
                (body["question_id"].as_str(), body["tapped"].as_str(), body["answer_text"].as_str().unwrap())
            })
            .collect();
        assert_eq!(
            told,
            [
                (Some("greeting"), None, "हाँ"),
                (Some("business_type"), Some("Retail Store"), "Retail Store"),
                (None, None, "Pune"),
                (Some("features"), None, "Inventory, Loyalty"),
                (None, None, "skip"),
            ]
        );
        assert!(
            answers
                .iter()
                .all(|body| body["time_taken"].as_f64().is_some_and(|taken| (0.0..60.0).contains(&taken)))
        );
    });
}

#[test]
fn an_ended_chat_says_so_and_can_begin_again() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        for label in ["Yes", "Restaurant"] {
            page.press(label).await;
        }
        page.says("Mumbai").await;
        page.press("QR Payments").await;
        page.press("Send choice").await;
        page.says("me@example.com").await;
        page.press("Book a demo").await;
        page.hears("Thank you!").await;
        let link = page.find("#log a").await;
        assert_eq!(
            link.attr("href").await.unwrap().as_deref(),
            Some("https://youshop.example/start"),
            "without the full stop"
        );
        page.client.refresh().await.unwrap();
        page.hears("Thank you!").await;
        page.press("Start a new chat").await;
        page.hears("Welcome to YouShop").await;
        page.until("document.querySelectorAll('#log .bubble').length === 1").await;
        assert_eq!(fake.starts().len(), 2);
    });
}
