//! The command line: one file per command.

mod flow;
mod flow_check;
mod flow_graph;
mod flow_schema;
mod flow_test;
mod flow_try;
mod flow_versions;
mod migrate;
mod serve;
mod simulate;
mod token;
mod understand;

use crate::config::Config;
use crate::service::startup;
use anyhow::Context;
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret;
use std::process::ExitCode;

/// Talks with people by SMS, WhatsApp and web chat along question flows, and never loses a lead.
#[derive(Debug, Parser)]
#[command(name = "leadwire", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (the default)
    Serve,
    /// Bring the database's schema up to date
    Migrate,
    /// Tokens for programs
    Token {
        #[command(subcommand)]
        action: token::Action,
    },
    /// Check, try, test and draw flow files; see and undo what was published
    Flow {
        #[command(subcommand)]
        action: flow::Action,
    },
    /// Read answers from standard input as the corpus format has them, write what was understood
    #[command(hide = true)]
    Understand,
    /// Be a person: post signed webhooks to a running server and print its replies
    Simulate {
        #[command(subcommand)]
        channel: Simulated,
    },
}

#[derive(Debug, Subcommand)]
enum Simulated {
    /// Write to it by SMS, or by WhatsApp through Twilio; without TEXT, line by line
    Sms {
        #[command(flatten)]
        args: simulate::SmsArgs,
        /// What to say, one message each
        text: Vec<String>,
    },
    /// Call it; each TEXT is speech, #123 keys, ?maybe speech that is hard to understand, "" silence, hangup the end
    Voice {
        #[command(flatten)]
        args: simulate::VoiceArgs,
        /// What to say or press, one answer each
        text: Vec<String>,
    },
}

/// Runs the command of this process; what went wrong is on standard error.
///
/// Exit codes: 0 done, 1 it found or met what should not be, 2 the command line was wrong.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command.unwrap_or(Command::Serve).run() {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the command line's own way to say what went wrong")]
fn report(error: &anyhow::Error) {
    let mut text = error.to_string();
    // Some errors name their cause themselves; it is said once.
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    eprintln!("error: {text}");
}

impl Command {
    fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("the operating system gives no threads")?;
        let well = runtime.block_on(async {
            match self {
                Command::Flow { action } => return flow::run(&Config::read()?, action).await,
                Command::Understand => understand::run(),
                Command::Serve => serve::serve(Config::read()?).await,
                Command::Migrate => migrate::migrate(&Config::read()?).await,
                Command::Token { action } => token::run(&Config::read()?, action).await,
                Command::Simulate { channel: Simulated::Sms { mut args, text } } => {
                    known(&mut args.url, &mut args.public_url, &mut args.token)?;
                    simulate::sms(args, text).await
                }
                Command::Simulate { channel: Simulated::Voice { mut args, text } } => {
                    known(&mut args.url, &mut args.public_url, &mut args.token)?;
                    simulate::voice(args, text).await
                }
            }
            .map(|()| true)
        })?;
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Fills in what the server's own configuration knows: where it listens, the address that is signed, the token.
fn known(url: &mut String, public_url: &mut Option<String>, token: &mut String) -> anyhow::Result<()> {
    let config = Config::read()?;
    if token.is_empty() {
        let tokens = startup::twilio_tokens(&config, startup::TWILIO_SECRET)?;
        let first = tokens
            .first()
            .context("there is no token to sign with; give --token or set TWILIO_AUTH_TOKEN")?;
        *token = first.expose_secret().to_owned();
    }
    if url.is_empty() {
        *url = format!("http://{}", config.server.listen);
    }
    public_url.get_or_insert_with(|| config.server.base_url());
    Ok(())
}
