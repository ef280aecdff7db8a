//! Any HTTP API, as its configuration describes it.

mod address;
mod answer;
mod settings;

pub use settings::{Auth, Body, Endpoint, IDEMPOTENCY_HEADER, Listing, LookUps, Settings};

use super::{Abilities, Errand, Fault, Outcome, Page, Record, Remote, Reply, Sink, by_status, reason};
use crate::clock::Millis;
use crate::domain::sending::{Authorization, Method, Outgoing};
use crate::flow::template::Template;
use secrecy::ExposeSecret;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The header with our id of the record, on every request about one.
pub const ID_HEADER: &str = "X-Leadwire-Id";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// An HTTP API leads are delivered to.
#[derive(Clone, Debug)]
pub struct Rest {
    settings: Settings,
}

impl Rest {
    /// The API of these settings.
    pub fn new(settings: Settings) -> Rest {
        Rest { settings }
    }

    /// How the record is corrected, and the API's id of it; `None`: it is created.
    fn update<'a>(&'a self, record: &'a Record) -> Option<(&'a Endpoint, &'a str)> {
        self.settings.update.as_ref().zip(record.sink_id.as_deref().filter(|id| !id.is_empty()))
    }

    /// A request with what all of them have.
    fn request(&self, method: Method, url: String, key: Option<&str>) -> Outgoing {
        let settings = &self.settings;
        let mut headers: Vec<(String, String)> =
            settings.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        headers.extend(key.map(|key| (ID_HEADER.to_owned(), key.to_owned())));
        let authorization = match &settings.auth {
            Auth::None => Authorization::None,
            Auth::Bearer(token) => Authorization::Bearer(token.clone()),
            Auth::Basic { user, password } => {
                Authorization::Basic { user: user.clone(), password: password.clone() }
            }
            Auth::Header { name, value } => {
                headers.push((name.clone(), value.expose_secret().to_owned()));
                Authorization::None
            }
        };
        Outgoing { url, method, authorization, headers, content_type: JSON, body: String::new() }
    }

    /// The questions about one record: by our id, or else by what is known of the person.
    fn questions(&self, record: &Record) -> Vec<Errand> {
        let look_up = &self.settings.look_up;
        let by: &[(&Option<Template>, &str)] = match look_up.by_key {
            Some(_) => &[(&look_up.by_key, "key")],
            None => &[(&look_up.by_phone, "phone"), (&look_up.by_email, "email")],
        };
        let names = address::of_record(record, record.sink_id.as_deref().unwrap_or_default());
        let asked = by.iter().filter(|(_, name)| !answer::text(names.get(*name)).trim().is_empty());
        let urls = asked.filter_map(|(template, _)| address::fill_in(template.as_ref()?, names.clone()));
        urls.map(|url| Errand::Http(self.request(Method::Get, url, Some(&record.key)))).collect()
    }

    /// The records of an answer that is about records.
    fn read(&self, reply: Reply<'_>) -> Result<Vec<Remote>, Outcome> {
        if !(200..300).contains(&reply.status) {
            return Err(by_status(reply.status, reply.body));
        }
        let answer = serde_json::from_str::<Json>(reply.body).ok();
        let records = answer.as_ref().and_then(|answer| answer::records(&self.settings, answer));
        let records =
            records.ok_or_else(|| unknown("there are no records where the answer should have them"))?;
        Ok(records.into_iter().map(|record| answer::remote(&self.settings, record)).collect())
    }
}

fn unknown(reason: &str) -> Outcome {
    Outcome::Unknown { reason: reason.to_owned() }
}

/// Nothing goes as the API is configured.
fn misconfigured(reason: &str) -> Outcome {
    Outcome::Refused { reason: reason.to_owned(), fault: Fault::Sink }
}

impl Sink for Rest {
    fn abilities(&self) -> Abilities {
        let LookUps { by_key, by_phone, by_email, none: _ } = &self.settings.look_up;
        Abilities {
            updates: self.settings.update.is_some(),
            looks_up: [by_key, by_phone, by_email].into_iter().any(Option::is_some),
            repeats_safely: self.settings.repeats_safely,
            lists: self.settings.list.is_some(),
        }
    }

    fn keeps_key(&self) -> bool {
        self.settings.key_field.is_some()
    }

    fn write(&self, record: &Record, _session: &str, _now: Millis) -> Result<Errand, Outcome> {
        let settings = &self.settings;
        let (endpoint, sink_id) = self.update(record).unwrap_or((&settings.create, ""));
        let url = address::fill_in(&endpoint.url, address::of_record(record, sink_id))
            .ok_or_else(|| misconfigured("the address cannot be filled in: check the sink's templates"))?;
        let mut request = self.request(endpoint.method, url, Some(&record.key));
        if !settings.idempotency_header.is_empty() {
            request.headers.push((settings.idempotency_header.clone(), record.idempotency_key.clone()));
        }
        (request.content_type, request.body) = match settings.body {
            _ if endpoint.method == Method::Get => (JSON, String::new()),
            Body::Json => (JSON, Json::Object(settings.fields.json(record)).to_string()),
            Body::Form => {
                let fields = settings.fields.texts(record);
                (FORM, form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
            }
        };
        Ok(Errand::Http(request))
    }

    fn written(&self, record: &Record, reply: Reply<'_>) -> Outcome {
        let settings = &self.settings;
        let update = self.update(record);
        let answer = serde_json::from_str::<Json>(reply.body).ok();
        match (reply.status, update) {
            (200..=299, _) => {
                if let Some((pointer, yes)) = &settings.success {
                    let Some(answer) = &answer else { return unknown("the answer says neither yes nor no") };
                    if answer::text(answer.pointer(pointer)) != *yes {
                        let reason = reason(reply.status, reply.body);
                        return Outcome::Refused { reason, fault: Fault::Record };
                    }
                }
                let known = update.map(|(_, sink_id)| sink_id.to_owned());
                let made = || answer.as_ref().and_then(|answer| answer::created(settings, answer));
                Outcome::Delivered { sink_id: known.or_else(made) }
            }
            (404 | 410, Some(_)) => Outcome::Gone,
            // Whoever is told of another record has to be able to correct that one.
            (409, None) if settings.update.is_some() => {
                let there = settings.exists.as_ref().zip(answer.as_ref());
                match there.and_then(|(pointer, answer)| answer::id(answer, pointer)) {
                    Some(sink_id) => Outcome::Exists { sink_id },
                    None => by_status(reply.status, reply.body),
                }
            }
            _ => by_status(reply.status, reply.body),
        }
    }

    fn look_up(&self, records: &[Record], _session: &str) -> Vec<Errand> {
        records.iter().flat_map(|record| self.questions(record)).collect()
    }

    fn found(&self, reply: Reply<'_>) -> Result<Vec<Remote>, Outcome> {
        if reply.status == 404 || self.settings.look_up.none.contains(&reply.status) {
            return Ok(Vec::new());
        }
        let mut records = self.read(reply)?;
        if self.settings.key_field.is_some() {
            let any = !records.is_empty();
            // What we made says our id: the others are the person's, and not ours.
            records.retain(|record| record.key.is_some());
            if any && records.is_empty() && self.settings.look_up.by_key.is_some() {
                return Err(misconfigured(
                    "a look-up by our id found records without it: check where records have it",
                ));
            }
        }
        Ok(records)
    }

    fn list(&self, since: Millis, cursor: Option<&str>, _session: &str) -> Option<Errand> {
        let url = address::fill_in(&self.settings.list.as_ref()?.url, address::of_page(since, cursor))?;
        Some(Errand::Http(self.request(Method::Get, url, None)))
    }

    fn listed(&self, reply: Reply<'_>, cursor: Option<&str>) -> Result<Page, Outcome> {
        let Some(listing) = &self.settings.list else { return Ok(Page::default()) };
        // Some servers have no page after the last, not even an empty one.
        let past_the_end = reply.status == 404 && cursor.is_some() && listing.next.is_none();
        if past_the_end || self.settings.look_up.none.contains(&reply.status) {
            return Ok(Page::default());
        }
        let records = self.read(reply)?;
        let next = match &listing.next {
            Some(pointer) => {
                let answer = serde_json::from_str::<Json>(reply.body).unwrap_or_default();
                answer::id(&answer, pointer)
            }
            None if records.is_empty() || !listing.url.names().contains("page") => None,
            None => Some((address::page(cursor) + 1).to_string()),
        };
        if next.is_some() && next.as_deref() == cursor {
            return Err(misconfigured("the list does not move on: check where answers have the next cursor"));
        }
        Ok(Page { records, next })
    }

    fn expected(&self, record: &Record) -> BTreeMap<String, String> {
        match self.settings.body {
            // Numbers as they come back, not as templates write them.
            Body::Json => answer::flat(&Json::Object(self.settings.fields.json(record))),
            Body::Form => self.settings.fields.texts(record).into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
