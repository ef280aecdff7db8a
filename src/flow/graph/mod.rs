//! A flow as a picture: SVG drawn here, or Mermaid text for other programs to draw.

mod layout;
mod mermaid;
mod routes;
mod svg;

pub use mermaid::to_mermaid;
pub use svg::to_svg;

use crate::flow::model::{Flow, Step};
use crate::flow::paths::{self, Why};

/// The most options a box lists.
const MOST_OPTIONS: usize = 6;

/// What a box stands for; says how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Asks,
    Speaks,
    Ends,
}

/// A step in the picture.
#[derive(Clone, Debug)]
struct StepBox {
    id: String,
    role: Role,
    /// The kind of answer, or the outcome.
    kind: String,
    /// The beginning of what is said.
    words: String,
    options: Vec<String>,
    /// "optional · 3 tries".
    notes: String,
}

/// An arrow; several ways between the same two steps are one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Arrow {
    from: usize,
    to: usize,
    labels: Vec<String>,
}

fn boxes(flow: &Flow) -> Vec<StepBox> {
    flow.steps.iter().map(|step| step_box(flow, step)).collect()
}

fn step_box(flow: &Flow, step: &Step) -> StepBox {
    let language = flow.languages.first().map_or("en", String::as_str);
    let role = match (step.ask, &step.end) {
        (_, Some(_)) => Role::Ends,
        (Some(_), None) => Role::Asks,
        (None, None) => Role::Speaks,
    };
    let kind = step.end.clone().or_else(|| step.ask.map(|kind| kind.as_str().replace('_', " ")));
    let said = step
        .say
        .any
        .get(language)
        .or_else(|| step.say.by_channel.values().find_map(|texts| texts.get(language)));
    let mut options: Vec<String> = step
        .options
        .iter()
        .map(|option| option.label.get(language).unwrap_or(&option.value).clone())
        .collect();
    if options.len() > MOST_OPTIONS {
        let more = options.len() - (MOST_OPTIONS - 1);
        options.truncate(MOST_OPTIONS - 1);
        options.push(format!("and {more} more"));
    }
    let mut notes = Vec::new();
    if step.optional {
        notes.push("optional".to_owned());
    }
    if let Some(tries) = step.tries {
        notes.push(format!("{tries} tries"));
    }
    notes.extend(step.variant.keys().map(|experiment| format!("varies: {experiment}")));
    let reordered = flow.experiments.iter().filter(|(_, experiment)| {
        experiment.order.values().any(|order| order.iter().any(|index| flow.steps[*index].id == step.id))
    });
    notes.extend(reordered.map(|(name, _)| format!("moves: {name}")));
    StepBox {
        id: step.id.clone(),
        role,
        kind: kind.unwrap_or_else(|| "says".to_owned()),
        words: said
            .map(|text| text.source().split_whitespace().collect::<Vec<_>>().join(" "))
            .unwrap_or_default(),
        options,
        notes: notes.join(" · "),
    }
}

/// The arrows in the order of the file, under no experiment.
fn arrows(flow: &Flow) -> Vec<Arrow> {
    let order: Vec<usize> = (0..flow.steps.len()).collect();
    let mut arrows: Vec<Arrow> = Vec::new();
    for (from, ways) in paths::ways(flow, &order).into_iter().enumerate() {
        let alone = ways.len() == 1;
        for way in ways {
            let Some(to) = way.to else { continue };
            let label = label(&flow.steps[from], way.why, alone);
            match arrows.iter_mut().find(|arrow| arrow.from == from && arrow.to == to) {
                Some(arrow) => arrow.labels.extend(label),
                None => arrows.push(Arrow { from, to, labels: label.into_iter().collect() }),
            }
        }
    }
    arrows
}

fn label(step: &Step, why: Why, alone: bool) -> Option<String> {
    match why {
        Why::Next if alone => None,
        Why::Next => Some("else".to_owned()),
        Why::Go(at) => match &step.go[at].when {
            Some(when) => Some(when.source().to_owned()),
            None if alone => None,
            None => Some("else".to_owned()),
        },
        Why::Picked(at) => Some(step.options[at].value.clone()),
        Why::GaveUp => Some(format!("after {} tries", step.tries.unwrap_or_default())),
    }
}

/// The first `most` characters, with "…" where more follow.
fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests;
