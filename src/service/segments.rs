//! Filters of leads as people write them: parameters of the list, and what segments keep.

use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::enquiry::ENTERED;
use crate::domain::keywords::Sought;
use crate::domain::lifecycle::Status;
use crate::domain::score::Class;
use crate::domain::when;
use crate::ids;
use crate::store::leads::Filter;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// Which leads somebody asks for; see the list of the API for what each field means.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is the parameter of its name")]
pub struct Asked {
    pub status: Option<String>,
    pub source: Option<String>,
    pub class: Option<String>,
    pub channel: Option<String>,
    pub converted: Option<String>,
    pub active: Option<String>,
    pub assigned_to: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub search: Option<String>,
    pub said: Option<String>,
}

/// Why nothing can be asked so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is none of the values there are.
    Malformed(String),
    /// It is one, and means nothing here.
    Refused(String),
}

impl Asked {
    /// The filter in one tenant, whose clock is `zone`; `me`: who asks. `None`: nothing can be meant by it.
    ///
    /// # Errors
    /// See [`Unfit`].
    pub fn filter(&self, tenant: Tenant, zone: &TimeZone, me: Option<i64>) -> Result<Option<Filter>, Unfit> {
        let known = |name: &str, given: &Option<String>, all: &[&str]| match given {
            Some(given) if !all.contains(&given.as_str()) => {
                Err(Unfit::Malformed(format!("there is no {name} {given:?}; there are {}", all.join(", "))))
            }
            given => Ok(given.clone()),
        };
        let too_long = [&self.source, &self.search, &self.said]
            .into_iter()
            .flatten()
            .any(|text| text.chars().count() > 200);
        if too_long {
            return Err(Unfit::Malformed("source, search and said may have 200 characters".to_owned()));
        }
        let at = |name: &str, given: &Option<String>| {
            let Some(given) = given else { return Ok(None) };
            let at = when::day_or_instant(given, zone);
            at.map(Some).ok_or_else(|| {
                Unfit::Refused(format!(
                    "{name} must be a day or an instant, such as 2026-02-15 or 2026-02-15T16:00:00Z"
                ))
            })
        };
        let (from, to) = (at("from", &self.from)?, at("to", &self.to)?);
        let channels: Vec<&str> =
            Channel::ALL.iter().map(|channel| channel.as_str()).chain([ENTERED]).collect();
        let filter = Filter {
            status: known("status", &self.status, &Status::ALL.map(Status::as_str))?,
            source: self.source.clone().filter(|source| !source.is_empty()),
            class: known("class", &self.class, &Class::ALL.map(Class::as_str))?,
            channel: known("channel", &self.channel, &channels)?,
            assigned_to: self.assignee(me)?,
            converted: flag("converted", self.converted.as_deref())?,
            active: flag("active", self.active.as_deref())?,
            words: None,
            said: None,
            from_id: from.map_or(0, ids::first_at),
            to_id: to.map_or(i64::MAX, ids::first_at),
        };
        // What is converted stands at one status: it is found by that.
        let converted = filter.converted.filter(|converted| *converted && filter.status.is_none());
        let status = filter.status.clone().or(converted.map(|_| Status::Converted.as_str().to_owned()));
        let filter = Filter { status, ..filter };
        let (Some(words), Some(said)) = (sought(tenant, &self.search), sought(tenant, &self.said)) else {
            return Ok(None);
        };
        Ok(Some(Filter { words, said, ..filter }))
    }

    fn assignee(&self, me: Option<i64>) -> Result<Option<i64>, Unfit> {
        match self.assigned_to.as_deref() {
            None => Ok(None),
            Some("me") => me.map(Some).ok_or_else(|| {
                Unfit::Refused(
                    "assigned_to=me needs a token that is somebody's; give the user's id".to_owned(),
                )
            }),
            Some(id) => {
                let id = id
                    .parse()
                    .map_err(|_| Unfit::Malformed("assigned_to must be a user's id, or me".to_owned()))?;
                Ok(Some(id))
            }
        }
    }
}

/// What is looked for: `Some(None)`: nothing is; `None`: something is that is no words.
fn sought(tenant: Tenant, typed: &Option<String>) -> Option<Option<Sought>> {
    match typed.as_deref().map(str::trim).filter(|typed| !typed.is_empty()) {
        None => Some(None),
        Some(typed) => Sought::new(tenant.0, typed).map(Some),
    }
}

/// `true` and `false`, in any case; `None`, as Python writes it, is nothing.
///
/// # Errors
/// Where it is none.
pub fn flag(name: &str, given: Option<&str>) -> Result<Option<bool>, Unfit> {
    match given.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "none" | "null") => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(Unfit::Malformed(format!("{name} must be true or false"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_as_python_and_javascript_write_them() {
        for (given, expected) in
            [("True", Some(true)), ("false", Some(false)), ("None", None), ("", None), ("1", Some(true))]
        {
            assert_eq!(flag("converted", Some(given)).unwrap(), expected, "{given}");
        }
        assert_eq!(flag("converted", None).unwrap(), None);
        assert!(flag("converted", Some("perhaps")).is_err());
    }
}
