//! First lines.

use super::*;

fn header(names: &[&str], mapped: &[(&str, &str)]) -> Result<Vec<Column>, String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mapped: Vec<(String, String)> =
        mapped.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect();
    columns(&names, &mapped).map(|columns| columns.0).map_err(|error| error.to_string())
}

#[test]
fn columns_are_known_by_their_names() {
    use Column::{Further, Known, Left};
    let found = header(&["Parent Name", "MOBILE", "E-Mail", "first name", "Shoe size", ""], &[]);
    let further = Further("Shoe size".to_owned());
    let expected = [Field::Name, Field::Phone, Field::Email, Field::ChildFirstName].map(Known);
    assert_eq!(found.unwrap(), [&expected[..], &[further, Left]].concat());
    let found = header(&["phone", "T-\u{0}shirt"], &[]);
    assert_eq!(found.unwrap()[1], Further("T-shirt".to_owned()), "what PostgreSQL refuses is no name");
    let found = header(&["Who", "Tel.", "junk"], &[("who", "name"), ("Tel.", "phone"), ("junk", "-")]);
    assert_eq!(found.unwrap(), [Known(Field::Name), Known(Field::Phone), Left]);
    for (field, names) in NAMES {
        assert!(names.iter().all(|name| Field::parse(name) == Some(field)), "{field:?}");
    }
}

#[test]
fn what_an_export_has_besides_is_left_out() {
    let found = header(&["id", "center_id", "version", "message_count", "enquiry_id", "phone_number"], &[]);
    assert_eq!(found.unwrap()[0], Column::Left);
    assert_eq!(header(&["id", "phone"], &[]).unwrap()[0], Column::Further("id".to_owned()));
}

/// A first line, what is said of its columns, what is told.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);

#[test]
fn what_cannot_be_told() {
    let rows: [Case; 6] = [
        (&["name", "city"], &[], "no column is a phone number"),
        (&["phone", "mobile"], &[], "\"phone\" and \"mobile\" are both phone"),
        (&["phone", "x", "x"], &[], "are both called \"x\""),
        (&["phone"], &[("tel", "phone")], "map tel: the file has no such column"),
        (
            &["phone"],
            &[("phone", "phone"), ("Phone", "email")],
            "map says twice what the column \"phone\" is",
        ),
        (&["phone"], &[("phone", "fon")], "there is no such field; there are name, phone"),
    ];
    for (names, mapped, expected) in rows {
        let told = header(names, mapped).unwrap_err();
        assert!(told.contains(expected), "{names:?}: {told}");
    }
    assert!(header(&["phone", "mobile"], &[("mobile", "-")]).is_ok());
}
