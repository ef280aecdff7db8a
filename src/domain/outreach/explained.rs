//! Gates in words: the rule of each, and how a lead stands to it.

use super::Standing;
use super::campaign::{Cap, Needed, State};
use super::eligibility::{Judged, Setting, Verdict};
use super::facts::Facts;
use super::gates::{Gate, Stand};
use super::hours::{Hours, days_of_rest, rules};
use super::{Answered, LEAST, Limit, MOST_FAILURES, Unwell};
use crate::clock::{DAY, HOUR, MINUTE, Millis};
use crate::domain::channel::Channel;
use std::collections::BTreeSet;

/// What a lead's gates come to, for people: also where the gate that is named passes at this moment, and is shut once the others open.
pub fn verdict(setting: &Setting<'_>, judged: &Judged) -> String {
    let first = judged.longest.map(|(then, gate)| (utc(then), gate.as_str()));
    let is_open =
        |gate: Gate| judged.findings.iter().any(|found| found.gate == gate && found.stand != Stand::Shut);
    match (judged.verdict, first) {
        (Verdict::Now { .. }, _) => "it may be tried now".to_owned(),
        (Verdict::At(then, gate), Some((opens, first))) if utc(then) != opens => format!(
            "not before {}: {first} is shut until {opens}, and by then {}",
            utc(then),
            against(gate)
        ),
        (Verdict::At(then, gate), _) => format!("not before {}: {} is shut until then", utc(then), gate.as_str()),
        (Verdict::Not(Gate::Campaign), Some((opens, first))) if is_open(Gate::Campaign) => {
            let ends = setting.campaign.settings.ends_at.map_or(String::new(), |ends| format!(" at {ends}"));
            format!("not until something changes: {first} is shut until {opens}, and the campaign ends{ends} before it may be tried")
        }
        (Verdict::Not(Gate::Hours), _) if is_open(Gate::Hours) => {
            "not until something changes: within weeks there is no time that hours, holidays and region allow together".to_owned()
        }
        (Verdict::Not(gate), _) => format!("not until something changes: {} is shut", gate.as_str()),
    }
}

/// Why a gate that goes by clocks is shut when the others open.
fn against(gate: Gate) -> String {
    match gate {
        Gate::Hours => "it is outside the campaign's hours (hours)".to_owned(),
        Gate::Holidays => "it is one of the campaign's holidays (holidays)".to_owned(),
        Gate::Region => "the rules of the place do not allow it (region)".to_owned(),
        gate => format!("{} is shut", gate.as_str()),
    }
}

/// A gate's rule and what it found, for people.
pub fn words(gate: Gate, setting: &Setting<'_>, facts: &Facts, judged: &Judged, hours: &mut Hours) -> String {
    let rule = rule(gate, setting, facts, judged, hours);
    let passes = judged.findings.iter().any(|found| found.gate == gate && found.stand == Stand::Open);
    match (judged.verdict, judged.longest) {
        (Verdict::At(then, named), Some((opens, first))) if named == gate && passes => format!(
            "{rule}; it passes now, and is shut when {} opens at {}, until {}",
            first.as_str(),
            utc(opens),
            utc(then)
        ),
        _ => rule,
    }
}

fn rule(gate: Gate, setting: &Setting<'_>, facts: &Facts, judged: &Judged, hours: &mut Hours) -> String {
    let campaign = setting.campaign;
    let settings = &campaign.settings;
    let (standing, since) = facts.standing();
    let step = judged.step.and_then(|step| settings.steps.get(step));
    let channel = step.map_or(campaign.first_channel(), |step| step.channel);
    match gate {
        Gate::Campaign => match (campaign.state, settings.starts_at, settings.ends_at) {
            (State::Running, Some(starts), _) if starts.as_millisecond() > setting.now => {
                format!("it begins at {starts}")
            }
            (State::Running, _, Some(ends)) if ends.as_millisecond() <= setting.now => {
                format!("it ended at {ends}")
            }
            (State::Running, _, Some(ends)) => format!("the campaign runs until {ends}"),
            (State::Running, _, None) => "the campaign runs".to_owned(),
            (state, ..) => format!("the campaign is {}", state.as_str()),
        },
        Gate::Lead => match facts.life {
            _ if facts.is_erased => "its person was erased".to_owned(),
            _ if facts.is_merged => "it was merged into another lead".to_owned(),
            _ if !facts.is_active => "it was put aside".to_owned(),
            Some(life) => format!("the lead is {}", life.as_str()),
            None => "nobody knows what the lead's status means".to_owned(),
        },
        Gate::Status => match standing.over() {
            Some(over) => format!("it stands at {}: {over}", standing.as_str()),
            None if campaign.rests_ms(standing).is_none() => {
                format!("it stands at {}, and this campaign tries none of those again", standing.as_str())
            }
            None if facts.has_answered(standing) => "they wrote or called since it was tried".to_owned(),
            None => format!("it stands at {}", standing.as_str()),
        },
        Gate::Attempts => {
            let steps: Vec<String> = settings
                .steps
                .iter()
                .map(|step| format!("{} × {}", step.attempts, step.channel.as_str()))
                .collect();
            let so_far = match settings.steps.get(facts.step) {
                Some(at) => {
                    format!("{} by step {} ({}) so far", facts.tries, facts.step + 1, at.channel.as_str())
                }
                None => "it has gone through all of them".to_owned(),
            };
            format!("{}; {so_far}", steps.join(", then "))
        }
        Gate::Address => match step {
            Some(_) => format!("{} reaches it", channel.as_str()),
            None => unreached(setting, facts),
        },
        Gate::OptOut => match facts.opted_out.as_str() {
            "" => "they have opted out of nothing".to_owned(),
            channels => format!("they have opted out of {channels}"),
        },
        Gate::DoNotContact => match &facts.listed {
            Some(by) => {
                let whose = if by.is_campaigns { "campaign" } else { "center" };
                format!("the {whose}'s do-not-contact list names them ({})", by.entry)
            }
            None => "no do-not-contact list names them".to_owned(),
        },
        Gate::Consent => match settings.consent {
            Needed::Nothing => "the campaign needs none".to_owned(),
            Needed::Contact => "they must have written to us or called".to_owned(),
            Needed::OptIn => format!("they must have opted in to {}", channel.as_str()),
        },
        Gate::ChannelHealth if step.is_none() => "no channel is left that would have to work".to_owned(),
        Gate::ChannelHealth => match setting.unwell.get(&channel) {
            None => format!("{} works", channel.as_str()),
            Some(Unwell::OnTrial) => {
                format!(
                    "the last tries by {} did not go; one at a time finds out whether it works again",
                    channel.as_str()
                )
            }
            Some(Unwell::NoAccount) => format!("there is no account to send from by {}", channel.as_str()),
            Some(Unwell::Failing { until }) => format!(
                "the last {MOST_FAILURES} tries by {} did not go, because of the account or its provider; it is tried again at {}",
                channel.as_str(),
                utc(*until)
            ),
        },
        Gate::Template => match step.and_then(|step| step.template.as_deref()) {
            Some(template) => format!("the template {template:?} opens a conversation"),
            None if channel == Channel::Whatsapp && step.is_some() => {
                "WhatsApp takes free words for a day after they wrote; the campaign names no template"
                    .to_owned()
            }
            None => "no template is needed".to_owned(),
        },
        Gate::InHand if facts.in_hand_until.is_some() => {
            "it, its person or its number is being tried now".to_owned()
        }
        Gate::InHand => "nobody is trying it now".to_owned(),
        Gate::Claimed => match facts.claimed_until {
            Some(until) => format!("somebody has it until {}", utc(until)),
            None => "nobody of ours has it".to_owned(),
        },
        Gate::Callback => match facts.callback_at {
            Some(then) if standing == Standing::Callback => format!("a call was agreed for {}", utc(then)),
            Some(then) => format!("no call is agreed now; the one for {} is done with", utc(then)),
            None => "no call was agreed".to_owned(),
        },
        Gate::Delay => {
            let clocks = hours.of(setting, &facts.place, channel);
            let rests = match (campaign.rests_ms(standing), since) {
                (Some(rests), Some(since)) if rests > 0 => {
                    let (rests, at) = (length(rests), utc(since));
                    format!("it rests {rests} after {}; that was at {at}", standing.as_str())
                }
                _ => "it need not rest".to_owned(),
            };
            match clocks.after_drop_ms.zip(facts.dropped_at) {
                Some((least, at)) => {
                    let (least, at) = (length(least), utc(at));
                    format!(
                        "{rests}; the rules of the place leave them alone for {least} after a dropped call, which was at {at}"
                    )
                }
                None => rests,
            }
        }
        Gate::Caps => {
            let clocks = hours.of(setting, &facts.place, channel);
            let of = |cap: &Cap| match cap.within_ms() {
                Some(within) => {
                    let counted = facts.tried_at.iter().filter(|at| **at > setting.now - within).count();
                    format!("{counted} of {} within {}", cap.attempts, length(within))
                }
                None => format!("{} of {} ever", facts.tried_ever, cap.attempts),
            };
            // The campaign's and several laws may be the same.
            let distinct: BTreeSet<&Cap> = settings.caps.iter().chain(&clocks.caps).collect();
            let all: Vec<String> = distinct.into_iter().map(of).collect();
            if all.is_empty() { "there is none".to_owned() } else { format!("tried {}", all.join(", ")) }
        }
        Gate::Hours => format!("{} in {}", settings.hours, facts.place.zones.join(", ")),
        Gate::Holidays => match days_of_rest(campaign, &facts.place, setting.now) {
            _ if campaign.holidays.is_empty() => "the campaign has none".to_owned(),
            (Some(today), _) => format!("{today}, which it is there, is one of the campaign's"),
            (None, Some(next)) => format!("the next of the campaign's is {next}"),
            (None, None) => "all of the campaign's are over".to_owned(),
        },
        Gate::Region => {
            let mut all = rules(setting, &facts.place, channel);
            // Those that are shut first.
            all.sort_by_key(|(_, stand)| *stand == Stand::Open);
            let rules: Vec<String> = all
                .into_iter()
                .map(|(rule, stand)| match stand {
                    Stand::Open => format!("{}: {}", rule.name, rule.week),
                    Stand::Until(then) => format!("{}: {}, shut until {}", rule.name, rule.week, utc(then)),
                    Stand::Shut => format!("{}: {}, shut", rule.name, rule.week),
                })
                .collect();
            if rules.is_empty() { "no rule is known of the place".to_owned() } else { rules.join("; ") }
        }
        Gate::Abandoned if channel != Channel::Voice => "it is no call".to_owned(),
        Gate::Abandoned => {
            let limit = |(percent, days): &Limit| {
                let Answered { all, dropped } = setting.answered.within(*days, setting.now);
                format!(
                    "nobody of ours was at {dropped} of the campaign's {all} answered calls within {}; {percent} % of {} may be such",
                    length(days * DAY),
                    all.max(LEAST)
                )
            };
            let limits: Vec<String> =
                setting.regions.law(&facts.place, channel).abandoned.iter().map(limit).collect();
            if limits.is_empty() {
                "no limit of abandoned calls is known of the place".to_owned()
            } else {
                limits.join("; ")
            }
        }
    }
}

/// Why there is no step to try a lead by.
fn unreached(setting: &Setting<'_>, facts: &Facts) -> String {
    let left: Vec<Channel> =
        setting.campaign.settings.steps.iter().skip(facts.step).map(|step| step.channel).collect();
    let named = |which: &dyn Fn(Channel) -> bool| {
        let mut names: Vec<&str> = Vec::new();
        for channel in left.iter().copied().filter(|channel| which(*channel)) {
            if !names.contains(&channel.as_str()) {
                names.push(channel.as_str());
            }
        }
        names.join(", ")
    };
    let is_known = |channel| facts.address(channel).is_some();
    let is_none = |channel| is_known(channel) && facts.no_such_number.contains(&channel);
    let (known, none) = (named(&|channel| is_known(channel) && !is_none(channel)), named(&is_none));
    match (left.is_empty(), known.as_str(), none.as_str()) {
        (true, ..) => "no step is left to reach it by".to_owned(),
        (false, "", "") => format!("nothing is known to reach it at by {}", named(&|_| true)),
        (false, "", none) => {
            format!("its number is none, or takes nothing, by {none}, as was said when it was tried last")
        }
        (false, known, _) => format!("where {known} reaches it is known"),
    }
}

/// An instant as it is told everywhere: RFC 3339, UTC.
pub fn utc(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A length as people say it.
fn length(ms: Millis) -> String {
    let of = |n: Millis, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match ms {
        ms if ms % DAY == 0 => of(ms / DAY, "day"),
        ms if ms % HOUR == 0 => of(ms / HOUR, "hour"),
        ms => of(ms / MINUTE, "minute"),
    }
}
