//! Why somebody is erased: one of a few words, because whoever writes it in their own names the person again.

/// Why somebody is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// They asked for it.
    Asked,
    /// They no longer agree to what was done with what they said.
    ConsentWithdrawn,
    /// It is no longer needed.
    NotNeeded,
    /// It should not have been kept.
    Unlawful,
    /// A law demands it.
    LegalDuty,
    /// Nobody real: somebody tried something out.
    Test,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 6] = [
        Reason::Asked,
        Reason::ConsentWithdrawn,
        Reason::NotNeeded,
        Reason::Unlawful,
        Reason::LegalDuty,
        Reason::Test,
    ];

    /// Its name in columns and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Asked => "asked",
            Reason::ConsentWithdrawn => "consent_withdrawn",
            Reason::NotNeeded => "not_needed",
            Reason::Unlawful => "unlawful",
            Reason::LegalDuty => "legal_duty",
            Reason::Test => "test",
        }
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Whether a text names somebody: by their name, their address, or the digits of their number.
pub fn names(text: &str, (name, email, phone): (Option<&str>, Option<&str>, Option<&str>)) -> bool {
    let folded = text.to_lowercase();
    let has = |wanted: Option<&str>| {
        wanted
            .map(|wanted| wanted.trim().to_lowercase())
            .is_some_and(|wanted| wanted.len() > 2 && folded.contains(&wanted))
    };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = phone.map(digits).filter(|digits| digits.len() >= 7);
    has(name) || has(email) || number.is_some_and(|number| digits(text).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_names() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(Reason::parse("Anshu asked us to"), None);
    }

    #[test]
    fn who_is_named() {
        let anshu = (Some("Anshu Goyal"), Some("anshu@example.com"), Some("+919876543210"));
        for text in [
            r#"{"search":"anshu goyal"}"#,
            r#"{"search":"ANSHU@example.com"}"#,
            r#"{"search":"+91 98765 43210"}"#,
        ] {
            assert!(names(text, anshu), "{text}");
        }
        assert!(!names(r#"{"search":"goyal"}"#, anshu));
        assert!(!names(r#"{"search":"x"}"#, (None, Some(""), Some("12"))));
    }
}
