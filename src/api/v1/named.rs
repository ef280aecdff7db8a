//! Names and times in requests and answers, as the document of the API says them: made of the tables that are asked when they come.

use crate::domain::access::Role;
use crate::domain::channel::Channel;
use crate::domain::enquiry::ENTERED;
use crate::domain::enquiry::Gender;
use crate::domain::erasure::Reason;
use crate::domain::import::{By as KnownBy, Mode};
use crate::domain::lifecycle::{FollowUpOutcome, Status, VisitOutcome};
use crate::domain::outreach::campaign::State;
use crate::domain::outreach::{Gate, Kind, Lane, Standing};
use crate::domain::score::Class;
use crate::domain::sending::DispatchKind;
use crate::service::outreach::{TARGETS, recyclable};
use crate::service::sheet::Kind as FileKind;
use crate::store::reports::By;
use serde_json::Value as Json;
use utoipa::openapi::schema::{AnyOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The states of a follow-up.
pub const FOLLOW_UP_STATES: [&str; 3] = ["PENDING", "COMPLETED", "CANCELLED"];
/// What jobs are asked for by: their states, and all that are not finished.
pub const JOB_STATES: [&str; 9] =
    ["open", "waiting", "deferred", "held", "unsure", "sent", "rejected", "opted_out", "dead"];

/// All channels a lead can have come by.
pub fn channels() -> Vec<&'static str> {
    Channel::ALL.iter().map(|channel| channel.as_str()).chain([ENTERED]).collect()
}

macro_rules! shaped {
    ($($(#[$doc:meta])* $name:ident: $schema:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn of_format(format: KnownFormat) -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(format)))
}

shaped! {
    /// A day by the center's clock, or an instant.
    DayOrInstant: AnyOfBuilder::new().item(of_format(KnownFormat::Date)).item(of_format(KnownFormat::DateTime));
    /// An e-mail address; empty: there is none.
    AddressOrNone: AnyOfBuilder::new()
        .item(of_format(KnownFormat::Email).max_length(Some(254)))
        .item(text().max_length(Some(0)));
    /// What a parent hopes for, in a word of the center's own.
    Expectation: text().min_length(Some(1)).max_length(Some(100));
    /// A flag as programs write them.
    Flag: text().pattern(Some("^([Tt]rue|[Ff]alse|[01]|[Nn]one|null|)$"));
    /// The same where nothing else stands for its being left out.
    PlainFlag: text().pattern(Some("^([Tt]rue|[Ff]alse|[01])$"));
    /// The reference of a customer: a number, or text.
    ReferenceForm: AnyOfBuilder::new()
        .item(ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64))))
        .item(text().min_length(Some(1)).max_length(Some(200)));
    /// What a lead stands at.
    StatusName: text().enum_values(Some(Status::ALL.map(Status::as_str)));
    /// The class of a lead.
    ClassName: text().enum_values(Some(Class::ALL.map(Class::as_str)));
    /// What a lead came by.
    ChannelName: text().enum_values(Some(channels()));
    /// A user's role.
    RoleName: text().enum_values(Some(Role::ALL.map(Role::as_str)));
    /// A child's gender.
    GenderName: text().enum_values(Some(Gender::ALL.map(Gender::as_str)));
    /// Why somebody is erased.
    ErasureReason: text().enum_values(Some(Reason::ALL.map(Reason::as_str)));
    /// What came of a visit.
    VisitOutcomeName: text().enum_values(Some(VisitOutcome::ALL.map(VisitOutcome::as_str)));
    /// What came of a follow-up.
    FollowUpOutcomeName: text().enum_values(Some(FollowUpOutcome::ALL.map(FollowUpOutcome::as_str)));
    /// What a follow-up stands at.
    FollowUpState: text().enum_values(Some(FOLLOW_UP_STATES));
    /// What leads of a report are told apart by.
    ReportBy: text().enum_values(Some(By::ALL.map(By::as_str)));
    /// What may be done with leads by what they say of the attempts to reach them.
    DialKind: text().enum_values(Some([Kind::Recyclable, Kind::Final, Kind::Problematic].map(Kind::as_str)));
    /// What leads that may be recycled say of the attempts to reach them; null, or empty: nothing.
    RecyclableName: ObjectBuilder::new()
        .schema_type([Type::String, Type::Null].into_iter().collect::<SchemaType>())
        .enum_values(Some(recyclable().map(Standing::as_str).chain([""]).map(Json::from).chain([Json::Null])));
    /// What leads may be recycled to.
    RecycledName: text().enum_values(Some(TARGETS.map(Standing::as_str)));
    /// What a job stands at.
    JobState: text().enum_values(Some(JOB_STATES));
    /// What a job does.
    JobKind: text().enum_values(Some(DispatchKind::ALL.map(DispatchKind::as_str)));
    /// What a campaign is doing.
    CampaignState: text().enum_values(Some(State::ALL.map(State::as_str)));
    /// A gate a lead has to pass before it is tried.
    GateName: text().enum_values(Some(Gate::ALL.map(Gate::as_str)));
    /// A lane of the hopper.
    LaneName: text().enum_values(Some(Lane::ALL.map(Lane::as_str)));
    /// What a lead is tried by.
    DialChannel: text().enum_values(Some([Channel::Voice, Channel::Sms, Channel::Whatsapp].map(Channel::as_str)));
    /// Whether a lead may be tried.
    VerdictName: text().enum_values(Some(["now", "at", "not"]));
    /// What is done with a row whose lead is there.
    DuplicatesName: text().enum_values(Some(Mode::ALL.map(Mode::as_str)));
    /// What a lead is known by.
    KeyName: text().enum_values(Some(KnownBy::ALL.map(KnownBy::as_str)));
    /// What a column is: its name, and a field's after the last `=`.
    MappingText: text().pattern(Some("="));
    /// What leads are written to.
    FileKindName: text().enum_values(Some(FileKind::ALL.map(FileKind::as_str)));
    /// A spreadsheet.
    SheetBytes: of_format(KnownFormat::Binary);
    /// What a lead of the hopper is there for.
    HopperState: text().enum_values(Some(["ready", "claimed"]));
}
