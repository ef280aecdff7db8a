//! What a row of a file says.

use super::columns::{Column, Columns, Field};
use crate::clock::Millis;
use crate::domain::enquiry::{Child, Form, Gender};
use crate::domain::lifecycle::Status;
use crate::domain::when;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The longest text of a cell that Excel has, in characters.
const LONGEST: usize = 32_767;
/// The longest text of a column that is none of ours.
const FURTHER: usize = 1_000;
/// The most things that somebody hopes for.
const EXPECTATIONS: usize = 20;
/// What further columns are kept under, among the lead's fields.
pub const KEPT_UNDER: &str = "import";

/// A row of which nothing is wrong. It names a phone number or an address; with a child both its parent's name and number.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "each is what its column says")]
pub struct Row {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub source: Option<String>,
    pub child: Option<Child>,
    pub relationship: Option<String>,
    pub form: Form,
    pub status: Option<Status>,
    pub assigned_to: Option<i64>,
    pub created_at: Option<Millis>,
    /// Further columns, as the lead's fields have them.
    pub further: Map<String, Json>,
}

/// What is wrong with a column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The column, by its field's name or its own.
    pub column: String,
    /// What is wrong.
    pub detail: String,
}

/// What rows are read by.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// A phone number to E.164, by the country of whose file it is.
    pub phone: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// Whether something is an e-mail address.
    pub is_address: fn(&str) -> bool,
    /// Who works here, by address.
    pub users: &'a BTreeMap<String, i64>,
    /// Now.
    pub now: Millis,
    /// The day, by the clock of whose file it is.
    pub today: Date,
    /// How those came of whom the file does not say it.
    pub source: Option<&'a str>,
}

/// Cells of one row, and what is wrong with them so far.
struct Cells<'a> {
    columns: &'a Columns,
    cells: &'a [String],
    faults: Vec<Fault>,
}

impl Cells<'_> {
    fn wrong(&mut self, field: Field, detail: impl Into<String>) {
        self.faults.push(Fault { column: field.as_str().to_owned(), detail: detail.into() });
    }

    /// What stands there; `None`: nothing.
    fn given(&self, field: Field) -> Option<&str> {
        let text = self.columns.position(field).and_then(|at| self.cells.get(at))?;
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    fn text(&mut self, field: Field, most: usize) -> Option<String> {
        let text = self.given(field).map(clean)?;
        if text.chars().count() > most {
            self.wrong(field, format!("has more than {most} characters"));
        }
        Some(text)
    }

    /// What `read` makes of it, or what is wrong with it.
    fn read<T>(&mut self, field: Field, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match read(self.given(field)?) {
            Ok(value) => Some(value),
            Err(detail) => {
                self.wrong(field, detail);
                None
            }
        }
    }
}

/// Without control characters; a line end stays one.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

/// What a row says, or all that is wrong with it.
///
/// # Errors
/// What is wrong, by column.
pub fn read(cells: &[String], columns: &Columns, by: &Reading<'_>) -> Result<Row, Vec<Fault>> {
    if let Some(fault) = misshapen(cells, columns) {
        return Err(vec![fault]);
    }
    let mut cells = Cells { columns, cells, faults: Vec::new() };
    let phone = cells.read(Field::Phone, |text| {
        (by.phone)(text).ok_or_else(|| {
            "is no phone number that could be called; write it with its country, such as +919876543210"
                .to_owned()
        })
    });
    let email = cells.read(Field::Email, |text| {
        let address = text.to_lowercase();
        if (by.is_address)(&address) { Ok(address) } else { Err("is no e-mail address".to_owned()) }
    });
    let row = Row {
        name: cells.text(Field::Name, 200),
        source: cells.text(Field::Source, 100).or_else(|| by.source.map(str::to_owned)),
        child: child(&mut cells, by.today),
        relationship: cells.text(Field::Relationship, 50),
        form: Form {
            school: cells.text(Field::School, 200),
            preferred_schedule: cells.text(Field::PreferredSchedule, 200),
            parent_expectations: cells.read(Field::ParentExpectations, expectations),
            notes: cells.text(Field::Notes, 2000),
        },
        status: cells.read(Field::Status, status),
        assigned_to: cells.read(Field::AssignedTo, |text| {
            let known = by.users.get(&text.to_lowercase()).copied();
            known.ok_or_else(|| "is nobody who works here, by their e-mail address".to_owned())
        }),
        // Exports have it in UTC, without saying so.
        created_at: cells.read(Field::CreatedAt, |text| match when::instant(text, &TimeZone::UTC) {
            Ok(at) if at > by.now => Err("is in the future".to_owned()),
            other => other.map_err(str::to_owned),
        }),
        further: further(&mut cells),
        phone,
        email,
    };
    needed(&mut cells, &row);
    if cells.faults.is_empty() { Ok(row) } else { Err(cells.faults) }
}

/// Whether a row is no row of this file.
fn misshapen(cells: &[String], columns: &Columns) -> Option<Fault> {
    let fault = |column: &str, detail: String| Some(Fault { column: column.to_owned(), detail });
    let used = cells.iter().rposition(|text| !text.trim().is_empty()).map_or(0, |last| last + 1);
    if used > columns.count() {
        return fault("", format!("has {used} cells where the first line has {}", columns.count()));
    }
    // Characters are at most as many as bytes.
    let long = cells.iter().position(|text| text.len() > LONGEST && text.chars().count() > LONGEST)?;
    let name = match columns.0.get(long) {
        Some(Column::Known(field)) => field.as_str(),
        Some(Column::Further(name)) => name,
        _ => "",
    };
    fault(name, format!("has a cell of more than {LONGEST} characters"))
}

fn child(cells: &mut Cells<'_>, today: Date) -> Option<Child> {
    const OF_CHILD: [Field; 4] = [Field::ChildLastName, Field::Dob, Field::Age, Field::Gender];
    let first_name = cells.text(Field::ChildFirstName, 100);
    let last_name = cells.text(Field::ChildLastName, 100);
    // Excel shows a day with its midnight.
    let dob = cells.read(Field::Dob, |text| {
        let day = text.strip_suffix(" 00:00:00").unwrap_or(text);
        when::birthday(day, today).map(|date| date.to_string()).map_err(str::to_owned)
    });
    let age = cells.read(Field::Age, |text| {
        let age = text.parse().ok().filter(|age| (0..=120).contains(age));
        age.ok_or_else(|| "must be years, 0 to 120".to_owned())
    });
    let gender = cells.read(Field::Gender, |text| {
        let found = Gender::ALL.into_iter().find(|gender| gender.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| format!("must be one of {}", Gender::ALL.map(Gender::as_str).join(", ")))
    });
    let Some(first_name) = first_name else {
        if let Some(field) = OF_CHILD.into_iter().find(|field| cells.given(*field).is_some()) {
            cells.wrong(
                Field::ChildFirstName,
                format!("is missing, though there is the child's {}", field.as_str()),
            );
        }
        return None;
    };
    Some(Child { first_name, last_name, dob, age, gender })
}

/// A list: as JSON, as exports have it, or with `;` or `,` between.
fn expectations(text: &str) -> Result<Vec<String>, String> {
    let keys: Vec<String> = match serde_json::from_str(text) {
        Ok(keys) => keys,
        Err(_) => text.split([';', ',']).map(str::to_owned).collect(),
    };
    let keys: Vec<String> = keys.iter().map(|key| clean(key.trim())).filter(|key| !key.is_empty()).collect();
    if keys.len() > EXPECTATIONS || keys.iter().any(|key| key.chars().count() > 100) {
        return Err(format!("must be at most {EXPECTATIONS} entries of at most 100 characters"));
    }
    Ok(keys)
}

fn status(text: &str) -> Result<Status, String> {
    let found = Status::parse(&text.to_uppercase().replace(' ', "_"));
    found.filter(|status| status.is_open()).ok_or_else(|| {
        let open = Status::ALL.into_iter().filter(|status| status.is_open());
        let open: Vec<&str> = open.map(Status::as_str).collect();
        format!("must be a status of a lead that is open: {}", open.join(", "))
    })
}

fn further(cells: &mut Cells<'_>) -> Map<String, Json> {
    let mut kept = Map::new();
    for (column, text) in cells.columns.0.iter().zip(cells.cells) {
        let Column::Further(name) = column else { continue };
        let text = clean(text.trim());
        if text.chars().count() > FURTHER {
            let detail = format!("has more than {FURTHER} characters");
            cells.faults.push(Fault { column: name.clone(), detail });
        } else if !text.is_empty() {
            kept.insert(name.clone(), Json::String(text));
        }
    }
    if kept.is_empty() { kept } else { Map::from_iter([(KEPT_UNDER.to_owned(), Json::Object(kept))]) }
}

/// That somebody can be known by it.
fn needed(cells: &mut Cells<'_>, row: &Row) {
    let is_given = |field| cells.given(field).is_some();
    let (name, phone, email) = (is_given(Field::Name), is_given(Field::Phone), is_given(Field::Email));
    if row.child.is_none() {
        if !phone && !email {
            cells.wrong(Field::Phone, "is missing, and there is no e-mail address either");
        }
        return;
    }
    for (field, is_given) in [(Field::Phone, phone), (Field::Name, name)] {
        if !is_given {
            cells.wrong(field, "is missing; of a child's parent it must be known");
        }
    }
}

#[cfg(test)]
mod tests;
