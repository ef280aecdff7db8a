//! Rules about single steps: ids, keys that need each other, keys that exclude each other.

use super::is_name;
use super::reserved::{KEYWORDS, SCOPE};
use crate::domain::answer::Kind;
use crate::domain::command::Command;
use crate::flow::diagnostic::Findings;
use crate::flow::model::{Flow, Step};
use crate::flow::read::Draft;
use crate::flow::tree::Node;
use std::collections::BTreeMap;

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, (step, node)) in draft.flow.steps.iter().zip(&draft.steps).enumerate() {
        id(step, node, findings);
        if let Some(first) = seen.get(step.id.as_str()).copied().filter(|_| !step.id.is_empty()) {
            let first = findings.at(draft.steps[first].value_place("id"), "first here");
            let message = format!("two steps are called \"{}\"", step.id);
            let place = node.value_place("id");
            findings
                .error("flow::duplicate-step", place, message, "second step of this id")
                .help("give each step its own id")
                .related
                .push(first);
        }
        seen.entry(&step.id).or_insert(index);
        speaks(&draft.flow, step, node, findings);
        greets(step, node, findings);
        asks(step, node, findings);
        ends(step, node, findings);
        limits(step, node, findings);
        optional(draft, step, node, findings);
    }
}

fn id(step: &Step, node: &Node, findings: &mut Findings) {
    if node.get("id").is_none() {
        findings
            .error("flow::missing-key", node.place, "[[steps]] has no `id`", "`id` belongs here")
            .help("give the step a name: id = \"location\"");
        return;
    }
    let place = node.value_place("id");
    if !is_name(&step.id) {
        let message = format!("\"{}\" cannot be the id of a step", step.id);
        findings
            .error("flow::bad-id", place, message, "not a name")
            .help("letters, figures and _ only, so that conditions can use it: \"business_type\"");
    } else if SCOPE.contains(&step.id.as_str()) || KEYWORDS.contains(&step.id.as_str()) {
        let message = format!("\"{}\" means something else in conditions", step.id);
        findings.error("flow::reserved-id", place, message, "taken").help("choose another id");
    }
    if node.get("save").is_some() && !is_name(&step.save) {
        let message = format!("\"{}\" cannot be the name of a lead field", step.save);
        findings
            .error("flow::bad-id", node.value_place("save"), message, "not a name")
            .help("letters, figures and _ only, so that texts can use it: \"full_name\"");
    }
}

fn speaks(flow: &Flow, step: &Step, node: &Node, findings: &mut Findings) {
    let says = node.entries().iter().any(|entry| entry.name.starts_with("say"));
    if says {
        // Where a text could not be read there is a finding already.
        let silent: Vec<&str> = flow
            .start
            .channels
            .iter()
            .filter(|channel| {
                node.get("say").is_none() && node.get(&format!("say_{}", channel.as_str())).is_none()
            })
            .map(|channel| channel.as_str())
            .collect();
        if !silent.is_empty() {
            let message = format!("\"{}\" says nothing on {}", step.id, silent.join(", "));
            findings
                .error("flow::silent-channel", node.place, message, "no `say` for every channel")
                .help("add `say`; say_voice and the like are for one channel each");
        }
    } else if node.get("ask").is_some() {
        let message = format!("the question \"{}\" says nothing", step.id);
        findings
            .error("flow::missing-key", node.place, message, "`say` belongs here")
            .help("write what is asked: say = \"Which city are you in?\"");
    } else if node.get("end").is_some() {
        let message = format!("\"{}\" ends the conversation without a word", step.id);
        findings
            .warning("flow::silent-end", node.place, message, "no `say`")
            .help("say good-bye: say = \"Thank you!\"");
    } else if node.get("go").is_none() {
        let message = format!("the step \"{}\" does nothing", step.id);
        findings
            .error("flow::empty-step", node.place, message, "no `ask`, `say`, `go` or `end`")
            .help("write what it says: say = \"…\"");
    }
}

/// "No" to "May I ask?" must lead somewhere.
fn greets(step: &Step, node: &Node, findings: &mut Findings) {
    let greeting = step.ask == Some(Kind::YesNo) && step.stage.as_deref() == Some("greeting");
    if greeting && node.get("go").is_none() {
        findings
            .warning(
                "flow::no-is-ignored",
                node.value_place("id"),
                "\"no\" to the greeting changes nothing",
                "goes on all the same",
            )
            .help("add go = [{ when = \"not answer\", to = \"goodbye\" }]");
    }
}

fn asks(step: &Step, node: &Node, findings: &mut Findings) {
    if node.get("ask").is_none() {
        for key in ["options", "menu", "save", "tries", "give_up", "optional", "min", "max"] {
            if let Some(entry) = node.entry(key) {
                let message = format!("`{key}` on a step that asks nothing");
                findings.error("flow::needs-ask", entry.place, message, "only questions have this").help(
                    if key == "options" {
                        "add ask = \"choice\", or \"choices\" for more than one"
                    } else {
                        "add `ask`, or take this away"
                    },
                );
            }
        }
        for entry in node.entries().iter().filter(|entry| entry.name.starts_with("retry")) {
            let message = format!("`{}` on a step that asks nothing", entry.name);
            findings
                .error("flow::needs-ask", entry.place, message, "only questions have this")
                .help("add `ask`, or take this away");
        }
        return;
    }
    let Some(kind) = step.ask else { return };
    if kind.has_options() && step.options.is_empty() {
        let message = format!("ask = \"{}\" needs `options`", kind.as_str());
        findings
            .error("flow::missing-options", node.value_place("ask"), message, "nothing to choose from")
            .help("add options = [\"Yes\", \"No\"], or ask for another kind of answer");
    }
    if kind.has_options() && step.options.len() == 1 && !step.optional {
        let place = node.value_place("options");
        findings
            .warning("flow::one-option", place, "there is only one option", "no choice")
            .help("add another option, or make it a step that only speaks");
    }
    if !kind.has_options() && kind != Kind::Location && node.get("options").is_some() {
        let message = format!("ask = \"{}\" has no options", kind.as_str());
        findings
            .error("flow::unexpected-options", node.key_place("options"), message, "never shown")
            .help("ask = \"choice\" to pick one, ask = \"choices\" to pick several");
    }
    if node.get("menu").is_some() && step.options.is_empty() {
        findings
            .error("flow::needs-options", node.key_place("menu"), "`menu` without options", "an empty menu")
            .help("add `options`, or take `menu` away");
    }
    if node.get("give_up").is_some() && step.tries.is_none() {
        findings
            .error(
                "flow::give-up-without-tries",
                node.key_place("give_up"),
                "`give_up` without `tries` is never taken",
                "never taken",
            )
            .help("add tries = 3");
    }
}

fn ends(step: &Step, node: &Node, findings: &mut Findings) {
    let Some(end) = &step.end else { return };
    for key in ["ask", "go"] {
        if let Some(entry) = node.entry(key) {
            let message = format!("`{key}` on a step that ends the conversation");
            findings
                .error("flow::end-goes-on", entry.place, message, "never happens")
                .help("put the ending into a step of its own");
        }
    }
    let place = node.value_place("end");
    if end == "silent" {
        findings
            .error("flow::reserved-outcome", place, "\"silent\" is the outcome of silence", "taken")
            .help("completed, declined or a word of your own");
    } else if !is_name(end) {
        let message = format!("\"{end}\" cannot be an outcome");
        findings
            .error("flow::bad-id", place, message, "not a name")
            .help("letters, figures and _ only: \"completed\"");
    } else if let Some(meant) = ["completed", "declined"]
        .into_iter()
        .find(|known| end != known && strsim::damerau_levenshtein(end, known) <= 2)
    {
        let message = format!("the outcome \"{end}\" is nearly \"{meant}\"");
        findings
            .warning("flow::odd-outcome", place, message, "meant so?")
            .help(format!("did you mean `{meant}`?"));
    }
}

fn limits(step: &Step, node: &Node, findings: &mut Findings) {
    let measured =
        matches!(step.ask, Some(Kind::Number | Kind::Money | Kind::MoneyRange | Kind::Range | Kind::Text));
    for key in ["min", "max"] {
        if let (Some(kind), Some(entry), false) = (step.ask, node.entry(key), measured) {
            let message = format!("`{key}` means nothing for ask = \"{}\"", kind.as_str());
            findings
                .error("flow::unexpected-limit", entry.place, message, "no effect")
                .help("numbers, amounts, ranges and texts have limits");
        }
    }
    if let (Some(min), Some(max)) = (step.min, step.max)
        && min > max
    {
        let message = format!("no answer is at least {min} and at most {max}");
        findings
            .error("flow::impossible-limits", node.value_place("min"), message, "above `max`")
            .help("swap the two");
    }
}

fn optional(draft: &Draft, step: &Step, node: &Node, findings: &mut Findings) {
    if !step.optional {
        return;
    }
    let place = node.key_place("optional");
    if step.ask == Some(Kind::Consent) {
        findings
            .warning(
                "flow::optional-consent",
                place,
                "consent that can be skipped was not given",
                "skipping leaves it open",
            )
            .help("take `optional` away: \"no\" is an answer already");
    }
    if draft.flow.off.contains(&Command::Skip) {
        findings
            .warning("flow::skip-is-off", place, "\"skip\" is switched off in this flow", "cannot be skipped")
            .help("take \"skip\" out of `off`, or `optional` away");
    }
}
