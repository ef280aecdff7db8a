//! Which accent and voice a language has.

use crate::flow::model::Flow;

/// The accent (BCP 47) speech is recognised and spoken in: the flow's own, else the language's with its own region, else with
/// the flow's where the language is spoken there, else with its usual one.
pub(super) fn locale(flow: &Flow, language: &str) -> String {
    if let Some(own) = by_language(flow, &flow.voice.locale, language) {
        return own.to_owned();
    }
    if language.contains('-') {
        return language.to_owned();
    }
    let known = ACCENTS.iter().find(|(code, _)| *code == language);
    let Some((_, regions)) = known else { return language.to_owned() };
    let here = flow.region.as_deref().filter(|region| regions.contains(region));
    format!("{language}-{}", here.unwrap_or(regions[0]))
}

/// The voice a language is spoken with; `None`: Twilio's own.
pub(super) fn voice<'a>(flow: &'a Flow, language: &str) -> Option<&'a str> {
    by_language(flow, &flow.voice.voice, language)
}

fn by_language<'a>(
    flow: &Flow,
    named: &'a std::collections::BTreeMap<String, String>,
    language: &str,
) -> Option<&'a str> {
    let only = (flow.languages.len() == 1).then(|| named.values().next()).flatten();
    named.get(language).or(only).map(String::as_str)
}

/// Languages with the regions whose accent is recognised; the first is usual.
const ACCENTS: [(&str, &[&str]); 14] = [
    ("en", &["US", "GB", "IN", "AU", "CA", "IE", "NZ", "ZA", "SG", "PH", "KE", "NG", "GH", "HK"]),
    (
        "es",
        &[
            "ES", "MX", "US", "AR", "CO", "CL", "PE", "VE", "EC", "GT", "CR", "PA", "DO", "HN", "NI", "SV",
            "PR", "PY", "UY", "BO",
        ],
    ),
    ("hi", &["IN"]),
    ("pt", &["BR", "PT"]),
    ("fr", &["FR", "CA", "BE", "CH"]),
    ("de", &["DE", "AT", "CH"]),
    ("it", &["IT", "CH"]),
    ("nl", &["NL", "BE"]),
    ("bn", &["IN", "BD"]),
    ("ta", &["IN", "LK", "SG", "MY"]),
    ("te", &["IN"]),
    ("mr", &["IN"]),
    ("gu", &["IN"]),
    ("ar", &["AE", "SA", "EG", "MA", "JO", "KW", "QA"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Label, the flow's region and accents, a language, the accent expected.
    type Row = (
        &'static str,
        Option<&'static str>,
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static str,
    );

    #[test]
    fn accents() {
        let flow = |region: Option<&str>, own: &[(&str, &str)]| {
            let mut flow = Flow {
                region: region.map(str::to_owned),
                languages: vec!["en".into(), "es".into()],
                ..Flow::default()
            };
            flow.voice.locale = own.iter().map(|(code, locale)| ((*code).into(), (*locale).into())).collect();
            flow
        };
        let rows: [Row; 7] = [
            ("the usual one", None, &[], "en", "en-US"),
            ("the region's", Some("MX"), &[], "es", "es-MX"),
            ("a region where it is not spoken", Some("MX"), &[], "hi", "hi-IN"),
            ("the language's own region", Some("US"), &[], "pt-PT", "pt-PT"),
            ("the flow's own", Some("US"), &[("en", "en-GB")], "en", "en-GB"),
            ("the flow's own of another language", Some("US"), &[("en", "en-GB")], "es", "es-US"),
            ("a language nobody listed", None, &[], "sw", "sw"),
        ];
        for (label, region, own, language, expected) in rows {
            assert_eq!(locale(&flow(region, own), language), expected, "{label}");
        }
    }
}
