//! What a CRM says became of a lead.

/// What a CRM says became of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CrmStatus {
    /// It is there.
    Submitted,
    /// Somebody spoke with the person.
    Contacted,
    /// It is worth it.
    Qualified,
    /// Nothing came of it.
    Lost,
    /// They bought.
    Sold,
}

impl CrmStatus {
    /// All of them, the further the later.
    pub const ALL: [CrmStatus; 5] =
        [CrmStatus::Submitted, CrmStatus::Contacted, CrmStatus::Qualified, CrmStatus::Lost, CrmStatus::Sold];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            CrmStatus::Submitted => "submitted",
            CrmStatus::Contacted => "contacted",
            CrmStatus::Qualified => "qualified",
            CrmStatus::Lost => "lost",
            CrmStatus::Sold => "sold",
        }
    }

    /// The status of that name, in any case.
    pub fn parse(name: &str) -> Option<CrmStatus> {
        CrmStatus::ALL.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(name.trim()))
    }

    /// How far it is, from 1: of two reports of one instant the further stands, in whatever order they come.
    pub fn rank(self) -> i64 {
        self as i64 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case() {
        for status in CrmStatus::ALL {
            assert_eq!(CrmStatus::parse(&format!(" {} ", status.as_str().to_uppercase())), Some(status));
        }
        assert_eq!(CrmStatus::parse("won"), None);
        assert_eq!(
            CrmStatus::ALL.map(CrmStatus::rank),
            [1, 2, 3, 4, 5],
            "as the statement that compares them has it"
        );
    }
}
