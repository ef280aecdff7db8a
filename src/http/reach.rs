//! Whether a server can be reached, and what its clock says. Nothing is asked of it.

use super::{Client, NoAnswer, Outbound, read};
use crate::clock::Millis;
use reqwest::Response;
use url::Url;

/// What a page is, and what the server's clock said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
    /// The header `Date`, which has whole seconds.
    pub date: Option<Millis>,
}

impl Outbound {
    /// Reaches the server behind an address: name, connection, TLS. Its front page is asked for, so that neither path nor
    /// credentials leave, and any answer will do.
    ///
    /// # Errors
    /// Where nobody answers.
    pub async fn reach(&self, address: &str) -> Result<(), NoAnswer> {
        let mut front = Url::parse(address).map_err(|_| NoAnswer::BadAddress)?;
        front.set_path("/");
        front.set_query(None);
        front.set_fragment(None);
        self.guard.allows(front.as_str())?;
        self.client()?.get(front).send().await?;
        Ok(())
    }
}

/// Asks a server of ours for a page.
///
/// # Errors
/// Where no whole answer came; any status is an answer.
pub async fn look(client: &Client, url: &str) -> Result<Page, NoAnswer> {
    let response = client.get(url).send().await?;
    let date = date(&response);
    let answer = read(response).await?;
    Ok(Page { status: answer.status, body: answer.body, date })
}

fn date(response: &Response) -> Option<Millis> {
    let text = response.headers().get("date")?.to_str().ok()?;
    // The form of RFC 9110, 5.6.7 is one of RFC 2822's.
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_millisecond())
}
