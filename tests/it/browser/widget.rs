//! The widget on somebody else's site: another origin, a strict content policy, styles that would hide it.

use super::driver::{Page, Window, browse};
use super::fake::{Fake, host_site};
use fantoccini::elements::Element;
use fantoccini::wd::Locator;
use leadwire::api::pages::Embedders;
use serde_json::json;

const ESCAPE: &str = "\u{e00c}";
const HOST: &str = "document.body.lastElementChild";

/// Something in the widget's shadow tree.
async fn part(page: &Page, css: &str) -> Element {
    page.until(&format!("{HOST}.shadowRoot.querySelector({})", json!(css))).await;
    let host = page.find("body > div:last-child").await;
    host.shadow_root().await.unwrap().find(Locator::Css(css)).await.unwrap()
}

#[test]
fn opens_talks_and_closes() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        let site = host_site(&fake.base, "data-flow=\"merchant\" data-color=\"#b4451f\"").await;
        page.open(&format!("{site}/?utm_source=newsletter")).await;
        let button = part(&page, "button").await;
        assert_eq!(page.spoken(&button).await, ("button".to_owned(), "Open chat".to_owned()));
        assert_eq!(button.css_value("display").await.unwrap(), "grid", "the site's styles stay outside");
        assert_eq!(fake.starts().len(), 0, "nothing is loaded before it is wanted");
        button.click().await.unwrap();
        part(&page, "iframe").await.enter_frame().await.unwrap();
        page.hears("Welcome to YouShop").await;
        let start = &fake.starts()[0];
        assert_eq!(
            (start["utm_source"].as_str(), start["flow"].as_str()),
            (Some("newsletter"), Some("merchant"))
        );
        page.press("Yes").await;
        page.hears("What type of business").await;
        page.press("Restaurant").await;
        page.hears("Which city").await;
        page.picture("widget").await;
        page.says("Mumbai").await;
        page.hears("What would help").await;

        page.keys(ESCAPE).await;
        page.client.enter_parent_frame().await.unwrap();
        page.until(&format!("{HOST}.shadowRoot.querySelector('iframe').hidden")).await;
        page.until(&format!("{HOST}.shadowRoot.activeElement.matches('button')")).await;
        let button = part(&page, "button[aria-expanded=false]").await;
        button.click().await.unwrap();
        page.until(&format!("!{HOST}.shadowRoot.querySelector('iframe').hidden")).await;
        page.keys(ESCAPE).await;
        part(&page, "button[aria-expanded=false]").await.click().await.unwrap();
        part(&page, "iframe").await.enter_frame().await.unwrap();
        page.find("#close").await.click().await.unwrap();
        page.client.enter_parent_frame().await.unwrap();
        part(&page, "button[aria-expanded=false]").await;

        // The driver leaves names of its own (se_…, ret_nodes); the list itself is one too.
        let names = "Object.getOwnPropertyNames(window)\
                     .filter((name) => !namesBefore.includes(name) && !/^(namesBefore|ret_nodes|se_|cdc_)/.test(name))";
        assert_eq!(page.value(names).await, json!([]), "no names of ours on the site's window");
        assert_eq!(page.complaints().await, Vec::<String>::new(), "nothing breaks the site's strict policy");
    });
}

#[test]
fn fills_a_phone() {
    browse(Window::Phone, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        let site = host_site(&fake.base, "data-language=\"hi\"").await;
        page.open(&site).await;
        let button = part(&page, "button").await;
        assert_eq!(page.spoken(&button).await.1, "चैट खोलें");
        page.picture("widget-phone-closed").await;
        button.click().await.unwrap();
        let frame = part(&page, "iframe").await;
        let whole = page.value("[0, 0, innerWidth, innerHeight]").await;
        let (x, y, width, height) = frame.rectangle().await.unwrap();
        assert_eq!(json!([x, y, width, height]), json!(serde_json::from_value::<[f64; 4]>(whole).unwrap()));
        frame.enter_frame().await.unwrap();
        page.hears("आपका स्वागत है").await;
        page.picture("widget-phone").await;
        page.find("#close").await.click().await.unwrap();
        page.client.enter_parent_frame().await.unwrap();
        part(&page, "button[aria-expanded=false]").await;
    });
}

#[test]
fn only_sites_on_the_list_may_embed() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::only(&["https://shop.example"]).unwrap()).await;
        let site = host_site(&fake.base, "").await;
        page.open(&site).await;
        part(&page, "button").await.click().await.unwrap();
        part(&page, "iframe").await.enter_frame().await.unwrap();
        page.until("!document.querySelector('#log')").await;
        page.client.enter_parent_frame().await.unwrap();
        let complaints = page.complaints().await;
        assert!(complaints.iter().any(|line| line.contains("frame-ancestors")), "{complaints:?}");
        assert_eq!(fake.starts().len(), 0);
    });
}
