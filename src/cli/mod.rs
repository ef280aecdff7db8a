//! The command line: one file per command.

mod backup;
mod beside;
mod campaign;
mod copying;
mod do_not_contact;
mod doctor;
mod flow;
mod flow_check;
mod flow_graph;
mod flow_schema;
mod flow_test;
mod flow_try;
mod flow_versions;
mod hopper;
mod jobs;
mod lead;
mod leads;
mod migrate;
mod notify;
mod process;
mod restore;
mod rules;
mod score;
mod serve;
mod simulate;
mod sinks;
mod tenant;
mod text_file;
mod token;
mod understand;
mod user;
mod worker;

use crate::config::Config;
use crate::service::startup::{self, BESIDE};
use crate::store::db::TURN_LOOPS;
use anyhow::Context;
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::path::PathBuf;
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
    Serve {
        /// Leave what is to be sent to `leadwire worker` (PostgreSQL only)
        #[arg(long)]
        no_worker: bool,
    },
    /// Send what servers with --no-worker leave to be sent (PostgreSQL only)
    Worker {
        /// Tell there how it is: /health and /metrics
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
    },
    /// What is to be sent, was sent, or could not be sent
    Jobs {
        /// The tenant whose they are
        #[arg(long, global = true, default_value = "default")]
        tenant: String,
        #[command(subcommand)]
        action: jobs::Action,
    },
    /// Look at everything that can be wrong, and say what cures it; exit code 1 where there is a fault
    Doctor {
        /// Leave out what needs the network: public URL, sinks, mail, lists
        #[arg(long)]
        offline: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists of people who are told of leads
    Notify {
        #[command(subcommand)]
        action: notify::Action,
    },
    /// Places leads are delivered to
    Sinks {
        #[command(subcommand)]
        action: sinks::Action,
    },
    /// Leads that were delivered to sinks and those that were not; leads from files and to files
    Leads {
        /// The tenant whose they are
        #[arg(long, global = true, default_value = "default")]
        tenant: String,
        #[command(subcommand)]
        action: leads::Action,
    },
    /// Campaigns: whom to call and write to, by what, when, and how often
    Campaign {
        /// The tenant whose they are
        #[arg(long, global = true, default_value = "default")]
        tenant: String,
        #[command(subcommand)]
        action: campaign::Action,
    },
    /// Leads that are about to be tried by campaigns, or are being tried
    Hopper {
        /// The tenant whose they are
        #[arg(long, default_value = "default")]
        tenant: String,
        /// Only of this campaign
        #[arg(long, value_name = "ID")]
        campaign: Option<i64>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Who is not to be called or written to by campaigns
    DoNotContact {
        /// The tenant whose list it is
        #[arg(long, global = true, default_value = "default")]
        tenant: String,
        /// The list of this campaign; without it the tenant's, which holds for every campaign
        #[arg(long, global = true, value_name = "ID")]
        campaign: Option<i64>,
        #[command(subcommand)]
        action: do_not_contact::Action,
    },
    /// One lead explained; one person's data told, or forgotten
    Lead {
        /// The tenant whose lead it is
        #[arg(long, global = true, default_value = "default")]
        tenant: String,
        #[command(subcommand)]
        action: lead::Action,
    },
    /// Bring the database's schema up to date
    Migrate,
    /// Copy the SQLite database, while the server runs or not, and check the copy
    Backup {
        /// A file that is not there, or a folder; without it, a new one in backups in the data folder
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Say what was made as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a backup the SQLite database, while no server runs
    Restore {
        /// The backup; it stays as it is
        file: PathBuf,
        /// Replace the database that is there; it is kept beside, under another name
        #[arg(long)]
        force: bool,
        /// Say what was restored as JSON
        #[arg(long)]
        json: bool,
    },
    /// Businesses that share this server
    Tenant {
        #[command(subcommand)]
        action: tenant::Action,
    },
    /// People who work here
    User {
        /// The tenant they work in
        #[arg(long, global = true, default_value = "default")]
        tenant: String,
        #[command(subcommand)]
        action: user::Action,
    },
    /// Tokens for programs
    Token {
        /// The tenant they speak for
        #[arg(long, global = true, default_value = "default")]
        tenant: String,
        #[command(subcommand)]
        action: token::Action,
    },
    /// When people may be called and written to, by the law and custom of where they live: the rules in force
    Rules {
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(subcommand)]
        action: Option<rules::Action>,
    },
    /// What leads would score under other rules
    Score {
        /// The tenant whose they are
        #[arg(long, global = true, default_value = "default")]
        tenant: String,
        #[command(subcommand)]
        action: score::Action,
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
    /// Write to it by WhatsApp, playing Meta's part: what the server sends comes here. A number or a label taps a button
    Whatsapp {
        #[command(flatten)]
        args: simulate::WhatsappArgs,
        /// What to say, one message each; "@location LATITUDE,LONGITUDE NAME" and "@image CAPTION" send what they say
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
    match arguments.command.unwrap_or(Command::Serve { no_worker: false }).run() {
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
            .worker_threads(workers())
            .enable_all()
            .build()
            .context("the operating system gives no threads")?;
        let well = runtime.block_on(async {
            match self {
                Command::Flow { action } => return flow::run(&Config::read()?, action).await,
                Command::Doctor { offline, json } => return doctor::run(json, offline).await,
                Command::Notify { action } => return notify::run(&Config::read()?, action).await,
                Command::Sinks { action } => return sinks::run(&Config::read()?, action).await,
                Command::Understand => understand::run(),
                Command::Jobs { tenant, action } => {
                    return jobs::run(&Config::read()?, &tenant, action).await;
                }
                Command::Leads { tenant, action } => {
                    return leads::run(Config::read()?, &tenant, action).await;
                }
                Command::Rules { action: Some(action), .. } => return rules::run(&action),
                Command::Rules { json, action: None } => rules::list(&Config::read()?.regions, json),
                Command::Score { tenant, action } => {
                    return score::run(&Config::read()?, &tenant, action).await;
                }
                Command::Campaign { tenant, action } => {
                    return campaign::run(Config::read()?, &tenant, action).await;
                }
                Command::Hopper { tenant, campaign, json } => {
                    hopper::run(&Config::read()?, &tenant, campaign, json).await
                }
                Command::DoNotContact { tenant, campaign, action } => {
                    return do_not_contact::run(Config::read()?, &tenant, campaign, action).await;
                }
                Command::Lead { tenant, action } => lead::run(Config::read()?, &tenant, action).await,
                Command::Serve { no_worker } => serve::serve(Config::read()?, !no_worker).await,
                Command::Worker { listen } => worker::work(Config::read()?, listen).await,
                Command::Migrate => migrate::migrate(&Config::read()?).await,
                Command::Backup { out, json } => backup::backup(Config::read()?, out, json).await,
                Command::Restore { file, force, json } => {
                    restore::restore(Config::read()?, file, force, json).await
                }
                Command::Tenant { action } => tenant::run(&Config::read()?, action).await,
                Command::User { tenant, action } => user::run(&Config::read()?, &tenant, action).await,
                Command::Token { tenant, action } => token::run(&Config::read()?, &tenant, action).await,
                Command::Simulate { channel: Simulated::Sms { mut args, text } } => {
                    known(&mut args.url, &mut args.public_url, &mut args.token)?;
                    simulate::sms(args, text).await
                }
                Command::Simulate { channel: Simulated::Whatsapp { args, text } } => {
                    simulate_whatsapp(args, text).await
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

/// Threads that answer HTTP: the turn loops have their own, and two threads on one core only get in each other's way (a sixth
/// of a turn's time, measured on two cores).
fn workers() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.saturating_sub(TURN_LOOPS).max(1)
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

/// Fills in what the server's own configuration knows: the secret, the number, and where it sends to.
async fn simulate_whatsapp(mut args: simulate::WhatsappArgs, text: Vec<String>) -> anyhow::Result<()> {
    let config = Config::read()?;
    if args.secret.is_empty() {
        let secrets = startup::whatsapp_secrets(&config, startup::WHATSAPP_SECRET)?;
        let secret = secrets
            .first()
            .context("there is no secret to sign with; give --secret or set WHATSAPP_APP_SECRET")?;
        args.secret = secret.expose_secret().to_owned();
    }
    if args.url.is_empty() {
        args.url = format!("http://{}", config.server.listen);
    }
    if args.to.is_empty() {
        let number = config.whatsapp.phone_number_id.clone();
        args.to =
            number.context("there is no number to write to; give --to or set WHATSAPP_PHONE_NUMBER_ID")?;
    }
    let base = &config.whatsapp.api_base;
    simulate::whatsapp(args, base, text).await
}
