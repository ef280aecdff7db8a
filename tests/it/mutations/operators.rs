//! The mistakes an author can make, as edits of a flow's text.

use regex::{Captures, Regex};

/// A kind of mistake: its name, and all places of a text where it can be made, each with what was done and the new text.
pub struct Operator {
    /// For the table.
    pub name: &'static str,
    edits: fn(&str) -> Vec<(String, String)>,
}

impl Operator {
    /// Every edit of this kind. Lines that are comments are left alone.
    pub fn edits(&self, text: &str) -> Vec<(String, String)> {
        (self.edits)(text)
    }
}

/// All kinds.
pub const ALL: &[Operator] = &[
    Operator { name: "rename a step", edits: rename_step },
    Operator { name: "misspell a reference", edits: misspell_reference },
    Operator { name: "swap two branches' targets", edits: swap_targets },
    Operator { name: "drop an option", edits: drop_option },
    Operator { name: "duplicate an option", edits: duplicate_option },
    Operator { name: "drop another word of an option", edits: drop_also },
    Operator { name: "misspell a name in a template", edits: misspell_template },
    Operator { name: "leave a template open", edits: open_template },
    Operator { name: "remove a language", edits: remove_language },
    Operator { name: "swap two languages", edits: swap_languages },
    Operator { name: "delete a go", edits: delete_go },
    Operator { name: "delete an option's way", edits: delete_way },
    Operator { name: "change a value in a condition", edits: change_value },
    Operator { name: "negate a condition", edits: negate },
    Operator { name: "delete an end", edits: delete_end },
    Operator { name: "change an outcome", edits: change_outcome },
    Operator { name: "change points", edits: change_points },
    Operator { name: "change a threshold", edits: change_threshold },
    Operator { name: "change a kind of answer", edits: change_ask },
    Operator { name: "swap two steps", edits: swap_steps },
    Operator { name: "drop tries", edits: drop_tries },
    Operator { name: "drop give_up", edits: drop_give_up },
    Operator { name: "rename an experiment or variant", edits: rename_experiment },
    Operator { name: "misspell a key", edits: misspell_key },
    Operator { name: "change save", edits: change_save },
    Operator { name: "drop optional", edits: drop_optional },
    Operator { name: "change a limit", edits: change_limit },
    Operator { name: "change a length of time", edits: change_time },
    Operator { name: "change an event", edits: change_event },
    Operator { name: "drop a delivered field", edits: drop_field },
    Operator { name: "change a wording", edits: change_wording },
    Operator { name: "drop a channel's wording", edits: drop_channel_wording },
    Operator { name: "drop a channel", edits: drop_channel },
    Operator { name: "drop a keyword", edits: drop_keyword },
    Operator { name: "drop a quotation mark", edits: drop_quote },
];

/// Every match of a pattern outside comments, replaced by what `edit` makes of it; `None`: no edit here.
fn each(text: &str, pattern: &str, edit: impl Fn(&Captures<'_>) -> Option<String>) -> Vec<(String, String)> {
    let pattern = Regex::new(pattern).expect("the patterns below are well-formed");
    let mut edits = Vec::new();
    for found in pattern.captures_iter(text) {
        let whole = found.get(0).expect("the whole match is always there");
        let line_start = text[..whole.start()].rfind('\n').map_or(0, |at| at + 1);
        if text[line_start..].trim_start().starts_with('#') || text[line_start..whole.start()].contains(" # ")
        {
            continue;
        }
        if let Some(new) = edit(&found).filter(|new| new != whole.as_str()) {
            let line = text[..whole.start()].matches('\n').count() + 1;
            let brief = |text: &str| text.trim().chars().take(60).collect::<String>().replace('\n', "↵");
            let what = if new.trim().is_empty() {
                format!("line {line}: without {}", brief(whole.as_str()))
            } else {
                format!("line {line}: {} → {}", brief(whole.as_str()), brief(&new))
            };
            edits.push((what, format!("{}{new}{}", &text[..whole.start()], &text[whole.end()..])));
        }
    }
    edits
}

/// Every match taken away.
fn without(text: &str, pattern: &str) -> Vec<(String, String)> {
    each(text, pattern, |_| Some(String::new()))
}

/// Two neighbouring matches of a pattern in each other's places, where they differ.
fn swapped(text: &str, pattern: &str) -> Vec<(String, String)> {
    let pattern = Regex::new(pattern).expect("the patterns below are well-formed");
    let found: Vec<_> =
        pattern.captures_iter(text).map(|found| found.name("it").expect("every pattern has it")).collect();
    let pairs = found.windows(2).filter(|pair| pair[0].as_str() != pair[1].as_str());
    pairs
        .map(|pair| {
            let (one, two) = (pair[0], pair[1]);
            let brief = |text: &str| text.trim().chars().take(40).collect::<String>().replace('\n', "↵");
            let new = format!(
                "{}{}{}{}{}",
                &text[..one.start()],
                two.as_str(),
                &text[one.end()..two.start()],
                one.as_str(),
                &text[two.end()..]
            );
            (format!("{} ↔ {}", brief(one.as_str()), brief(two.as_str())), new)
        })
        .collect()
}

fn number(digits: &str) -> i64 {
    digits.parse().expect("the patterns match digits only")
}

fn misspelt(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    match letters.len() {
        0 => return "x".into(),
        1 => letters.push('x'),
        length => {
            let at = (1..length).find(|at| letters[*at] != letters[at - 1]).unwrap_or(1);
            letters.swap(at - 1, at);
        }
    }
    letters.into_iter().collect()
}

fn rename_step(text: &str) -> Vec<(String, String)> {
    each(text, r#"(?m)(\[\[steps\]\]\nid\s*= )"(\w+)""#, |found| {
        Some(format!("{}\"{}_x\"", &found[1], &found[2]))
    })
}

fn misspell_reference(text: &str) -> Vec<(String, String)> {
    each(text, r#"\b(to|give_up)(\s*= )"(\w+)""#, |found| {
        (&found[3] != "crm").then(|| format!("{}{}\"{}\"", &found[1], &found[2], misspelt(&found[3])))
    })
}

fn swap_targets(text: &str) -> Vec<(String, String)> {
    swapped(text, r#"\b(?:to|give_up)\s*= "(?<it>[a-z_]+)"(?:,| \}|\s*\])"#)
}

fn drop_option(text: &str) -> Vec<(String, String)> {
    let mut edits = without(text, r#"(?m)^  \{ value = .*\n"#);
    edits.extend(without(text, r#"\[\[steps\.options\]\]\n(?:[a-z]+ .*\n)+"#));
    edits.extend(each(text, r#"(?m)^options = \[("[^"]+"), (.*)\]$"#, |found| {
        Some(format!("options = [{}]", &found[2]))
    }));
    edits.extend(each(text, r#"(?m)^options = \[(".*), ("[^"]+")\]"#, |found| {
        Some(format!("options = [{}]", &found[1]))
    }));
    edits
}

fn duplicate_option(text: &str) -> Vec<(String, String)> {
    let pairs = r#"(value\s*= )("[^"]+")((?:[^\[]|\[[^\[])*?\bvalue\s*= )"[^"]+""#;
    let mut edits = each(text, pairs, |found| Some(format!("{0}{1}{2}{1}", &found[1], &found[2], &found[3])));
    edits.extend(each(text, r#"(?m)^options = \[("[^"]+"), "[^"]+""#, |found| {
        Some(format!("options = [{0}, {0}", &found[1]))
    }));
    edits
}

fn drop_also(text: &str) -> Vec<(String, String)> {
    let mut edits = without(text, r#"also\s*= \["[^"]+"\],? ?"#);
    edits.extend(each(text, r#"(also\s*= \[)"[^"]+", "#, |found| Some(found[1].to_owned())));
    edits.extend(each(text, r#"(also\s*= \["[^"]+"), "[^"]+""#, |found| Some(found[1].to_owned())));
    edits
}

fn misspell_template(text: &str) -> Vec<(String, String)> {
    each(text, r"\{\{ ([a-z_]{3,})", |found| Some(format!("{{{{ {}", misspelt(&found[1]))))
}

fn open_template(text: &str) -> Vec<(String, String)> {
    each(text, r"(\{\{[^}]*)\}\}", |found| Some(format!("{}}}", &found[1])))
}

fn remove_language(text: &str) -> Vec<(String, String)> {
    let mut edits = without(text, r#"(?m)^(?:en|hi|es) = ".*\n"#);
    edits.extend(without(text, r#"\b(?:en|hi) = "[^"]*", "#));
    edits.extend(without(text, r#", es = "[^"]*""#));
    edits
}

fn swap_languages(text: &str) -> Vec<(String, String)> {
    each(text, r#"(?m)^hi = (".*")\nes = (".*")$"#, |found| {
        Some(format!("hi = {}\nes = {}", &found[2], &found[1]))
    })
}

fn delete_go(text: &str) -> Vec<(String, String)> {
    let mut edits = without(text, r"(?m)^go\s*= \[.*\]\n");
    edits.extend(without(text, r"(?m)^  \{ (?:when|to) = .*\n"));
    edits
}

fn delete_way(text: &str) -> Vec<(String, String)> {
    let mut edits =
        each(text, r#"(?m)^(  \{ value = .*), to\s*= "\w+" \}"#, |found| Some(format!("{} }}", &found[1])));
    edits.extend(without(text, r#"(?m)^to\s+= "\w+"\n"#));
    edits
}

fn change_value(text: &str) -> Vec<(String, String)> {
    let mut edits = each(text, r#"(when = "[^"']*')([^']+)('[^"]*")"#, |found| {
        Some(format!("{}{}{}", &found[1], misspelt(&found[2]), &found[3]))
    });
    edits.extend(each(text, r#"(when = "[^"']*[<>=] )(\d+)""#, |found| {
        Some(format!("{}{}\"", &found[1], number(&found[2]) + 1))
    }));
    edits.extend(each(text, r#"(when = "[^"']*[<>=] )(\d+)""#, |found| {
        Some(format!("{}{}\"", &found[1], number(&found[2]) - 1))
    }));
    edits
}

fn negate(text: &str) -> Vec<(String, String)> {
    each(text, r#"when = "([^"]+)""#, |found| Some(format!("when = \"not ({})\"", &found[1])))
}

fn delete_end(text: &str) -> Vec<(String, String)> {
    without(text, r#"(?m)^end\s*= "\w+"\n"#)
}

fn change_outcome(text: &str) -> Vec<(String, String)> {
    each(text, r#"(?m)^(end\s*= )"(\w+)""#, |found| {
        Some(format!("{}\"{}\"", &found[1], if &found[2] == "completed" { "declined" } else { "completed" }))
    })
}

fn change_points(text: &str) -> Vec<(String, String)> {
    let more = |found: &Captures<'_>| Some(format!("{}{}", &found[1], number(&found[2]) + 5));
    let mut edits = each(text, r"(\bpoints\s*= )(-?\d+)", more);
    let rules = r"(?m)^((?:session_opened|replied_greeting|question_answered|all_answered|contact_shared|product_interest|demo_requested|cta_clicked|visit_requested)\s*= )(\d+)";
    edits.extend(each(text, rules, more));
    edits
}

fn change_threshold(text: &str) -> Vec<(String, String)> {
    let by =
        |step: i64| move |found: &Captures<'_>| Some(format!("{}{}", &found[1], number(&found[2]) + step));
    let mut edits = each(text, r"(?m)^((?:sql|mql) = )(\d+)", by(10));
    edits.extend(each(text, r"(?m)^((?:sql|mql) = )(\d+)", by(-10)));
    edits.extend(each(text, r"(\bover = )(\d+)", by(20)));
    edits
}

fn change_ask(text: &str) -> Vec<(String, String)> {
    each(text, r#"(?m)^(ask\s*= )"(\w+)""#, |found| {
        let other = match &found[2] {
            "choice" => "choices",
            "choices" | "yes_no" => "choice",
            "consent" => "yes_no",
            "text" | "date" => "number",
            "datetime" => "date",
            _ => "text",
        };
        Some(format!("{}\"{other}\"", &found[1]))
    })
}

fn swap_steps(text: &str) -> Vec<(String, String)> {
    swapped(text, r#"(?m)^(?<it>\[\[steps\]\]\n(?:[^\[\n].*\n|\[steps.*\n|\[\[steps\.options.*\n)+)"#)
}

fn drop_tries(text: &str) -> Vec<(String, String)> {
    without(text, r"(?m)^tries\s*= .*\n")
}

fn drop_give_up(text: &str) -> Vec<(String, String)> {
    without(text, r"(?m)^give_up\s*= .*\n")
}

fn rename_experiment(text: &str) -> Vec<(String, String)> {
    let mut edits =
        each(text, r"\[experiments\.(\w+)\]", |found| Some(format!("[experiments.{}_x]", &found[1])));
    edits.extend(each(text, r"(?m)^variant\.(\w+)\.B", |found| Some(format!("variant.{}.C", &found[1]))));
    edits.extend(each(text, r"(?m)^variant\.(\w+)\.B", |found| {
        Some(format!("variant.{}.B", misspelt(&found[1])))
    }));
    edits.extend(each(text, r"\{ A = 1, B = 1 \}", |_| Some("{ A = 1, C = 1 }".into())));
    edits.extend(each(text, r"(?m)^order\.B", |_| Some("order.C".into())));
    edits
}

fn misspell_key(text: &str) -> Vec<(String, String)> {
    let keys = r"(?m)^(id|title|languages|region|channels|keywords|default|sql|mql|remind|end_after|ask|stage|say|say_voice|options|menu|save|retry|tries|give_up|optional|go|end|min|max|value|label|also|points|event|declines|to|on|via|variants|goal)(\s*= )";
    each(text, keys, |found| Some(format!("{}{}", misspelt(&found[1]), &found[2])))
}

fn change_save(text: &str) -> Vec<(String, String)> {
    let mut edits =
        each(text, r#"(?m)^(save\s*= )"(\w+)""#, |found| Some(format!("{}\"{}_old\"", &found[1], &found[2])));
    edits.extend(without(text, r"(?m)^save\s*= .*\n"));
    edits
}

fn drop_optional(text: &str) -> Vec<(String, String)> {
    without(text, r"(?m)^optional\s*= true.*\n")
}

fn change_limit(text: &str) -> Vec<(String, String)> {
    let mut edits = each(text, r"(?m)^(m(?:in|ax)\s*= )(\d+)", |found| {
        Some(format!("{}{}", &found[1], number(&found[2]) + 1))
    });
    edits.extend(without(text, r"(?m)^m(?:in|ax)\s*= \d+\n"));
    edits
}

fn change_time(text: &str) -> Vec<(String, String)> {
    each(text, r#"\b(after|end_after|within)(\s*= )"(\d+)(\w)""#, |found| {
        Some(format!("{}{}\"{}{}\"", &found[1], &found[2], number(&found[3]) + 1, &found[4]))
    })
}

fn change_event(text: &str) -> Vec<(String, String)> {
    let mut edits = each(text, r#"(event\s*= )"(\w+)""#, |found| {
        Some(format!("{}\"{}\"", &found[1], misspelt(&found[2])))
    });
    edits.extend(without(text, r#", event = "\w+""#));
    edits.extend(without(text, r#"(?m)^event = "\w+"\n"#));
    edits.extend(each(text, r"declines = true", |_| Some("declines = false".into())));
    edits
}

fn drop_field(text: &str) -> Vec<(String, String)> {
    let mut edits = without(text, r#"(?m)^\w+\s*= "\{\{ .*\}\}"\n"#);
    edits.extend(without(text, r#"(?:full_name|business) = "\{\{ \w+ \}\}", "#));
    edits
}

fn change_wording(text: &str) -> Vec<(String, String)> {
    each(text, r#"(?m)^(.*\bsay(?:_voice)?\s*= "|retry\s*= "|(?:en|hi|es) = ")(\w+)"#, |found| {
        Some(format!("{}{} {}", &found[1], &found[2], &found[2]))
    })
}

fn drop_channel_wording(text: &str) -> Vec<(String, String)> {
    without(text, r#"(?m)^say_voice\s*= .*\n"#)
}

fn drop_channel(text: &str) -> Vec<(String, String)> {
    let mut edits = each(text, r#"(?m)^(channels = \[)"\w+", "#, |found| Some(found[1].to_owned()));
    edits.extend(each(text, r#"(?m)^(channels = \[.*), "\w+"\]"#, |found| Some(format!("{}]", &found[1]))));
    edits.extend(without(text, r"(?m)^default\s*= true.*\n"));
    edits
}

fn drop_keyword(text: &str) -> Vec<(String, String)> {
    let mut edits = each(text, r#"(?m)^(keywords = \[)"[^"]+", "#, |found| Some(found[1].to_owned()));
    edits.extend(each(text, r#"(?m)^(keywords = \[.*), "[^"]+"\]"#, |found| Some(format!("{}]", &found[1]))));
    edits
}

fn drop_quote(text: &str) -> Vec<(String, String)> {
    each(text, r#"(?m)^(say\s*= ".*)"$"#, |found| Some(found[1].to_owned()))
}
