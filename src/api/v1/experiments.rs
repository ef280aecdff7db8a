//! What experiments have shown, and how far that can be trusted.

use super::super::extract::rfc3339;
use super::super::openapi::{Refusals, described};
use super::super::problem::Problem;
use super::access::Caller;
use super::form::Params;
use super::leads::Whose;
use super::refused::Guarded;
use super::reports::{Rate, rounded};
use crate::app::App;
use crate::domain::statistics::{
    Counts, Estimate, LEAST_FOR_RATIO, Unchecked, are_enough, difference, error_of_each, sample_ratio,
    verdict,
};
use crate::service::experiments::{self, Standing, Unanswered, Variant, Weights};
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

/// The longest name of a goal, in characters.
const LONGEST_NAME: usize = 100;

/// An experiment there is or was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedExperiment)]
pub struct Listed {
    /// Its name.
    #[schema(example = "greeting_message")]
    name: String,
    /// The flows in force that have it.
    #[schema(example = json!(["merchant"]))]
    flows: Vec<String>,
    /// How many people were shown a variant.
    #[schema(example = 2400)]
    persons: i64,
    /// When the first was, RFC 3339.
    #[schema(example = "2026-01-05T10:00:00Z")]
    since: Option<String>,
    /// When the last was, for the first time, RFC 3339.
    #[schema(example = "2026-03-02T17:20:00Z")]
    last: Option<String>,
}

/// Experiments that a flow in force has, or that somebody was shown a variant of.
#[utoipa::path(
    get, path = "/api/v1/experiments", tag = "reports", security(("token" = [])), params(Whose),
    responses((status = 200, description = "All of them, by name.", body = Vec<Listed>), Guarded, Refusals)
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Vec<Listed>>, Problem> {
    let tenant = caller.tenant(&app, whose.center_id)?;
    let all = experiments::list(&app, tenant).await?;
    let told = all.into_iter().map(|experiment| Listed {
        name: experiment.name,
        flows: experiment.flows,
        persons: experiment.shown.as_ref().map_or(0, |shown| shown.people),
        since: experiment.shown.as_ref().map(|shown| rfc3339(shown.since)),
        last: experiment.shown.as_ref().map(|shown| rfc3339(shown.until)),
    });
    Ok(Json(told.collect()))
}

/// What counts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The goal: `completed`, `demo_requested`, `contact_shared`, `sql`, `mql`, an outcome or event of the flow; `delivered`, `converted`:
    /// what became of the lead. Unless it is said, the experiment's own.
    #[param(example = "demo_requested", min_length = 1, max_length = 100)]
    goal: Option<String>,
    /// The center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

/// What an experiment has shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shown {
    /// Its name.
    #[schema(example = "greeting_message")]
    name: String,
    /// The flows in force that have it.
    #[schema(example = json!(["merchant"]))]
    flows: Vec<String>,
    /// The goal that counts.
    #[schema(example = "demo_requested")]
    goal: String,
    /// When the first person was shown a variant, RFC 3339.
    #[schema(example = "2026-01-05T10:00:00Z")]
    since: Option<String>,
    /// The variants; the first is the control.
    variants: Vec<Arm>,
    /// Whether people were divided as the flow file says.
    sample_ratio: SampleRatio,
    /// What is known: `not_shown`, `not_to_be_trusted`, `too_early`, `undecided`, `decided`.
    #[schema(example = "decided")]
    verdict: &'static str,
    /// The variant that is better than every other; null unless that is sure.
    #[schema(example = "B")]
    winner: Option<String>,
    /// The verdict in words.
    #[schema(
        example = "B (30.0 %) does better than A (20.0 %) by 3.3 to 16.7 points. This holds however often you have looked."
    )]
    words: String,
    /// How this was found.
    #[schema(example = "Rates with Wilson's 95 % interval. …")]
    method: String,
}

/// A variant.
#[derive(Debug, Serialize, ToSchema)]
pub struct Arm {
    /// Its name.
    #[schema(example = "B")]
    variant: String,
    /// Its weight in the flow in force; null: no flow in force has it.
    #[schema(example = 1)]
    weight: Option<u32>,
    /// How many people were shown it.
    #[schema(example = 1200)]
    persons: i64,
    /// How many of them reached the goal after that.
    #[schema(example = 360)]
    converted: i64,
    /// Their share; null where nobody was shown it.
    rate: Option<Rate>,
    /// How much better it is than the control; null for the control, and before there are people enough.
    lift: Option<Lift>,
}

/// How much better a variant is than the control.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lift {
    /// Its rate less the control's, from −1 to 1.
    #[schema(example = 0.1)]
    difference: f64,
    /// The lower end of the always-valid interval.
    #[schema(example = 0.0325)]
    low: f64,
    /// Its upper end.
    #[schema(example = 0.1675)]
    high: f64,
    /// The difference as a share of the control's rate; null where that is 0.
    #[schema(example = 0.5)]
    relative: Option<f64>,
}

/// Whether people were divided as the flow file says.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleRatio {
    /// `fine`, `alarm`, or `unknown`: it cannot be said.
    #[schema(example = "fine")]
    state: &'static str,
    /// How seldom chance alone divides people so badly; an alarm below 0.001.
    #[schema(example = 0.84)]
    p: Option<f64>,
    /// The same in words.
    #[schema(example = "People were divided as the weights say.")]
    words: String,
}

/// What an experiment has shown by a goal: rates, lift, whether people were divided as they should be, and a verdict that names no winner
/// early. A person counts once, and only for a goal that was reached after they were shown their variant.
#[utoipa::path(
    get, path = "/api/v1/experiments/{name}", tag = "reports", security(("token" = [])),
    params(("name" = String, Path, description = "The experiment's name in the flow.", example = "greeting_message"), Wanted),
    responses((status = 200, description = "What is known.", body = Shown), UnknownExperiment, Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Shown>, Problem> {
    let tenant = caller.tenant(&app, wanted.center_id)?;
    let goal = wanted.goal.as_deref();
    if goal.is_some_and(|goal| goal.is_empty() || goal.chars().count() > LONGEST_NAME) {
        return Err(Problem::malformed(format!("goal must be 1 to {LONGEST_NAME} characters")));
    }
    if name.chars().any(char::is_control) || goal.is_some_and(|goal| goal.chars().any(char::is_control)) {
        return Err(unknown());
    }
    let standing = experiments::standing(&app, tenant, &name, goal).await?;
    Ok(Json(told(name, standing)))
}

fn told(name: String, standing: Standing) -> Shown {
    let Standing { flows, goal, since, variants, weights } = standing;
    let sample_ratio = divided(&variants, &weights);
    // What nobody can get and nobody has is no part of the comparison.
    let compared: Vec<(&str, Counts)> = variants
        .iter()
        .filter(|variant| variant.counts.people > 0 || variant.weight.is_some_and(|weight| weight > 0))
        .map(|variant| (variant.name.as_str(), variant.counts))
        .collect();
    let (verdict, words) = verdict(&compared, sample_ratio.state != ALARM);
    let winner = verdict.winner().map(|winner| compared[winner].0.to_owned());
    let error = error_of_each(compared.len());
    let control = variants.first().map(|variant| variant.counts).unwrap_or_default();
    let arms = variants.iter().enumerate().map(|(n, variant)| Arm {
        variant: variant.name.clone(),
        weight: variant.weight,
        persons: variant.counts.people,
        converted: variant.counts.converted,
        rate: Rate::of(variant.counts.converted, variant.counts.people),
        lift: (n > 0).then(|| lift(control, variant.counts, error)).flatten(),
    });
    Shown {
        name,
        flows,
        goal,
        since: since.map(rfc3339),
        variants: arms.collect(),
        sample_ratio,
        verdict: verdict.as_str(),
        winner,
        words,
        method: METHOD.to_owned(),
    }
}

const METHOD: &str = "Rates with Wilson's 95 % interval. Lift with an always-valid 95 % interval (mixture sequential probability ratio \
                      test with a normal mixture, τ = 0.05; with more than two variants Bonferroni over all pairs): it may be looked at \
                      every day. Sample ratio by chi-square.";

fn lift(control: Counts, variant: Counts, error: f64) -> Option<Lift> {
    let Estimate { value, low, high } =
        are_enough(control, variant).then(|| difference(control, variant, error)).flatten()?;
    let rate = control.rate().filter(|rate| *rate > 0.0);
    let (difference, low, high) = (rounded(value), rounded(low), rounded(high));
    Some(Lift { difference, low, high, relative: rate.map(|rate| rounded(value / rate)) })
}

const ALARM: &str = "alarm";

/// Whether people were divided as the weights say.
fn divided(variants: &[Variant], weights: &Weights) -> SampleRatio {
    let unknown = |why: String| SampleRatio { state: "unknown", p: None, words: why };
    let known: &BTreeMap<String, u32> = match weights {
        Weights::Known(weights) => weights,
        Weights::Unknown(why) => {
            return unknown(format!("It cannot be checked how people were divided: {why}."));
        }
    };
    let pairs: Vec<(i64, u32)> = variants
        .iter()
        .map(|variant| (variant.counts.people, known.get(&variant.name).copied().unwrap_or(0)))
        .collect();
    match sample_ratio(&pairs) {
        Ok(ratio) if ratio.alarm => SampleRatio {
            state: ALARM,
            p: Some(ratio.p),
            words: format!(
                "People were not divided as the weights say: chance alone does so in {} of a million experiments.",
                at_least_one(ratio.p * 1_000_000.0)
            ),
        },
        Ok(ratio) => SampleRatio {
            state: "fine",
            p: Some(rounded(ratio.p)),
            words: "People were divided as the weights say.".to_owned(),
        },
        Err(Unchecked::TooFew) => unknown(format!(
            "It is too early to check how people were divided: {LEAST_FOR_RATIO} are needed, and five for the rarest variant."
        )),
        Err(Unchecked::Unexpected) => unknown(
            "It cannot be checked how people were divided: somebody has a variant that the weights give to nobody.".to_owned(),
        ),
    }
}

/// A count for people: below one it is said so.
fn at_least_one(count: f64) -> String {
    if count < 1.0 { "fewer than one".to_owned() } else { format!("{count:.0}") }
}

impl From<Unanswered> for Problem {
    fn from(why: Unanswered) -> Problem {
        match why {
            Unanswered::Missing => unknown(),
            Unanswered::UnknownGoal(goal) => Problem::refused(format!(
                "goal must be one that the experiment's flows know, or converted, or delivered; {goal:?} is none"
            )),
            Unanswered::Store(error) => error.into(),
        }
    }
}

fn unknown() -> Problem {
    Problem::not_found("there is no such experiment; GET /api/v1/experiments lists those there are")
}

/// There is no such experiment.
#[derive(Clone, Copy, Debug)]
pub enum UnknownExperiment {}

impl IntoResponses for UnknownExperiment {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [described("There is no experiment of this name.", unknown())].into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arm(name: &str, weight: Option<u32>, people: i64, converted: i64) -> Variant {
        Variant { name: name.to_owned(), weight, counts: Counts { people, converted } }
    }

    fn shown(variants: Vec<Variant>, weights: Weights) -> Shown {
        let standing =
            Standing { flows: vec![], goal: "completed".to_owned(), since: None, variants, weights };
        told("x".to_owned(), standing)
    }

    fn known(pairs: &[(&str, u32)]) -> Weights {
        Weights::Known(pairs.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect())
    }

    #[test]
    fn a_bad_division_names_no_winner() {
        let variants = || vec![arm("A", Some(1), 1_000, 200), arm("B", Some(1), 1_000, 300)];
        let fine = shown(variants(), known(&[("A", 1), ("B", 1)]));
        assert_eq!(
            (fine.verdict, fine.winner.as_deref(), fine.sample_ratio.p),
            ("decided", Some("B"), Some(1.0))
        );
        let bad = shown(variants(), known(&[("A", 1), ("B", 2)]));
        assert_eq!((bad.verdict, bad.winner, bad.sample_ratio.state), ("not_to_be_trusted", None, ALARM));
        assert!(bad.words.starts_with("Do not trust"), "{}", bad.words);
        let unknown = shown(variants(), Weights::Unknown("the weights changed"));
        assert_eq!((unknown.verdict, unknown.sample_ratio.state), ("decided", "unknown"));
        assert!(unknown.sample_ratio.words.ends_with("the weights changed."));
    }

    #[test]
    fn variants_that_nobody_can_get_do_not_hinder_a_verdict() {
        let off = vec![arm("A", Some(1), 1_000, 200), arm("B", Some(1), 1_000, 300), arm("C", Some(0), 0, 0)];
        assert_eq!(shown(off, known(&[("A", 1), ("B", 1), ("C", 0)])).winner.as_deref(), Some("B"));
        let waits =
            vec![arm("A", Some(1), 1_000, 200), arm("B", Some(1), 1_000, 300), arm("C", Some(1), 0, 0)];
        assert_eq!(shown(waits, Weights::Unknown("")).verdict, "undecided");
    }
}
