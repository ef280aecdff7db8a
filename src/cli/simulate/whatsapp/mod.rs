//! `leadwire simulate whatsapp`: be a person with WhatsApp, and Meta between that person and the server.

mod meta;
mod phone;

use super::{detail, lines, marked};
use crate::channels::whatsapp;
use crate::http;
use anyhow::{Context, bail};
use meta::{Meta, Sent};
use phone::{Phone, Shown};
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::time::Duration;

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct WhatsappArgs {
    /// Where the server listens; default: by LEADWIRE_LISTEN
    #[arg(long, default_value = "", hide_default_value = true)]
    pub url: String,
    /// The app secret to sign with; default: the server's own, from its configuration or its data folder
    #[arg(long, default_value = "", hide_default_value = true)]
    pub secret: String,
    /// Meta's id of the business's number; default: by WHATSAPP_PHONE_NUMBER_ID
    #[arg(long, default_value = "", hide_default_value = true)]
    pub to: String,
    /// The person's number
    #[arg(long)]
    pub from: String,
    /// The name the person goes by
    #[arg(long, default_value = "Sam")]
    pub name: String,
    /// A business-scoped user id instead of the number, as of a person who shows none
    #[arg(long)]
    pub user_id: Option<String>,
    /// How long to wait for an answer, in seconds
    #[arg(long, default_value_t = 5)]
    pub patience: u64,
}

/// Posts each text as a signed webhook and prints what the server sends; without texts, asks for them line by line.
///
/// `base` is where the server sends to; it must be this machine, for Meta's part is played here. The output reads like
/// the `chat` of a flow's test: `<` is the person, `>` the server; buttons stand in brackets.
///
/// # Errors
/// In the words of the person at the terminal: not reachable, wrong secret, what the server says.
pub async fn whatsapp(args: WhatsappArgs, base: &str, texts: Vec<String>) -> anyhow::Result<()> {
    let address = here(base)?;
    let meta = Meta::listen(address).await.with_context(|| {
        format!("cannot listen on {address}, where the server sends to; is another simulation running?")
    })?;
    let out = &mut std::io::stdout();
    if !texts.is_empty() {
        return converse(&args, meta, texts.into_iter().map(Ok), true, out).await;
    }
    let typed = std::io::stdin().is_terminal();
    converse(&args, meta, lines(typed), !typed, out).await
}

/// The address of this machine that the server sends to.
fn here(base: &str) -> anyhow::Result<SocketAddr> {
    let url = url::Url::parse(base).ok().filter(|url| url.scheme() == "http");
    let address = url.and_then(|url| url.socket_addrs(|| None).ok()?.into_iter().next());
    match address {
        Some(address) if address.ip().is_loopback() => Ok(address),
        _ => bail!(
            "the server sends to {base}, so its answers would not come here. For trying, start it without any \
             WHATSAPP_ variable, or with WHATSAPP_API_BASE=http://{}",
            crate::config::DEVELOPMENT_API
        ),
    }
}

async fn converse(
    args: &WhatsappArgs,
    mut meta: Meta,
    texts: impl Iterator<Item = std::io::Result<String>>,
    echo: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let client = http::client().context("cannot make an HTTP client")?;
    let mut phone = Phone::new(args);
    for text in texts {
        let text = text.context("cannot read what was typed")?;
        if text.trim().is_empty() {
            continue;
        }
        if echo {
            writeln!(out, "{}", marked('<', &text))?;
        }
        post(&client, args, &phone.says(&text)).await?;
        let mut came = 0;
        while let Some(Sent { body, id }) = meta.next(Duration::from_secs(args.patience)).await {
            // Whatever is sent to other people is none of ours.
            let Some(Shown { text, is_last }) = phone.shows(&body) else { continue };
            came += 1;
            writeln!(out, "{}", marked('>', &text))?;
            out.flush()?;
            post(&client, args, &phone.reads(&id, &body)).await?;
            if is_last {
                break;
            }
        }
        if came == 0 {
            writeln!(out, "  (no reply)")?;
        }
        out.flush()?;
    }
    Ok(())
}

/// Posts a webhook as Meta does.
async fn post(client: &http::Client, args: &WhatsappArgs, body: &serde_json::Value) -> anyhow::Result<()> {
    let body = body.to_string();
    let headers = [
        ("content-type", "application/json"),
        (whatsapp::SIGNATURE_HEADER, &whatsapp::sign(args.secret.as_bytes(), body.as_bytes())),
    ];
    let url = &args.url;
    let webhook = format!("{}/webhooks/whatsapp", url.trim_end_matches('/'));
    match http::post(client, &webhook, &headers, body).await {
        Ok(answer) => taken(answer.status, &answer.body),
        Err(http::NoAnswer::Unreachable) => {
            bail!("no server answers at {url}; start one with `leadwire serve`, or name it with --url")
        }
        Err(why) => bail!("{url}: {why}"),
    }
}

/// Whether a webhook was taken, or what is wrong and what to do about it.
fn taken(status: u16, body: &str) -> anyhow::Result<()> {
    let detail = detail(body);
    match status {
        200 => Ok(()),
        401 | 403 => bail!(
            "the server refuses the signature ({status}){detail}\n\
             Sign with the secret the server has in WHATSAPP_APP_SECRET (--secret)."
        ),
        404 => bail!("there is no WhatsApp webhook at that address (404){detail}; is it a Leadwire server?"),
        503 => bail!("the server cannot take messages by WhatsApp (503){detail}"),
        _ => bail!("the server answered {status}{detail}"),
    }
}

#[cfg(test)]
mod tests;
