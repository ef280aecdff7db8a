//! `leadwire leads purge`.

use super::{Ledger, say};
use crate::clock::{Clock, DAY};
use crate::config::LEAST_KEPT;
use crate::flow::duration;
use crate::service::deliveries;
use crate::store::deliveries::Forgotten;
use anyhow::{Context, bail};
use indicatif::ProgressBar;

/// Rows of one statement: it holds SQLite's only writer, so it has to be short.
const AT_ONCE: i64 = 1_000;

pub(super) async fn run(ledger: &Ledger, older_than: &str, dry: bool) -> anyhow::Result<bool> {
    let length = duration::parse(older_than)
        .with_context(|| format!("--older-than {older_than:?} is no length; write 120d"))?;
    if length < LEAST_KEPT {
        bail!("what was delivered is kept for {} days at least; give --older-than more", LEAST_KEPT / DAY);
    }
    let before = Clock::System.now() - length;
    let bar = ProgressBar::new_spinner();
    let told = |so_far: Forgotten| {
        bar.set_message(format!("{} leads", so_far.deliveries));
        bar.tick();
    };
    let purge =
        deliveries::purge(&ledger.db, ledger.tenant_id, (before, dry), AT_ONCE, &ledger.stopped, told);
    let all = purge.await?;
    bar.finish_and_clear();
    let (leads, attempts) = (all.deliveries, all.attempts);
    let is_whole = !ledger.stopped.is_cancelled();
    say(&match (dry, is_whole) {
        (true, true) => format!("{leads} leads with {attempts} attempts would be forgotten."),
        (true, false) => {
            format!("Interrupted: {leads} leads with {attempts} attempts would be forgotten so far.")
        }
        (false, true) => format!("{leads} leads with {attempts} attempts are forgotten."),
        (false, false) => {
            format!(
                "Interrupted: {leads} leads with {attempts} attempts are forgotten. Run it again for the rest."
            )
        }
    })?;
    Ok(is_whole)
}
