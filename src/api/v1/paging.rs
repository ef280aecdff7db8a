//! Lists come page by page: how long a page is, where it begins, and where the next one is.

use super::super::problem::Problem;
use axum::http::{HeaderValue, Uri};

/// Rows of a page unless it is said, and at most; further than that nobody pages by numbers.
pub const USUAL: i64 = 50;
/// At most.
pub const MOST: i64 = 500;
/// The furthest `skip`.
pub const FURTHEST: i64 = 10_000;
/// How far lists are counted: what a filter finds has to be looked at one by one.
pub const COUNTED: i64 = 500;
/// The same where words are looked for, which takes longer still.
pub const COUNTED_BY_WORDS: i64 = 100;

/// The length and the beginning of a page.
///
/// # Errors
/// 400 where either is out of bounds.
pub fn page(limit: Option<i64>, skip: Option<i64>) -> Result<(i64, i64), Problem> {
    let (limit, skip) = (limit.unwrap_or(USUAL), skip.unwrap_or(0));
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::malformed(format!("limit must be 1 to {MOST}")));
    }
    if !(0..=FURTHEST).contains(&skip) {
        return Err(Problem::malformed(format!(
            "skip must be 0 to {FURTHEST}; further on, follow the Link header's rel=\"next\""
        )));
    }
    Ok((limit, skip))
}

/// Where the page before ended, as its Link header has it: numbers with dots between.
///
/// # Errors
/// 422 for anything else.
pub fn cursor<const N: usize>(given: Option<&str>) -> Result<Option<[i64; N]>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let parts: Result<Vec<i64>, _> = given.split('.').map(str::parse).collect();
    let place = parts.ok().and_then(|parts| parts.try_into().ok());
    place.map(Some).ok_or_else(|| Problem::refused("cursor must be one that a Link header gave"))
}

/// The header `Link` of a page: the same list behind the last row of this one, which the numbers name.
pub fn next<const N: usize>(list: &Uri, last: [i64; N]) -> HeaderValue {
    let asked = form_urlencoded::parse(list.query().unwrap_or_default().as_bytes());
    let kept = asked.filter(|(name, _)| !matches!(&**name, "cursor" | "skip"));
    let cursor = last.map(|part| part.to_string()).join(".");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("cursor", &cursor)
        .finish();
    HeaderValue::from_str(&format!("<{}?{query}>; rel=\"next\"", list.path()))
        .expect("what is percent-encoded is a header's value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_one_of_ours() {
        assert_eq!(cursor::<2>(None).unwrap(), None);
        assert_eq!(cursor(Some("7.-3")).unwrap(), Some([7, -3]));
        for given in ["", "7", "7.", "7.8.9", "7.x", "7 .8", "7.99999999999999999999"] {
            assert_eq!(cursor::<2>(Some(given)).unwrap_err().status, 422, "{given}");
        }
    }

    #[test]
    fn the_next_page_is_of_the_same_list() {
        let at = |uri: &'static str| next(&Uri::from_static(uri), [1, -2]);
        assert_eq!(at("/leads"), "</leads?cursor=1.-2>; rel=\"next\"");
        assert_eq!(
            at("/leads?search=a%26b+c&skip=50&cursor=9.9&limit=2"),
            "</leads?search=a%26b+c&limit=2&cursor=1.-2>; rel=\"next\""
        );
    }

    #[test]
    fn pages_have_bounds() {
        assert_eq!(page(None, None).unwrap(), (USUAL, 0));
        assert_eq!(page(Some(MOST), Some(FURTHEST)).unwrap(), (MOST, FURTHEST));
        for (limit, skip) in [(0, 0), (MOST + 1, 0), (1, -1), (1, FURTHEST + 1)] {
            assert_eq!(page(Some(limit), Some(skip)).unwrap_err().status, 400);
        }
    }
}
