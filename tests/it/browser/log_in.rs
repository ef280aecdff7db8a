//! The pages by which people who work here come in.

use super::driver::{Window, browse};
use crate::harness::{Place, on_sqlite};
use leadwire::service::invitations;

const PASSWORD: &str = "correct horse battery staple";

/// From the first link to an account, out, and in again to where one wanted to go.
#[test]
fn the_first_administrator_comes_in() {
    on_sqlite(async |place: Place| {
        let app = place.app_with(&[("PUBLIC_URL", "")]).await;
        let secret = invitations::first(&app.app.db, app.clock.now()).await.unwrap().unwrap();
        let base = app.url.clone();
        let visit = move || {
            browse(Window::Desktop, |page| async move {
                page.open(&format!("{base}/welcome/{secret}")).await;
                page.find("#name").await.send_keys("Ann").await.unwrap();
                page.find("#email").await.send_keys("ann@example.com").await.unwrap();
                page.find("#password").await.send_keys(PASSWORD).await.unwrap();
                page.find("main button").await.click().await.unwrap();
                page.until("document.title === 'Ann' && document.body.innerText.includes('SUPER_ADMIN')")
                    .await;
                page.picture("account").await;
                page.find("form[action='/logout'] button").await.click().await.unwrap();
                page.until("document.title === 'Log in'").await;
                page.open(&format!("{base}/account?again")).await;
                page.find("#email").await.send_keys("ann@example.com").await.unwrap();
                page.find("#password").await.send_keys("this is not the one").await.unwrap();
                page.find("main button").await.click().await.unwrap();
                page.until("document.querySelector('[role=alert]').innerText.includes('not right')").await;
                page.picture("log-in").await;
                page.find("#password").await.send_keys(PASSWORD).await.unwrap();
                page.find("main button").await.click().await.unwrap();
                page.until("location.pathname + location.search === '/account?again'").await;
                // The style is there, and nothing was refused to the page.
                page.until("getComputedStyle(document.querySelector('main')).borderRadius === '12px'").await;
            });
        };
        tokio::task::spawn_blocking(visit).await.unwrap();
        assert_eq!(app.count("sessions").await, 1);
    });
}
