//! Leads, visits and follow-ups as the API writes them: fields of the lead log and of the leads' lifecycle side by side.

use super::super::extract::rfc3339;
use super::named::ReferenceForm;
use crate::store::leads::{ChildRow, FollowUpRow, GuardianRow, LeadRow, VisitRow};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

/// A lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lead {
    /// Its id.
    #[schema(example = 210_453_397_504_i64)]
    pub id: i64,
    /// The center it belongs to.
    #[schema(example = 1)]
    pub center_id: i64,
    /// Changed with every change that people make; `If-Match` takes it.
    #[schema(example = 3)]
    pub version: i64,
    /// What it stands at.
    #[schema(example = "ENQUIRY_RECEIVED")]
    pub status: String,
    /// Since when, RFC 3339.
    #[schema(example = "2026-02-08T10:30:00Z")]
    pub status_at: String,
    /// What somebody should do now: `close`, `convert`.
    #[schema(example = json!(null))]
    pub proposal: Option<String>,
    /// Whether it was not put aside.
    #[schema(example = true)]
    pub is_active: bool,
    /// Where it came from.
    #[schema(example = "WALK_IN")]
    pub source: Option<String>,
    /// By which channel: `sms`, `whatsapp`, `voice`, `web`, `enquiry`.
    #[schema(example = "enquiry")]
    pub channel: String,
    /// Its name.
    #[schema(example = "Anshu Goyal")]
    pub name: Option<String>,
    /// What it calls itself at a provider.
    #[schema(example = "Anshu")]
    pub sender_name: Option<String>,
    /// Its number, E.164.
    #[schema(example = "+919876543210")]
    pub phone_number: Option<String>,
    /// Its address.
    #[schema(example = "anshu@example.com")]
    pub email: Option<String>,
    /// The score of its best conversation.
    #[schema(example = 65)]
    pub score: i64,
    /// `SQL`, `MQL`, `Unqualified`.
    #[schema(example = "SQL")]
    pub class: String,
    /// What it said first.
    #[schema(example = "Hello")]
    pub first_message: Option<String>,
    /// What it said last.
    #[schema(example = "Tomorrow at four")]
    pub last_message: Option<String>,
    /// How often it said something.
    #[schema(example = 12)]
    pub message_count: i64,
    /// When it said something last, RFC 3339.
    #[schema(example = "2026-02-08T11:30:00Z")]
    pub last_message_time: Option<String>,
    /// The child it is about.
    #[schema(example = 210_453_397_505_i64)]
    pub child_id: Option<i64>,
    /// Its name.
    #[schema(example = "Mehr Goyal")]
    pub child_name: Option<String>,
    /// The enquiry's number.
    #[schema(example = "TLGC0259")]
    pub enquiry_id: Option<String>,
    /// The child's school.
    #[schema(example = "Delhi Public School")]
    pub school: Option<String>,
    /// When they could come.
    #[schema(example = "Mon/Wed/Fri - 4:00 PM")]
    pub preferred_schedule: Option<String>,
    /// What they hope for.
    #[schema(value_type = Option<Vec<String>>, example = json!(["child_development", "physical_activity"]))]
    pub parent_expectations: Json,
    /// What was noted.
    #[schema(example = "Interested in Pre-K Gym")]
    pub discovery_notes: Option<String>,
    /// When the discovery form was complete, RFC 3339.
    #[schema(example = "2026-02-10T09:00:00Z")]
    pub discovery_completed_at: Option<String>,
    /// Why nothing came of it.
    pub closed_reason: Option<String>,
    /// When it was closed, RFC 3339.
    pub closed_at: Option<String>,
    /// The customer's reference where they bought.
    pub customer_ref: Option<String>,
    /// The same as a number where it is one.
    #[schema(value_type = Option<ReferenceForm>)]
    pub enrollment_id: Json,
    /// The same again.
    #[schema(value_type = Option<ReferenceForm>)]
    pub student_id: Json,
    /// Whether they bought.
    #[schema(example = false)]
    pub converted_to_student: bool,
    /// When, RFC 3339.
    pub converted_at: Option<String>,
    /// Where it stands with being called and written to by campaigns: `new`, `busy`, `contacted` …; null: nobody says.
    #[schema(example = "busy")]
    pub dial_status: Option<String>,
    /// Since when, RFC 3339.
    #[schema(example = "2026-02-09T10:00:30Z")]
    pub last_status_change: Option<String>,
    /// What came of the last attempt.
    #[schema(example = "busy")]
    pub dial_result: Option<String>,
    /// When that began, RFC 3339.
    #[schema(example = "2026-02-09T10:00:00Z")]
    pub last_dial_attempt: Option<String>,
    /// How many attempts there were.
    #[schema(example = 1)]
    pub dial_attempts: i64,
    /// How many of them were answered.
    #[schema(example = 0)]
    pub answered_count: i64,
    /// When they are to be called, as was agreed, RFC 3339.
    #[schema(example = json!(null))]
    pub callback_at: Option<String>,
    /// Who works it.
    #[schema(example = 5)]
    pub assigned_to_user_id: Option<i64>,
    /// Who entered it.
    #[schema(example = 5)]
    pub created_by_id: Option<i64>,
    /// Who changed it last.
    #[schema(example = 5)]
    pub updated_by_id: Option<i64>,
    /// When it came, RFC 3339.
    #[schema(example = "2026-02-08T10:30:00Z")]
    pub created_at: String,
    /// When something of it changed last, RFC 3339.
    #[schema(example = "2026-02-08T10:30:00Z")]
    pub updated_at: String,
    /// The lead it was merged into: work on that one.
    #[schema(example = json!(null))]
    pub merged_into: Option<i64>,
    /// When its person was erased: nothing is known of them any more, RFC 3339.
    #[schema(example = json!(null))]
    pub erased_at: Option<String>,
}

impl From<LeadRow> for Lead {
    fn from(row: LeadRow) -> Lead {
        let reference = row
            .customer_ref
            .as_deref()
            .map_or(Json::Null, |text| text.parse::<i64>().map_or_else(|_| Json::from(text), Json::from));
        let expectations =
            row.parent_expectations.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Lead {
            converted_to_student: row.status == "CONVERTED",
            status_at: rfc3339(row.status_at.unwrap_or(row.created_at)),
            id: row.id,
            center_id: row.tenant_id,
            version: row.version,
            merged_into: row.merged_into,
            erased_at: row.erased_at.map(rfc3339),
            status: row.status,
            proposal: row.proposal,
            is_active: row.is_active,
            source: row.source,
            channel: row.channel,
            name: row.name,
            sender_name: row.sender_name,
            phone_number: row.phone,
            email: row.email,
            score: row.score,
            class: row.class,
            first_message: row.first_message,
            last_message: row.last_message,
            message_count: row.message_count,
            last_message_time: row.last_message_at.map(rfc3339),
            child_id: row.child_id,
            child_name: row.child_name,
            enquiry_id: row.enquiry_id,
            school: row.school,
            preferred_schedule: row.preferred_schedule,
            parent_expectations: expectations.unwrap_or(Json::Null),
            discovery_notes: row.discovery_notes,
            discovery_completed_at: row.discovery_completed_at.map(rfc3339),
            closed_reason: row.closed_reason,
            closed_at: row.closed_at.map(rfc3339),
            customer_ref: row.customer_ref,
            enrollment_id: reference.clone(),
            student_id: reference,
            converted_at: row.converted_at.map(rfc3339),
            dial_status: row.dial_status,
            last_status_change: row.last_status_change.map(rfc3339),
            dial_result: row.dial_result,
            last_dial_attempt: row.last_dial_attempt.map(rfc3339),
            dial_attempts: row.dial_attempts,
            answered_count: row.answered_count,
            callback_at: row.callback_at.map(rfc3339),
            assigned_to_user_id: row.assigned_to,
            created_by_id: row.created_by,
            updated_by_id: row.updated_by,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
        }
    }
}

/// A child.
#[derive(Debug, Serialize, ToSchema)]
pub struct Child {
    /// Its id.
    #[schema(example = 210_453_397_505_i64)]
    pub id: i64,
    /// Its first name.
    #[schema(example = "Mehr")]
    pub first_name: String,
    /// Its last name.
    #[schema(example = "Goyal")]
    pub last_name: Option<String>,
    /// When it was born.
    #[schema(example = "2020-06-15")]
    pub dob: Option<String>,
    /// How old it was said to be.
    #[schema(example = 5)]
    pub age: Option<i64>,
    /// `Boy`, `Girl`, `Other`.
    #[schema(example = "Girl")]
    pub gender: Option<String>,
    /// The enquiry's number.
    #[schema(example = "TLGC0259")]
    pub enquiry_id: String,
}

impl From<ChildRow> for Child {
    fn from(row: ChildRow) -> Child {
        let ChildRow { id, enquiry_id, first_name, last_name, dob, age, gender, .. } = row;
        Child { id, first_name, last_name, dob, age, gender, enquiry_id }
    }
}

/// A parent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Parent {
    /// The person.
    #[schema(example = 210_453_397_506_i64)]
    pub id: i64,
    /// Their name.
    #[schema(example = "Anshu Goyal")]
    pub name: String,
    /// Their number, E.164.
    #[schema(example = "+919876543210")]
    pub phone: String,
    /// Their address.
    #[schema(example = "anshu@example.com")]
    pub email: Option<String>,
    /// What they are to the child.
    #[schema(example = "mother")]
    pub relationship: Option<String>,
    /// Whether they are to be spoken with first.
    #[schema(example = true)]
    pub is_primary: bool,
}

impl From<GuardianRow> for Parent {
    fn from(row: GuardianRow) -> Parent {
        let GuardianRow { person_id: id, name, phone, email, relationship, is_primary } = row;
        Parent { id, name, phone, email, relationship, is_primary }
    }
}

/// An intro visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntroVisit {
    /// Its id.
    #[schema(example = 210_453_397_507_i64)]
    pub id: i64,
    /// The lead.
    #[schema(example = 210_453_397_504_i64)]
    pub lead_id: i64,
    /// Changed with every change; `If-Match` takes it.
    #[schema(example = 1)]
    pub version: i64,
    /// When it is planned, RFC 3339.
    #[schema(example = "2026-02-15T16:00:00Z")]
    pub scheduled_at: String,
    /// When they came, RFC 3339.
    #[schema(example = "2026-02-15T16:10:00Z")]
    pub attended_at: Option<String>,
    /// With which group.
    #[schema(example = 5)]
    pub batch_id: Option<i64>,
    /// Who receives them.
    #[schema(example = 8)]
    pub trainer_user_id: Option<i64>,
    /// What came of it: `INTERESTED_ENROLL_NOW`, `INTERESTED_ENROLL_LATER`, `NOT_INTERESTED`, `NO_SHOW`.
    #[schema(example = "INTERESTED_ENROLL_NOW")]
    pub outcome: Option<String>,
    /// In words.
    #[schema(example = "Child enjoyed the session, parent ready to enroll")]
    pub outcome_notes: Option<String>,
    /// Since when it is known that it does not take place, RFC 3339.
    #[schema(example = json!(null))]
    pub cancelled_at: Option<String>,
    /// When it was entered, RFC 3339.
    #[schema(example = "2026-02-10T14:20:00Z")]
    pub created_at: String,
    /// When it was changed last, RFC 3339.
    #[schema(example = "2026-02-15T16:15:00Z")]
    pub updated_at: String,
}

impl From<VisitRow> for IntroVisit {
    fn from(row: VisitRow) -> IntroVisit {
        IntroVisit {
            id: row.id,
            lead_id: row.lead_id,
            version: row.version,
            scheduled_at: rfc3339(row.scheduled_at),
            attended_at: row.attended_at.map(rfc3339),
            batch_id: row.batch_id,
            trainer_user_id: row.trainer_id,
            outcome: row.outcome,
            outcome_notes: row.outcome_notes,
            cancelled_at: row.cancelled_at.map(rfc3339),
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
        }
    }
}

/// A follow-up.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowUp {
    /// Its id.
    #[schema(example = 210_453_397_508_i64)]
    pub id: i64,
    /// The lead.
    #[schema(example = 210_453_397_504_i64)]
    pub lead_id: i64,
    /// Changed with every change; `If-Match` takes it.
    #[schema(example = 0)]
    pub version: i64,
    /// When somebody is to speak with them, RFC 3339.
    #[schema(example = "2026-02-20T10:00:00Z")]
    pub scheduled_date: String,
    /// By whose clock.
    #[schema(example = "Asia/Kolkata")]
    pub time_zone: String,
    /// When it was done, RFC 3339.
    #[schema(example = "2026-02-20T10:30:00Z")]
    pub completed_at: Option<String>,
    /// `PENDING`, `COMPLETED`, `CANCELLED`.
    #[schema(example = "COMPLETED")]
    pub status: String,
    /// What came of it: `ENROLLED`, `POSTPONED`, `LOST`, `SCHEDULED_IV`.
    #[schema(example = "ENROLLED")]
    pub outcome: Option<String>,
    /// In words.
    #[schema(example = "Parent enrolled child in weekly plan")]
    pub notes: Option<String>,
    /// Who is to.
    #[schema(example = 5)]
    pub assigned_to_user_id: Option<i64>,
    /// When it was entered, RFC 3339.
    #[schema(example = "2026-02-15T16:20:00Z")]
    pub created_at: String,
    /// When it was changed last, RFC 3339.
    #[schema(example = "2026-02-20T10:35:00Z")]
    pub updated_at: String,
}

impl From<FollowUpRow> for FollowUp {
    fn from(row: FollowUpRow) -> FollowUp {
        FollowUp {
            id: row.id,
            lead_id: row.lead_id,
            version: row.version,
            scheduled_date: rfc3339(row.scheduled_at),
            time_zone: row.time_zone,
            completed_at: row.completed_at.map(rfc3339),
            status: row.status,
            outcome: row.outcome,
            notes: row.notes,
            assigned_to_user_id: row.assigned_to,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
        }
    }
}
