//! Elements of a TwiML document.

use crate::channels::twilio::twiml::escape_into;

/// An element with what is in it.
#[derive(Clone, Debug)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    pub(super) fn new(name: &'static str) -> Element {
        Element { name, attributes: Vec::new(), children: Vec::new(), text: String::new() }
    }

    /// With an attribute.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Element {
        self.attributes.push((name, value.into()));
        self
    }

    /// With an attribute, where there is a value.
    pub(super) fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Element {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a text.
    pub(super) fn saying(mut self, text: impl Into<String>) -> Element {
        self.text = text.into();
        self
    }

    /// With an element in it.
    pub(super) fn holding(mut self, child: Element) -> Element {
        self.children.push(child);
        self
    }

    /// The document whose root this is.
    pub(super) fn document(&self) -> String {
        let mut xml = String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
        self.write(&mut xml);
        xml
    }

    fn write(&self, xml: &mut String) {
        xml.push('<');
        xml.push_str(self.name);
        for (name, value) in &self.attributes {
            xml.push(' ');
            xml.push_str(name);
            xml.push_str("=\"");
            escape_into(xml, value, true);
            xml.push('"');
        }
        if self.children.is_empty() && self.text.is_empty() {
            return xml.push_str("/>");
        }
        xml.push('>');
        escape_into(xml, &self.text, false);
        self.children.iter().for_each(|child| child.write(xml));
        xml.push_str("</");
        xml.push_str(self.name);
        xml.push('>');
    }
}
