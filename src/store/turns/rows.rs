//! Rows of a turn's tables: one list of columns each, from which both databases' statements and bindings are made.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::PgRecordEncoder;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

/// A row of a batch.
pub(super) trait Row: for<'q> Encode<'q, Postgres> + PgHasArrayType + Type<Postgres> {
    /// Where it goes.
    const TABLE: &'static str;
    /// The type these rows have on PostgreSQL.
    const TYPE: &'static str;
    /// Columns with their PostgreSQL types.
    const COLUMNS: &'static [(&'static str, &'static str)];
    /// The columns' names with commas between them.
    const NAMES: &'static str;
    /// What happens where the key is taken.
    const CONFLICT: &'static str;

    /// A row's parameters on SQLite, in the order of the columns.
    const PARAMETERS: &'static str;

    /// Binds this row's values to a prepared insert, where `first` is the place of its first parameter; the place behind its last.
    fn bind(&self, statement: &mut rusqlite::CachedStatement<'_>, first: usize) -> rusqlite::Result<usize>;
}

/// Names with commas between them, and as many parameters.
macro_rules! list {
    ($first:ident $(, $name:ident)*) => { concat!(stringify!($first) $(, ", ", stringify!($name))*) };
}
macro_rules! parameters {
    ($first:ident $(, $name:ident)*) => { concat!("?" $(, parameters!(@one $name))*) };
    (@one $name:ident) => { ", ?" };
}

macro_rules! row {
    ($(#[$doc:meta])* $name:ident in $table:literal, $conflict:literal, { $($field:ident: $ty:ty as $sql:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[expect(missing_docs, reason = "each field is the column of its name")]
        pub struct $name {
            $(pub $field: $ty,)+
        }

        impl Row for $name {
            const TABLE: &'static str = $table;
            const TYPE: &'static str = concat!("turn_", $table);
            const COLUMNS: &'static [(&'static str, &'static str)] = &[$((stringify!($field), $sql)),+];
            const NAMES: &'static str = list!($($field),+);
            const CONFLICT: &'static str = $conflict;
            const PARAMETERS: &'static str = concat!("(", parameters!($($field),+), ")");

            fn bind(&self, statement: &mut rusqlite::CachedStatement<'_>, first: usize) -> rusqlite::Result<usize> {
                let mut place = first;
                $(
                    statement.raw_bind_parameter(place, &self.$field)?;
                    place += 1;
                )+
                Ok(place)
            }
        }

        impl Type<Postgres> for $name {
            fn type_info() -> PgTypeInfo {
                PgTypeInfo::with_name(Self::TYPE)
            }
        }

        impl PgHasArrayType for $name {
            fn array_type_info() -> PgTypeInfo {
                PgTypeInfo::array_of(Self::TYPE)
            }
        }

        impl Encode<'_, Postgres> for $name {
            fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let mut record = PgRecordEncoder::new(buffer);
                $(record.encode(&self.$field)?;)+
                record.finish();
                Ok(IsNull::No)
            }
        }
    };
}

row! {
    /// A person's own row, and for a new one its first identity. `was` is the turn that was read, 0 for a new person.
    PersonRow in "persons", "", {
        tenant_id: i64 as "BIGINT",
        id: i64 as "BIGINT",
        was: i64 as "BIGINT",
        kind: &'static str as "TEXT",
        value: String as "TEXT",
        raw: String as "TEXT",
        lead_id: i64 as "BIGINT",
        variants: String as "TEXT",
        opted_out: String as "TEXT",
        pace: String as "TEXT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// Further identities.
    IdentityRow in "identities", "ON CONFLICT DO NOTHING", {
        tenant_id: i64 as "BIGINT",
        kind: &'static str as "TEXT",
        value: String as "TEXT",
        raw: String as "TEXT",
        person_id: i64 as "BIGINT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// A lead as this turn leaves it: first things stay, last things change, `message_count` adds up. Score and
    /// class are those of the lead's best conversation, which `scored_in` names.
    LeadRow in "leads", "ON CONFLICT (tenant_id, id) DO UPDATE SET source = COALESCE(leads.source, excluded.source),
    sender_name = COALESCE(excluded.sender_name, leads.sender_name), name = excluded.name, phone = COALESCE(excluded.phone, leads.phone),
    email = excluded.email, fields = excluded.fields, first_message = COALESCE(leads.first_message, excluded.first_message),
    last_message = COALESCE(excluded.last_message, leads.last_message), message_count = leads.message_count + excluded.message_count,
    score = CASE WHEN leads.scored_in = excluded.scored_in OR excluded.score >= leads.score THEN excluded.score ELSE leads.score END,
    class = CASE WHEN leads.scored_in = excluded.scored_in OR excluded.score >= leads.score THEN excluded.class ELSE leads.class END,
    scored_in = CASE WHEN leads.scored_in = excluded.scored_in OR excluded.score >= leads.score THEN excluded.scored_in ELSE leads.scored_in END, updated_at = excluded.updated_at,
    last_message_at = COALESCE(excluded.last_message_at, leads.last_message_at), keywords = excluded.keywords", {
        tenant_id: i64 as "BIGINT",
        id: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        status: &'static str as "TEXT",
        channel: &'static str as "TEXT",
        source: Option<String> as "TEXT",
        sender_name: Option<String> as "TEXT",
        name: Option<String> as "TEXT",
        phone: Option<String> as "TEXT",
        email: Option<String> as "TEXT",
        fields: String as "TEXT",
        first_message: Option<String> as "TEXT",
        last_message: Option<String> as "TEXT",
        message_count: i64 as "BIGINT",
        score: i64 as "BIGINT",
        class: &'static str as "TEXT",
        scored_in: i64 as "BIGINT",
        is_active: bool as "BOOLEAN",
        created_at: i64 as "BIGINT",
        updated_at: i64 as "BIGINT",
        last_message_at: Option<i64> as "BIGINT",
        keywords: String as "TEXT",
    }
}

row! {
    /// A conversation as this turn leaves it: what it is stays, how it stands changes.
    ConversationRow in "conversations", "ON CONFLICT (tenant_id, id) DO UPDATE SET channel = excluded.channel, language = excluded.language, state = excluded.state,
    seq = excluded.seq, score = excluded.score, class = excluded.class, open_step = excluded.open_step, outcome = excluded.outcome,
    next_timer_at = excluded.next_timer_at, paced_until = excluded.paced_until,
    window_closes_at = CASE WHEN conversations.window_closes_at > excluded.window_closes_at
    THEN conversations.window_closes_at ELSE COALESCE(excluded.window_closes_at, conversations.window_closes_at) END,
    updated_at = excluded.updated_at, ended_at = excluded.ended_at", {
        tenant_id: i64 as "BIGINT",
        id: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        lead_id: i64 as "BIGINT",
        account_id: i64 as "BIGINT",
        channel: &'static str as "TEXT",
        public_id: Option<String> as "TEXT",
        flow_id: String as "TEXT",
        flow_hash: String as "TEXT",
        language: String as "TEXT",
        state: String as "TEXT",
        seq: i64 as "BIGINT",
        score: i64 as "BIGINT",
        class: &'static str as "TEXT",
        open_step: Option<String> as "TEXT",
        outcome: Option<String> as "TEXT",
        source: Option<String> as "TEXT",
        next_timer_at: Option<i64> as "BIGINT",
        paced_until: i64 as "BIGINT",
        window_closes_at: Option<i64> as "BIGINT",
        created_at: i64 as "BIGINT",
        updated_at: i64 as "BIGINT",
        ended_at: Option<i64> as "BIGINT",
    }
}

row! {
    /// Something said by either side.
    MessageRow in "messages", "", {
        tenant_id: i64 as "BIGINT",
        conversation_id: i64 as "BIGINT",
        seq: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        direction: &'static str as "TEXT",
        provider_id: Option<String> as "TEXT",
        body: String as "TEXT",
        detail: Option<String> as "TEXT",
        step: Option<String> as "TEXT",
        reply: Option<String> as "TEXT",
        segments: Option<i64> as "BIGINT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// An answer read, skipped, given up or withdrawn.
    /// N counts within the turn.
    AnswerRow in "answers", "", {
        tenant_id: i64 as "BIGINT",
        conversation_id: i64 as "BIGINT",
        seq: i64 as "BIGINT",
        n: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        step: String as "TEXT",
        given: &'static str as "TEXT",
        raw: String as "TEXT",
        value: Option<String> as "TEXT",
        reader: i64 as "BIGINT",
        taken_ms: i64 as "BIGINT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// A row of the score's ledger.
    /// N counts within the turn.
    ScoreRow in "score_entries", "", {
        tenant_id: i64 as "BIGINT",
        conversation_id: i64 as "BIGINT",
        seq: i64 as "BIGINT",
        n: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        rule: String as "TEXT",
        step: Option<String> as "TEXT",
        points: i64 as "BIGINT",
        reverses: bool as "BOOLEAN",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// A first exposure.
    ExposureRow in "exposures", "ON CONFLICT DO NOTHING", {
        tenant_id: i64 as "BIGINT",
        experiment: String as "TEXT",
        person_id: i64 as "BIGINT",
        variant: String as "TEXT",
        conversation_id: i64 as "BIGINT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// A goal reached.
    GoalRow in "goals", "ON CONFLICT DO NOTHING", {
        tenant_id: i64 as "BIGINT",
        conversation_id: i64 as "BIGINT",
        goal: String as "TEXT",
        person_id: i64 as "BIGINT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// A reported behaviour.
    BehaviourRow in "behaviours", "", {
        tenant_id: i64 as "BIGINT",
        conversation_id: i64 as "BIGINT",
        seq: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        action: String as "TEXT",
        metadata: Option<String> as "TEXT",
        points: i64 as "BIGINT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// An opt-out or opt-in.
    ConsentRow in "consents", "", {
        tenant_id: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        channel: &'static str as "TEXT",
        seq: i64 as "BIGINT",
        conversation_id: i64 as "BIGINT",
        signal: &'static str as "TEXT",
        wording: String as "TEXT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// Something to send. Where somebody holds it from birth, that is the process that writes it.
    OutboxRow in "outbox", "ON CONFLICT DO NOTHING", {
        tenant_id: i64 as "BIGINT",
        id: i64 as "BIGINT",
        kind: &'static str as "TEXT",
        account_id: i64 as "BIGINT",
        lane: Option<String> as "TEXT",
        place: i64 as "BIGINT",
        recipient: String as "TEXT",
        payload: String as "TEXT",
        person_id: i64 as "BIGINT",
        channel: &'static str as "TEXT",
        conversation_id: i64 as "BIGINT",
        seq: i64 as "BIGINT",
        part: i64 as "BIGINT",
        parts: i64 as "BIGINT",
        dedupe_key: Option<String> as "TEXT",
        unasked_until: Option<i64> as "BIGINT",
        confirms: bool as "BOOLEAN",
        state: &'static str as "TEXT",
        attempts: i64 as "BIGINT",
        holder: Option<String> as "TEXT",
        run_at: i64 as "BIGINT",
        wanted_at: i64 as "BIGINT",
        created_at: i64 as "BIGINT",
    }
}

row! {
    /// What a sink should have from now on. Where it is not known whether the sink has what came before, that stays so.
    DeliveryRow in "deliveries", "ON CONFLICT (tenant_id, sink, key) DO UPDATE SET conversation_id = excluded.conversation_id,
    channel = excluded.channel, event = excluded.event, lead_data = excluded.lead_data, payload = excluded.payload,
    revision = excluded.revision, updated_at = excluded.updated_at,
    state = CASE WHEN deliveries.state = 'unknown' THEN 'unknown' ELSE excluded.state END", {
        tenant_id: i64 as "BIGINT",
        id: i64 as "BIGINT",
        sink: String as "TEXT",
        key: String as "TEXT",
        lead_id: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        conversation_id: i64 as "BIGINT",
        channel: &'static str as "TEXT",
        event: String as "TEXT",
        lead_data: String as "TEXT",
        payload: String as "TEXT",
        revision: i64 as "BIGINT",
        state: &'static str as "TEXT",
        created_at: i64 as "BIGINT",
        updated_at: i64 as "BIGINT",
    }
}

row! {
    /// Somebody is to be told something.
    NoticeRow in "notices", "", {
        tenant_id: i64 as "BIGINT",
        id: i64 as "BIGINT",
        list: String as "TEXT",
        event: String as "TEXT",
        lead_id: i64 as "BIGINT",
        person_id: i64 as "BIGINT",
        conversation_id: i64 as "BIGINT",
        content: String as "TEXT",
        level: i64 as "BIGINT",
        state: &'static str as "TEXT",
        created_at: i64 as "BIGINT",
    }
}
