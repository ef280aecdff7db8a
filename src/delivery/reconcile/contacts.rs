//! Finding a lead by its telephone number or e-mail address: for sinks and exports that do not keep our id.

use super::same::{mail, phone, plain};
use crate::delivery::{Record, Remote};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Headings that CRMs give telephone numbers and e-mail addresses, without spaces and case.
const PHONES: [&str; 7] =
    ["phone", "phonenumber", "mobile", "mobilephone", "mobilephonenumber", "telephone", "cell"];
const MAILS: [&str; 6] = ["email", "emailaddress", "emailfrom", "mail", "workemail", "primaryemail"];

/// Who is known by which number and address.
#[derive(Clone, Debug)]
pub struct Contacts {
    phone_fields: BTreeSet<String>,
    mail_fields: BTreeSet<String>,
    known: HashMap<String, i64>,
}

impl Default for Contacts {
    fn default() -> Contacts {
        let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect();
        Contacts { phone_fields: names(&PHONES), mail_fields: names(&MAILS), known: HashMap::new() }
    }
}

impl Contacts {
    /// Adds a delivery: what is known of its lead, and what the sink should show of it, from which the names of the sink's own
    /// fields are learnt. Of two with one number the later is found.
    pub fn add(&mut self, id: i64, record: &Record, expected: &BTreeMap<String, String>) {
        let fact = |name: &str| record.facts.get(name).and_then(Json::as_str).unwrap_or_default();
        let (number, address) = (phone(fact("phone")), mail(fact("email")));
        for (name, value) in expected {
            if number.is_some() && phone(value) == number {
                self.phone_fields.insert(plain(name));
            }
            if address.is_some() && mail(value) == address {
                self.mail_fields.insert(plain(name));
            }
        }
        for known in number.into_iter().chain(address) {
            self.known.insert(known, id);
        }
    }

    /// The delivery a record is, by its number, else by its address.
    pub fn find(&self, remote: &Remote) -> Option<i64> {
        let of = |names: &BTreeSet<String>, read: fn(&str) -> Option<String>| {
            remote
                .fields
                .iter()
                .filter(|(name, _)| names.contains(&plain(name)))
                .filter_map(|(_, value)| read(value))
                .find_map(|value| self.known.get(&value).copied())
        };
        of(&self.phone_fields, phone).or_else(|| of(&self.mail_fields, mail))
    }

    /// Whether a heading is one of a number or an address.
    pub(super) fn is_contact(&self, heading: &str) -> bool {
        let name = plain(heading);
        self.phone_fields.contains(&name) || self.mail_fields.contains(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_lead_is_found_by_what_its_record_says() {
        let record = Record {
            facts: [
                ("phone".to_owned(), json!("+14155550123")),
                ("email".to_owned(), json!("ann@example.com")),
            ]
            .into(),
            ..Record::default()
        };
        let expected = [("Contact.Tel".to_owned(), "+1 415 555 0123".to_owned())].into();
        let mut contacts = Contacts::default();
        contacts.add(7, &record, &expected);
        let rows = [
            ("by a field that was learnt", "Contact.Tel", "+1 (415) 555-0123", Some(7)),
            ("by a usual heading", "Mobile Phone", "0014155550123", Some(7)),
            ("by its address", "E-Mail", "ANN@example.com", Some(7)),
            ("somebody else's", "Mobile Phone", "+14155550999", None),
            ("a field that is neither", "Invoice", "14155550123", None),
        ];
        for (label, name, value, expected) in rows {
            let remote = Remote { fields: [(name.to_owned(), value.to_owned())].into(), ..Remote::default() };
            assert_eq!(contacts.find(&remote), expected, "{label}");
        }
    }
}
