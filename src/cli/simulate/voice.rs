//! `leadwire simulate voice`: a whole phone call in the terminal.

use super::{accepted, lines, marked, post_form};
use crate::channels::twilio::voice::{self as calls, Step};
use crate::http;
use crate::ids;
use anyhow::{Context, bail};
use std::io::{IsTerminal, Write};

/// The most documents one call plays; a server that leads in a circle is left.
const MOST_TURNS: usize = 500;

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct VoiceArgs {
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
    /// The caller's number, or "anonymous"
    #[arg(long)]
    pub from: String,
    /// The account the call comes from
    #[arg(long, default_value = "AC00000000000000000000000000000000")]
    pub account_sid: String,
    /// The flow the number is for, as in the address its calls are sent to
    #[arg(long)]
    pub flow: Option<String>,
    /// The server calls the person, and this answers: human, machine_end_beep, fax …
    #[arg(long)]
    pub answered_by: Option<String>,
    /// Whether somebody takes the call where it is put through to a person
    #[arg(long)]
    pub taken: bool,
}

/// Calls, prints what is said, and says each text; without texts, asks for them line by line.
///
/// A line is speech; `#123` presses keys; `?maybe` is speech that is hard to understand; an empty line is silence; `hangup`,
/// or the end of the texts, hangs up.
///
/// # Errors
/// In the words of the person at the terminal: not reachable, wrong token, what the server says.
pub async fn voice(args: VoiceArgs, texts: Vec<String>) -> anyhow::Result<()> {
    let out = &mut std::io::stdout();
    if !texts.is_empty() {
        return call(&args, texts.into_iter().map(Ok), true, out).await;
    }
    let typed = std::io::stdin().is_terminal();
    call(&args, lines(typed), !typed, out).await
}

/// The whole call, from the first ring to the line being closed.
pub(super) async fn call(
    args: &VoiceArgs,
    mut lines: impl Iterator<Item = std::io::Result<String>>,
    echo: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let client = http::client().context("cannot make an HTTP client")?;
    let line = Phone { args, client, sid: format!("CA{}", ids::secret()) };
    let mut path = line.first_path();
    let mut said: Vec<(String, String)> = vec![pair("CallStatus", "ringing")];
    said.extend(args.answered_by.iter().map(|by| pair("AnsweredBy", by)));
    for _ in 0..MOST_TURNS {
        let mut listens = None;
        let mut calls = None;
        for step in line.post(&path, &said).await? {
            match step.name.as_str() {
                "Say" => writeln!(out, "{}", marked('>', &step.text))?,
                "Recording" => writeln!(out, "  (recording)")?,
                "Gather" => listens = step.attributes.get("action").cloned(),
                "Dial" => calls = step.attributes.get("action").cloned(),
                "Number" => writeln!(out, "  (put through to {})", step.text.trim())?,
                _ => {}
            }
        }
        out.flush()?;
        said = match (&calls, &listens) {
            (Some(_), _) => vec![pair("DialCallStatus", if args.taken { "completed" } else { "no-answer" })],
            (None, None) => return line.over(out).await,
            (None, Some(_)) => {
                let heard = lines.next().transpose().context("cannot read what was typed")?;
                let Some(answer) = heard.as_deref().and_then(heard_as) else { return line.over(out).await };
                answer
            }
        };
        path = line.path(&calls.or(listens).unwrap_or_default());
        if echo {
            writeln!(out, "{}", shown(&said))?;
        }
    }
    bail!("the call does not end; is there a question without `tries`?")
}

/// One end of a call.
struct Phone<'a> {
    args: &'a VoiceArgs,
    client: http::Client,
    sid: String,
}

impl Phone<'_> {
    fn first_path(&self) -> String {
        const PATH: &str = "/webhooks/twilio/voice";
        match &self.args.flow {
            Some(flow) => {
                let query =
                    form_urlencoded::Serializer::new(String::new()).append_pair("flow", flow).finish();
                format!("{PATH}?{query}")
            }
            None => PATH.to_owned(),
        }
    }

    /// The path of an address the server gave.
    fn path(&self, action: &str) -> String {
        let base = self.public_url().trim_end_matches('/');
        action.strip_prefix(base).unwrap_or(action).to_owned()
    }

    fn public_url(&self) -> &str {
        self.args.public_url.as_ref().unwrap_or(&self.args.url)
    }

    fn form(&self, more: &[(String, String)]) -> Vec<(String, String)> {
        let args = self.args;
        let outbound = args.answered_by.is_some();
        let (from, to) = if outbound { (&args.to, &args.from) } else { (&args.from, &args.to) };
        let direction = if outbound { "outbound-api" } else { "inbound" };
        let mut form = vec![
            pair("CallSid", &self.sid),
            pair("AccountSid", &args.account_sid),
            pair("ApiVersion", "2010-04-01"),
            pair("Direction", direction),
            pair("From", from),
            pair("To", to),
        ];
        form.extend_from_slice(more);
        if !form.iter().any(|(name, _)| name == "CallStatus") {
            form.push(pair("CallStatus", "in-progress"));
        }
        form
    }

    /// Posts a webhook; what its answer does.
    async fn post(&self, path: &str, said: &[(String, String)]) -> anyhow::Result<Vec<Step>> {
        let Phone { args, client, .. } = self;
        let answer =
            post_form(client, &args.url, self.public_url(), path, &args.token, &self.form(said)).await?;
        accepted(answer.status, &answer.body)?;
        calls::read(&answer.body)
            .map_err(|error| anyhow::anyhow!("the server answered, but not with TwiML: {error}"))
    }

    /// Tells the server that the call is over.
    async fn over(&self, out: &mut impl Write) -> anyhow::Result<()> {
        const PATH: &str = "/webhooks/twilio/voice/status";
        let Phone { args, client, .. } = self;
        let form = self.form(&[pair("CallStatus", "completed"), pair("CallDuration", "60")]);
        let answer = post_form(client, &args.url, self.public_url(), PATH, &args.token, &form).await?;
        accepted(answer.status, &answer.body)?;
        writeln!(out, "  (the call is over)")?;
        Ok(())
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A typed line as the recogniser reports it; `None`: the line is closed.
fn heard_as(line: &str) -> Option<Vec<(String, String)>> {
    let line = line.trim();
    let speech = |text: &str, confidence: &str| {
        vec![pair("SpeechResult", text.trim()), pair("Confidence", confidence)]
    };
    match line.chars().next() {
        None => Some(vec![pair("Digits", "")]),
        Some('#') => Some(vec![pair("Digits", line[1..].trim_end_matches('#'))]),
        Some('?') => Some(speech(&line[1..], "0.2")),
        Some(_) if line.eq_ignore_ascii_case("hangup") => None,
        Some(_) => Some(speech(line, "0.93")),
    }
}

/// What was said, behind its mark.
fn shown(said: &[(String, String)]) -> String {
    match said.first() {
        Some((name, keys)) if name == "Digits" && keys.is_empty() => "< (silence)".to_owned(),
        Some((name, keys)) if name == "Digits" => format!("< #{keys}"),
        Some((name, status)) if name == "DialCallStatus" => format!("  ({status})"),
        Some((_, text)) => marked('<', text),
        None => "<".to_owned(),
    }
}
