//! What programs may report: behaviours and goals by the names clients use, and what each means in a flow.

use super::fold::COMPLETED;
use super::silence::SILENT;
use crate::domain::score::Rule;
use crate::flow::model::Flow;

/// What a reported behaviour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour<'a> {
    /// It is this rule or event, which pays once per conversation, whoever saw it first.
    Pays(&'a str),
    /// The engine itself sees it and pays it, by the answers; a report of it is only noted.
    Seen,
    /// The flow knows nothing of it.
    Unknown,
}

/// What a reported goal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal<'a> {
    /// It is this goal, and a program may know that it was reached.
    Reachable(&'a str),
    /// It follows from the conversation; nobody can claim it.
    Decided,
    /// The flow has no such goal.
    Unknown,
}

/// The rules only a page can see, and those that answers bring about as well.
const BY_PAGES: [Rule; 5] =
    [Rule::SessionOpened, Rule::ContactShared, Rule::ProductInterest, Rule::DemoRequested, Rule::CtaClicked];

/// Behaviours and goals by the names clients use for them.
fn named(name: &str) -> &str {
    match name {
        "replied_to_greeting" => Rule::RepliedGreeting.as_str(),
        "answered_question" => Rule::QuestionAnswered.as_str(),
        "answered_all_questions" => Rule::AllAnswered.as_str(),
        "shared_contact" => Rule::ContactShared.as_str(),
        "clicked_product" => Rule::ProductInterest.as_str(),
        "clicked_demo" | "demo_request" => Rule::DemoRequested.as_str(),
        name => name,
    }
}

/// What a behaviour means in a flow.
pub fn behaviour<'a>(flow: &Flow, action: &'a str) -> Behaviour<'a> {
    let name = named(action);
    match Rule::parse(name) {
        Some(rule) if BY_PAGES.contains(&rule) => Behaviour::Pays(rule.as_str()),
        Some(_) => Behaviour::Seen,
        None if is_decided(flow, name) => Behaviour::Seen,
        None if is_own(flow, name) => Behaviour::Pays(name),
        None => Behaviour::Unknown,
    }
}

/// What a goal means in a flow.
pub fn goal<'a>(flow: &Flow, goal: &'a str) -> Goal<'a> {
    let name = named(goal);
    let of_experiment = || flow.experiments.values().any(|experiment| experiment.goal == name);
    match Rule::parse(name) {
        Some(rule) if BY_PAGES.contains(&rule) => Goal::Reachable(rule.as_str()),
        Some(_) => Goal::Decided,
        None if is_decided(flow, name) => Goal::Decided,
        None if is_own(flow, name) || of_experiment() => Goal::Reachable(name),
        None => Goal::Unknown,
    }
}

/// Whether only the conversation itself brings it about: its class, its end, a wish for a person.
fn is_decided(flow: &Flow, name: &str) -> bool {
    [COMPLETED, SILENT, "sql", "mql", "handoff"].contains(&name)
        || flow.steps.iter().any(|step| step.end.as_deref() == Some(name))
}

/// Whether it is an event of the flow's own.
fn is_own(flow: &Flow, name: &str) -> bool {
    let of_option = |event: &Option<String>| event.as_deref() == Some(name);
    flow.scoring.points.contains_key(name)
        || flow.steps.iter().flat_map(|step| &step.options).any(|option| of_option(&option.event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sample::flow;
    use crate::engine::tests::SHOP;

    #[test]
    fn what_a_report_means() {
        let flow = flow(SHOP);
        let rows = [
            ("clicked_demo", Behaviour::Pays("demo_requested"), Goal::Reachable("demo_requested")),
            ("demo_request", Behaviour::Pays("demo_requested"), Goal::Reachable("demo_requested")),
            ("shared_contact", Behaviour::Pays("contact_shared"), Goal::Reachable("contact_shared")),
            ("session_opened", Behaviour::Pays("session_opened"), Goal::Reachable("session_opened")),
            ("tasting", Behaviour::Pays("tasting"), Goal::Reachable("tasting")),
            ("answered_question", Behaviour::Seen, Goal::Decided),
            ("answered_all_questions", Behaviour::Seen, Goal::Decided),
            ("quick_reply", Behaviour::Seen, Goal::Decided),
            ("completed", Behaviour::Seen, Goal::Decided),
            ("sql", Behaviour::Seen, Goal::Decided),
            ("silent", Behaviour::Seen, Goal::Decided),
            ("danced", Behaviour::Unknown, Goal::Unknown),
            ("", Behaviour::Unknown, Goal::Unknown),
        ];
        for (name, as_behaviour, as_goal) in rows {
            assert_eq!((behaviour(&flow, name), goal(&flow, name)), (as_behaviour, as_goal), "{name}");
        }
    }
}
