//! Hindi number words, in both scripts.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::understand::words::plain;

/// 0–99 in Devanagari in order, other spellings behind a bar; Hindi has a word of its own for each.
const HINDI: &str = "शून्य|शुन्य|ज़ीरो|जीरो एक दो तीन चार पांच|पाँच छह|छः|छे|छ सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह|पन्द्रह सोलह सत्रह अठारह उन्नीस \
    बीस इक्कीस बाईस|बाइस तेईस|तेइस चौबीस पच्चीस छब्बीस सत्ताईस|सत्ताइस अट्ठाईस|अट्ठाइस|अठाईस उनतीस|उन्तीस \
    तीस इकतीस|इकत्तीस बत्तीस तैंतीस|तेंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस|उन्तालीस \
    चालीस इकतालीस बयालीस तैंतालीस|तिरतालीस चौवालीस|चवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास \
    पचास इक्यावन बावन तिरपन|तिरेपन चौवन पचपन छप्पन सत्तावन अट्ठावन|अठावन उनसठ \
    साठ इकसठ बासठ तिरसठ|तिरेसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर \
    सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी|उन्यासी \
    अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी|अठासी नवासी \
    नब्बे इक्यानवे|इक्यानबे बानवे|बानबे तिरानवे|तिरानबे चौरानवे|चौरानबे पंचानवे|पंचानबे|पचानवे छियानवे|छियानबे सत्तानवे|सत्तानबे अट्ठानवे|अट्ठानबे निन्यानवे|निन्यानबे";

static HINDI_VALUES: LazyLock<HashMap<String, u64>> = LazyLock::new(|| {
    let spellings =
        |(value, words): (u64, &'static str)| words.split('|').map(move |word| (plain(word), value));
    (0..).zip(HINDI.split_whitespace()).flat_map(spellings).collect()
});

/// The number a word says, 0–99, in Devanagari or the usual Latin spellings.
pub(super) fn number(word: &str) -> Option<u64> {
    if !word.is_ascii() {
        return HINDI_VALUES.get(word).copied();
    }
    Some(match word {
        "shunya" => 0,
        "ek" => 1,
        "do" => 2,
        "teen" | "tin" => 3,
        "char" | "chaar" => 4,
        "paanch" | "panch" => 5,
        "chhe" | "chhah" | "cheh" => 6,
        "saat" => 7,
        "aath" => 8,
        "nau" => 9,
        "das" | "dus" => 10,
        "gyarah" => 11,
        "barah" => 12,
        "terah" => 13,
        "chaudah" => 14,
        "pandrah" => 15,
        "solah" => 16,
        "satrah" => 17,
        "atharah" => 18,
        "unnis" => 19,
        "bees" | "bis" => 20,
        "pachees" | "pachis" => 25,
        "tees" => 30,
        "chalis" | "chalees" => 40,
        "pachas" | "pachaas" => 50,
        "saath" => 60,
        "sattar" => 70,
        "assi" => 80,
        "nabbe" => 90,
        _ => return None,
    })
}
