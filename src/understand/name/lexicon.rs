//! Words around names, and words that are none.

use std::collections::HashSet;
use std::sync::LazyLock;

/// After these a name follows, plain.
pub(super) const INTRODUCTIONS: &[&str] = &[
    "my name is",
    "my names",
    "name is",
    "names",
    "the name is",
    "im",
    "i am",
    "this is",
    "its",
    "it is",
    "call me",
    "you can call me",
    "im called",
    "i am called",
    "im named",
    "known as",
    "myself",
    "her name is",
    "his name is",
    "their name is",
    "named",
    "called",
    "person called",
    "under",
    "under the name",
    "my first name is",
    "my full name is",
    "me llamo",
    "mi nombre es",
    "se llama",
    "su nombre es",
    "soy",
    "meu nome e",
    "me chamo",
    "eu sou",
    "sou",
    "je mappelle",
    "je suis",
    "mon nom est",
    "moi cest",
    "ich heisse",
    "ich heiße",
    "mein name ist",
    "ich bin",
    "mera naam",
    "mera nam",
    "mera name",
    "main",
    "मेरा नाम",
    "उसका नाम",
    "उनका नाम",
    "मैं",
    "naam",
    "नाम",
    "mi chiamo",
    "il mio nome e",
    "sono",
    "mijn naam is",
    "ik ben",
    "ik heet",
    "send it to",
    "send to",
    "transfer it to",
    "share with",
    "share it with",
    "go to",
    "surname to",
    "surname is",
    "funds to",
    "money to",
    "payment to",
    "transfer to",
    "send the money to",
    "shared with",
    "give it to",
    "name to",
    "sending it to",
    "sent it to",
    "sent to",
    "transaction with",
    "contact is",
    "person is",
    "location is",
    "receiver is",
    "name",
    "sending to",
    "location with",
    "it with",
    "full name",
];

/// Words at which a name after an introduction ends.
pub(super) const TAIL: &[&str] = &[
    "and",
    "from",
    "here",
    "calling",
    "please",
    "thanks",
    "but",
    "i",
    "hai",
    "hoon",
    "hu",
    "है",
    "हूँ",
    "हूं",
    "speaking",
    "for",
    "is",
    "who",
    "he",
    "she",
    "they",
    "at",
    "on",
    "with",
    "can",
    "because",
    "y",
    "de parte",
    "e",
    "et",
    "und",
    "if",
    "by",
    "thank",
    "so",
    "then",
    "now",
    "today",
    "tomorrow",
    "sir",
    "maam",
    "again",
    "in",
    "my",
    "the",
    "a",
    "only",
];

/// Titles before a name.
pub(super) const HONORIFICS: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "prof",
    "professor",
    "sir",
    "madam",
    "mx",
    "rev",
    "hon",
    "fr",
    "sr",
    "sra",
    "srta",
    "senor",
    "senora",
    "don",
    "dona",
    "herr",
    "frau",
    "doctor",
    "m",
    "mme",
    "mlle",
    "shri",
    "smt",
    "shrimati",
    "capt",
    "captain",
    "lt",
    "col",
    "gen",
    "sgt",
    "maj",
    "king",
    "queen",
    "prince",
    "princess",
    "lord",
    "lady",
    "judge",
    "president",
    "us",
    "magistratejudge",
    "magjudge",
    "श्री",
    "श्रीमती",
    "डॉ",
];

/// After a name: generations.
pub(super) const SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv", "junior", "senior", "2nd", "3rd"];

/// After a name: degrees and offices.
pub(super) const QUALIFICATIONS: &[&str] = &[
    "md", "phd", "esq", "cfp", "lutc", "qc", "mp", "mba", "cpa", "dds", "jd", "rn", "ma", "ba", "bsc", "msc",
    "pmp", "clu", "chfc",
];

/// Words that begin the family name.
pub(super) const PARTICLES: &[&str] = &[
    "de", "del", "della", "der", "den", "di", "da", "dos", "das", "do", "du", "la", "le", "van", "von",
    "bin", "ibn", "al", "el", "ter", "ten", "st", "abu", "santa", "san", "vom", "zu", "delle", "degli",
    "dal", "dalla",
];

/// Words that no name contains: where one stands, it is a sentence.
const NOT_NAMES: &str = "the a an is are was were be been am do does did dont not no yes what whats who whos where wheres \
    when why how hows which can could would should will shall may might must have has had my your his \
    her their our its it i you he she we they me him us them this that these those in on at of for with \
    from about into up out off and or but if because so than then there here to tell show find give get \
    make need want know think say said sure please thanks thank ok okay hello hey sorry maybe never \
    nothing none help stop skip back restart rather idea question number name email phone looking \
    interested fine good great happy sad tired busy ready calling going new some any all more much many \
    just only also too very really like look let lets im ive id ill cant wont go come call book cancel \
    change check play set open turn remind send buy order pay nobody anonymous idk test que como donde \
    quiero por para es esta nao quero oui non pas nein ja nicht nahi kya kaise kyun haan नहीं क्या हाँ \
    next today tomorrow address account bank weather time confirm define list explain translate search \
    google restaurant hotel flight money price cost day week month year without another someone \
    something anything everything";

/// Whether no name contains this plain word.
pub(super) fn is_no_name(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| NOT_NAMES.split_whitespace().collect());
    WORDS.contains(word)
}
