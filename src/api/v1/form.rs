//! What requests carry: bodies whose mistakes are told all at once, each by its JSON pointer; parameters; versions.

use super::super::Api;
use super::super::extract::{bytes_of, text};
use super::super::json;
use super::super::problem::{FieldError, Problem};
use crate::clock::Millis;
use crate::domain::center::Center;
use crate::domain::when;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri, header};
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
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

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        params(&parts.uri).map(Params)
    }
}

fn params<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    let found = Query::try_from_uri(uri);
    found.map(|Query(params)| params).map_err(|rejection| Problem::malformed(rejection.body_text()))
}

/// A parameter and its value.
pub type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Parameters that are called so, and all others.
pub fn parted<'a>(parts: &'a Parts, is_called: impl Fn(&str) -> bool) -> [Vec<Pair<'a>>; 2] {
    let query = parts.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).partition::<Vec<_>, _>(|(name, _)| is_called(name)).into()
}

/// Some of the parameters of a query, as [`Params`] reads all of them.
///
/// # Errors
/// 400 where they are not what the document says.
pub fn of_pairs<T: DeserializeOwned>(pairs: &[Pair<'_>]) -> Result<T, Problem> {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let uri = Uri::try_from(format!("/?{query}")).map_err(|error| Problem::malformed(error.to_string()))?;
    params(&uri)
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
