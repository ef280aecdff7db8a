//! What requests carry: bodies whose mistakes are told all at once, each by its JSON pointer; versions; pages.

use super::super::Api;
use super::super::extract::{bytes_of, text};
use super::super::json;
use super::super::problem::{FieldError, Problem};
use crate::clock::Millis;
use crate::domain::center::Center;
use crate::domain::when;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::ops::RangeInclusive;

/// A JSON body. Fields that are not known are refused, so that no misspelt one is passed over.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Api> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        json::read(&bytes_of(request, api).await?).map(Form)
    }
}

/// For fields that can be left out, or be null, which means something else: `None`, `Some(None)`.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// Collects what is wrong with a body, so that all of it is told at once.
#[derive(Debug, Default)]
pub struct Checks {
    errors: Vec<FieldError>,
    /// Whether something cannot be what it is said to be, by the document alone.
    is_malformed: bool,
}

impl Checks {
    /// A field is not what the document of the API says it is.
    pub fn wrong(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.is_malformed = true;
        self.refused(pointer, detail);
    }

    /// A field is refused for what it means, which the document cannot say: no such day, no such number, not beside another field.
    pub fn refused(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.errors.push(FieldError { pointer: pointer.into(), detail: detail.into() });
    }

    fn took<T>(&mut self, outcome: Result<T, Problem>) -> Option<T> {
        let refusal = |problem: Problem| {
            self.is_malformed |= problem.status == StatusCode::BAD_REQUEST.as_u16();
            self.errors.extend(problem.errors);
        };
        outcome.map_err(refusal).ok()
    }

    /// Text of a length in characters, without control characters.
    pub fn text(
        &mut self,
        pointer: &str,
        given: Option<&str>,
        length: RangeInclusive<usize>,
    ) -> Option<String> {
        let given = given?;
        self.took(text(pointer, given, length))
    }

    /// The same, where there must be some.
    pub fn needed(&mut self, pointer: &str, given: Option<&str>, length: RangeInclusive<usize>) -> String {
        if given.is_none() {
            self.wrong(pointer, "is needed");
        }
        self.text(pointer, given, length).unwrap_or_default()
    }

    /// Text that may be emptied: `null` and the empty text are nothing.
    pub fn emptied(
        &mut self,
        pointer: &str,
        given: Option<Option<&str>>,
        most: usize,
    ) -> Option<Option<String>> {
        let given = given?;
        let kept = given.and_then(|given| self.took(text(pointer, given, 0..=most)));
        Some(kept.filter(|kept| !kept.is_empty()))
    }

    /// One of a set of names.
    pub fn choice<T>(
        &mut self,
        pointer: &str,
        given: Option<&str>,
        parse: impl Fn(&str) -> Option<T>,
        names: impl IntoIterator<Item = &'static str>,
    ) -> Option<T> {
        let given = given?;
        let found = parse(given);
        if found.is_none() {
            self.wrong(
                pointer,
                format!("must be one of {}", names.into_iter().collect::<Vec<_>>().join(", ")),
            );
        }
        found
    }

    /// An instant, by the clock of `zone` where it names none.
    pub fn instant(&mut self, pointer: &str, given: Option<&str>, zone: &TimeZone) -> Option<i64> {
        let given = given?;
        when::instant(given, zone).map_err(|detail| self.refused(pointer, detail)).ok()
    }

    /// When a visit to a center is to be.
    pub fn visit(&mut self, pointer: &str, given: Option<&str>, center: &Center) -> Option<i64> {
        when::visit(given?, center).map_err(|detail| self.refused(pointer, detail)).ok()
    }

    /// A time zone's name, and its clock.
    pub fn zone(&mut self, pointer: &str, given: Option<&str>) -> Option<(String, TimeZone)> {
        let given = given?;
        let found = TimeZone::get(given).ok().filter(|_| given.len() <= 64);
        if found.is_none() {
            self.refused(pointer, "must be a time zone by its IANA name, such as Asia/Kolkata");
        }
        found.map(|zone| (given.to_owned(), zone))
    }

    /// An id, or null.
    pub fn id(&mut self, pointer: &str, given: Option<i64>) -> Option<i64> {
        let given = given?;
        if given < 1 {
            self.wrong(pointer, "must be an id, which is 1 or more");
        }
        Some(given)
    }

    /// Everything that was wrong, if anything was.
    ///
    /// # Errors
    /// That: 400, or 422 where all of it could be read.
    pub fn done(self) -> Result<(), Problem> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let problem = Problem::fields(self.errors);
        Err(if self.is_malformed { problem } else { problem.for_its_meaning() })
    }
}

/// The id in a path. What cannot be an id names nothing.
#[derive(Clone, Copy, Debug)]
pub struct Id(pub i64);

impl FromRequestParts<Api> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let unknown = || Problem::not_found("there is nothing with this id");
        let Path(text) = Path::<String>::from_request_parts(parts, api).await.map_err(|_| unknown())?;
        text.parse().ok().filter(|id| *id > 0).map(Id).ok_or_else(unknown)
    }
}

/// Parameters of the query; what is wrong with them is told.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Api> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let found = Query::<T>::from_request_parts(parts, api).await;
        found
            .map(|Query(params)| Params(params))
            .map_err(|rejection| Problem::malformed(rejection.body_text()))
    }
}

/// The version in `If-Match`, as `ETag` had it.
#[derive(Clone, Copy, Debug)]
pub struct Seen(pub Option<i64>);

impl FromRequestParts<Api> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Seen(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Seen(None));
        }
        let version = text.trim_start_matches("W/").trim_matches('"').parse().ok();
        let problem = || Problem::malformed("If-Match must be the ETag of what you have seen, such as \"3\"");
        version.map(|version| Seen(Some(version))).ok_or_else(problem)
    }
}

impl Seen {
    /// The version that was seen: of the header, else of the body.
    pub fn or(self, version: Option<i64>) -> Option<i64> {
        self.0.or(version)
    }
}

/// Rows of a page unless it is said, and at most; further than that nobody pages by numbers.
pub const USUAL: i64 = 50;
/// At most.
pub const MOST: i64 = 500;
/// The furthest `skip`.
pub const FURTHEST: i64 = 10_000;
/// How far lists are counted: what a filter finds has to be looked at one by one.
pub const COUNTED: i64 = 500;
/// The same where words are looked for, which takes longer still.
pub const COUNTED_BY_WORDS: i64 = 100;

/// The length and the beginning of a page.
///
/// # Errors
/// 400 where either is out of bounds.
pub fn page(limit: Option<i64>, skip: Option<i64>) -> Result<(i64, i64), Problem> {
    let (limit, skip) = (limit.unwrap_or(USUAL), skip.unwrap_or(0));
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::malformed(format!("limit must be 1 to {MOST}")));
    }
    if !(0..=FURTHEST).contains(&skip) {
        return Err(Problem::malformed(format!(
            "skip must be 0 to {FURTHEST}; further on, follow the Link header's rel=\"next\""
        )));
    }
    Ok((limit, skip))
}

/// Where the page before ended, as its Link header has it: numbers with dots between.
///
/// # Errors
/// 422 for anything else.
pub fn cursor<const N: usize>(given: Option<&str>) -> Result<Option<[i64; N]>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let parts: Result<Vec<i64>, _> = given.split('.').map(str::parse).collect();
    let place = parts.ok().and_then(|parts| parts.try_into().ok());
    place.map(Some).ok_or_else(|| Problem::refused("cursor must be one that a Link header gave"))
}

/// The instant a parameter names; a day means its beginning by the clock of `zone`.
///
/// # Errors
/// 422 that names the parameter.
pub fn day_or_instant(name: &str, given: &str, zone: &TimeZone) -> Result<Millis, Problem> {
    let at = when::day_or_instant(given, zone);
    at.ok_or_else(|| {
        Problem::refused(format!(
            "{name} must be a day or an instant, such as 2026-02-15 or 2026-02-15T16:00:00Z"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_one_of_ours() {
        assert_eq!(cursor::<2>(None).unwrap(), None);
        assert_eq!(cursor(Some("7.-3")).unwrap(), Some([7, -3]));
        for given in ["", "7", "7.", "7.8.9", "7.x", "7 .8", "7.99999999999999999999"] {
            assert_eq!(cursor::<2>(Some(given)).unwrap_err().status, 422, "{given}");
        }
    }

    #[test]
    fn pages_have_bounds() {
        assert_eq!(page(None, None).unwrap(), (USUAL, 0));
        assert_eq!(page(Some(MOST), Some(FURTHEST)).unwrap(), (MOST, FURTHEST));
        for (limit, skip) in [(0, 0), (MOST + 1, 0), (1, -1), (1, FURTHEST + 1)] {
            assert_eq!(page(Some(limit), Some(skip)).unwrap_err().status, 400);
        }
    }
}
