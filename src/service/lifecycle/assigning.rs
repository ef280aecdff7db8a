//! Leads given to counselors in turn.

use super::{Refused, Working};
use crate::store::tenants::ROUND_ROBIN;
use crate::store::users;
use serde_json::{Value as Json, json};

impl Working<'_> {
    /// Gives the lead to whoever's turn it is, where nobody works it and the center gives new enquiries so. The tenant's lock is held.
    pub(super) async fn give_in_turn(&mut self, detail: &mut Json) -> Result<(), Refused> {
        let own = self.app.tenants.iter().find(|known| known.id == self.tenant.0);
        if self.lead.assigned_to.is_some() || own.is_none_or(|own| own.assigns != ROUND_ROBIN) {
            return Ok(());
        }
        self.give_to_next(detail).await.map(drop)
    }

    /// Gives the lead to whoever's turn it is; `false`: nobody is there who has room. The tenant's lock is held.
    pub(super) async fn give_to_next(&mut self, detail: &mut Json) -> Result<bool, Refused> {
        let (tenant, now) = (self.tenant, self.now);
        let next = users::next_counselor(self.tx.within(tenant), now).await?;
        if let Some(user_id) = next {
            users::was_given(self.tx.within(tenant), user_id, self.app.ids.next(now)).await?;
            self.lead.assigned_to = Some(user_id);
        }
        detail["assigned_in_turn"] = json!(next);
        Ok(next.is_some())
    }
}
