//! How experiments stand: who was shown what, what came of it, and whether people were divided as the flow files say.

use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::statistics::Counts;
use crate::engine::{self, Goal};
use crate::flow::library::Version;
use crate::flow::model::Experiment;
use crate::service::flows as published;
use crate::store::db::StoreError;
use crate::store::experiments::{self, ExperimentRow, Target, VariantRow};
use crate::store::flows;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A goal where neither the request nor a flow names one.
const USUAL_GOAL: &str = "completed";
/// Further back than so many moves of a flow's head nobody looks whether weights changed.
const MOST_MOVES: i64 = 200;

/// An experiment there is or was.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The flows in force that have it.
    pub flows: Vec<String>,
    /// Who was shown a variant; `None`: nobody yet.
    pub shown: Option<ExperimentRow>,
}

/// All experiments that somebody was shown a variant of or that a flow in force has, by name.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(app: &App, tenant: Tenant) -> Result<Vec<Listed>, StoreError> {
    let mut found: BTreeMap<String, Listed> = BTreeMap::new();
    let new = |name: &str| Listed { name: name.to_owned(), flows: vec![], shown: None };
    for version in app.flows.of(tenant.0) {
        for name in version.flow.experiments.keys() {
            let listed = found.entry(name.clone()).or_insert_with(|| new(name));
            listed.flows.push(version.flow.id.clone());
        }
    }
    for row in experiments::list(app.db.within(tenant)).await? {
        let name = row.experiment.clone();
        let listed = found.entry(name).or_insert_with(|| new(&row.experiment));
        listed.shown = Some(row);
    }
    Ok(found.into_values().collect())
}

/// What is asked of an experiment and cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// There is none of this name.
    #[error("there is no such experiment")]
    Missing,
    /// Its flows know no such goal.
    #[error("there is no goal {0:?}")]
    UnknownGoal(String),
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The weights people were divided by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weights {
    /// These, by variant, all the time.
    Known(BTreeMap<String, u32>),
    /// It is not known, or they changed; why, in words.
    Unknown(&'static str),
}

/// A variant of an experiment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Its weight in the flow in force; `None`: it is in none.
    pub weight: Option<u32>,
    /// Who was shown it, and who reached the goal.
    pub counts: Counts,
}

/// How an experiment stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The flows in force that have it.
    pub flows: Vec<String>,
    /// The goal that counts.
    pub goal: String,
    /// When the first person was shown a variant.
    pub since: Option<Millis>,
    /// The variants, the control first: in the order of the flow file, then those that are in no file any more.
    pub variants: Vec<Variant>,
    /// What people were divided by.
    pub weights: Weights,
}

/// How an experiment stands by a goal; without one, by its own.
///
/// # Errors
/// See [`Unanswered`].
pub async fn standing(
    app: &App,
    tenant: Tenant,
    name: &str,
    goal: Option<&str>,
) -> Result<Standing, Unanswered> {
    let heads: Vec<Arc<Version>> =
        app.flows.of(tenant.0).into_iter().filter(|head| head.flow.experiments.contains_key(name)).collect();
    let in_force = heads.first().map(|head| &head.flow.experiments[name]);
    let own = in_force.map_or(USUAL_GOAL, |experiment| experiment.goal.as_str());
    let (goal, target) = target(&heads, goal.unwrap_or(own))?;
    let rows = experiments::variants(app.db.within(tenant), name, target).await?;
    if rows.is_empty() && heads.is_empty() {
        return Err(Unanswered::Missing);
    }
    let since = rows.iter().map(|row| row.since).min();
    let weights = match since {
        Some(since) => weights(app, tenant, name, &heads, since).await?,
        None => Weights::Unknown("nobody was shown a variant yet"),
    };
    Ok(Standing {
        flows: heads.iter().map(|head| head.flow.id.clone()).collect(),
        goal: goal.to_owned(),
        since,
        variants: arranged(in_force, &rows),
        weights,
    })
}

/// A goal by the flows' own name, and what it is in the database. Where no flow has the experiment any more, any name may have been one.
fn target<'a>(heads: &[Arc<Version>], goal: &'a str) -> Result<(&'a str, Target<'a>), Unanswered> {
    let known = heads.iter().find_map(|head| match engine::goal(&head.flow, goal) {
        Goal::Reachable(name) => Some(name),
        Goal::Decided => Some(goal),
        Goal::Unknown => None,
    });
    match (known, goal) {
        (Some(goal), _) => Ok((goal, Target::Goal(goal))),
        (None, "converted") => Ok((goal, Target::Converted)),
        (None, "delivered") => Ok((goal, Target::Delivered)),
        (None, _) if heads.is_empty() => Ok((goal, Target::Goal(goal))),
        (None, _) => Err(Unanswered::UnknownGoal(goal.to_owned())),
    }
}

fn arranged(in_force: Option<&Experiment>, rows: &[VariantRow]) -> Vec<Variant> {
    let counts = |name: &str| {
        let row = rows.iter().find(|row| row.variant == name);
        row.map_or_else(Counts::default, |row| Counts { people: row.people, converted: row.converted })
    };
    let configured = in_force.map(|experiment| experiment.variants.as_slice()).unwrap_or_default();
    let known = configured.iter().map(|(name, weight)| Variant {
        name: name.clone(),
        weight: Some(*weight),
        counts: counts(name),
    });
    let gone = rows.iter().filter(|row| configured.iter().all(|(name, _)| *name != row.variant));
    let gone =
        gone.map(|row| Variant { name: row.variant.clone(), weight: None, counts: counts(&row.variant) });
    known.chain(gone).collect()
}

/// The weights, if they were the same in every version of every flow that was in force since `since`.
async fn weights(
    app: &App,
    tenant: Tenant,
    name: &str,
    heads: &[Arc<Version>],
    since: Millis,
) -> Result<Weights, StoreError> {
    let of =
        |version: &Version| version.flow.experiments.get(name).map(|experiment| experiment.variants.clone());
    let Some(now) = heads.first().and_then(|head| of(head)) else {
        return Ok(Weights::Unknown("no flow in force has the experiment any more"));
    };
    if heads.iter().any(|head| of(head).as_ref() != Some(&now)) {
        return Ok(Weights::Unknown("flows that have the experiment divide people by different weights"));
    }
    for head in heads {
        let moves = flows::moves(&app.db, tenant.0, &head.flow.id, MOST_MOVES).await?;
        // The last move before the first person was shown anything put in force what they were divided by.
        let first = moves.iter().position(|step| step.moved_at <= since);
        let Some(first) =
            first.or_else(|| (moves.len() < MOST_MOVES as usize).then(|| moves.len().saturating_sub(1)))
        else {
            return Ok(Weights::Unknown(
                "the flow was published too often to look whether its weights changed",
            ));
        };
        for step in moves.iter().take(first + 1).filter(|step| step.how != "retired") {
            published::ensure(&app.flows, &app.db, tenant.0, &step.hash).await?;
            let then = app.flows.version(tenant.0, &step.hash);
            // A version without the experiment divided nobody.
            let other = then.is_none_or(|then| of(&then).is_some_and(|then| then != now));
            if other {
                return Ok(Weights::Unknown(
                    "the weights changed since the first person was shown a variant",
                ));
            }
        }
    }
    Ok(Weights::Known(now.into_iter().collect()))
}
