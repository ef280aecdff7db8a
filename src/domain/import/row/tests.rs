//! Rows.

use super::super::columns;
use super::*;

const NOW: Millis = 1_767_607_200_000;

fn said(header: &[&str], cells: &[&str]) -> Result<Row, Vec<(String, String)>> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let phone = |text: &str| crate::domain::identity::e164(text);
    let users = BTreeMap::from([("ann@example.com".to_owned(), 7)]);
    let reading = Reading {
        phone: &phone,
        is_address: |text| text.contains('@'),
        users: &users,
        now: NOW,
        today: jiff::civil::date(2026, 1, 5),
        source: Some("FAIR"),
    };
    let columns = columns(&owned(header), &[]).unwrap();
    let faults = |faults: Vec<Fault>| faults.into_iter().map(|fault| (fault.column, fault.detail)).collect();
    read(&owned(cells), &columns, &reading).map_err(faults)
}

#[test]
fn a_row_of_everything() {
    let header = [
        "name",
        "mobile",
        "email",
        "source",
        "first_name",
        "last_name",
        "dob",
        "gender",
        "school",
        "parent_expectations",
        "remarks",
        "status",
        "assigned_to",
        "created_at",
        "Shoe size",
    ];
    let cells = [
        " Anshu ",
        "+91 98765 43210",
        "Anshu@Example.com",
        "",
        "Mehr",
        "Goyal",
        "2020-06-15 00:00:00",
        "girl",
        "DPS",
        "fun; sport",
        "Call\r\nlater",
        "iv scheduled",
        "Ann@example.com",
        "2026-01-01 09:00:00",
        "31",
    ];
    let row = said(&header, &cells).unwrap();
    assert_eq!((row.name.as_deref(), row.phone.as_deref()), (Some("Anshu"), Some("+919876543210")));
    assert_eq!((row.email.as_deref(), row.source.as_deref()), (Some("anshu@example.com"), Some("FAIR")));
    let child = row.child.unwrap();
    assert_eq!((child.name().as_str(), child.dob.as_deref()), ("Mehr Goyal", Some("2020-06-15")));
    assert_eq!(child.gender, Some(Gender::Girl));
    assert_eq!(row.form.parent_expectations, Some(vec!["fun".to_owned(), "sport".to_owned()]));
    assert_eq!(row.form.notes.as_deref(), Some("Call\nlater"));
    assert_eq!((row.status, row.assigned_to), (Some(Status::IvScheduled), Some(7)));
    assert_eq!(row.created_at, Some(NOW - 4 * 86_400_000 - 3_600_000));
    assert_eq!(row.further["import"]["Shoe size"], "31");
}

#[test]
fn all_that_is_wrong_is_told() {
    let long = "x".repeat(40_000);
    let rows: [(&[&str], &[&str], &[&str]); 12] = [
        (&["phone"], &["12"], &["phone"]),
        (&["phone", "email"], &["", ""], &["phone"]),
        (&["phone", "email"], &["12", "nobody"], &["phone", "email"]),
        (&["phone", "first_name"], &["+14155550123", "Mehr"], &["name"]),
        (&["email", "name", "first_name"], &["a@b", "Ann", "Mehr"], &["phone"]),
        (&["phone", "dob"], &["+14155550123", "2020-06-15"], &["child_first_name"]),
        (&["phone", "status"], &["+14155550123", "CONVERTED"], &["status"]),
        (&["phone", "created_at"], &["+14155550123", "2027-01-01"], &["created_at"]),
        (&["phone", "assigned_to"], &["+14155550123", "bob@example.com"], &["assigned_to"]),
        (&["phone", "name"], &["+14155550123", &long], &["name"]),
        (&["phone"], &["+14155550123", "more"], &[""]),
        (&["phone", "x"], &["+14155550123", &long[..1001]], &["x"]),
    ];
    for (header, cells, expected) in rows {
        let faults = said(header, cells).unwrap_err();
        let columns: Vec<&str> = faults.iter().map(|(column, _)| column.as_str()).collect();
        assert_eq!(columns, expected, "{header:?}");
    }
    assert!(said(&["phone", "name"], &["+14155550123"]).is_ok(), "cells at the end may be left out");
    assert!(said(&["phone"], &["+14155550123", "", " "]).is_ok(), "and empty ones be too many");
}
