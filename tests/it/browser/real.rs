//! The chat page against the server itself: a shipped flow in three languages, here on the web.

use super::driver::{Window, browse};
use crate::harness::on_sqlite;

#[test]
fn somebody_chats_with_the_server_itself() {
    on_sqlite(async |place| {
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/student.toml");
        std::fs::remove_file(place.flows().join("shop.toml")).unwrap();
        std::fs::remove_file(place.flows().join("survey.toml")).unwrap();
        let here = std::fs::read_to_string(shipped).unwrap().replace(r#"["whatsapp"]"#, r#"["web"]"#);
        std::fs::write(place.flows().join("student.toml"), here).unwrap();
        let app = place.app_with(&[("RATE_LIMIT_PER_MINUTE", "1000")]).await;
        let address = format!("{}/chat?flow=student&utm_source=poster", app.url);
        let chat = move || {
            browse(Window::Desktop, |page| async move {
                page.open(&address).await;
                page.hears("right course for you").await;
                page.press("Yes").await;
                page.hears("What is your name").await;
                page.says("Asha Verma").await;
                page.hears("Nice to meet you, Asha Verma").await;
                page.press("I am a parent").await;
                page.hears("your child's name").await;
                let before = page.transcript().await;
                page.client.refresh().await.unwrap();
                page.hears("your child's name").await;
                assert_eq!(page.transcript().await, before, "the transcript survives a reload");
                page.find("#language").await.select_by_value("hi").await.unwrap();
                page.hears("बच्चे का नाम").await;
                page.find("#restart").await.click().await.unwrap();
                page.find("#confirm[open]").await;
                page.find("#confirm button[value=yes]").await.click().await.unwrap();
                page.hears("सही कोर्स").await;
                assert_eq!(page.complaints().await, Vec::<String>::new());
            });
        };
        tokio::task::spawn_blocking(chat).await.unwrap();
        assert_eq!(
            app.count("leads WHERE name = 'Asha Verma' AND source = 'poster'").await,
            0,
            "begun again"
        );
        assert_eq!(app.count("conversations WHERE language = 'hi' AND source = 'poster'").await, 1);
        assert_eq!(app.count("messages WHERE body = 'Asha Verma'").await, 1, "what was said stays");
    });
}
