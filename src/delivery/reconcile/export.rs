//! A CRM's own export: which column is what.

use super::contacts::Contacts;
use super::same::plain;
use crate::delivery::Remote;

/// Headings of our id, of the usual names and of the sinks' own fields.
const KEYS: [&str; 4] = ["leadwireid", "externalid", "leadwirekey", "xleadwireid"];
/// Headings of the CRM's id.
const IDS: [&str; 6] = ["id", "recordid", "contactid", "leadid", "objectid", "crmid"];

/// The columns of an export.
#[derive(Clone, Debug)]
pub struct Columns {
    names: Vec<String>,
    key: Option<usize>,
    id: Option<usize>,
}

impl Columns {
    /// Reads the first line; `key_field` is what the sink calls our id.
    ///
    /// # Errors
    /// What is missing: without our id, a telephone number or an e-mail address nobody can be told apart.
    pub fn read(header: &[String], key_field: Option<&str>) -> Result<Columns, String> {
        let names: Vec<String> =
            header.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_owned()).collect();
        let of = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&plain(name).as_str()));
        let own = key_field.map(plain);
        let key = own.and_then(|own| of(&[own.as_str()])).or_else(|| of(&KEYS));
        let contacts = Contacts::default();
        if key.is_none() && !names.iter().any(|name| contacts.is_contact(name)) {
            return Err("it has no column leadwire_id, phone or email; export one of them as well".to_owned());
        }
        Ok(Columns { id: of(&IDS).filter(|id| Some(*id) != key), key, names })
    }

    /// Whether it has a column with our id.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The record of a line. Its id is the CRM's where the export has it, and the line's number.
    pub fn remote(&self, line: u64, cells: &[String]) -> Remote {
        let cell = |at: Option<usize>| {
            at.and_then(|at| cells.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
        };
        let sink_id = match cell(self.id) {
            Some(id) => format!("{id} (line {line})"),
            None => format!("line {line}"),
        };
        let named = self.names.iter().enumerate().zip(cells);
        let fields = named.filter(|((at, _), _)| Some(*at) != self.key && Some(*at) != self.id);
        Remote {
            sink_id,
            key: cell(self.key).map(str::to_owned),
            fields: fields.map(|((_, name), cell)| (name.clone(), cell.clone())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn columns_are_found_by_name() {
        /// A label, a header, the sink's own name of the key, and the column of our key with the sink's id's.
        type Row = (
            &'static str,
            &'static [&'static str],
            Option<&'static str>,
            Option<(&'static str, Option<&'static str>)>,
        );
        let rows: [Row; 6] = [
            ("our id", &["leadwire_id", "Name"], None, Some(("line 2", Some("A")))),
            ("after a byte order mark", &["\u{feff}External ID", "Name"], None, Some(("line 2", Some("A")))),
            ("the sink's own field", &["Referred", "Name"], Some("referred"), Some(("line 2", Some("A")))),
            ("the CRM's id beside it", &["Record ID", "leadwire_id"], None, Some(("A (line 2)", Some("B")))),
            ("no id, but a number", &["Phone Number", "Name"], None, Some(("line 2", None))),
            ("nothing", &["Name", "City"], None, None),
        ];
        for (label, header, key_field, expected) in rows {
            let read = Columns::read(&texts(header), key_field);
            let remote = read.ok().map(|columns| columns.remote(2, &texts(&["A", "B"])));
            let found = remote.as_ref().map(|remote| (remote.sink_id.as_str(), remote.key.as_deref()));
            assert_eq!(found, expected, "{label}");
        }
    }
}
