//! Enquiries that somebody enters.

use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::Caller;
use super::form::{Checks, Form};
use super::named::{AddressOrNone, Expectation, GenderName};
use super::refused::Guarded;
use super::shape::{Child, Lead};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::enquiry::{self, Enquiry, Gender};
use crate::domain::identity::e164;
use crate::domain::when;
use crate::service::{lifecycle, users};
use crate::understand;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most parents of one child, and the most things they hope for.
const PARENTS: usize = 6;
const EXPECTATIONS: usize = 20;

/// An enquiry as it is entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnquiryForm {
    /// The child.
    child: ChildForm,
    /// Its parents, the one to speak with first.
    #[schema(min_items = 1, max_items = 6)]
    parents: Vec<ParentForm>,
    /// How they came: `WALK_IN`, `PHONE_CALL`, `ONLINE`, `REFERRAL` …
    #[schema(example = "WALK_IN", min_length = 1, max_length = 100)]
    source: Option<String>,
    /// The child's school.
    #[schema(example = "Delhi Public School", max_length = 200)]
    school: Option<String>,
    /// When they could come.
    #[schema(example = "Mon/Wed/Fri - 4:00 PM", max_length = 200)]
    preferred_schedule: Option<String>,
    /// What they hope for.
    #[schema(value_type = Option<Vec<Expectation>>, example = json!(["child_development", "physical_activity"]), max_items = 20)]
    parent_expectations: Option<Vec<String>>,
    /// What else was said; it is added to what was noted before.
    #[serde(alias = "remarks", alias = "discovery_notes")]
    #[schema(example = "Interested in Pre-K Gym", max_length = 2000)]
    notes: Option<String>,
    /// Who is to work it.
    #[schema(example = json!(null), minimum = 1)]
    assigned_to_user_id: Option<i64>,
    /// The center, for those who see several.
    #[schema(example = json!(null))]
    center_id: Option<i64>,
}

/// A child as it is entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildForm {
    /// Its first name.
    #[schema(required, value_type = String, example = "Mehr", min_length = 1, max_length = 100)]
    first_name: Option<String>,
    /// Its last name.
    #[schema(example = "Goyal", max_length = 100)]
    last_name: Option<String>,
    /// When it was born.
    #[schema(example = "2020-06-15", format = Date)]
    dob: Option<String>,
    /// How old it is, in years.
    #[schema(example = 5, minimum = 0, maximum = 120)]
    age: Option<i64>,
    /// `Boy`, `Girl`, `Other`.
    #[schema(example = "Girl", value_type = Option<GenderName>)]
    gender: Option<String>,
}

/// A parent as they are entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParentForm {
    /// Their name.
    #[schema(required, value_type = String, example = "Anshu Goyal", min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Their number, with its country, or as it is written in the center's.
    #[serde(alias = "contact_number")]
    #[schema(required, value_type = String, example = "+91-9876543210", min_length = 3, max_length = 60)]
    phone: Option<String>,
    /// Their address.
    #[schema(value_type = Option<AddressOrNone>, example = "anshu@example.com")]
    email: Option<String>,
    /// What they are to the child.
    #[schema(example = "mother", max_length = 50)]
    relationship: Option<String>,
}

/// What they look for, as several forms have it.
#[derive(Debug)]
pub struct Looked<'a> {
    /// The child's school.
    pub school: Option<&'a str>,
    /// When they could come.
    pub preferred_schedule: Option<&'a str>,
    /// What they hope for.
    pub parent_expectations: Option<&'a [String]>,
    /// What else was said.
    pub notes: Option<&'a str>,
}

impl Looked<'_> {
    /// The form, once it was looked at.
    pub fn checked(&self, checks: &mut Checks) -> enquiry::Form {
        let expectations = self.parent_expectations.map(|keys| {
            if keys.len() > EXPECTATIONS {
                checks.wrong("/parent_expectations", format!("may have {EXPECTATIONS} entries"));
            }
            let keys = keys.iter().take(EXPECTATIONS).enumerate();
            keys.filter_map(|(n, key)| checks.text(&format!("/parent_expectations/{n}"), Some(key), 1..=100))
                .collect()
        });
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        enquiry::Form {
            school: filled(checks.text("/school", self.school, 0..=200)),
            preferred_schedule: filled(checks.text("/preferred_schedule", self.preferred_schedule, 0..=200)),
            parent_expectations: expectations,
            notes: filled(checks.text("/notes", self.notes, 0..=2000)),
        }
    }
}

/// What a form says of it: the fields have these names in each.
macro_rules! looked {
    ($form:expr) => {
        $crate::api::v1::enquiry::Looked {
            school: $form.school.as_deref(),
            preferred_schedule: $form.preferred_schedule.as_deref(),
            parent_expectations: $form.parent_expectations.as_deref(),
            notes: $form.notes.as_deref(),
        }
    };
}
pub(super) use looked;

/// A number as a center's people write it, to E.164. One that is written whole is taken as it is: numbering plans change faster than
/// libraries, and a lead is not lost over that.
fn phone(text: &str, region: Option<&str>) -> Option<String> {
    e164(text).or_else(|| understand::phone(text, region))
}

impl EnquiryForm {
    fn checked(&self, app: &App, tenant: Tenant) -> Result<Enquiry, Problem> {
        let mut checks = Checks::default();
        let region =
            app.tenants.iter().find(|known| known.id == tenant.0).and_then(|known| known.region.as_deref());
        let now = jiff::Timestamp::from_millisecond(app.clock.now()).unwrap_or_default();
        let today = app.center(tenant.0).zone.to_datetime(now).date();
        let child = enquiry::Child {
            first_name: checks.needed("/child/first_name", self.child.first_name.as_deref(), 1..=100),
            last_name: checks
                .text("/child/last_name", self.child.last_name.as_deref(), 0..=100)
                .filter(|name| !name.is_empty()),
            dob: self
                .child
                .dob
                .as_deref()
                .and_then(|dob| {
                    when::birthday(dob, today).map_err(|detail| checks.refused("/child/dob", detail)).ok()
                })
                .map(|dob| dob.to_string()),
            age: self.child.age,
            gender: checks.choice(
                "/child/gender",
                self.child.gender.as_deref(),
                Gender::parse,
                Gender::ALL.map(Gender::as_str),
            ),
        };
        if self.child.age.is_some_and(|age| !(0..=120).contains(&age)) {
            checks.wrong("/child/age", "must be 0 to 120 years");
        }
        if self.parents.is_empty() || self.parents.len() > PARENTS {
            checks.wrong("/parents", format!("must be 1 to {PARENTS} parents"));
        }
        let mut parents = Vec::new();
        for (n, parent) in self.parents.iter().take(PARENTS).enumerate() {
            let at = |field: &str| format!("/parents/{n}/{field}");
            let name = checks.needed(&at("name"), parent.name.as_deref(), 1..=200);
            let number = parent.phone.as_deref().and_then(|text| phone(text, region));
            if number.is_none() {
                let how = if region.is_some() { "" } else { " with its country" };
                checks.refused(at("phone"), format!("must be a phone number{how}, such as +919876543210"));
            }
            let email = parent.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
            if email.is_some_and(|email| !users::is_address(email)) {
                checks.refused(at("email"), "must be an e-mail address, such as anshu@example.com");
            }
            let relationship = checks.text(&at("relationship"), parent.relationship.as_deref(), 0..=50);
            parents.push(enquiry::Parent {
                name,
                phone: number.unwrap_or_default(),
                email: email.map(str::to_lowercase),
                relationship: relationship.filter(|relationship| !relationship.is_empty()),
            });
        }
        let source = checks.text("/source", self.source.as_deref(), 1..=100);
        let form = looked!(self).checked(&mut checks);
        let assigned_to = checks.id("/assigned_to_user_id", self.assigned_to_user_id);
        checks.done()?;
        Ok(Enquiry { child, parents, source, form, assigned_to })
    }
}

/// An enquiry as it was entered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entered {
    /// The lead.
    #[serde(flatten)]
    lead: Lead,
    /// The child.
    child: Child,
}

/// Enters an enquiry: the child, its parents (found by their numbers, or new), its number, and the lead about it.
#[utoipa::path(
    post, path = "/api/v1/leads/enquiry", tag = "leads at work", security(("token" = [])), request_body = EnquiryForm,
    responses((status = 201, description = "The lead.", body = Entered), Guarded, Refusals)
)]
pub async fn enter(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<EnquiryForm>,
) -> Result<Response, Problem> {
    let tenant = caller.tenant(&app, form.center_id)?;
    let enquiry = form.checked(&app, tenant)?;
    let (lead, child) = lifecycle::enter(&app, tenant, &caller.actor, &enquiry).await?;
    let location = format!("/api/v1/leads/{}", lead.id);
    let body = Json(Entered { lead: lead.into(), child: child.into() });
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], body).into_response())
}

/// The older path of the same: see `POST /api/v1/leads/enquiry`.
#[utoipa::path(
    post, path = "/api/v1/leads", tag = "leads at work", security(("token" = [])), request_body = EnquiryForm,
    responses((status = 201, description = "The lead.", body = Entered), Guarded, Refusals)
)]
pub async fn enter_as_lead(
    state: State<Arc<App>>,
    caller: Caller,
    form: Form<EnquiryForm>,
) -> Result<Response, Problem> {
    enter(state, caller, form).await
}
