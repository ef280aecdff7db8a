//! JSON of requests, read so that what is wrong with it can be told by its place.

use super::problem::Problem;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// Reads a body.
///
/// # Errors
/// 400: it is no JSON, told by line and column; or not what is wanted, told by a JSON pointer.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let body = serde_json::from_slice(bytes)
        .map_err(|error| Problem::malformed(format!("the body is no JSON: {error}")))?;
    serde_path_to_error::deserialize(in_whole_numbers(body)).map_err(|error| {
        let pointer = pointer(error.path());
        Problem::invalid(&pointer, error.into_inner().to_string())
    })
}

/// `5.0` is the whole number 5, as JSON Schema has it and as programs write it that know no whole numbers.
fn in_whole_numbers(value: Json) -> Json {
    /// Beyond it not every whole number has a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Json::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) if float.fract() == 0.0 && float.abs() < EXACT => (float as i64).into(),
            _ => Json::Number(number),
        },
        Json::Array(values) => values.into_iter().map(in_whole_numbers).collect(),
        Json::Object(fields) => {
            Json::Object(fields.into_iter().map(|(name, value)| (name, in_whole_numbers(value))).collect())
        }
        value => value,
    }
}

/// A path into a body as JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segments = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    });
    segments.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "a/b")]
        n: i64,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        rows: Vec<Inner>,
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let rows = [
            ("a wrong type", r#"{"rows":[{"a/b":1},{"a/b":"x"}]}"#, "/rows/1/a~1b: invalid type: string"),
            ("no whole number", r#"{"rows":[{"a/b":1.5}]}"#, "/rows/0/a~1b: invalid type: floating point"),
            ("an unknown field", r#"{"rows":[{"c":1}]}"#, "/rows/0/c: unknown field"),
            ("no list", r#"{"rows":3}"#, "/rows: invalid type: integer"),
            ("nothing of it", "{}", "missing field `rows`"),
            ("no JSON", r#"{"rows":"#, "the body is no JSON: EOF while parsing a value at line 1 column 8"),
        ];
        for (label, body, expected) in rows {
            let problem = read::<Outer>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.status, 400, "{label}");
            assert!(problem.detail.starts_with(expected), "{label}: {problem:?}");
        }
    }

    #[test]
    fn whole_numbers_are_written_in_two_ways() {
        assert_eq!(
            read::<Outer>(br#"{"rows":[{"a/b":-5.0}]}"#).unwrap(),
            Outer { rows: vec![Inner { n: -5 }] }
        );
    }
}
