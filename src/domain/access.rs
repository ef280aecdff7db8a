//! Who may do what: tenants, roles, rights.

/// A tenant, as the callers of the store have it: what reads or writes for one takes it, so that nothing of that kind can be asked
/// without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenant(pub i64);

/// What somebody is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Runs the whole: all centers.
    SuperAdmin,
    /// Runs one center.
    CenterAdmin,
    /// Works leads of a center.
    Counselor,
    /// Receives visitors of a center.
    Trainer,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 4] = [Role::SuperAdmin, Role::CenterAdmin, Role::Counselor, Role::Trainer];

    /// Its name in columns and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::SuperAdmin => "SUPER_ADMIN",
            Role::CenterAdmin => "CENTER_ADMIN",
            Role::Counselor => "COUNSELOR",
            Role::Trainer => "TRAINER",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether it has a right.
    pub fn has(self, right: Right) -> bool {
        let [everywhere, center, counselor, trainer] = right.row().3;
        match self {
            Role::SuperAdmin => everywhere,
            Role::CenterAdmin => center,
            Role::Counselor => counselor,
            Role::Trainer => trainer,
        }
    }
}

/// Something that may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// See leads, visits and follow-ups.
    ReadLeads,
    /// Enter enquiries, move leads on, plan visits and follow-ups, give leads to somebody.
    WorkLeads,
    /// Say what came of a visit.
    RecordVisits,
    /// Import and export leads in files, reopen, deactivate, merge and recycle them, and put right what they say of attempts.
    AdministerLeads,
    /// Export and erase all that is known of a person.
    EraseLeads,
    /// See reports and numbers over all.
    ReadReports,
    /// See campaigns, the hopper, and for what leads wait.
    ReadCampaigns,
    /// Make, change, start and end campaigns; say who is not to be contacted.
    ManageCampaigns,
    /// See what is to be sent.
    ReadJobs,
    /// Try again what failed.
    RetryJobs,
    /// See who works here.
    ReadUsers,
    /// Add, change and disable users, and their tokens.
    ManageUsers,
    /// See and add centers.
    ManageTenants,
}

const YES: bool = true;
const NO: bool = false;

/// Every right: as scopes of tokens name it, in words, and whether each of [`Role::ALL`] has it. Docs and tests are made of this.
const RIGHTS: [(Right, &str, &str, [bool; 4]); 13] = [
    (Right::ReadLeads, "leads:read", "See leads, visits and follow-ups", [YES, YES, YES, YES]),
    (
        Right::WorkLeads,
        "leads:work",
        "Enter enquiries, move leads on, plan visits and follow-ups, assign",
        [YES, YES, YES, NO],
    ),
    (
        Right::RecordVisits,
        "visits:record",
        "Say who came to a visit and what came of it",
        [YES, YES, NO, YES],
    ),
    (
        Right::AdministerLeads,
        "leads:administer",
        "Import and export leads, reopen, deactivate, merge and recycle them, and put right what they say of attempts",
        [YES, YES, NO, NO],
    ),
    (Right::EraseLeads, "leads:erase", "Export and erase all that is known of a person", [YES, YES, NO, NO]),
    (Right::ReadReports, "reports:read", "See reports and numbers", [YES, YES, YES, NO]),
    (
        Right::ReadCampaigns,
        "campaigns:read",
        "See campaigns, the hopper, and for what leads wait",
        [YES, YES, YES, NO],
    ),
    (
        Right::ManageCampaigns,
        "campaigns:manage",
        "Make, change, start, pause and end campaigns, take leads into them, and say who is not to be contacted",
        [YES, YES, NO, NO],
    ),
    (Right::ReadJobs, "jobs:read", "See what is to be sent, was sent, or failed", [YES, YES, NO, NO]),
    (Right::RetryJobs, "jobs:retry", "Try again what failed", [YES, YES, NO, NO]),
    (Right::ReadUsers, "users:read", "See who works in the center", [YES, YES, YES, YES]),
    (Right::ManageUsers, "users:manage", "Add, change and disable users", [YES, YES, NO, NO]),
    (Right::ManageTenants, "tenants:manage", "See and add centers", [YES, NO, NO, NO]),
];

impl Right {
    /// All of them, as the table has them.
    pub fn all() -> impl Iterator<Item = Right> {
        RIGHTS.iter().map(|row| row.0)
    }

    /// Its name in the scopes of tokens.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        self.row().2
    }

    /// The right of that name.
    pub fn parse(name: &str) -> Option<Right> {
        Right::all().find(|right| right.as_str() == name)
    }

    fn row(self) -> &'static (Right, &'static str, &'static str, [bool; 4]) {
        RIGHTS.iter().find(|row| row.0 == self).expect("the table has every right")
    }
}

/// The rights of each role as a table of Markdown.
pub fn reference() -> String {
    let names = Role::ALL.map(Role::as_str).join(" | ");
    let mut table =
        format!("| right | what it is | {names} |\n|---|---|{}\n", ":---:|".repeat(Role::ALL.len()));
    for right in Right::all() {
        let has = Role::ALL.map(|role| if role.has(right) { "yes" } else { "" }).join(" | ");
        table.push_str(&format!("| `{}` | {} | {has} |\n", right.as_str(), right.words()));
    }
    table
}

/// What a token is confined to: names of rights with blanks between; empty: nothing beyond its role.
///
/// # Errors
/// The first name that is no right.
pub fn scopes(text: &str) -> Result<Vec<Right>, String> {
    text.split_whitespace().map(|name| Right::parse(name).ok_or_else(|| name.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rights_of_roles() {
        let of =
            |role: Role| Right::all().filter(|right| role.has(*right)).map(Right::as_str).collect::<Vec<_>>();
        assert_eq!(of(Role::SuperAdmin).len(), RIGHTS.len(), "all operations");
        let without = |names: &[&str]| {
            Right::all().map(Right::as_str).filter(|name| !names.contains(name)).collect::<Vec<_>>()
        };
        assert_eq!(of(Role::CenterAdmin), without(&["tenants:manage"]));
        assert_eq!(
            of(Role::Counselor),
            ["leads:read", "leads:work", "reports:read", "campaigns:read", "users:read"]
        );
        assert_eq!(of(Role::Trainer), ["leads:read", "visits:record", "users:read"]);
    }

    #[test]
    fn scopes_are_names_of_rights() {
        assert_eq!(scopes("jobs:read  leads:read"), Ok(vec![Right::ReadJobs, Right::ReadLeads]));
        assert_eq!(scopes(""), Ok(vec![]));
        assert_eq!(scopes("jobs:read everything"), Err("everything".to_owned()));
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }
}
