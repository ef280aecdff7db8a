//! Texts and conditions of a flow: MiniJinja, compiled once, without a loader, with bounded work.

use minijinja::{Environment, UndefinedBehavior};
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// The most instructions one text or condition may run; a loop in a text ends here rather than hold up a turn.
const FUEL: u64 = 20_000;
/// The name of the only template of its environment.
const ONLY: &str = "text";

/// What texts and conditions can name.
pub type Scope = minijinja::Value;

/// A text or condition that cannot be compiled or run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// What is wrong, in MiniJinja's words.
    pub message: String,
    /// Bytes of the source it is about, where known.
    pub range: Option<std::ops::Range<usize>>,
}

impl From<minijinja::Error> for TemplateError {
    fn from(error: minijinja::Error) -> Self {
        let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        TemplateError { message, range: error.range() }
    }
}

/// A text with `{{ … }}` in it, or a plain one.
#[derive(Clone)]
pub struct Template {
    source: Arc<str>,
    /// `None`: plain text, nothing to run.
    compiled: Option<Arc<Environment<'static>>>,
    /// Found once: the library parses the source anew on every question.
    names: Arc<BTreeSet<String>>,
}

impl Template {
    /// Compiles a text.
    ///
    /// # Errors
    /// Where the text is not well-formed.
    pub fn new(source: &str) -> Result<Self, TemplateError> {
        let plain = !["{{", "{%", "{#"].iter().any(|mark| source.contains(mark));
        if plain {
            return Ok(Template { source: source.into(), compiled: None, names: Arc::default() });
        }
        let mut environment = environment();
        environment.add_template_owned(ONLY, source.to_owned())?;
        let names = environment.get_template(ONLY)?.undeclared_variables(false).into_iter().collect();
        Ok(Template { source: source.into(), compiled: Some(Arc::new(environment)), names: Arc::new(names) })
    }

    /// The text as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether there is nothing to fill in.
    pub fn is_plain(&self) -> bool {
        self.compiled.is_none()
    }

    /// The text with its names filled in; a missing name is empty.
    ///
    /// # Errors
    /// Where a filter fails or the work bound is met.
    pub fn render(&self, scope: &Scope) -> Result<String, TemplateError> {
        match &self.compiled {
            None => Ok(self.source.to_string()),
            Some(environment) => Ok(environment.get_template(ONLY)?.render(scope)?),
        }
    }

    /// The names the text uses from outside, without their attributes.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }
}

impl std::fmt::Debug for Template {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Template({:?})", self.source)
    }
}

/// A condition, as in `when`.
#[derive(Clone)]
pub struct Expression {
    source: Arc<str>,
    compiled: Arc<minijinja::Expression<'static, 'static>>,
    names: Arc<BTreeSet<String>>,
}

impl Expression {
    /// Compiles a condition.
    ///
    /// # Errors
    /// Where it is not well-formed.
    pub fn new(source: &str) -> Result<Self, TemplateError> {
        static SHARED: LazyLock<Environment<'static>> = LazyLock::new(environment);
        let environment: &'static Environment<'static> = &SHARED;
        let compiled = environment.compile_expression_owned(source.to_owned())?;
        let names = compiled.undeclared_variables(false).into_iter().collect();
        Ok(Expression { source: source.into(), compiled: Arc::new(compiled), names: Arc::new(names) })
    }

    /// The condition as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it holds; one that fails to run does not hold.
    pub fn holds(&self, scope: &Scope) -> bool {
        self.compiled.eval(scope.clone()).is_ok_and(|value| value.is_true())
    }

    /// The names it uses from outside, without their attributes.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Expression({:?})", self.source)
    }
}

/// No loader, no escaping (channels escape for themselves), missing names are empty all the way down.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(32);
    environment
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    #[test]
    fn a_missing_name_is_empty_and_or_gives_the_other() {
        let text = Template::new("Where can we write to you, {{ name or 'there' }}?").unwrap();
        assert_eq!(text.render(&context! {}).unwrap(), "Where can we write to you, there?");
        assert_eq!(text.render(&context! { name => "Ann" }).unwrap(), "Where can we write to you, Ann?");
        assert_eq!(Template::new("{{ lead.a.b }}!").unwrap().render(&context! {}).unwrap(), "!");
        assert_eq!(text.names().iter().collect::<Vec<_>>(), ["name"]);
    }

    #[test]
    fn a_loop_without_end_is_stopped() {
        let text =
            Template::new("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}")
                .unwrap();
        assert!(text.render(&context! {}).is_err());
    }

    #[test]
    fn a_broken_text_names_its_place() {
        let error = Template::new("Hi {{ name").unwrap_err();
        assert!(!error.message.is_empty());
        assert!(Expression::new("answer ==").is_err());
    }

    #[test]
    fn conditions_hold_or_not() {
        let scope = context! { answer => "Not now", score => 30, staff => 5 };
        assert!(Expression::new("answer == 'Not now' and score >= 30").unwrap().holds(&scope));
        assert!(Expression::new("staff == 5 and staff > 4").unwrap().holds(&scope));
        assert!(Expression::new("not nobody").unwrap().holds(&scope));
        assert!(!Expression::new("nobody.there > 3").unwrap().holds(&scope));
    }
}
