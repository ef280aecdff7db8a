//! How the page looks and what a screen reader is told, on a desk and on a phone, light and dark.

use super::driver::{Page, Window, browse};
use super::fake::Fake;
use fantoccini::Locator;
use leadwire::api::pages::Embedders;

/// The lowest contrast of any text with what stands behind it (WCAG 2, relative luminance), with the text's words.
const FAINTEST: &str = "(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] > 250) return color;
    }
    return [255, 255, 255];
  };
  let faintest = [99, ''];
  for (const element of document.querySelectorAll('.chat *')) {
    const words = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
    if (!words || !element.checkVisibility() || element.closest('.unseen, option, :disabled')) continue;
    const [front, back] = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (contrast < faintest[0]) faintest = [contrast, words];
  }
  return faintest;
})()";

async fn readable(page: &Page, scheme: &str) {
    page.scheme(scheme).await;
    let faintest = page.value(FAINTEST).await;
    assert!(faintest[0].as_f64().unwrap() >= 4.5, "{scheme}: {faintest}");
}

async fn half_way(page: &Page) {
    for label in ["Yes", "Restaurant"] {
        page.press(label).await;
    }
    page.says("Mumbai").await;
    page.press("Billing").await;
    page.press("QR Payments").await;
    page.until("document.querySelectorAll('[aria-pressed=true]').length === 2").await;
}

#[test]
fn on_a_desk() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        page.hears("Welcome").await;
        page.picture("desktop-greeting").await;
        half_way(&page).await;
        readable(&page, "dark").await;
        page.picture("desktop-dark").await;
        readable(&page, "light").await;
        page.picture("desktop").await;
        page.find("#restart").await.click().await.unwrap();
        page.picture("desktop-confirm").await;
    });
}

#[test]
fn on_a_phone() {
    browse(Window::Phone, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        half_way(&page).await;
        page.picture("phone").await;
        assert_eq!(
            page.value("document.documentElement.scrollWidth <= innerWidth").await,
            true,
            "no sideways scrolling"
        );
        assert_eq!(
            page.value("document.querySelector('.chat').getBoundingClientRect().height === innerHeight")
                .await,
            true
        );
        let small = page
            .value(
                "[...document.querySelectorAll('button, select, input')].filter((one) => one.checkVisibility())\
                 .filter((one) => one.offsetHeight < 44 || one.offsetWidth < 44)\
                 .map((one) => one.textContent.trim().slice(0, 20) || one.id)",
            )
            .await;
        assert_eq!(small, serde_json::json!([]), "every control is large enough for a finger");
        let zooms = "parseFloat(getComputedStyle(document.querySelector('#text')).fontSize) < 16";
        assert_eq!(page.value(zooms).await, false, "no zooming into the field");
        page.press("Send choice").await;
        page.hears("Where can we write").await;
        page.find("#language").await.select_by_value("hi").await.unwrap();
        page.hears("कहाँ लिख").await;
        assert_eq!(page.value("document.querySelector('#text').inputMode").await, "email");
        page.picture("phone-hindi").await;
        page.press("छोड़ें").await;
        page.hears("आगे क्या").await;
        page.scheme("dark").await;
        page.picture("phone-dark").await;
    });
}

#[test]
fn a_tap_on_a_phone_brings_no_keyboard_up() {
    browse(Window::Phone, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        page.press("Yes").await;
        page.press("Restaurant").await;
        page.hears("Which city").await;
        assert_ne!(page.value("document.activeElement.id").await, "text", "it would cover the question");
    });
}

#[test]
fn a_screen_reader_is_told_what_everything_is() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        page.hears("Welcome").await;
        let table = [
            ("#log", "log", "YouShop merchant sign-up"),
            ("#text", "textbox", "Your message"),
            ("#send", "button", "Send"),
            ("#restart", "button", "Start over"),
            ("#language", "combobox", "Language"),
            ("#choices", "group", "Choose an answer"),
            ("#talk", "main", "YouShop merchant sign-up"),
        ];
        for (css, role, name) in table {
            let told = page.spoken(&page.find(css).await).await;
            assert_eq!(told, (role.to_owned(), name.to_owned()), "{css}");
        }
        assert_eq!(page.value("document.querySelector('#log').getAttribute('aria-live')").await, "polite");
        let status = page.spoken(&page.find("#status").await).await.0;
        assert_eq!(status, "status");
        page.press("Yes").await;
        page.until(
            "document.querySelector('#status').textContent \
             === 'Choose an answer: Restaurant, Retail Store, Service Business, E-commerce, Other'",
        )
        .await;
        page.press("Back").await;
        page.hears("Welcome").await;
        half_way(&page).await;
        for button in page.client.find_all(Locator::Css("button")).await.unwrap() {
            if button.is_displayed().await.unwrap() {
                let (role, name) = page.spoken(&button).await;
                assert!(role == "button" || role == "toggle button" || role == "ToggleButton", "{role}");
                assert!(!name.is_empty(), "{}", button.html(false).await.unwrap());
            }
        }
        page.client.refresh().await.unwrap();
        page.hears("What would help").await;
        page.until("document.querySelector('#log').getAttribute('aria-busy') === 'false'").await;
    });
}

/// The page's own words: as many in every language, each of them somewhere on the page.
#[test]
fn every_word_is_in_every_language_and_used() {
    browse(Window::Desktop, |page| async move {
        let fake = Fake::start(&Embedders::anyone()).await;
        page.open(&format!("{}/chat", fake.base)).await;
        page.hears("Welcome").await;
        let script = "const done = arguments[arguments.length - 1];\
                      (async () => {\
                        const { words } = await import('/chat-words.js');\
                        const parts = ['/chat', '/chat.js', '/chat-view.js'].map(async (path) => (await fetch(path)).text());\
                        const page = (await Promise.all(parts)).join();\
                        const keys = Object.keys(words('en'));\
                        const other = ['es', 'hi'].filter((tag) => String(Object.keys(words(tag))) !== String(keys));\
                        const same = keys.filter((key) => words('es')[key] === words('en')[key]);\
                        const unused = keys.filter((key) => !['words.' + key, 'own.' + key, `\"${key}\"`].some((use) => page.includes(use)));\
                        done({ count: keys.length, other, unused, same });\
                      })().catch((error) => done(String(error)));";
        let found = page.client.execute_async(script, Vec::new()).await.unwrap();
        assert!(found["count"].as_u64().is_some_and(|count| count > 20), "{found}");
        assert_eq!(
            found["other"],
            serde_json::json!([]),
            "languages whose words differ from the English ones"
        );
        assert_eq!(found["unused"], serde_json::json!([]), "words nobody sees");
        assert_eq!(found["same"], serde_json::json!(["no"]), "words left in English");
    });
}
