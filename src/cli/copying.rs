//! What copies a database runs on a thread of its own, with a bar where somebody looks, and ends when we are told to stop.

use super::process::told_to_stop;
use crate::service::backup::BackupError;
use crate::store::backup::{Stage, Stop, Watch};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::time::Duration;

/// Runs it to its end. The bar is drawn on standard error where that is a terminal, and not if `quiet`.
///
/// # Errors
/// Its own.
pub(super) async fn watched<T: Send + 'static>(
    quiet: bool,
    work: impl FnOnce(&mut Watch<'_>) -> Result<T, BackupError> + Send + 'static,
) -> anyhow::Result<T> {
    let bar = ProgressBar::with_draw_target(
        None,
        if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() },
    );
    let style = "{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left";
    bar.set_style(ProgressStyle::with_template(style).expect("its keys are indicatif's"));
    let stop = Arc::new(Stop::default());
    let asked = stop.clone();
    let working = tokio::task::spawn_blocking(move || {
        let outcome = work(&mut Watch { stop: &asked, tell: &mut |stage| show(&bar, stage) });
        bar.finish_and_clear();
        outcome
    });
    tokio::pin!(working);
    let ended = tokio::select! {
        ended = &mut working => ended,
        () = told_to_stop() => {
            stop.stop();
            working.await
        }
    };
    Ok(ended.context("copying broke down")??)
}

fn show(bar: &ProgressBar, stage: Stage) {
    match stage {
        Stage::Copying { done, of } => {
            bar.set_message("copying");
            bar.set_length(of);
            bar.set_position(done);
        }
        Stage::Checking => {
            bar.set_style(
                ProgressStyle::with_template("{spinner} checking, {elapsed}")
                    .expect("its keys are indicatif's"),
            );
            bar.enable_steady_tick(Duration::from_millis(200));
        }
    }
}
