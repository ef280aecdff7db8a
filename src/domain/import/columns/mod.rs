//! Which column of a file is what.

use crate::domain::text::clean;

/// What a column can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is what its name in NAMES says")]
pub enum Field {
    Name,
    Phone,
    Email,
    Source,
    ChildFirstName,
    ChildLastName,
    Dob,
    Age,
    Gender,
    Relationship,
    School,
    PreferredSchedule,
    ParentExpectations,
    Notes,
    Status,
    AssignedTo,
    CreatedAt,
}

/// The fields with the names of columns that are taken for them; the first is the field's own.
const NAMES: [(Field, &[&str]); 17] = [
    (Field::Name, &["name", "parent_name", "full_name"]),
    (Field::Phone, &["phone", "phone_number", "contact_number", "mobile", "mobile_number"]),
    (Field::Email, &["email", "email_address"]),
    (Field::Source, &["source", "lead_source"]),
    (Field::ChildFirstName, &["child_first_name", "first_name"]),
    (Field::ChildLastName, &["child_last_name", "last_name"]),
    (Field::Dob, &["dob", "date_of_birth"]),
    (Field::Age, &["age"]),
    (Field::Gender, &["gender"]),
    (Field::Relationship, &["relationship"]),
    (Field::School, &["school"]),
    (Field::PreferredSchedule, &["preferred_schedule"]),
    (Field::ParentExpectations, &["parent_expectations"]),
    (Field::Notes, &["notes", "remarks", "discovery_notes"]),
    (Field::Status, &["status"]),
    (Field::AssignedTo, &["assigned_to"]),
    (Field::CreatedAt, &["created_at"]),
];

/// Columns that only our own exports have all of.
const OF_EXPORTS: [&str; 4] = ["center_id", "version", "message_count", "enquiry_id"];
/// What leaves a column out.
const LEFT: &str = "-";
/// More further columns are no list of leads.
const MOST_FURTHER: usize = 100;

impl Field {
    /// Its own name.
    pub fn as_str(self) -> &'static str {
        NAMES.iter().find(|(field, _)| *field == self).map_or("", |(_, names)| names[0])
    }

    /// The field that a column of this name is, however it is written.
    pub fn parse(name: &str) -> Option<Field> {
        let name = fold(name);
        let is_it = |names: &[&str]| names.iter().any(|known| fold(known) == name);
        NAMES.iter().find(|(_, names)| is_it(names)).map(|(field, _)| *field)
    }
}

/// A column's name without what people write differently: capitals, blanks, underscores, signs.
fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What the columns of a file are, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(pub(super) Vec<Column>);

/// What a column is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// One of the fields.
    Known(Field),
    /// Something else, kept under its name.
    Further(String),
    /// Left out.
    Left,
}

impl Columns {
    /// How many columns there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Columns that are none of the fields: they are kept with the lead under their names.
    pub fn further(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|column| match column {
            Column::Further(name) => Some(name.as_str()),
            Column::Known(_) | Column::Left => None,
        })
    }

    /// Where a field stands.
    pub(super) fn position(&self, field: Field) -> Option<usize> {
        self.0.iter().position(|column| *column == Column::Known(field))
    }
}

/// A first line of which it cannot be told what the columns are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Nobody could be known by it.
    #[error(
        "no column is a phone number or an e-mail address; the first line has: {}. Say which one is by map: COLUMN=phone or COLUMN=email",
        .0.join(", ")
    )]
    Nobody(Vec<String>),
    /// Two columns are the same.
    #[error("the columns {one:?} and {other:?} are both {what}; leave one out by map: COLUMN=-")]
    Twice {
        /// A column.
        one: String,
        /// The other.
        other: String,
        /// What both are.
        what: String,
    },
    /// A column that is said to be something is not there.
    #[error("map {0}: the file has no such column")]
    NoColumn(String),
    /// It is said twice what a column is.
    #[error("map says twice what the column {0:?} is")]
    MappedTwice(String),
    /// A column is said to be something that is not.
    #[error(
        "map {column}={field}: there is no such field; there are {}, and - to leave a column out",
        fields()
    )]
    NoField {
        /// The column.
        column: String,
        /// What it was said to be.
        field: String,
    },
    /// It is no list of leads.
    #[error("more than {MOST_FURTHER} columns are none of ours; leave some out")]
    TooMany,
}

fn fields() -> String {
    NAMES.map(|(field, _)| field.as_str()).join(", ")
}

/// What somebody says a column is: `COLUMN=FIELD`.
///
/// # Errors
/// How it is to be written.
pub fn mapping(written: &str) -> Result<(String, String), String> {
    let (column, field) = written.rsplit_once('=').ok_or("write COLUMN=FIELD, such as Telefon=phone")?;
    Ok((column.trim().to_owned(), field.trim().to_owned()))
}

/// What the columns of this first line are; `mapped` says of some what they are, in its own words.
///
/// # Errors
/// See [`HeaderError`].
pub fn columns(header: &[String], mapped: &[(String, String)]) -> Result<Columns, HeaderError> {
    let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
    let mut said: Vec<Option<Column>> = vec![None; header.len()];
    for (column, field) in mapped {
        let whole = header.iter().position(|name| name.trim() == column.trim());
        let found = whole.or_else(|| folded.iter().position(|name| *name == fold(column)));
        let Some(at) = found else { return Err(HeaderError::NoColumn(column.clone())) };
        if said[at].is_some() {
            return Err(HeaderError::MappedTwice(header[at].clone()));
        }
        said[at] = Some(match Field::parse(field) {
            Some(field) => Column::Known(field),
            None if field.trim() == LEFT => Column::Left,
            None => return Err(HeaderError::NoField { column: column.clone(), field: field.clone() }),
        });
    }
    let is_export = OF_EXPORTS.iter().all(|name| folded.contains(&fold(name)));
    let guessed = |name: &String| match Field::parse(name) {
        Some(field) => Column::Known(field),
        // What else an export has is of the lead that it was, not of the one that comes of it.
        None if is_export || name.trim().is_empty() => Column::Left,
        None => Column::Further(clean(name.trim()).into_owned()),
    };
    let all: Vec<Column> =
        header.iter().zip(said).map(|(name, said)| said.unwrap_or_else(|| guessed(name))).collect();
    for (n, column) in all.iter().enumerate().filter(|(_, column)| **column != Column::Left) {
        if let Some(before) = all[..n].iter().position(|other| other == column) {
            let what = match column {
                Column::Known(field) => field.as_str().to_owned(),
                Column::Further(name) => format!("called {name:?}"),
                Column::Left => String::new(),
            };
            return Err(HeaderError::Twice { one: header[before].clone(), other: header[n].clone(), what });
        }
    }
    if all.iter().filter(|column| matches!(column, Column::Further(_))).count() > MOST_FURTHER {
        return Err(HeaderError::TooMany);
    }
    let columns = Columns(all);
    if columns.position(Field::Phone).is_none() && columns.position(Field::Email).is_none() {
        return Err(HeaderError::Nobody(header.to_vec()));
    }
    Ok(columns)
}

#[cfg(test)]
mod tests;
