//! `leadwire tenant`: businesses that share this server.

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::enquiry::is_prefix;
use crate::domain::opening::Opening;
use crate::flow::codes::is_language;
use crate::service::startup;
use crate::store::db::Db;
use crate::store::tenants::{self, TenantRow};
use crate::understand;
use anyhow::{anyhow, bail, ensure};
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use serde_json::json;

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Add one; running servers know it after their next start
    Add {
        /// Its short name: small letters, figures and -; the folder of its flows, and what leadwire.toml calls it
        slug: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Change one; running servers know it after their next start
    Set {
        /// Its short name
        slug: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// All of them
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// What a tenant is set to.
#[derive(Debug, Args)]
pub struct Settings {
    /// Its name for people; without it, the short name
    #[arg(long)]
    name: Option<String>,
    /// Its time zone, by the IANA name; the default tenant's is TIME_ZONE
    #[arg(long)]
    time_zone: Option<String>,
    /// What the numbers of its enquiries begin with, such as TLGC: capitals, the last one no figure
    #[arg(long)]
    prefix: Option<String>,
    /// The country of phone numbers that are written without one, such as IN
    #[arg(long)]
    region: Option<String>,
    /// Who works new enquiries: by-hand, or round-robin: counselors in turn, as far as they have room and are there
    #[arg(long, value_parser = ["by-hand", "round-robin"])]
    assign: Option<String>,
    /// The languages it speaks, the first one first, such as hi,en: conversations begin in the first that their flow speaks
    #[arg(long, value_delimiter = ',')]
    languages: Option<Vec<String>>,
    /// When it is open, such as "Mon-Fri 09:00-18:00, Sat 10:00-14:00": visits are planned then; "" forgets it
    #[arg(long)]
    hours: Option<String>,
}

impl Settings {
    fn over(self, tenant: TenantRow) -> anyhow::Result<TenantRow> {
        let Settings { name, time_zone, prefix, region, assign, languages, hours } = self;
        let settled = TenantRow {
            name: name.unwrap_or(tenant.name),
            time_zone: time_zone.unwrap_or(tenant.time_zone),
            enquiry_prefix: prefix.unwrap_or(tenant.enquiry_prefix),
            region: region.map(|region| region.to_ascii_uppercase()).or(tenant.region),
            assigns: assign.map_or(tenant.assigns, |assign| assign.replace('-', "_")),
            languages: languages.map_or(tenant.languages, |codes| codes.join(" ")),
            opening: hours.or(tenant.opening).filter(|text| !text.trim().is_empty()),
            ..tenant
        };
        if let Some(text) = &settled.opening {
            Opening::parse(text).map_err(|why| anyhow!("the hours cannot be used: {why}"))?;
        }
        ensure!(
            settled.languages.split_whitespace().all(is_language),
            "languages are codes such as en, hi or pt-BR, with commas between"
        );
        ensure!(
            jiff::tz::TimeZone::get(&settled.time_zone).is_ok(),
            "the time zone must be an IANA name, such as Asia/Kolkata"
        );
        ensure!(
            is_prefix(&settled.enquiry_prefix),
            "the prefix must be up to eight capitals, figures and -, a letter first and no figure last, such as TLGC"
        );
        if let Some(region) = &settled.region {
            ensure!(
                understand::is_region(region),
                "the region must be a country by its two letters, such as IN"
            );
        }
        Ok(settled)
    }
}

/// The longest short name.
const LONGEST: usize = 40;

/// The tenant of that short name.
///
/// # Errors
/// Where there is none; the message names those there are.
pub async fn named(db: &Db, slug: &str) -> anyhow::Result<TenantRow> {
    let mut all = tenants::list(db).await?;
    if let Some(found) = all.iter().position(|known| known.slug == slug) {
        return Ok(all.swap_remove(found));
    }
    let names: Vec<&str> = all.iter().map(|known| known.slug.as_str()).collect();
    bail!("there is no tenant {slug:?}; there are {}", names.join(", "));
}

/// Runs it.
///
/// # Errors
/// Where a name or a setting cannot be used, there is such a tenant or none, or the database cannot be opened.
pub async fn run(config: &Config, action: Action) -> anyhow::Result<()> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let now = Clock::System.now();
    tenants::ensure_default(&db, &config.server.time_zone, now).await?;
    match action {
        Action::Add { slug, settings } => {
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            ensure!(
                (1..=LONGEST).contains(&slug.len()) && slug.bytes().all(is_plain) && slug != "common",
                "the short name must be 1 to {LONGEST} small letters, figures and -, and not \"common\", which is the folder of shared parts"
            );
            let new = TenantRow::new(&slug, "UTC");
            ensure!(
                tenants::add(&db, &settings.over(new)?, now).await?,
                "there is a tenant \"{slug}\" already"
            );
            println!(
                "added; put its flows into {}/{slug} and restart the server",
                config.server.flows.display()
            );
        }
        Action::Set { slug, settings } => {
            tenants::save(&db, &settings.over(named(&db, &slug).await?)?).await?;
            println!("changed; running servers know it after their next start");
        }
        Action::List { json } => list(&db, json).await?,
    }
    db.close().await;
    Ok(())
}

async fn list(db: &Db, json: bool) -> anyhow::Result<()> {
    let all = tenants::list(db).await?;
    if json {
        let rows = all.iter().map(|row| {
            json!({ "id": row.id, "slug": row.slug, "name": row.name, "time_zone": row.time_zone,
                "enquiry_prefix": row.enquiry_prefix, "region": row.region, "assigns": row.assigns,
                "languages": row.languages.split_whitespace().collect::<Vec<_>>(), "hours": row.opening })
        });
        println!("{}", serde_json::Value::from_iter(rows));
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "id",
        "tenant",
        "name",
        "time zone",
        "prefix",
        "region",
        "enquiries are given",
        "languages",
        "hours",
    ]);
    for row in all {
        let region = row.region.unwrap_or_default();
        table.add_row([
            row.id.to_string(),
            row.slug,
            row.name,
            row.time_zone,
            row.enquiry_prefix,
            region,
            row.assigns.replace('_', " "),
            row.languages,
            row.opening.unwrap_or_default(),
        ]);
    }
    println!("{table}");
    Ok(())
}
