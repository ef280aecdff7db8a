//! What erasing a person does to every table and column: the one table of it. Statements and the export are made of it, and a test
//! compares it with the schema, so that no column comes without a decision.

/// How a table's rows are known to be a person's: by a column of ids of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// Of persons.
    Person(&'static str),
    /// Of their leads.
    Lead(&'static str),
    /// Of their conversations.
    Conversation(&'static str),
    /// Of the children their leads are about.
    Child(&'static str),
    /// Of what was delivered of them.
    Delivery(&'static str),
    /// By our id of their record at sinks, which is text.
    Key(&'static str),
}

/// What becomes of a person's rows in a table.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// Rows stay, these columns change: column and what it becomes, in SQL. `$now` is when that is.
    Emptied(&'static [(&'static str, &'static str)]),
    /// Rows go.
    Deleted,
    /// The table has nothing of a lead's; why.
    NotTheirs(&'static str),
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How the person's rows are found; any of these.
    pub of: &'static [Of],
    /// The index by which SQLite, which has no statistics, is to find them; `""`: its key.
    pub index: &'static str,
    /// What becomes of them.
    pub fate: Fate,
    /// Columns that stay where rows do: numbers, times, states, ids, names that flows give. What reports and counts are made of.
    pub keeps: &'static str,
    /// What the export calls it; `""`: not told, because another table says the same.
    pub told: &'static str,
    /// Columns the export leaves out: how we work, not what we know.
    pub inner: &'static str,
    /// The order in the export.
    pub order: &'static str,
}

const NULL: &str = "NULL";
const EMPTY: &str = "''";
const OBJECT: &str = "'{}'";

const OTHER: Table = Table {
    name: "",
    of: &[],
    index: "",
    fate: Fate::NotTheirs(""),
    keeps: "",
    told: "",
    inner: "",
    order: "",
};

const fn other(name: &'static str, why: &'static str, keeps: &'static str) -> Table {
    Table { name, fate: Fate::NotTheirs(why), keeps, ..OTHER }
}

/// Every table, in the order in which rows are emptied: deliveries before their attempts, because whoever writes an attempt down holds
/// the delivery's row.
pub const TABLES: &[Table] = &[
    Table {
        name: "identities",
        of: &[Of::Person("person_id")],
        index: "identities_person",
        fate: Fate::Deleted,
        keeps: "tenant_id kind value raw person_id created_at",
        told: "addresses",
        inner: "person_id",
        order: "kind, value",
    },
    // "erased" among the channels: whatever is on its way is not sent any more, not even that the person has opted out.
    Table {
        name: "persons",
        of: &[Of::Person("id")],
        index: "",
        fate: Fate::Emptied(&[
            ("pace", EMPTY),
            ("opted_out", "CASE WHEN opted_out = '' THEN 'erased' ELSE opted_out || ',erased' END"),
        ]),
        keeps: "tenant_id id turn lead_id variants created_at",
        told: "persons",
        inner: "turn pace",
        order: "id",
    },
    // Where it came from stays: reports are by source, and sources are names of campaigns.
    Table {
        name: "leads",
        of: &[Of::Lead("id")],
        index: "",
        fate: Fate::Emptied(&[
            ("sender_name", NULL),
            ("name", NULL),
            ("phone", NULL),
            ("email", NULL),
            ("fields", OBJECT),
            ("first_message", NULL),
            ("last_message", NULL),
            ("proposal", NULL),
            ("child_name", NULL),
            ("school", NULL),
            ("preferred_schedule", NULL),
            ("parent_expectations", NULL),
            ("discovery_notes", NULL),
            ("closed_reason", NULL),
            ("customer_ref", NULL),
            ("claimed_by", NULL),
            ("callback_at", NULL),
            ("dial_status", "'erased'"),
            ("keywords", "'t' || CAST(tenant_id AS TEXT)"),
            ("family_keywords", EMPTY),
            ("erased_at", "$now"),
        ]),
        keeps: "tenant_id id person_id status channel source message_count score class scored_in is_active created_at updated_at
                last_message_at claimed_at version status_at child_id enquiry_id discovery_completed_at closed_at converted_at
                assigned_to created_by updated_by merged_into last_status_change dial_result last_dial_attempt dial_attempts
                answered_count tries",
        told: "leads",
        inner: "keywords family_keywords scored_in erased_at",
        order: "id",
    },
    Table {
        name: "children",
        of: &[Of::Child("id")],
        index: "",
        fate: Fate::Emptied(&[
            ("first_name", EMPTY),
            ("last_name", NULL),
            ("dob", NULL),
            ("age", NULL),
            ("gender", NULL),
        ]),
        keeps: "tenant_id id enquiry_id conversation_id created_at updated_at",
        told: "children",
        inner: "",
        order: "id",
    },
    Table {
        name: "guardians",
        of: &[Of::Person("person_id"), Of::Child("child_id")],
        index: "",
        fate: Fate::Emptied(&[("name", EMPTY), ("phone", EMPTY), ("email", NULL), ("relationship", NULL)]),
        keeps: "tenant_id child_id person_id is_primary created_at",
        told: "parents",
        inner: "",
        order: "child_id, person_id",
    },
    Table {
        name: "conversations",
        of: &[Of::Person("person_id")],
        index: "conversations_person",
        fate: Fate::Emptied(&[("public_id", NULL), ("state", EMPTY), ("next_timer_at", NULL)]),
        keeps: "tenant_id id person_id lead_id account_id channel flow_id flow_hash language seq score class open_step outcome source
                created_at updated_at ended_at paced_until window_closes_at",
        told: "conversations",
        inner: "state paced_until flow_hash seq",
        order: "id",
    },
    Table {
        name: "messages",
        of: &[Of::Conversation("conversation_id")],
        index: "",
        fate: Fate::Emptied(&[
            ("provider_id", NULL),
            ("body", EMPTY),
            ("detail", NULL),
            ("reply", NULL),
            ("parts", NULL),
        ]),
        keeps: "tenant_id conversation_id seq person_id direction step segments status status_at error_code created_at",
        told: "messages",
        inner: "reply",
        order: "conversation_id, seq",
    },
    Table {
        name: "answers",
        of: &[Of::Conversation("conversation_id")],
        index: "",
        fate: Fate::Emptied(&[("raw", EMPTY), ("value", NULL)]),
        keeps: "tenant_id conversation_id seq person_id n step given reader taken_ms created_at",
        told: "answers",
        inner: "reader",
        order: "conversation_id, seq, n",
    },
    Table {
        name: "score_entries",
        of: &[Of::Conversation("conversation_id")],
        index: "",
        fate: Fate::Emptied(&[]),
        keeps: "tenant_id conversation_id seq person_id n rule step points reverses created_at",
        told: "scores",
        inner: "",
        order: "conversation_id, seq, n",
    },
    Table {
        name: "exposures",
        of: &[Of::Person("person_id")],
        index: "exposures_person",
        fate: Fate::Emptied(&[]),
        keeps: "tenant_id experiment person_id variant conversation_id created_at",
        told: "experiments",
        inner: "",
        order: "created_at, experiment",
    },
    Table {
        name: "goals",
        of: &[Of::Conversation("conversation_id")],
        index: "",
        fate: Fate::Emptied(&[]),
        keeps: "tenant_id conversation_id goal person_id created_at",
        told: "goals",
        inner: "",
        order: "conversation_id, goal",
    },
    // A program may report an action of any name.
    Table {
        name: "behaviours",
        of: &[Of::Conversation("conversation_id")],
        index: "",
        fate: Fate::Emptied(&[("action", EMPTY), ("metadata", NULL)]),
        keeps: "tenant_id conversation_id seq person_id points created_at",
        told: "behaviours",
        inner: "",
        order: "conversation_id, seq",
    },
    Table {
        name: "consents",
        of: &[Of::Person("person_id")],
        index: "",
        fate: Fate::Emptied(&[("wording", EMPTY)]),
        keeps: "tenant_id person_id channel seq conversation_id signal created_at",
        told: "consents",
        inner: "",
        order: "created_at, conversation_id, seq",
    },
    // The provider's ids stay: by them a recording is deleted there.
    Table {
        name: "recordings",
        of: &[Of::Conversation("conversation_id")],
        index: "",
        fate: Fate::Emptied(&[("url", NULL)]),
        keeps: "tenant_id conversation_id sid call_sid seconds status created_at",
        told: "recordings",
        inner: "",
        order: "conversation_id, sid",
    },
    // What could go back goes back no more.
    Table {
        name: "merges",
        of: &[Of::Lead("lead_id"), Of::Lead("other_id")],
        index: "",
        fate: Fate::Emptied(&[("moved", OBJECT), ("reason", EMPTY)]),
        keeps: "tenant_id id lead_id other_id person_id other_person_id user_id program created_at undone_at",
        told: "merges",
        inner: "person_id other_person_id moved",
        order: "id",
    },
    Table {
        name: "intro_visits",
        of: &[Of::Lead("lead_id")],
        index: "intro_visits_lead",
        fate: Fate::Emptied(&[("outcome_notes", NULL)]),
        keeps: "tenant_id id lead_id scheduled_at attended_at cancelled_at batch_id trainer_id outcome version created_by updated_by
                created_at updated_at",
        told: "visits",
        inner: "",
        order: "id",
    },
    Table {
        name: "follow_ups",
        of: &[Of::Lead("lead_id")],
        index: "follow_ups_lead",
        fate: Fate::Emptied(&[("notes", NULL)]),
        keeps: "tenant_id id lead_id scheduled_at time_zone completed_at status outcome assigned_to dates version created_by updated_by
                created_at updated_at",
        told: "follow_ups",
        inner: "",
        order: "id",
    },
    Table {
        name: "outreach_attempts",
        of: &[Of::Lead("lead_id")],
        index: "outreach_attempts_lead",
        fate: Fate::Emptied(&[("address", EMPTY), ("dialled", NULL), ("provider_id", NULL)]),
        keeps: "tenant_id id lead_id person_id campaign_id channel came began_at ended_at duration_ms step conversation_id seq job_id
                answered_by",
        told: "outreach",
        inner: "step seq job_id",
        order: "id",
    },
    // They are in the campaign's numbers on, and are never looked at again.
    Table {
        name: "campaign_members",
        of: &[Of::Lead("lead_id")],
        index: "campaign_members_lead",
        fate: Fate::Emptied(&[("next_at", NULL)]),
        keeps: "tenant_id campaign_id lead_id step tries lane gate stirred added_at",
        told: "campaigns",
        inner: "step lane gate stirred",
        order: "campaign_id, lead_id",
    },
    // Nobody tries them at this moment, and nobody is about to. What is said of an attempt that is under way finds its row in the ledger.
    Table {
        name: "hopper",
        of: &[Of::Person("person_id")],
        index: "hopper_person",
        fate: Fate::Deleted,
        keeps: "tenant_id lead_id campaign_id person_id address channel step lane state attempt_id ready_at until leased_until",
        told: "hopper",
        inner: "step lane state attempt_id until leased_until",
        order: "lead_id",
    },
    Table {
        name: "audit_log",
        of: &[Of::Lead("lead_id")],
        index: "audit_log_lead",
        fate: Fate::Emptied(&[("reason", NULL), ("detail", OBJECT)]),
        keeps: "tenant_id id lead_id version event from_status to_status user_id program created_at",
        told: "history",
        inner: "",
        order: "id",
    },
    // The sink's id stays: by it the record is found there. What a sink does not have yet it never gets.
    Table {
        name: "deliveries",
        of: &[Of::Lead("lead_id")],
        index: "deliveries_lead",
        fate: Fate::Emptied(&[
            ("lead_data", OBJECT),
            ("payload", OBJECT),
            ("response", NULL),
            ("last_error", NULL),
            ("state", "CASE WHEN state = 'delivered' THEN state ELSE 'erased' END"),
            ("erased_at", "$now"),
        ]),
        keeps: "tenant_id id sink key lead_id person_id conversation_id channel event revision delivered_revision doubt sink_id attempts
                retry_count last_attempt_at failed_at submitted_at crm_status crm_status_at created_at updated_at",
        told: "deliveries",
        inner: "erased_at revision delivered_revision doubt",
        order: "id",
    },
    Table {
        name: "delivery_attempts",
        of: &[Of::Delivery("delivery_id")],
        index: "",
        fate: Fate::Emptied(&[("request", EMPTY), ("response", EMPTY), ("error", NULL)]),
        keeps: "tenant_id delivery_id id action outcome is_repeat status duration_ms created_at",
        told: "delivery_attempts",
        inner: "",
        order: "delivery_id, id",
    },
    Table {
        name: "sink_records",
        of: &[Of::Key("key")],
        index: "",
        fate: Fate::Deleted,
        keeps: "tenant_id sink key sink_id",
        told: "records_elsewhere",
        inner: "",
        order: "sink, key",
    },
    Table {
        name: "reconciliation_findings",
        of: &[Of::Delivery("delivery_id")],
        index: "",
        fate: Fate::Emptied(&[("detail", EMPTY)]),
        keeps: "tenant_id run_id kind reference delivery_id sink_id repaired_at",
        told: "",
        inner: "",
        order: "",
    },
    Table {
        name: "notices",
        of: &[Of::Lead("lead_id")],
        index: "notices_lead",
        fate: Fate::Emptied(&[
            ("content", OBJECT),
            ("last_error", NULL),
            ("state", "CASE WHEN state = 'sent' THEN state ELSE 'settled' END"),
        ]),
        keeps: "tenant_id id list event lead_id person_id conversation_id level bulletin created_at sent_at",
        told: "notices",
        inner: "bulletin",
        order: "id",
    },
    // Whoever holds a row loses it: what comes of its send is not written down. What failed is not tried again. Jobs that tell people
    // go on: what one was written for is settled, but it may have others to tell of.
    Table {
        name: "outbox",
        of: &[Of::Person("person_id"), Of::Conversation("conversation_id")],
        index: "",
        fate: Fate::Emptied(&[
            ("recipient", "CASE WHEN kind = 'notice' THEN recipient ELSE '' END"),
            ("payload", "CASE WHEN kind = 'notice' THEN payload ELSE '{}' END"),
            ("doubled_as", NULL),
            ("provider_id", NULL),
            ("dedupe_key", NULL),
            ("last_error", NULL),
            ("holder", "CASE WHEN kind = 'notice' THEN holder END"),
            ("unsure", "CASE WHEN kind = 'notice' THEN unsure ELSE FALSE END"),
            ("state", "CASE WHEN state = 'sent' OR kind = 'notice' THEN state ELSE 'opted_out' END"),
            ("finished_at", "CASE WHEN kind = 'notice' THEN finished_at ELSE COALESCE(finished_at, $now) END"),
        ]),
        keeps: "tenant_id id kind account_id lane place person_id channel conversation_id seq part parts unasked_until confirms attempts
                run_at wanted_at created_at slotted repeats doubles error_code",
        told: "jobs",
        inner: "account_id lane place part parts dedupe_key holder slotted unsure confirms run_at wanted_at seq",
        order: "id",
    },
    // Words of what was said: `service::erasure` empties them with the conversation, on each database in its way.
    other("lead_words_due", "ids of leads", "tenant_id id n"),
    other("message_index", "ids of conversations; its words are emptied beside this table", "tenant_id conversation_id lead_id seq words"),
    other("lead_counts", "numbers of leads", "tenant_id status standing n"),
    other("tenants", "a business", "id slug name time_zone created_at enquiry_prefix enquiries region assigns languages opening"),
    other("replicas", "a process", "number holder leased_until"),
    other("channel_accounts", "an address of ours", "tenant_id id provider address secret_name confirm_opt_out created_at account_sid token_name per_second from_file is_active"),
    other("flow_versions", "texts of flows", "tenant_id hash flow_id source created_at"),
    other("flow_heads", "which flow is in force", "tenant_id flow_id hash overrides"),
    other("flow_moves", "how flows were published", "tenant_id flow_id moved_at hash how"),
    other("api_tokens", "a program's", "tenant_id id name hash created_at expires_at role scopes user_id used_at revoked_at"),
    other("users", "somebody who works here", "tenant_id id email name role password_hash is_active capacity away_until assigned_at created_at updated_at version"),
    other("sessions", "where somebody who works here is logged in", "tenant_id id user_id hash created_at used_at expires_at address agent"),
    other("invitations", "a link for somebody who works here", "tenant_id id user_id hash created_at expires_at"),
    other("log_in_failures", "hashes of addresses at which log-ins failed", "key failures last_at open_at"),
    other("send_rates", "how far an account's schedule is filled", "tenant_id account_id kind free_at_us"),
    other("sinks", "how a sink is configured", "tenant_id name fingerprint updated_at"),
    other("alerts", "what is alerted about: names of sinks and lists", "tenant_id name message raised_at cleared_at"),
    other("schedules", "what ran on which day", "tenant_id name ran_for ran_at took_ms result"),
    other("signing_keys", "keys of ours", "name value created_at"),
    other("reconciliations", "a comparison as a whole", "tenant_id id sink asked since phase cursor ledger_after there others compared step note started_at finished_at"),
    other("reconciled", "ids, and names of fields", "tenant_id run_id delivery_id sink_id times differs"),
    other("crm_reports", "ids of records, and one of five states", "tenant_id sink webhook_id n record status at delivery_id received_at"),
    other("imports", "how many rows a file had; the file is not kept", "tenant_id id hash options state rows_total rows_done created updated skipped refused started_at updated_at"),
    other("segments", "filters of those who work here; the receipt names those that name the person", "tenant_id id name filter created_by created_at updated_at version"),
    other("campaigns", "what those who work here set", "tenant_id id name state settings looked_to looks created_by created_at updated_at started_at ended_at version"),
    other("answered_calls", "how many calls of a campaign were answered in an hour", "tenant_id campaign_id hour answered dropped"),
    other("channel_health", "whether an account could send of late", "tenant_id account_id channel failures failed_at probed_at"),
    other("do_not_contact", "keyed hashes of numbers that are not to be tried, and patterns", "tenant_id campaign_id pattern is_wild created_by created_at"),
    other("erasures", "receipts, which name nobody", "tenant_id id lead_id person_id reason receipt user_id program created_at"),
    other("suppressions", "keyed hashes of addresses that are not to be written to", "tenant_id hash channel created_at"),
];

impl Table {
    /// Every column it names.
    pub fn columns(&self) -> Vec<&'static str> {
        let emptied = match self.fate {
            Fate::Emptied(columns) => columns,
            _ => &[],
        };
        self.keeps.split_whitespace().chain(emptied.iter().map(|(name, _)| *name)).collect()
    }

    /// The columns the export tells, in the table's words.
    pub fn tells(&self) -> Vec<&'static str> {
        let inner: Vec<&str> = self.inner.split_whitespace().chain(["tenant_id"]).collect();
        self.columns().into_iter().filter(|name| !inner.contains(name)).collect()
    }
}
