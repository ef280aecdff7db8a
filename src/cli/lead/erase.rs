//! `leadwire lead erase`.

use crate::cli::BESIDE;
use crate::clock::Clock;
use crate::domain::access::Tenant;
use crate::domain::erasure::Reason;
use crate::ids::{self, Ids};
use crate::service::erasure::{Erased, Eraser, Receipt};
use crate::service::lifecycle::Actor;
use crate::store::db::Db;
use crate::store::erasure::{ScrubError, Step, scrub};
use crate::store::leads::{self, LeadRow};
use crate::store::replicas;
use anyhow::{Context, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{BufRead, IsTerminal, Write};

/// Whom to forget.
pub(super) struct Wanted<'a> {
    pub id: i64,
    /// The tenant's name.
    pub slug: &'a str,
    pub reason: Reason,
    /// Whether it need not be asked.
    pub yes: bool,
    pub json: bool,
}

/// Erases, and writes the files anew.
pub(super) async fn run(db: &Db, tenant: Tenant, wanted: &Wanted<'_>) -> anyhow::Result<()> {
    let Wanted { id, slug, .. } = *wanted;
    let lead = leads::find(db.within(tenant), id).await?;
    let lead = lead
        .with_context(|| format!("there is no lead {id} in the tenant {slug:?}; --tenant names another"))?;
    if lead.erased_at.is_none() && !wanted.yes {
        ask(&lead)?;
    }
    let now = Clock::System.now();
    let replica = match db {
        Db::Sqlite { .. } => None,
        Db::Postgres { .. } => {
            let taken = replicas::take(db, ids::secret(), now).await?;
            Some(taken.context("32 processes use this database already; stop one, or wait a minute")?)
        }
    };
    let ids = Ids::new(replica.as_ref().map_or(BESIDE, |replica| replica.number as u8));
    let actor = Actor { user_id: None, program: "command line".to_owned() };
    let erased = Eraser { db, ids: &ids, tenant, actor: &actor, now }.erase(id, wanted.reason).await;
    if let Some(replica) = &replica
        && let Err(error) = replicas::release(db, replica).await
    {
        // It ends by itself, and what was done is to be told.
        tracing::warn!("this process's number could not be given back: {error}");
    }
    let erased = erased?;
    let before = matches!(erased, Erased::Before(_));
    let receipt = erased.receipt();
    if wanted.json {
        println!("{}", serde_json::to_string_pretty(&receipt)?);
    } else {
        tell(&receipt, before, matches!(db, Db::Postgres { .. }));
    }
    match files(db).await {
        Ok(()) => {
            if !wanted.json {
                println!("The database's files were written anew: no trace is left in them.");
            }
            Ok(())
        }
        Err(ScrubError::Busy(busy)) => bail!(
            "the person is erased, but the database's files could not be written anew, and free space in them may still have traces: \
             {busy}. Run the same command again when less is going on, or with the server stopped"
        ),
        Err(ScrubError::Store(error)) => {
            Err(error).context("the person is erased, but the database's files could not be written anew; run the same command again")
        }
    }
}

/// Asks whether it is meant; whoever cannot be asked says --yes.
fn ask(lead: &LeadRow) -> anyhow::Result<()> {
    ensure!(
        std::io::stdin().is_terminal(),
        "nobody is there to be asked; add --yes to erase lead {} for good",
        lead.id
    );
    let called = lead.name.as_deref().or(lead.sender_name.as_deref()).unwrap_or("without a name");
    let reached = lead.phone.as_deref().or(lead.email.as_deref()).unwrap_or("no address");
    print!(
        "Lead {}: {called}, {reached}. The person is erased with all their leads, conversations and children; there is no way back.\n\
         Type the lead's id to erase them: ",
        lead.id
    );
    std::io::stdout().flush()?;
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed)?;
    ensure!(typed.trim() == lead.id.to_string(), "nothing was erased");
    Ok(())
}

async fn files(db: &Db) -> Result<(), ScrubError> {
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(1).with_style(style);
    let told = |step: Step| {
        bar.set_length(step.of as u64);
        bar.set_position(step.done as u64);
        bar.set_message(format!("writing {} anew", step.what));
    };
    let outcome = scrub(db, told).await;
    bar.finish_and_clear();
    outcome
}

fn tell(receipt: &Receipt, before: bool, is_postgres: bool) {
    let at = jiff::Timestamp::from_millisecond(receipt.erased_at).unwrap_or_default();
    let ids = receipt.leads.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    println!(
        "{}: leads {ids}, by {} at {at} ({}), receipt {}.",
        if before { "Erased before" } else { "Erased" },
        receipt.program,
        receipt.reason,
        receipt.id
    );
    let rows = receipt.rows.iter().map(|(table, n)| format!("{n} {table}")).collect::<Vec<_>>().join(", ");
    println!("Rows: {rows}. Opt-outs kept as hashes: {}.", receipt.opt_outs);
    println!("What remains, and is not in this server's hands:");
    for record in &receipt.remains.records {
        let id = record.id.as_deref().unwrap_or("an id it has not told");
        println!(
            "  - at the sink \"{}\", the record {id} (ours: {}): delete it there",
            record.sink, record.key
        );
    }
    for sid in &receipt.remains.recordings {
        println!("  - at the provider, the recording {sid}: delete it there");
    }
    for lead in &receipt.remains.leads {
        println!(
            "  - lead {lead}, of another parent of the same child: what that one said may name the person"
        );
    }
    for segment in &receipt.remains.segments {
        println!("  - the saved filter {segment}, which names the person: change it");
    }
    println!("  - backups made before now, until they are thrown away");
    println!("  - logs of providers (Twilio, Meta), and what sinks and people were told in messages");
    println!(
        "  - files that were taken in or written: imports, exports, CSV sinks, what `lead export` wrote"
    );
    if is_postgres {
        println!(
            "  - PostgreSQL's write-ahead log and its archive, until they are recycled; its replicas follow"
        );
    }
}
