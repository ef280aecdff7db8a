//! Gates in words: the rule of each, and how a lead stands to it.

use super::campaign::{Cap, Needed, State};
use super::eligibility::{Judged, Setting};
use super::facts::Facts;
use super::gates::Gate;
use super::hours::Hours;
use super::{Answered, LEAST, Limit, MOST_FAILURES, Unwell};
use crate::clock::{DAY, HOUR, MINUTE, Millis};
use crate::domain::channel::Channel;

/// A gate's rule and what it found, for people.
pub fn words(gate: Gate, setting: &Setting<'_>, facts: &Facts, judged: &Judged, hours: &mut Hours) -> String {
    let campaign = setting.campaign;
    let settings = &campaign.settings;
    let (standing, since) = facts.standing();
    let step = judged.step.and_then(|step| settings.steps.get(step));
    let channel = step.map_or(Channel::Voice, |step| step.channel);
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
            let at = settings.steps.get(facts.step).map_or("", |step| step.channel.as_str());
            format!("{}; {} by step {} ({at}) so far", steps.join(", then "), facts.tries, facts.step + 1)
        }
        Gate::Address => match judged.step {
            Some(_) => format!("{} reaches it", channel.as_str()),
            None => "none of the campaign's channels reaches it: there is no number".to_owned(),
        },
        Gate::OptOut => match facts.opted_out.as_str() {
            "" => "they have opted out of nothing".to_owned(),
            channels => format!("they have opted out of {channels}"),
        },
        Gate::DoNotContact => match &facts.listed {
            Some(entry) => format!("a do-not-contact list names them ({entry})"),
            None => "no do-not-contact list names them".to_owned(),
        },
        Gate::Consent => match settings.consent {
            Needed::Nothing => "the campaign needs none".to_owned(),
            Needed::Contact => "they must have written to us or called".to_owned(),
            Needed::OptIn => format!("they must have opted in to {}", channel.as_str()),
        },
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
                at(*until)
            ),
        },
        Gate::Template => match step.and_then(|step| step.template.as_deref()) {
            Some(template) => format!("the template {template:?} opens a conversation"),
            None if channel == Channel::Whatsapp => {
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
            Some(until) => format!("somebody has it until {}", at(until)),
            None => "nobody of ours has it".to_owned(),
        },
        Gate::Callback => match facts.callback_at {
            Some(then) => format!("a call was agreed for {}", at(then)),
            None => "no call was agreed".to_owned(),
        },
        Gate::Delay => {
            let clocks = hours.of(setting, &facts.place, channel);
            let least = clocks.after_drop_ms.filter(|_| standing == super::Standing::Dropped);
            let least =
                least.map_or(String::new(), |least| format!(", {} by the rules of the place", length(least)));
            match (campaign.rests_ms(standing), since) {
                (Some(rests), Some(since)) if rests > 0 => {
                    format!(
                        "it rests {} after {}{least}; that was at {}",
                        length(rests),
                        standing.as_str(),
                        at(since)
                    )
                }
                _ => "it need not rest".to_owned(),
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
            let all: Vec<String> = settings.caps.iter().chain(&clocks.caps).map(of).collect();
            if all.is_empty() { "there is none".to_owned() } else { format!("tried {}", all.join(", ")) }
        }
        Gate::Hours => format!("{} in {}", settings.hours, facts.place.zones.join(", ")),
        Gate::Holidays => match settings.holidays.len() {
            0 => "the campaign has none".to_owned(),
            n => format!("the campaign rests on {n} days"),
        },
        Gate::Region => {
            let law = setting.regions.law(&facts.place, channel);
            let rules: Vec<&str> = law.hours.iter().map(|rule| rule.name.as_str()).collect();
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

fn at(at: Millis) -> String {
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
