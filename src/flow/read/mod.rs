//! From a flow's text to a flow, with everything that is wrong at once.

mod conversation;
mod include;
mod step;
mod testing;
mod text;

use crate::flow::check;
use crate::flow::diagnostic::{Diagnostic, File, Findings};
use crate::flow::keys::FLOW;
use crate::flow::model::Flow;
use crate::flow::source::Source;
use crate::flow::tree::{self, Node};
use crate::flow::{shape, suggest};
use std::collections::BTreeMap;

pub(crate) use text::{Scope, Written};

/// What reading a flow gives.
#[derive(Clone, Debug)]
pub struct Report {
    /// The flow; `None` where anything blocks publishing.
    pub flow: Option<Flow>,
    /// Errors and warnings, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// A flow as far as it could be read, with the text it came from; what the checks look at.
pub(crate) struct Draft {
    /// The flow; references that lead nowhere are left out.
    pub flow: Flow,
    /// The file.
    pub root: Node,
    /// The text of each step of `flow.steps`, same index.
    pub steps: Vec<Node>,
    /// Every template and condition.
    pub written: Vec<Written>,
}

/// Reads and checks a flow.
pub fn read(source: &Source) -> Report {
    let (draft, mut findings) = draft(source);
    check::all(&draft, &mut findings);
    let flow = (!findings.any_error()).then_some(draft.flow);
    Report { flow, diagnostics: findings.into_sorted() }
}

/// Reads a version that was sound when it was published. Rules are added over time and conversations finish on the version
/// they began with, so that no rule is asked again: `None` only where the text is no flow at all.
pub fn read_stored(source: &Source) -> Option<Flow> {
    let (Draft { flow, .. }, findings) = draft(source);
    let torn = |finding: &Diagnostic| matches!(finding.code, "flow::syntax" | "flow::unknown-use");
    let whole = !flow.id.is_empty() && !flow.steps.is_empty() && !findings.into_sorted().iter().any(torn);
    whole.then_some(flow)
}

/// A flow as far as it can be built, and what was wrong on the way.
fn draft(source: &Source) -> (Draft, Findings) {
    let mut findings = Findings::default();
    findings.files.push(File { path: source.path.clone(), text: source.text.clone() });
    let root = tree::parse(0, &mut findings);
    shape::check(&root, &FLOW, &mut findings);
    let steps = include::steps(source, &root, &mut findings);
    Builder::new(&root, &steps, findings).build()
}

/// Builds a flow from documents that `shape` has looked at: what has the wrong type is known already and left out.
struct Builder<'a> {
    root: &'a Node,
    steps: &'a [Node],
    findings: Findings,
    languages: Vec<String>,
    /// Index by id; the first of several.
    ids: BTreeMap<String, usize>,
    written: Vec<Written>,
}

impl<'a> Builder<'a> {
    fn new(root: &'a Node, steps: &'a [Node], findings: Findings) -> Self {
        let mut ids = BTreeMap::new();
        for (index, step) in steps.iter().enumerate() {
            if let Some(id) = step.get("id").and_then(Node::text) {
                ids.entry(id.to_owned()).or_insert(index);
            }
        }
        Builder { root, steps, findings, languages: Vec::new(), ids, written: Vec::new() }
    }

    fn build(mut self) -> (Draft, Findings) {
        self.languages = self.languages();
        let mut flow = self.conversation();
        flow.steps = (0..self.steps.len()).map(|index| self.step(index)).collect();
        flow.tests = self.tests(&flow);
        let Builder { root, steps, findings, written, .. } = self;
        (Draft { flow, root: root.clone(), steps: steps.to_vec(), written }, findings)
    }

    /// The index of the step a value names; a name that is no step is a finding.
    fn reference(&mut self, node: &Node, what: &str) -> Option<usize> {
        let name = node.text()?;
        if let Some(index) = self.ids.get(name) {
            return Some(*index);
        }
        let message = format!("`{what}` names \"{name}\", which is no step");
        let help = suggest::did_you_mean(name, self.ids.keys().map(String::as_str));
        self.findings.error("flow::unknown-step", node.place, message, "no such step").maybe_help(help);
        None
    }
}

/// The string under a key.
fn word(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::text).map(str::to_owned)
}

/// The strings under a key, one or many.
fn words(node: &Node, key: &str) -> Vec<String> {
    let strings = node.get(key).map(Node::strings).unwrap_or_default();
    strings.into_iter().map(|(text, _)| text.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::Kind;
    use crate::domain::channel::Channel;
    use crate::domain::score::Class;
    use crate::flow::model::Line;

    fn merchant() -> Flow {
        let text = include_str!("../../../flows/merchant.toml");
        let report = read(&Source::alone("flows/merchant.toml", text));
        assert_eq!(report.diagnostics, []);
        report.flow.unwrap()
    }

    #[test]
    fn the_merchant_flow_reads_without_a_finding() {
        let flow = merchant();
        let ids: Vec<&str> = flow.steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "greeting",
                "business_type",
                "location",
                "staff_size",
                "features_interested",
                "email",
                "cta",
                "thanks",
                "goodbye"
            ]
        );
        assert_eq!((flow.id.as_str(), flow.languages.as_slice()), ("merchant", &["en".to_owned()][..]));
        assert_eq!(flow.start.channels, [Channel::Whatsapp, Channel::Sms, Channel::Voice, Channel::Web]);
        assert!(flow.start.default && flow.start.keywords == ["demo", "join"]);
        assert_eq!(flow.scoring, crate::domain::score::Scoring::default());
        let greeting = &flow.steps[0];
        assert_eq!((greeting.ask, greeting.go[0].to), (Some(Kind::YesNo), 8));
        assert_eq!(greeting.go[0].when.as_ref().unwrap().source(), "not answer");
        let bold = &greeting.variant["greeting_message"]["B"];
        assert!(
            bold.say.pick(Channel::Sms, "en", "en").unwrap().source().starts_with('🔥')
                && bold.retry.is_empty()
        );
        let business = &flow.steps[1];
        assert_eq!((business.tries, business.give_up), (Some(3), Some(8)));
        assert_eq!(business.options[3].points, 5);
        assert_eq!(business.words[1].words, ["Retail Store", "Retail", "shop", "kirana"]);
        assert_eq!(business.options[1].short["en"], "Retail");
        assert_eq!(business.save, "business_type");
        assert!(!business.retry.is_empty() && flow.steps[3].retry.is_empty());
        assert_eq!(flow.steps[3].options[1].value, "2–5");
        let email = &flow.steps[5];
        assert!(email.optional);
        assert!(email.say.pick(Channel::Voice, "en", "en").unwrap().source().starts_with("Please say"));
        let cta = &flow.steps[6];
        assert_eq!(cta.options[0].event.as_deref(), Some("demo_requested"));
        assert!(cta.options[2].declines && cta.menu.as_deref() == Some("cta"));
        assert_eq!(flow.steps[7].end.as_deref(), Some("completed"));
        assert_eq!(flow.experiments["question_flow"].order["B"], [3, 1, 2]);
        assert_eq!(flow.silence.remind[0].after_ms, crate::clock::HOUR);
        assert_eq!(flow.silence.end_after_ms, Some(3 * crate::clock::DAY));
        assert_eq!(flow.deliver[0].map["score"].source(), "{{ score }}");
        let test = &flow.tests[0];
        assert_eq!((test.chat.len(), test.expect.class), (16, Some(Class::Sql)));
        assert_eq!(test.chat[0], Line::Says("hi".into()));
        assert_eq!(test.expect.answers["staff_size"], "2–5");
        assert_eq!(test.variants["question_flow"], "A");
    }

    #[test]
    fn steps_of_other_files_stand_where_they_are_used() {
        let contact = "[[steps]]\nid = \"name\"\nask = \"name\"\nsay = \"Your name?\"\n";
        let text = "id = \"a\"\ntitle = \"A\"\n[[steps]]\nid = \"hello\"\nsay = \"Hello\"\n[[steps]]\nuse = \"common/contact\"\n[[steps]]\nid = \"bye\"\nsay = \"Bye\"\nend = \"completed\"\n";
        let load = |name: &str| (name == "common/contact").then(|| contact.to_owned());
        let report = read(&Source::resolve("a.toml", text, &load));
        let flow = report.flow.unwrap_or_else(|| panic!("{:?}", report.diagnostics));
        let ids: Vec<&str> = flow.steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(ids, ["hello", "name", "bye"]);
        let front = text
            .replace("title = \"A\"\n", "title = \"A\"\nuse = [\"common/contact\"]\n")
            .replace("[[steps]]\nuse = \"common/contact\"\n", "");
        let flow = read(&Source::resolve("a.toml", &front, &load)).flow.unwrap();
        assert_eq!(flow.steps[0].id, "name");
    }

    #[test]
    fn findings_in_used_files_name_those_files() {
        let text = "id = \"a\"\ntitle = \"A\"\nuse = \"x\"\nsteps = []\n";
        let source = Source::resolve("a.toml", text, &|_| {
            Some("[[steps]]\nid = \"b\"\nsay = \"{{ oops\"\nend = \"e\"\n".into())
        });
        let found = read(&source).diagnostics;
        let found = found.iter().find(|found| found.code == "flow::bad-template").unwrap();
        assert_eq!((found.file.as_str(), found.line), ("x.toml", 3));
        assert_eq!(read(&Source::alone("a.toml", text)).diagnostics[0].code, "flow::unknown-use");
    }

    #[test]
    fn no_text_makes_reading_panic() {
        let text = include_str!("../../../flows/merchant.toml");
        let cuts = (0..text.len()).step_by(37).filter(|at| text.is_char_boundary(*at));
        for at in cuts {
            read(&Source::alone("cut.toml", &text[..at]));
            let mut holed = text.to_owned();
            holed.remove(at);
            read(&Source::alone("holed.toml", &holed));
        }
    }
}
