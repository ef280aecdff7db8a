//! Rules about what texts and conditions speak of: names that exist, comparisons that can come true.

use super::looks::{Compared, How, Looks};
use super::reserved::{FUNCTIONS, LEAD_FIELDS, SCOPE};
use crate::domain::answer::Kind;
use crate::domain::channel::Channel;
use crate::domain::score::Class;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::inside::inside;
use crate::flow::model::{Flow, Step};
use crate::flow::paths;
use crate::flow::read::{Draft, Scope, Written};
use crate::flow::suggest::did_you_mean;
use crate::flow::texts::TextKey;
use minijinja::value::ValueKind;
use minijinja::{Environment, ErrorKind};
use std::collections::BTreeSet;

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let flow = &draft.flow;
    let known = known(flow);
    let all_ways: Vec<_> = paths::orders(flow).iter().map(|order| paths::ways(flow, order)).collect();
    for written in &draft.written {
        let looks = Looks::at(&written.source, written.condition);
        for used in &looks.names {
            let place = inside(findings, written.place, used.range.clone());
            name(flow, &known, written, &used.name, place, findings);
            if let (Some(field), "lead") = (&used.field, used.name.as_str()) {
                lead_field(flow, field, place, findings);
            }
            if let (Scope::Branch(here), "answer") = (written.scope, used.name.as_str())
                && draft.steps[here].get("ask").is_none()
            {
                let message = format!("\"{}\" asks nothing, so there is no answer", flow.steps[here].id);
                findings
                    .error("flow::unknown-name", place, message, "always empty")
                    .help("add `ask` to the step, or use the answer to an earlier question by its id");
            }
            // What a later step asks is empty here.
            let (Scope::Step(here) | Scope::Branch(here)) = written.scope else { continue };
            let asked = flow.steps.iter().position(|step| step.id == used.name && step.ask.is_some());
            let Some(asked) =
                asked.filter(|asked| *asked != here && !LEAD_FIELDS.contains(&used.name.as_str()))
            else {
                continue;
            };
            if !all_ways.iter().any(|ways| paths::reached(ways, asked)[here]) {
                let message = format!("\"{}\" is asked after this, so it is always empty here", used.name);
                findings
                    .warning("flow::asked-later", place, message, "not known yet")
                    .help("use an earlier answer, or move the question");
            }
        }
        for (used, what) in looks
            .filters
            .iter()
            .map(|used| (used, "filter"))
            .chain(looks.tests.iter().map(|used| (used, "test")))
        {
            if !exists(&used.name, what) {
                let place = inside(findings, written.place, used.range.clone());
                let message = format!("there is no {what} \"{}\"", used.name);
                let words = [
                    "upper", "lower", "title", "trim", "join", "default", "length", "first", "last", "round",
                    "defined", "none",
                ];
                let help = did_you_mean(&used.name, words);
                findings.error("flow::unknown-filter", place, message, "unknown").maybe_help(help);
            }
        }
        for compared in &looks.compared {
            comparison(flow, written, compared, findings);
        }
    }
}

/// Names every text and condition knows.
fn known(flow: &Flow) -> BTreeSet<&str> {
    let asked = flow.steps.iter().filter(|step| step.ask.is_some());
    let names = asked.flat_map(|step| [step.id.as_str(), step.save.as_str()]);
    names.chain(SCOPE).chain(LEAD_FIELDS).chain(FUNCTIONS).collect()
}

fn name(
    flow: &Flow,
    known: &BTreeSet<&str>,
    written: &Written,
    name: &str,
    place: Place,
    findings: &mut Findings,
) {
    let extra = match written.scope {
        Scope::Reminder => name == "question",
        Scope::Builtin => TextKey::ALL.into_iter().any(|key| key.names().contains(&name)),
        _ => false,
    };
    if extra || known.contains(name) {
        return;
    }
    let speaks_only = flow.steps.iter().any(|step| step.id == name);
    let message = if speaks_only {
        format!("the step \"{name}\" asks nothing, so it has no answer")
    } else {
        format!("nothing is called \"{name}\" here")
    };
    let near = known.iter().copied().filter(|known| !FUNCTIONS.contains(known)).collect::<Vec<_>>();
    let help = did_you_mean(name, near).unwrap_or_else(|| {
        "known are: the ids of questions, lead fields, answer, score, class, channel, language, lead"
            .to_owned()
    });
    findings.error("flow::unknown-name", place, message, "unknown name").help(help);
}

fn lead_field(flow: &Flow, field: &str, place: Place, findings: &mut Findings) {
    let saved = flow.steps.iter().map(|step| step.save.as_str()).filter(|save| !save.is_empty());
    let known = saved.chain(LEAD_FIELDS);
    if !known.clone().any(|name| name == field) {
        let message = format!("no step of this flow saves \"{field}\"");
        let help = did_you_mean(field, known);
        findings
            .warning("flow::unknown-field", place, message, "known only where a program sets it")
            .maybe_help(help);
    }
}

/// Whether the expression language has a filter or test of that name.
fn exists(name: &str, what: &str) -> bool {
    let environment = Environment::new();
    let source = if what == "filter" { format!("none|{name}") } else { format!("none is {name}") };
    let tried = environment.compile_expression(&source).and_then(|expression| expression.eval(()));
    !matches!(tried, Err(error) if matches!(error.kind(), ErrorKind::UnknownFilter | ErrorKind::UnknownTest))
}

fn comparison(flow: &Flow, written: &Written, compared: &Compared, findings: &mut Findings) {
    let place = inside(findings, written.place, compared.range.clone());
    let text = compared.constant.as_str();
    let step = match (written.scope, compared.name.as_str()) {
        (Scope::Step(index) | Scope::Branch(index), "answer") => flow.steps.get(index),
        (_, name) => flow.steps.iter().find(|step| step.id == name),
    };
    if let Some(step) = step {
        answer(step, compared, place, findings);
        return;
    }
    let words: Vec<&str> = match compared.name.as_str() {
        "class" => [Class::Sql, Class::Mql, Class::Unqualified].into_iter().map(Class::as_str).collect(),
        "channel" => Channel::ALL.into_iter().map(Channel::as_str).collect(),
        "language" => flow.languages.iter().map(String::as_str).collect(),
        "score" if compared.constant.kind() != ValueKind::Number => {
            findings
                .error("flow::never-true", place, "`score` is a number", "never equal")
                .help("write it without quotes: score >= 30");
            return;
        }
        _ => return,
    };
    if !text.is_some_and(|text| words.contains(&text)) {
        let message = format!("`{}` is never {}", compared.name, compared.constant);
        let help = text.and_then(|text| did_you_mean(text, words.iter().copied()));
        findings.error("flow::never-true", place, message, "never equal").maybe_help(help);
    }
}

fn answer(step: &Step, compared: &Compared, place: Place, findings: &mut Findings) {
    let Some(kind) = step.ask else { return };
    let text = compared.constant.as_str();
    let is_option = |text: &str| step.options.iter().any(|option| option.value == text);
    let options = || step.options.iter().map(|option| option.value.as_str());
    let within = |text: &str| options().any(|option| option.contains(text));
    match (kind, compared.how) {
        (Kind::Choice, How::Equal) | (Kind::Choices, How::Contains) if !text.is_some_and(is_option) => {
            let message = format!("{:?} is not an option of \"{}\"", compared.constant, step.id);
            let help = text.and_then(|text| did_you_mean(text, options()));
            findings.error("flow::unknown-option", place, message, "never chosen").maybe_help(help);
        }
        (Kind::Choice, How::Contains) if !text.is_some_and(within) => {
            let message = format!("no option of \"{}\" contains {:?}", step.id, compared.constant);
            findings
                .error("flow::unknown-option", place, message, "never true")
                .help("write answer == '…' with one of the options");
        }
        (Kind::Choice, How::Ordered) => {
            let message = format!("the answer to \"{}\" is an option, not a number", step.id);
            findings
                .error("flow::never-true", place, message, "cannot be ordered")
                .help("write answer == '…' with one of the options");
        }
        (Kind::Choices, How::Equal | How::Ordered) => {
            let message = format!("the answer to \"{}\" is a list of options", step.id);
            findings
                .error("flow::never-true", place, message, "never equal")
                .help(format!("write {} in {}", compared.constant, compared.name));
        }
        (Kind::YesNo | Kind::Consent, _) if compared.constant.kind() != ValueKind::Bool => {
            let message = format!("the answer to \"{}\" is true or false", step.id);
            findings
                .error("flow::never-true", place, message, "never equal")
                .help(format!("write `{0}` or `not {0}`", compared.name));
        }
        (Kind::Number, _) if compared.constant.kind() != ValueKind::Number => {
            let message = format!("the answer to \"{}\" is a number", step.id);
            findings
                .error("flow::never-true", place, message, "never equal")
                .help("write the number without quotes");
        }
        (Kind::Money | Kind::MoneyRange | Kind::Range, _) => {
            let message = format!("the answer to \"{}\" has parts", step.id);
            let parts = if kind == Kind::Money { "amount" } else { "min" };
            findings
                .error("flow::never-true", place, message, "never equal")
                .help(format!("write {}.{parts}", compared.name));
        }
        _ => {}
    }
}
