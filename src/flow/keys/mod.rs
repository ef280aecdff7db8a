//! The keys of the language, in one table: what may be written where, what it means, what it defaults to.
//!
//! Reading (`shape`), the editor's schema (`schema`) and the reference (`reference`) all come from here.

mod conversation;
mod extras;
mod scoring;
mod step;

pub use conversation::{FLOW, INCLUDE};
pub use step::{OPTION, STEP, WORDING};

/// What a value must look like.
#[derive(Debug)]
pub enum Shape {
    /// A string.
    Word,
    /// A text people read: a string or a table by language, with `{{ … }}`.
    Text,
    /// A label: a string or a table by language, without `{{ … }}`.
    Label,
    /// A string that is a template.
    Template,
    /// A string that is an expression.
    Condition,
    /// The id of a step.
    Step,
    /// A length of time.
    Duration,
    /// A whole number from here on.
    Whole(i64),
    /// Any number.
    Number,
    /// true or false.
    Flag,
    /// A local date and time, or a string of one.
    Moment,
    /// One of these words.
    OneOf(fn() -> Vec<&'static str>),
    /// A list.
    List(&'static Shape),
    /// One value or a list of them.
    OneOrList(&'static Shape),
    /// A table with keys of the author's choosing; the word says what they are.
    Map(&'static str, &'static Shape),
    /// A table whose keys are these words.
    MapOf(fn() -> Vec<&'static str>, &'static Shape),
    /// A table with these keys.
    Table(&'static Object),
    /// Either of two.
    Either(&'static Shape, &'static Shape),
    /// Any value.
    Any,
}

/// A table of the language.
#[derive(Debug)]
pub struct Object {
    /// How it is written, as `[[steps]]`.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its keys, in the order people write them.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// What its value must look like.
    pub shape: Shape,
    /// What it means.
    pub doc: &'static str,
    /// What holds without it; empty where nothing does.
    pub default: &'static str,
    /// A value as it is written in a file.
    pub example: &'static str,
    /// Whether it must be there.
    pub required: bool,
}

impl Key {
    pub(crate) const fn new(
        name: &'static str,
        shape: Shape,
        example: &'static str,
        doc: &'static str,
    ) -> Self {
        Key { name, shape, doc, default: "", example, required: false }
    }

    pub(crate) const fn or(self, default: &'static str) -> Self {
        Key { default, ..self }
    }

    pub(crate) const fn required(self) -> Self {
        Key { required: true, ..self }
    }
}

impl Object {
    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.keys.iter().map(|key| key.name)
    }
}

impl Shape {
    /// What is expected, for messages and the reference.
    pub fn describe(&self) -> String {
        match self {
            Shape::Word => "a text".into(),
            Shape::Text => "a text, or a table of texts by language".into(),
            Shape::Label => "a text, or a table of texts by language".into(),
            Shape::Template => "a text with {{ … }}".into(),
            Shape::Condition => "a condition in quotes".into(),
            Shape::Step => "the id of a step".into(),
            Shape::Duration => "a length of time such as \"2m\", \"1h\" or \"3d\"".into(),
            Shape::Whole(0) => "a whole number from 0".into(),
            Shape::Whole(1) => "a whole number from 1".into(),
            Shape::Whole(_) => "a whole number".into(),
            Shape::Number => "a number".into(),
            Shape::Flag => "true or false".into(),
            Shape::Moment => "a date and time such as 2026-03-14T10:00:00".into(),
            Shape::OneOf(words) => format!("one of: {}", words().join(", ")),
            Shape::List(item) => format!("a list, each {}", item.describe()),
            Shape::OneOrList(item) => format!("{}, or a list of them", item.describe()),
            Shape::Map(keys, item) => format!("a table by {keys}, each {}", item.describe()),
            Shape::MapOf(_, item) => format!("a table, each {}", item.describe()),
            Shape::Table(object) => format!("a table ({})", object.name),
            Shape::Either(one, other) => format!("{}, or {}", one.describe(), other.describe()),
            Shape::Any => "anything".into(),
        }
    }
}
