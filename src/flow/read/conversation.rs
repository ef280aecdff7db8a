//! Everything of a flow that is not a step or a test.

use super::step::decimal;
use super::{Builder, Scope, word, words};
use crate::domain::channel::Channel;
use crate::domain::command::Command;
use crate::domain::decay::{Decay, Loss};
use crate::domain::score::Scoring;
use crate::domain::text::fold;
use crate::flow::duration;
use crate::flow::keywords;
use crate::flow::model::{Deliver, Experiment, Flow, Notify, Reminder, Silence, Start, Text, Voice};
use crate::flow::tree::{Node, Tree};
use crate::understand::DateOrder;
use std::collections::BTreeMap;

impl Builder<'_> {
    /// The flow's languages; English where it names none.
    pub(super) fn languages(&mut self) -> Vec<String> {
        let mut languages: Vec<String> = Vec::new();
        for (code, place) in self.root.get("languages").map(Node::strings).unwrap_or_default() {
            if !crate::flow::codes::is_language(code) {
                let message = format!("\"{code}\" is not a language code");
                self.findings
                    .error("flow::unknown-language", place, message, "unknown")
                    .help("two letters of ISO 639-1 such as \"en\", \"es\" or \"hi\", with a region where it matters: \"pt-BR\"");
            }
            if languages.iter().any(|known| known == code) {
                self.findings.error(
                    "flow::duplicate-language",
                    place,
                    format!("\"{code}\" stands twice"),
                    "second time",
                );
                continue;
            }
            languages.push(code.to_owned());
        }
        if languages.is_empty() {
            languages.push("en".to_owned());
        }
        languages
    }

    pub(super) fn conversation(&mut self) -> Flow {
        let root = self.root;
        Flow {
            id: word(root, "id").unwrap_or_default(),
            title: word(root, "title").unwrap_or_default(),
            languages: self.languages.clone(),
            region: word(root, "region"),
            currency: word(root, "currency"),
            date_order: match root.get("date_order").and_then(Node::text) {
                Some("dmy") => Some(DateOrder::Dmy),
                Some("mdy") => Some(DateOrder::Mdy),
                Some("ymd") => Some(DateOrder::Ymd),
                _ => None,
            },
            start: start(root),
            scoring: root.get("scoring").map(scoring).unwrap_or_default(),
            experiments: self.experiments(),
            silence: self.silence(),
            voice: self.voice(),
            steps: Vec::new(),
            texts: self.texts(),
            words: own_words(root),
            off: words(root, "off").iter().filter_map(|name| Command::parse(name)).collect(),
            notify: tables(root, "notify")
                .map(|table| Notify { on: words(table, "on"), via: words(table, "via") })
                .collect(),
            deliver: self.deliver(),
            enquiry: word(root, "enquiry"),
            tests: Vec::new(),
        }
    }

    fn experiments(&mut self) -> BTreeMap<String, Experiment> {
        let mut experiments = BTreeMap::new();
        for entry in self.root.get("experiments").map(Node::entries).unwrap_or_default() {
            let table = &entry.node;
            let mut variants: Vec<(String, u32)> = Vec::new();
            for variant in table.get("variants").map(Node::entries).unwrap_or_default() {
                let weight = variant.node.whole().and_then(|weight| u32::try_from(weight).ok()).unwrap_or(0);
                variants.push((variant.name.clone(), weight));
            }
            // By name, so that moving a line moves nobody to another variant.
            variants.sort();
            let mut order = BTreeMap::new();
            for variant in table.get("order").map(Node::entries).unwrap_or_default() {
                let steps =
                    variant.node.items().iter().filter_map(|step| self.reference(step, "order")).collect();
                order.insert(variant.name.clone(), steps);
            }
            let goal = word(table, "goal").unwrap_or_default();
            experiments.insert(entry.name.clone(), Experiment { variants, goal, order });
        }
        experiments
    }

    fn silence(&mut self) -> Silence {
        let Some(table) = self.root.get("silence") else { return Silence::default() };
        let mut remind = Vec::new();
        for item in tables(table, "remind") {
            let say = self.text(item, "say", Scope::Reminder);
            if let Some(after_ms) = length(item, "after") {
                remind.push(Reminder { after_ms, say, template: word(item, "template") });
            }
        }
        Silence { remind, end_after_ms: length(table, "end_after") }
    }

    fn voice(&mut self) -> Voice {
        let Some(table) = self.root.get("voice") else { return Voice::default() };
        let usual = Voice::default();
        let mut text = |key: &str| {
            let any =
                table.get(key).map(|node| self.by_language(node, key, Scope::Builtin)).unwrap_or_default();
            Text { any, ..Text::default() }
        };
        let (record, voicemail) = (text("record"), text("voicemail"));
        Voice {
            voice: self.label(table, "voice"),
            locale: self.label(table, "locale"),
            record,
            voicemail,
            continue_by: word(table, "continue_by").as_deref().and_then(Channel::parse),
            transfer_to: word(table, "transfer_to"),
            confirm_below: table
                .get("confirm_below")
                .and_then(decimal)
                .and_then(|number| f64::try_from(number).ok())
                .unwrap_or(usual.confirm_below),
            max_length_ms: length(table, "max_length").unwrap_or(usual.max_length_ms),
        }
    }

    fn texts(&mut self) -> BTreeMap<String, Text> {
        let mut texts = BTreeMap::new();
        for entry in self.root.get("texts").map(Node::entries).unwrap_or_default() {
            let any = self.by_language(&entry.node, &entry.name, Scope::Builtin);
            texts.insert(entry.name.clone(), Text { any, ..Default::default() });
        }
        texts
    }

    fn deliver(&mut self) -> Vec<Deliver> {
        let mut all = Vec::new();
        for table in tables(self.root, "deliver") {
            let mut map = BTreeMap::new();
            for entry in table.get("map").map(Node::entries).unwrap_or_default() {
                let Some(text) = entry.node.text() else { continue };
                if let Some(template) = self.template(text, entry.node.place, Scope::Delivery) {
                    map.insert(entry.name.clone(), template);
                }
            }
            let on = word(table, "on").unwrap_or_else(|| "completed".to_owned());
            all.push(Deliver { to: word(table, "to").unwrap_or_default(), on, map });
        }
        all
    }
}

fn start(root: &Node) -> Start {
    let Some(table) = root.get("start") else {
        return Start { channels: Channel::ALL.to_vec(), ..Start::default() };
    };
    let channels = match table.get("channels") {
        None => Channel::ALL.to_vec(),
        Some(_) => words(table, "channels").iter().filter_map(|name| Channel::parse(name)).collect(),
    };
    let written = keywords::written(table);
    let languages = keywords::languages(&written);
    let keywords = written.iter().map(|keyword| fold(keyword.word)).collect();
    Start {
        channels,
        keywords,
        languages,
        default: table.get("default").and_then(Node::flag).unwrap_or(false),
    }
}

fn scoring(table: &Node) -> Scoring {
    let mut scoring = Scoring::default();
    if let Some(sql) = table.get("sql").and_then(Node::whole) {
        scoring.sql = sql;
    }
    if let Some(mql) = table.get("mql").and_then(Node::whole) {
        scoring.mql = mql;
    }
    for entry in table.get("points").map(Node::entries).unwrap_or_default() {
        let points = match &entry.node.tree {
            Tree::Whole(points) => Some(*points),
            _ => entry.node.get("points").and_then(Node::whole),
        };
        if let Some(points) = points {
            scoring.points.insert(entry.name.clone(), points);
        }
        if let Some(within) = length(&entry.node, "within") {
            scoring.quick_within_ms = within;
        }
        if let Some(over) = entry.node.get("over").and_then(Node::whole) {
            scoring.detailed_over = usize::try_from(over).unwrap_or(0);
        }
    }
    scoring.once = words(table, "once").into_iter().collect();
    let caps = table.get("caps").map(Node::entries).unwrap_or_default();
    let caps = caps.iter().filter_map(|cap| Some((cap.name.clone(), cap.node.whole()?)));
    scoring.caps = caps.collect();
    scoring.decay = table.get("decay").and_then(decay);
    scoring
}

fn decay(table: &Node) -> Option<Decay> {
    let whole = |key: &str| table.get(key).and_then(Node::whole);
    let after_ms = length(table, "after")?;
    Some(Decay {
        after_ms,
        every_ms: length(table, "every").unwrap_or(after_ms),
        loss: whole("percent").map(Loss::Percent).or_else(|| whole("points").map(Loss::Points))?,
        floor: whole("floor").unwrap_or(0),
    })
}

fn own_words(root: &Node) -> BTreeMap<Command, Vec<String>> {
    let entries = root.get("words").map(Node::entries).unwrap_or_default();
    let known = entries.iter().filter_map(|entry| Some((Command::parse(&entry.name)?, &entry.node)));
    known
        .map(|(command, node)| (command, node.strings().iter().map(|(word, _)| (*word).to_owned()).collect()))
        .collect()
}

fn tables<'a>(node: &'a Node, key: &str) -> impl Iterator<Item = &'a Node> {
    let items = node.get(key).map(Node::items).unwrap_or_default();
    items.iter().filter(|item| matches!(item.tree, Tree::Table(_)))
}

fn length(node: &Node, key: &str) -> Option<crate::clock::Millis> {
    duration::parse(node.get(key)?.text()?)
}
