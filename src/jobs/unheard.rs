//! Calls of which nobody reported what came of them: the provider is asked.

use super::twilio_message::settings_of;
use crate::app::App;
use crate::channels::twilio::send::{AskedCall, CallFate, call_address, call_fate};
use crate::domain::access::Tenant;
use crate::http::{Guard, Outbound};
use crate::service::outbox;
use crate::service::outreach::{self, CallOver, Unheard};
use crate::store::db::StoreError;
use crate::store::outreach::calls_to;

/// Asks what came of these calls, and writes it down; of how many it is known now. One that goes on is left alone.
///
/// # Errors
/// Where the database does not answer; the others are asked about the next time.
pub(super) async fn ask(app: &App, unheard: &[Unheard]) -> Result<u64, StoreError> {
    if unheard.is_empty() {
        return Ok(0);
    }
    let outgoing = &app.config.outgoing;
    let outbound = Outbound::new(Guard::new(outgoing.allowed.clone()), outgoing.timeout);
    let mut settled = 0;
    for Unheard { tenant, attempt } in unheard {
        let sid = attempt.provider_id.as_deref();
        let others = calls_to(app.db.within(*tenant), &attempt.address, attempt.id, attempt.began_at).await?;
        let asked = AskedCall {
            sid,
            to: attempt.dialled.as_deref().unwrap_or(&attempt.address),
            since: attempt.began_at,
            others: &others,
        };
        settled += u64::from(match asked_of(app, &outbound, *tenant, asked).await {
            Ok(Some(fate)) => {
                let answered_by = fate.answered_by.as_deref();
                let (sid, status, seconds) = (fate.sid.as_str(), fate.status.as_str(), fate.seconds());
                let over = CallOver { was_asked: true, sid, status, sip: None, answered_by, seconds };
                outreach::call_over(app, *tenant, attempt.id, &over).await?
            }
            Ok(None) => outreach::never_made(app, *tenant, attempt.id).await?,
            Err(why) => {
                tracing::warn!(attempt.id = attempt.id, "nobody says what came of a call: {why}");
                outreach::unsaid(app, *tenant, attempt).await?
            }
        });
    }
    Ok(settled)
}

/// What the provider says of a call; `None`: it was never made.
async fn asked_of(
    app: &App,
    outbound: &Outbound,
    tenant: Tenant,
    asked: AskedCall<'_>,
) -> Result<Option<CallFate>, String> {
    let account = outbox::twilio_account(app, tenant).ok_or("there is no account to ask by")?;
    let settings = settings_of(app, account).map_err(|_| "nothing says who we are to it".to_owned())?;
    let answer = outbound.fetch(&call_address(asked, &settings), &settings.authorization()).await;
    match answer {
        Ok(answer) if answer.status == 200 => call_fate(&answer.body, asked),
        Ok(answer) => Err(format!("HTTP {}", answer.status)),
        Err(error) => Err(error.to_string()),
    }
}
