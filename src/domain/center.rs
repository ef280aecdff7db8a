//! What a center is set to: its clock, its languages, its hours.

use super::opening::Opening;
use jiff::tz::TimeZone;

/// A center. A tenant nobody knows is one in UTC, always open, that speaks what its flows speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Center {
    /// Its time zone's IANA name.
    pub time_zone: String,
    /// Its clock.
    pub zone: TimeZone,
    /// The languages it speaks (BCP 47), the first one first; empty: whichever its flows do.
    pub languages: Vec<String>,
    /// When it is open; `None`: it was not said.
    pub opening: Option<Opening>,
}

impl Default for Center {
    fn default() -> Self {
        Center { time_zone: "UTC".to_owned(), zone: TimeZone::UTC, languages: vec![], opening: None }
    }
}

impl Center {
    /// As it is set; what cannot be read (it was when it was set) is as if it was not said.
    pub fn new(time_zone: &str, languages: &str, opening: Option<&str>) -> Center {
        Center {
            time_zone: time_zone.to_owned(),
            zone: TimeZone::get(time_zone).unwrap_or(TimeZone::UTC),
            languages: languages.split_whitespace().map(str::to_owned).collect(),
            opening: opening.and_then(|text| Opening::parse(text).ok()),
        }
    }

    /// In which of a flow's languages it begins a conversation that says none: its first that the flow speaks, else the flow's first.
    pub fn language<'a>(&self, spoken: &'a [String]) -> Option<&'a String> {
        self.languages.iter().find_map(|own| spoken.iter().find(|code| *code == own)).or(spoken.first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_center_begins_in_its_own_language() {
        let spoken = ["en", "hi", "es"].map(str::to_owned);
        let of = |languages: &str| {
            Center::new("Asia/Kolkata", languages, None).language(&spoken).map(String::as_str)
        };
        assert_eq!(of("hi en"), Some("hi"));
        assert_eq!(of("ta hi"), Some("hi"), "the first that the flow speaks");
        assert_eq!(of("ta"), Some("en"), "else the flow's own first");
        assert_eq!(of(""), Some("en"));
    }

    #[test]
    fn what_cannot_be_read_was_not_said() {
        assert_eq!(
            Center::new("Nowhere/None", "", Some("always")),
            Center { time_zone: "Nowhere/None".into(), ..Center::default() }
        );
    }
}
