//! Leads as the rows of a file, page by page, whoever writes it.

use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::lifecycle::Status;
use crate::domain::when::time;
use crate::store::db::{Db, StoreError};
use crate::store::leads::{self, ChildRow, Filter, LeadRow};
use crate::store::users;
use std::collections::{HashMap, VecDeque};

/// Leads that are read at once.
const PAGE: i64 = 500;

/// Leads that are being exported.
#[derive(Debug)]
pub struct Export {
    db: Db,
    /// Whose leads, and which of them, are still to come; of the first those below `before`.
    wanted: VecDeque<(Tenant, Filter)>,
    before: i64,
    /// Who works for the first, by id; `None`: nobody looked.
    colleagues: Option<HashMap<i64, String>>,
}

impl Export {
    /// Begins with the newest lead of the first tenant.
    pub fn new(db: &Db, wanted: impl IntoIterator<Item = (Tenant, Filter)>) -> Export {
        Export { db: db.clone(), wanted: wanted.into_iter().collect(), before: i64::MAX, colleagues: None }
    }

    /// The next page, cells of [`COLUMNS`]; empty: there is none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn next(&mut self) -> Result<Vec<[String; 54]>, StoreError> {
        while let Some((tenant, filter)) = self.wanted.front() {
            let tenant = *tenant;
            let page = leads::list(&self.db, tenant, filter, self.before, PAGE).await?;
            let Some(last) = page.last() else {
                self.wanted.pop_front();
                (self.before, self.colleagues) = (i64::MAX, None);
                continue;
            };
            self.before = last.id;
            let colleagues = match &mut self.colleagues {
                Some(known) => known,
                None => {
                    let all = users::list(self.db.within(tenant)).await?;
                    self.colleagues.insert(all.into_iter().map(|user| (user.id, user.email)).collect())
                }
            };
            let children: Vec<i64> = page.iter().filter_map(|lead| lead.child_id).collect();
            let children = leads::children(self.db.within(tenant), &children).await?;
            let children: HashMap<i64, ChildRow> =
                children.into_iter().map(|child| (child.id, child)).collect();
            let row = |lead: &LeadRow| {
                let child = lead.child_id.and_then(|id| children.get(&id));
                let colleague = lead.assigned_to.and_then(|id| colleagues.get(&id));
                cells(lead, child, colleague)
            };
            return Ok(page.iter().map(row).collect());
        }
        Ok(Vec::new())
    }
}

/// The fields of the API's lead by their names, and what else an import takes.
pub const COLUMNS: [&str; 54] = [
    "id",
    "center_id",
    "version",
    "status",
    "status_at",
    "proposal",
    "is_active",
    "source",
    "channel",
    "name",
    "sender_name",
    "phone_number",
    "email",
    "score",
    "class",
    "first_message",
    "last_message",
    "message_count",
    "last_message_time",
    "child_id",
    "child_name",
    "child_first_name",
    "child_last_name",
    "dob",
    "age",
    "gender",
    "enquiry_id",
    "school",
    "preferred_schedule",
    "parent_expectations",
    "discovery_notes",
    "discovery_completed_at",
    "closed_reason",
    "closed_at",
    "customer_ref",
    "enrollment_id",
    "student_id",
    "converted_to_student",
    "converted_at",
    "assigned_to",
    "assigned_to_user_id",
    "created_by_id",
    "updated_by_id",
    "created_at",
    "updated_at",
    "merged_into",
    "erased_at",
    "dial_status",
    "last_status_change",
    "dial_result",
    "last_dial_attempt",
    "dial_attempts",
    "answered_count",
    "callback_at",
];

fn cells(lead: &LeadRow, child: Option<&ChildRow>, colleague: Option<&String>) -> [String; 54] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let at = |at: Option<Millis>| at.map(time).unwrap_or_default();
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let of_child = |field: fn(&ChildRow) -> Option<String>| child.and_then(field).unwrap_or_default();
    let reference = text(&lead.customer_ref);
    [
        lead.id.to_string(),
        lead.tenant_id.to_string(),
        lead.version.to_string(),
        lead.status.clone(),
        time(lead.status_at.unwrap_or(lead.created_at)),
        text(&lead.proposal),
        lead.is_active.to_string(),
        text(&lead.source),
        lead.channel.clone(),
        text(&lead.name),
        text(&lead.sender_name),
        text(&lead.phone),
        text(&lead.email),
        lead.score.to_string(),
        lead.class.clone(),
        text(&lead.first_message),
        text(&lead.last_message),
        lead.message_count.to_string(),
        at(lead.last_message_at),
        number(lead.child_id),
        text(&lead.child_name),
        of_child(|child| Some(child.first_name.clone())),
        of_child(|child| child.last_name.clone()),
        of_child(|child| child.dob.clone()),
        of_child(|child| child.age.map(|age| age.to_string())),
        of_child(|child| child.gender.clone()),
        text(&lead.enquiry_id),
        text(&lead.school),
        text(&lead.preferred_schedule),
        text(&lead.parent_expectations),
        text(&lead.discovery_notes),
        at(lead.discovery_completed_at),
        text(&lead.closed_reason),
        at(lead.closed_at),
        reference.clone(),
        reference.clone(),
        reference,
        (lead.status == Status::Converted.as_str()).to_string(),
        at(lead.converted_at),
        colleague.cloned().unwrap_or_default(),
        number(lead.assigned_to),
        number(lead.created_by),
        number(lead.updated_by),
        time(lead.created_at),
        time(lead.updated_at),
        number(lead.merged_into),
        at(lead.erased_at),
        text(&lead.dial_status),
        at(lead.last_status_change),
        text(&lead.dial_result),
        at(lead.last_dial_attempt),
        lead.dial_attempts.to_string(),
        lead.answered_count.to_string(),
        at(lead.callback_at),
    ]
}
