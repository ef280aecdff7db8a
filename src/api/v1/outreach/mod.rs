//! Leads by the attempts to reach them, and the campaigns that try, for whoever may see or change that.

pub mod campaigns;
pub mod do_not_contact;
pub mod explaining;
pub mod fixing;
pub mod hopper;
pub mod members;
pub mod outlook;
pub mod recycling;
pub mod refused;
pub mod schedules;
pub mod statuses;
pub mod steering;

use super::access::Caller;
use crate::app::App;
use crate::clock::{Millis, SECOND};
use crate::domain::access::Tenant;
use crate::service::desk::Desk;
use tokio_util::sync::CancellationToken;

/// The most leads of one request.
const MOST: u64 = 100_000;
/// How long a request goes on taking leads: less than the patience of the server with it, and of most who ask.
const LONGEST: Millis = 10 * SECOND;

fn desk<'a>(app: &'a App, caller: &'a Caller, tenant: Tenant) -> Desk<'a> {
    Desk { db: &app.db, ids: &app.ids, clock: &app.clock, tenant, actor: &caller.actor }
}

/// What stops work between two batches, and what is told after each and stops it once it took long enough.
fn bounded(app: &App) -> (CancellationToken, impl FnMut(u64) + Send) {
    let (stopped, began) = (CancellationToken::new(), app.clock.now());
    let stops = stopped.clone();
    let watch = move |_| {
        if app.clock.now() - began >= LONGEST {
            stops.cancel();
        }
    };
    (stopped, watch)
}
