//! A flow without a finding, and for each rule a change that breaks it.

/// A flow without a finding that uses most of the language.
pub(super) const BASE: &str = r#"
id = "shop"
title = "Shop"
region = "IN"
currency = "INR"
off = ["human"]
[start]
channels = ["whatsapp", "sms"]
keywords = ["demo"]
default = true
[scoring]
sql = 60
mql = 30
points.newsletter = 3
points.quick_reply = { points = 5, within = "2m" }
[texts]
retry = "Once more, please?"
[words]
back = ["previous"]
[experiments.hello]
variants = { A = 1, B = 1 }
goal = "demo_requested"
[experiments.sequence]
variants = { A = 1, B = 1 }
goal = "completed"
order.B = ["staff", "kind"]
[silence]
remind = [{ after = "1h", say = "We were at: {{ question }}" }, { after = "2h", say = "Still there?", template = "follow_up/en" }]
end_after = "3d"
[[steps]]
id = "greeting"
ask = "yes_no"
stage = "greeting"
say = "Welcome! May I ask?"
variant.hello.B.say = "Hello! May I?"
go = [{ when = "not answer", to = "goodbye" }]
[[steps]]
id = "kind"
ask = "choice"
say = "What do you run?"
options = [
  { value = "Restaurant", also = ["cafe"], to = "budget" },
  { value = "Shop", event = "newsletter" },
]
tries = 3
give_up = "goodbye"
[[steps]]
id = "staff"
ask = "choice"
say = "How many people?"
options = ["1", "2–5", "6+"]
[[steps]]
id = "budget"
ask = "number"
say = "What budget?"
min = 1
max = 500
[[steps]]
id = "wants"
ask = "choices"
say = "What would help, {{ name or 'friend' }}?"
options = ["Billing", "Payments"]
menu = "products"
go = [{ when = "'Billing' in answer and kind == 'Shop'", to = "thanks" }]
[[steps]]
id = "mail"
ask = "email"
say = "Where can we write to? {{ kind | upper }}"
optional = true
save = "email"
[[steps]]
id = "next"
ask = "choice"
say = "What next?"
menu = "cta"
options = [{ value = "Book a demo", short = "Demo", event = "demo_requested" }, { value = "Not now", declines = true }]
[[steps]]
id = "thanks"
say = "Thank you!"
end = "completed"
[[steps]]
id = "goodbye"
say = "Good bye."
end = "declined"
[[notify]]
on = ["sql", "demo_requested", "newsletter", "declined"]
via = "email"
[[deliver]]
to = "crm"
map = { kind = "{{ kind }}", city = "{{ lead.city }}" }
[[test]]
name = "keen"
channel = "sms"
variants = { hello = "A" }
chat = """
< hi
> Welcome! May I ask?
@ 2h
"""
expect = { outcome = "", answers = { kind = "Shop" }, lead = { email = "a@b.example" }, delivered = { crm = { kind = "Shop" } } }
"#;

/// Code, what is replaced, by what, and what the finding underlines. The piece that is replaced is the passing example.
pub(super) const ROWS: &[(&str, &str, &str, &str)] = &[
    ("flow::syntax", "title = \"Shop\"", "title = \"Shop", "title = \"Shop"),
    ("flow::duplicate-key", "title = \"Shop\"", "title = \"Shop\"\ntitle = \"S\"", "title"),
    ("flow::unknown-key", "title = \"Shop\"", "title = \"Shop\"\ntittle = 1", "tittle"),
    ("flow::unknown-key", "retry = \"Once", "retri = \"Once", "retri"),
    ("flow::unknown-key", "say = \"Good bye.\"", "sai = \"Good bye.\"", "sai"),
    ("flow::missing-key", "title = \"Shop\"\n", "", ""),
    ("flow::missing-key", "id = \"mail\"\n", "", "[[steps]]"),
    ("flow::missing-key", "say = \"How many people?\"\n", "", "[[steps]]"),
    ("flow::missing-key", "goal = \"completed\"\n", "", "[experiments.sequence]"),
    ("flow::wrong-type", "default = true", "default = \"yes\"", "\"yes\""),
    ("flow::wrong-type", "sql = 60", "sql = \"sixty\"", "\"sixty\""),
    ("flow::wrong-type", "end_after = \"3d\"", "end_after = 3", "3"),
    ("flow::wrong-value", "tries = 3", "tries = 0", "0"),
    ("flow::bad-duration", "end_after = \"3d\"", "end_after = \"3 weeks\"", "\"3 weeks\""),
    ("flow::unknown-ask", "ask = \"email\"", "ask = \"emial\"", "\"emial\""),
    ("flow::unknown-command", "off = [\"human\"]", "off = [\"humans\"]", "\"humans\""),
    ("flow::unknown-channel", "[\"whatsapp\", \"sms\"]", "[\"whatsapp\", \"sms\", \"smss\"]", "\"smss\""),
    ("flow::unknown-use", "[start]", "use = \"common/nme\"\n[start]", "\"common/nme\""),
    ("flow::use-circle", "[start]", "use = \"common/loop\"\n[start]", ""),
    ("flow::use-with-keys", "id = \"mail\"", "use = \"common/name\"\nid = \"mail\"", "id"),
    ("flow::unknown-step", "give_up = \"goodbye\"", "give_up = \"godbye\"", "\"godbye\""),
    ("flow::unknown-step", "to = \"budget\"", "to = \"budgets\"", "\"budgets\""),
    ("flow::unknown-step", "\"not answer\", to = \"goodbye\"", "\"not answer\", to = \"good\"", "\"good\""),
    ("flow::unknown-step", "[\"staff\", \"kind\"]", "[\"staf\", \"kind\"]", "\"staf\""),
    ("flow::unknown-step", "answers = { kind", "answers = { kid", "kid"),
    ("flow::duplicate-step", "id = \"mail\"", "id = \"wants\"", "\"wants\""),
    ("flow::bad-id", "id = \"mail\"", "id = \"e-mail\"", "\"e-mail\""),
    ("flow::bad-id", "id = \"shop\"", "id = \"My Shop\"", "\"My Shop\""),
    ("flow::reserved-id", "id = \"mail\"", "id = \"score\"", "\"score\""),
    ("flow::reserved-outcome", "end = \"declined\"", "end = \"silent\"", "\"silent\""),
    ("flow::odd-outcome", "end = \"declined\"", "end = \"declind\"", "\"declind\""),
    ("flow::empty-text", "say = \"Good bye.\"", "say = \" \"", "\" \""),
    ("flow::empty-text", "keywords = [\"demo\"]", "keywords = [\"demo\", \"!\"]", "\"!\""),
    ("flow::empty-step", "say = \"Thank you!\"\nend = \"completed\"", "stage = \"x\"", "[[steps]]"),
    ("flow::needs-ask", "ask = \"email\"\n", "", "optional"),
    ("flow::missing-options", "options = [\"1\", \"2–5\", \"6+\"]\n", "", "\"choice\""),
    ("flow::one-option", "[\"Billing\", \"Payments\"]", "[\"Billing\"]", "[\"Billing\"]"),
    ("flow::unexpected-options", "min = 1", "min = 1\noptions = [\"a\", \"b\"]", "options"),
    ("flow::needs-options", "min = 1", "min = 1\nmenu = \"cta\"", "menu"),
    ("flow::give-up-without-tries", "tries = 3\n", "", "give_up"),
    ("flow::end-goes-on", "end = \"completed\"", "end = \"completed\"\ngo = [{ to = \"goodbye\" }]", "go"),
    ("flow::unexpected-limit", "optional = true", "optional = true\nmin = 3", "min"),
    ("flow::impossible-limits", "max = 500", "max = 0", "1"),
    ("flow::optional-consent", "ask = \"email\"", "ask = \"consent\"", "optional"),
    ("flow::skip-is-off", "off = [\"human\"]", "off = [\"skip\"]", "optional"),
    (
        "flow::duplicate-option",
        "[\"Billing\", \"Payments\"]",
        "[\"Billing\", \"Payments\", \"Billing\"]",
        "\"Billing\"",
    ),
    ("flow::ambiguous-option", "value = \"Shop\"", "value = \"Shop\", also = [\"Cafe\"]", "\"Cafe\""),
    ("flow::opt-out-clash", "also = [\"cafe\"]", "also = [\"cafe\", \"Stop\"]", "\"Stop\""),
    ("flow::opt-out-clash", "keywords = [\"demo\"]", "keywords = [\"demo\", \"END\"]", "\"END\""),
    ("flow::opt-out-clash", "back = [\"previous\"]", "back = [\"quit\"]", "\"quit\""),
    ("flow::command-clash", "also = [\"cafe\"]", "also = [\"help\"]", "\"help\""),
    ("flow::overlapping-ranges", "\"2–5\", \"6+\"", "\"2–5\", \"5+\"", "\"5+\""),
    (
        "flow::many-ways",
        "[\"Billing\", \"Payments\"]",
        "[{ value = \"Billing\", to = \"thanks\" }, \"Payments\"]",
        "to",
    ),
    (
        "flow::label-too-long",
        "short = \"Demo\", ",
        "label = \"Book a demonstration now\", ",
        "\"Book a demonstration now\"",
    ),
    ("flow::text-too-long", "say = \"Good bye.\"", LONG, ""),
    ("flow::unknown-language", "title = \"Shop\"", "title = \"Shop\"\nlanguages = [\"xx\"]", "\"xx\""),
    (
        "flow::unknown-language",
        "keywords = [\"demo\"]",
        "keywords = { en = [\"demo\"], xx = \"tienda\" }",
        "xx",
    ),
    ("flow::unknown-language", "say = \"Good bye.\"", "say = { en = \"Good bye.\", hi = \"…\" }", "hi"),
    (
        "flow::duplicate-language",
        "title = \"Shop\"",
        "title = \"Shop\"\nlanguages = [\"en\", \"en\"]",
        "\"en\"",
    ),
    (
        "flow::missing-translation",
        "title = \"Shop\"",
        "title = \"Shop\"\nlanguages = [\"en\", \"hi\"]",
        "\"Once more, please?\"",
    ),
    (
        "flow::untranslated-option",
        "title = \"Shop\"",
        "title = \"Shop\"\nlanguages = [\"en\", \"hi\"]",
        "\"Restaurant\"",
    ),
    ("flow::unknown-region", "region = \"IN\"", "region = \"India\"", "\"India\""),
    ("flow::unknown-currency", "currency = \"INR\"", "currency = \"₹\"", "\"₹\""),
    ("flow::duplicate-keyword", "keywords = [\"demo\"]", "keywords = [\"demo\", \"Demo\"]", "\"Demo\""),
    ("flow::never-chosen", "keywords = [\"demo\"]\ndefault = true", "keywords = []", "[start]"),
    ("flow::empty-list", "[\"whatsapp\", \"sms\"]", "[]", "[]"),
    ("flow::command-is-off", "off = [\"human\"]", "off = [\"human\", \"back\"]", "back"),
    (
        "flow::ambiguous-word",
        "back = [\"previous\"]",
        "back = [\"previous\"]\nskip = [\"Previous\"]",
        "\"Previous\"",
    ),
    (
        "flow::misplaced-condition",
        "points.newsletter = 3",
        "points.newsletter = { points = 3, within = \"2m\" }",
        "within",
    ),
    (
        "flow::unused-points",
        "points.newsletter = 3",
        "points.newsletter = 3\npoints.question_answred = 3",
        "question_answred",
    ),
    ("flow::threshold-order", "mql = 30", "mql = 60", "60"),
    ("flow::unreachable-class", "sql = 60", "sql = 600", "600"),
    ("flow::everyone-qualifies", "mql = 30", "mql = 5", "5"),
    ("flow::reminder-order", "after = \"2h\"", "after = \"1h\"", "\"1h\""),
    ("flow::bad-template", "template = \"follow_up/en\"", "template = \"Follow up\"", "\"Follow up\""),
    ("flow::reminder-after-end", "end_after = \"3d\"", "end_after = \"90m\"", "\"90m\""),
    ("flow::unknown-event", "\"newsletter\", \"declined\"", "\"newsleter\", \"declined\"", "\"newsleter\""),
    ("flow::unreachable-event", ", event = \"demo_requested\"", "", "\"demo_requested\""),
    (
        "flow::unused-points",
        "points.newsletter = 3",
        "points.newsletter = 3\npoints.detailed_answer = 3",
        "detailed_answer",
    ),
    ("flow::reserved-rule", "points.newsletter = 3", "points.newsletter = 3\npoints.fit = 3", "fit"),
    ("flow::reserved-rule", "event = \"newsletter\"", "event = \"decay\"", "\"decay\""),
    (
        "flow::unknown-rule",
        "points.newsletter = 3",
        "points.newsletter = 3\nonce = [\"quick_reply\", \"quick_replay\"]",
        "\"quick_replay\"",
    ),
    ("flow::unknown-rule", "points.newsletter = 3", "points.newsletter = 3\nonce = [\"fit\"]", "\"fit\""),
    (
        "flow::unknown-rule",
        "points.newsletter = 3",
        "points.newsletter = 3\ncaps = { quick_reply = 15, newslettr = 3 }",
        "newslettr",
    ),
    ("flow::unknown-rule", "points.newsletter = 3", "points.newsletter = 3\ncaps.option = 20", "option"),
    ("flow::small-cap", "points.newsletter = 3", "points.newsletter = 3\ncaps.quick_reply = 4", "4"),
    ("flow::small-cap", "points.newsletter = 3", "points.newsletter = 3\ncaps.engagement = 14", "14"),
    ("flow::wrong-value", "points.newsletter = 3", "points.newsletter = 3\ncaps.quick_reply = 0", "0"),
    ("flow::unreachable-class", "points.newsletter = 3", "points.newsletter = 3\ncaps.engagement = 59", "60"),
    (
        "flow::unreachable-class",
        "points.newsletter = 3",
        "points.newsletter = 3\nonce = [\"quick_reply\", \"question_answered\"]\ncaps = { demo_requested = 15, engagement = 40 }",
        "60",
    ),
    (
        "flow::fast-decay",
        "points.newsletter = 3",
        "points.newsletter = 3\ndecay = { after = \"30m\", points = 5 }",
        "\"30m\"",
    ),
    (
        "flow::fast-decay",
        "points.newsletter = 3",
        "points.newsletter = 3\ndecay = { after = \"2d\", every = \"10s\", points = 5 }",
        "\"10s\"",
    ),
    ("flow::decay-amount", "points.newsletter = 3", "points.newsletter = 3\ndecay = { after = \"2d\" }", ""),
    (
        "flow::decay-amount",
        "points.newsletter = 3",
        "points.newsletter = 3\ndecay = { after = \"2d\", points = 5, percent = 30 }",
        "30",
    ),
    (
        "flow::decay-amount",
        "points.newsletter = 3",
        "points.newsletter = 3\ndecay = { after = \"2d\", percent = 101 }",
        "101",
    ),
    (
        "flow::high-floor",
        "points.newsletter = 3",
        "points.newsletter = 3\ndecay = { after = \"2d\", percent = 50, floor = 900 }",
        "900",
    ),
    ("flow::unheard-event", "event = \"demo_requested\"", "event = \"demo_request\"", "\"demo_request\""),
    ("flow::silent-channel", "say = \"How many people?\"", "say_sms = \"How many people?\"", "[[steps]]"),
    ("flow::silent-end", "say = \"Good bye.\"\n", "", "[[steps]]"),
    ("flow::no-is-ignored", "go = [{ when = \"not answer\", to = \"goodbye\" }]\n", "", "\"greeting\""),
    ("flow::unknown-name", "ask = \"yes_no\"\n", "", "answer"),
    (
        "flow::template-in-option",
        "[\"Billing\", \"Payments\"]",
        "[\"Billing\", \"{{ name }}\"]",
        "\"{{ name }}\"",
    ),
    ("flow::template-in-option", "short = \"Demo\"", "short = \"{{ name }}\"", "\"{{ name }}\""),
    ("flow::unknown-goal", "goal = \"demo_requested\"", "goal = \"demo_request\"", "\"demo_request\""),
    ("flow::unreachable-goal", ", event = \"demo_requested\"", "", "\"demo_requested\""),
    (
        "flow::too-few-variants",
        "variants = { A = 1, B = 1 }\ngoal = \"completed\"",
        "variants = { B = 1 }\ngoal = \"completed\"",
        "{ B = 1 }",
    ),
    (
        "flow::one-sided-experiment",
        "variants = { A = 1, B = 1 }\ngoal = \"completed\"",
        "variants = { A = 0, B = 1 }\ngoal = \"completed\"",
        "{ A = 0, B = 1 }",
    ),
    ("flow::unused-experiment", "variant.hello.B.say = \"Hello! May I?\"\n", "", "hello"),
    ("flow::unknown-experiment", "variant.hello.B.say", "variant.helo.B.say", "helo"),
    ("flow::unknown-experiment", "variants = { hello = \"A\" }", "variants = { helo = \"A\" }", "helo"),
    ("flow::unknown-variant", "variant.hello.B.say", "variant.hello.C.say", "C"),
    ("flow::unknown-variant", "order.B", "order.C", "C"),
    ("flow::unknown-variant", "variants = { hello = \"A\" }", "variants = { hello = \"a\" }", "\"a\""),
    ("flow::bad-order", "[\"staff\", \"kind\"]", "[\"staff\"]", "[\"staff\"]"),
    ("flow::bad-order", "[\"staff\", \"kind\"]", "[\"kind\", \"greeting\"]", "\"greeting\""),
    ("flow::bad-order", "[\"staff\", \"kind\"]", "[\"thanks\", \"kind\"]", "\"thanks\""),
    ("flow::bad-order", "[\"staff\", \"kind\"]", "[\"staff\", \"staff\"]", "\"staff\""),
    ("flow::pointless-order", "[\"staff\", \"kind\"]", "[\"kind\", \"staff\"]", "[\"kind\", \"staff\"]"),
    ("flow::bad-template", "{{ name or 'friend' }}", "{{ name or }}", ""),
    ("flow::bad-condition", "\"not answer\"", "\"not\"", ""),
    ("flow::unknown-name", "{{ name or 'friend' }}", "{{ nme or 'friend' }}", "nme"),
    ("flow::unknown-name", "\"not answer\"", "\"not anser\"", "anser"),
    ("flow::unknown-name", "{{ kind }}", "{{ kid }}", "kid"),
    ("flow::unknown-name", "{{ question }}", "{{ qestion }}", "qestion"),
    ("flow::unknown-name", "say = \"Good bye.\"", "say = \"Bye {{ thanks }}\"", "thanks"),
    ("flow::unknown-filter", "kind | upper", "kind | uper", ""),
    ("flow::unknown-field", "{{ lead.city }}", "{{ lead.cty }}", "lead.cty"),
    ("flow::unknown-field", "lead = { email", "lead = { emial", "emial"),
    ("flow::asked-later", "say = \"What do you run?\"", "say = \"What do you run? {{ budget }}\"", "budget"),
    ("flow::unknown-option", "kind == 'Shop'", "kind == 'Shopp'", "'Shopp'"),
    ("flow::unknown-option", "'Billing' in answer", "'Biling' in answer", "'Biling'"),
    ("flow::unknown-option", "value = \"Shop\"", "value = \"Store\"", "'Shop'"),
    ("flow::unknown-option", "answers = { kind = \"Shop\" }", "answers = { kind = \"Shops\" }", "\"Shops\""),
    ("flow::never-true", "\"not answer\"", "\"answer == 'no'\"", "'no'"),
    ("flow::never-true", "\"'Billing' in answer and", "\"answer == 'Billing' and", "'Billing'"),
    ("flow::never-true", "\"not answer\"", "\"channel == 'telegram'\"", "'telegram'"),
    ("flow::never-true", "\"not answer\"", "\"class == 'sql'\"", "'sql'"),
    ("flow::never-true", "\"not answer\"", "\"score > '5'\"", "'5'"),
    (
        "flow::unreachable-step",
        "go = [{ when = \"not answer\", to = \"goodbye\" }]",
        "go = [{ to = \"goodbye\" }]",
        "\"kind\"",
    ),
    (
        "flow::unreachable-branch",
        "to = \"goodbye\" }]",
        "to = \"goodbye\" }, { when = \"not answer\", to = \"thanks\" }]",
        "",
    ),
    ("flow::pointless-branch", "kind == 'Shop'\", to = \"thanks\"", "kind == 'Shop'\", to = \"mail\"", ""),
    ("flow::no-end", "end = \"declined\"\n", "", "\"goodbye\""),
    ("flow::dead-end", "end = \"declined\"", "go = [{ to = \"goodbye\" }]", "\"goodbye\""),
    ("flow::silent-loop", "end = \"declined\"", "go = [{ to = \"goodbye\" }]", "\"goodbye\""),
    ("flow::bad-test", "@ 2h", "@ 2 weeks", "@ 2 weeks"),
    ("flow::bad-test", "> Welcome! May I ask?", "Welcome!", "Welcome!"),
    ("flow::bad-test", "channel = \"sms\"", "channel = \"web\"", "\"web\""),
    (
        "flow::duplicate-test",
        "[[test]]\n",
        "[[test]]\nname = \"keen\"\nchat = \"< hi\"\n[[test]]\n",
        "\"keen\"",
    ),
    ("flow::unknown-outcome", "outcome = \"\"", "outcome = \"complete\"", "\"complete\""),
    ("flow::unknown-sink", "delivered = { crm", "delivered = { cmr", "cmr"),
    ("flow::unknown-sink", "crm = { kind", "crm = { kid", "kid"),
    ("flow::no-calls", "[silence]", "[voice]\nmax_length = \"5m\"\n[silence]", "[voice]"),
    (
        "flow::continues-nowhere",
        "[start]\nchannels = [\"whatsapp\", \"sms\"]",
        "[voice]\ncontinue_by = \"sms\"\n[start]\nchannels = [\"whatsapp\", \"voice\"]",
        "\"sms\"",
    ),
    ("flow::unknown-locale", "[silence]", "[voice]\nlocale = \"British\"\n[silence]", "\"British\""),
    ("flow::bad-number", "[silence]", "[voice]\ntransfer_to = \"555 0123\"\n[silence]", "\"555 0123\""),
    ("flow::bad-confidence", "[silence]", "[voice]\nconfirm_below = 50\n[silence]", "50"),
    (
        "flow::file-by-phone",
        "[\"whatsapp\", \"sms\"]\nkeywords = [\"demo\"]\ndefault = true\n[scoring]",
        "[\"voice\"]\n[[steps]]\nid = \"file\"\nask = \"media\"\nsay = \"Send it.\"\n[scoring]",
        "\"media\"",
    ),
];

/// Longer than a WhatsApp or text message can be.
const LONG: &str = concat!("say = \"\"\"Good bye.", "…", "\"\"\"");
