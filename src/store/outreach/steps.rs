//! Where leads of a campaign stand, and what attempts that are under way count for, when its steps are changed.

use super::super::db::{Sql, StoreError, Within, list};
use crate::args;
use crate::domain::outreach::Move;

/// The step of an attempt that counts for none any more: its campaign was given others meanwhile.
pub const NO_STEP: i64 = -1;

/// Leads of a campaign stand at other steps, and so do its attempts of which it is not known what comes of them. Attempts first, as whoever
/// ends one has them.
///
/// # Errors
/// Where the database does not answer.
pub async fn change_steps(mut tx: Within<'_>, campaign: i64, moves: &[Move]) -> Result<(), StoreError> {
    const ATTEMPTS: Sql = Sql {
        sqlite: "UPDATE outreach_attempts INDEXED BY outreach_attempts_open
                   SET step = CASE WHEN r.value ->> 'keeps' THEN r.value ->> 'to_step' ELSE -1 END
                 FROM json_each($3) AS r
                 WHERE outreach_attempts.tenant_id = $1 AND outreach_attempts.campaign_id = $2 AND outreach_attempts.ended_at IS NULL
                   AND outreach_attempts.step = r.value ->> 'from_step'",
        postgres: "UPDATE outreach_attempts a SET step = CASE WHEN r.keeps THEN r.to_step ELSE -1 END
                   FROM json_to_recordset($3::json) AS r(from_step BIGINT, to_step BIGINT, keeps BOOLEAN)
                   WHERE a.tenant_id = $1 AND a.campaign_id = $2 AND a.ended_at IS NULL AND a.step = r.from_step",
    };
    const MEMBERS: Sql = Sql {
        sqlite: "UPDATE campaign_members SET step = r.value ->> 'to_step', tries = CASE WHEN r.value ->> 'keeps' THEN tries ELSE 0 END,
                   stirred = stirred + 1
                 FROM json_each($3) AS r
                 WHERE campaign_members.tenant_id = $1 AND campaign_members.campaign_id = $2 AND campaign_members.step = r.value ->> 'from_step'",
        postgres: "UPDATE campaign_members m SET step = r.to_step, tries = CASE WHEN r.keeps THEN tries ELSE 0 END, stirred = stirred + 1
                   FROM json_to_recordset($3::json) AS r(from_step BIGINT, to_step BIGINT, keeps BOOLEAN)
                   WHERE m.tenant_id = $1 AND m.campaign_id = $2 AND m.step = r.from_step",
    };
    if moves.is_empty() {
        return Ok(());
    }
    tx.again().execute(ATTEMPTS, args![campaign, list(moves)]).await?;
    tx.execute(MEMBERS, args![campaign, list(moves)]).await.map(drop)
}
