//! Fields of somebody else's JSON, read as far as they can be: one of the wrong type is one that is not there, and never
//! stops the rest.

use crate::domain::text::clean;
use serde_json::Value as Json;

/// Text without control characters, at most so many characters; `None` where it is empty or no text. A number reads as
/// its digits: Meta writes times and ids both ways.
pub(super) fn text(object: &Json, name: &str, most: usize) -> Option<String> {
    let text = match object.get(name)? {
        Json::String(text) => clean(text).chars().take(most).collect(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text: &String| !text.trim().is_empty())
}

/// The values of a list; none where it is no list.
pub(super) fn list<'a>(object: &'a Json, name: &str) -> &'a [Json] {
    object.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// A whole number, also as text.
pub(super) fn number(object: &Json, name: &str) -> Option<i64> {
    match object.get(name)? {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A number of degrees that there is, also as text.
pub(super) fn degrees(object: &Json, name: &str, most: f64) -> Option<f64> {
    let degrees = match object.get(name)? {
        Json::Number(number) => number.as_f64()?,
        Json::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (degrees.abs() <= most).then_some(degrees)
}

/// An object or list of that name; nothing where there is none.
pub(super) fn inside<'a>(object: &'a Json, name: &str) -> &'a Json {
    object.get(name).unwrap_or(&Json::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_there_is_not_there() {
        let object = json!({
            "t": " a\u{0}b ", "empty": " ", "n": 12, "s": "-7", "x": true, "l": [1], "big": 1e300, "d": "12.5",
            "nan": "NaN", "o": {"i": 1}, "null": null,
        });
        assert_eq!(text(&object, "t", 9).as_deref(), Some(" ab "));
        assert_eq!(text(&object, "t", 2).as_deref(), Some(" a"));
        assert_eq!(text(&object, "n", 9).as_deref(), Some("12"));
        for name in ["empty", "x", "l", "o", "null", "missing"] {
            assert_eq!(text(&object, name, 9), None, "{name}");
        }
        assert_eq!((number(&object, "n"), number(&object, "s")), (Some(12), Some(-7)));
        for name in ["t", "x", "big", "d", "missing"] {
            assert_eq!(number(&object, name), None, "{name}");
        }
        assert_eq!((degrees(&object, "n", 90.0), degrees(&object, "d", 90.0)), (Some(12.0), Some(12.5)));
        for name in ["big", "nan", "t", "l"] {
            assert_eq!(degrees(&object, name, 90.0), None, "{name}");
        }
        assert_eq!(list(&object, "l").len() + list(&object, "o").len() + list(&json!(3), "l").len(), 1);
        assert_eq!(text(inside(inside(&object, "no"), "no"), "i", 9), None);
    }
}
