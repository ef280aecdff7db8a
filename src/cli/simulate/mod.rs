//! `leadwire simulate`: be a person with a phone, without a phone or a Twilio account.

mod voice;
mod whatsapp;

pub use voice::{VoiceArgs, voice};
pub use whatsapp::{WhatsappArgs, whatsapp};

use crate::channels::twilio;
use crate::domain::consent;
use crate::http;
use crate::ids;
use anyhow::{Context, bail};
use std::io::{BufRead, IsTerminal, Write};

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct SmsArgs {
    /// Where the server listens; default: by LEADWIRE_LISTEN
    #[arg(long, default_value = "", hide_default_value = true)]
    pub url: String,
    /// The address Twilio would call, where it is another (the server's PUBLIC_URL); this one is signed
    #[arg(long)]
    pub public_url: Option<String>,
    /// The Auth Token to sign with; default: the server's own, from its configuration or its data folder
    #[arg(long, default_value = "", hide_default_value = true)]
    pub token: String,
    /// The business's number
    #[arg(long)]
    pub to: String,
    /// The person's number
    #[arg(long)]
    pub from: String,
    /// The account the message comes from
    #[arg(long, default_value = "AC00000000000000000000000000000000")]
    pub account_sid: String,
    /// By WhatsApp instead of SMS
    #[arg(long)]
    pub whatsapp: bool,
}

/// Posts each text as a signed webhook and prints what comes back; without texts, asks for them line by line.
///
/// The output reads like the `chat` of a flow's test: `<` is the person, `>` the server.
///
/// # Errors
/// In the words of the person at the terminal: not reachable, wrong token, what the server says.
pub async fn sms(args: SmsArgs, texts: Vec<String>) -> anyhow::Result<()> {
    let out = &mut std::io::stdout();
    if !texts.is_empty() {
        return converse(&args, texts.into_iter().map(Ok), true, out).await;
    }
    let typed = std::io::stdin().is_terminal();
    converse(&args, lines(typed), !typed, out).await
}

/// What comes from standard input, line by line; where somebody types, asked for.
fn lines(typed: bool) -> impl Iterator<Item = std::io::Result<String>> {
    std::iter::from_fn(move || {
        if typed {
            print!("< ");
            // A prompt that cannot be shown is no reason to stop reading.
            let _ = std::io::stdout().flush();
        }
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(line.trim_end_matches(['\n', '\r']).to_owned())),
            Err(error) => Some(Err(error)),
        }
    })
}

async fn converse(
    args: &SmsArgs,
    texts: impl Iterator<Item = std::io::Result<String>>,
    echo: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let client = http::client().context("cannot make an HTTP client")?;
    for text in texts {
        let text = text.context("cannot read what was typed")?;
        if text.trim().is_empty() {
            continue;
        }
        if echo {
            writeln!(out, "{}", marked('<', &text))?;
        }
        let replies = post(&client, args, &text).await?;
        for reply in &replies {
            writeln!(out, "{}", marked('>', reply))?;
        }
        if replies.is_empty() {
            let why = match consent::signal(&text) {
                Some(_) if !args.whatsapp => ": on SMS Twilio itself answers STOP, START and HELP",
                _ => "",
            };
            writeln!(out, "  (no reply{why})")?;
        }
        out.flush()?;
    }
    Ok(())
}

/// The text behind its mark, further lines below it.
fn marked(mark: char, text: &str) -> String {
    format!("{mark} {}", text.replace('\n', "\n  "))
}

/// One message, and the bodies of the replies.
async fn post(client: &http::Client, args: &SmsArgs, text: &str) -> anyhow::Result<Vec<String>> {
    const PATH: &str = "/webhooks/twilio/messages";
    let form = webhook(args, text, &ids::secret());
    let signed = args.public_url.as_ref().unwrap_or(&args.url);
    let answer = post_form(client, &args.url, signed, PATH, &args.token, &form).await?;
    replies(answer.status, &answer.body)
}

/// Posts a form to a path of the server at `url`, signed as Twilio signs it for `public_url`.
async fn post_form(
    client: &http::Client,
    url: &str,
    public_url: &str,
    path: &str,
    token: &str,
    form: &[(String, String)],
) -> anyhow::Result<http::Answer> {
    let at = |base: &str| format!("{}{path}", base.trim_end_matches('/'));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        (twilio::SIGNATURE_HEADER, &twilio::sign(token.as_bytes(), &at(public_url), form)),
        (twilio::IDEMPOTENCY_HEADER, &ids::secret()),
    ];
    match http::post(client, &at(url), &headers, body).await {
        Ok(answer) => Ok(answer),
        Err(http::NoAnswer::Unreachable) => {
            bail!("no server answers at {url}; start one with `leadwire serve`, or name it with --url")
        }
        Err(why) => bail!("{url}: {why}"),
    }
}

/// The form Twilio would post.
fn webhook(args: &SmsArgs, text: &str, secret: &str) -> Vec<(String, String)> {
    let sid = format!("SM{secret}");
    let address = |number: &str| match args.whatsapp && !number.starts_with("whatsapp:") {
        true => format!("whatsapp:{number}"),
        false => number.to_owned(),
    };
    let mut form: Vec<(String, String)> = [
        ("MessageSid", sid.clone()),
        ("SmsSid", sid.clone()),
        ("SmsMessageSid", sid),
        ("AccountSid", args.account_sid.clone()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("From", address(&args.from)),
        ("To", address(&args.to)),
        ("Body", text.to_owned()),
        ("NumMedia", "0".to_owned()),
        ("NumSegments", twilio::segments(text).count.to_string()),
        ("SmsStatus", "received".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if args.whatsapp {
        let id = args.from.trim_start_matches("whatsapp:").trim_start_matches('+');
        form.push(("WaId".to_owned(), id.to_owned()));
        form.push(("MessageType".to_owned(), "text".to_owned()));
    }
    form
}

/// The bodies in an answer, or what is wrong and what to do about it.
fn replies(status: u16, body: &str) -> anyhow::Result<Vec<String>> {
    accepted(status, body)?;
    twilio::read(body).map_err(|error| anyhow::anyhow!("the server answered, but not with TwiML: {error}"))
}

/// Fails where the server did not take a webhook, with what to do about it.
fn accepted(status: u16, body: &str) -> anyhow::Result<()> {
    let detail = detail(body);
    match status {
        200 | 204 => Ok(()),
        403 => bail!(
            "the server refuses the signature (403){detail}\n\
             Sign with the token the server has in TWILIO_AUTH_TOKEN (--token), and where its PUBLIC_URL is set, \
             for that address (--public-url)."
        ),
        404 => bail!("there is no Twilio webhook at that address (404){detail}; is it a Leadwire server?"),
        503 => bail!("the server cannot take messages on this channel (503){detail}"),
        _ => bail!("the server answered {status}{detail}"),
    }
}

/// What a problem says, behind a colon; nothing where it is none.
fn detail(body: &str) -> String {
    let problem: Option<serde_json::Value> = serde_json::from_str(body).ok();
    problem
        .as_ref()
        .and_then(|problem| problem["detail"].as_str().or(problem["title"].as_str()))
        .map(|detail| format!(": {detail}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
