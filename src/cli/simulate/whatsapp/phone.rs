//! The person's phone: what is typed or tapped becomes a webhook, and a message becomes what is seen.

use super::WhatsappArgs;
use crate::channels::whatsapp::Callback;
use crate::domain::text::fold;
use crate::ids;
use serde_json::{Value as Json, json};

/// Something on the screen that can be tapped.
#[derive(Clone, Debug)]
struct Tappable {
    id: String,
    title: String,
}

/// The person's phone.
#[derive(Debug)]
pub(super) struct Phone {
    /// Meta's id of the business's number.
    to: String,
    /// Digits.
    from: String,
    user_id: Option<String>,
    name: String,
    /// What can be tapped in the last message, and the type such an answer has.
    options: Vec<Tappable>,
    kind: &'static str,
}

/// A message on the screen.
pub(super) struct Shown {
    /// As it is seen.
    pub text: String,
    /// Whether it is the last of its turn.
    pub is_last: bool,
}

impl Phone {
    pub(super) fn new(args: &WhatsappArgs) -> Phone {
        Phone {
            to: args.to.clone(),
            from: args.from.chars().filter(char::is_ascii_digit).collect(),
            user_id: args.user_id.clone(),
            name: args.name.clone(),
            options: Vec::new(),
            kind: "button_reply",
        }
    }

    /// The webhook of what is said: a tap where the number or the label of an option is typed.
    pub(super) fn says(&mut self, text: &str) -> Json {
        let mut message = json!({"id": format!("wamid.{}", ids::secret())});
        // A webhook without a time is one that has just been written.
        match &self.user_id {
            Some(user) => message["from_user_id"] = json!(user),
            None => message["from"] = json!(self.from),
        }
        for (name, value) in self.content(text).as_object().into_iter().flatten() {
            message[name] = value.clone();
        }
        let mut contact = json!({"profile": {"name": self.name}});
        match &self.user_id {
            Some(user) => contact["user_id"] = json!(user),
            None => contact["wa_id"] = json!(self.from),
        }
        self.options.clear();
        self.webhook(&json!({"contacts": [contact], "messages": [message]}))
    }

    fn content(&self, text: &str) -> Json {
        if let Some(rest) = text.strip_prefix("@location ")
            && let Some(place) = location(rest)
        {
            return json!({"type": "location", "location": place});
        }
        if let Some(caption) = text.strip_prefix("@image") {
            let image = json!({"id": "1", "mime_type": "image/jpeg", "caption": caption.trim()});
            return json!({"type": "image", "image": image});
        }
        match self.tapped(text) {
            Some(Tappable { id, title }) => {
                let mut reply = json!({"type": self.kind});
                reply[self.kind] = json!({"id": id, "title": title});
                json!({"type": "interactive", "interactive": reply})
            }
            None => json!({"type": "text", "text": {"body": text}}),
        }
    }

    /// The option that a number or a label means.
    fn tapped(&self, text: &str) -> Option<&Tappable> {
        let number = text.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let by_number = number.and_then(|index| self.options.get(index));
        by_number.or_else(|| self.options.iter().find(|option| fold(&option.title) == fold(text)))
    }

    /// What is seen of a message, and what can be tapped from now on; `None`: it is not for this person.
    pub(super) fn shows(&mut self, body: &Json) -> Option<Shown> {
        let to = body["to"].as_str().or(body["recipient"].as_str()).unwrap_or_default();
        if to != self.user_id.as_deref().unwrap_or(&self.from) {
            return None;
        }
        self.options.clear();
        let asked = &body["interactive"];
        let mut text = match body["type"].as_str().unwrap_or_default() {
            "interactive" => asked["body"]["text"].as_str().unwrap_or_default().to_owned(),
            "template" => format!("(template {})", body["template"]["name"].as_str().unwrap_or_default()),
            _ => body["text"]["body"].as_str().unwrap_or_default().to_owned(),
        };
        let action = &asked["action"];
        match asked["type"].as_str() {
            Some("button") => {
                self.kind = "button_reply";
                self.options =
                    options(action["buttons"].as_array().into_iter().flatten().map(|one| &one["reply"]));
                let shown =
                    self.options.iter().enumerate().map(|(n, one)| format!("[{} {}]", n + 1, one.title));
                text = format!("{text}\n{}", shown.collect::<Vec<_>>().join(" "));
            }
            Some("list") => {
                self.kind = "list_reply";
                let rows = || action["sections"][0]["rows"].as_array().into_iter().flatten();
                self.options = options(rows());
                text = format!("{text}\n[{}]", action["button"].as_str().unwrap_or_default());
                for (n, row) in rows().enumerate() {
                    let about =
                        row["description"].as_str().map(|about| format!(" – {about}")).unwrap_or_default();
                    text =
                        format!("{text}\n  [{} {}]{about}", n + 1, row["title"].as_str().unwrap_or_default());
                }
            }
            Some("location_request_message") => text.push_str("\n[Send location]"),
            _ => {}
        }
        let callback = body["biz_opaque_callback_data"].as_str().and_then(Callback::parse);
        let is_last = callback.is_none_or(|callback| callback.part.index + 1 == callback.part.of);
        Some(Shown { text, is_last })
    }

    /// The webhook that tells what became of a message: it has arrived and was read.
    pub(super) fn reads(&self, id: &str, body: &Json) -> Json {
        let status = |word: &str| {
            let mut status = json!({"id": id, "status": word});
            match &self.user_id {
                Some(user) => status["recipient_user_id"] = json!(user),
                None => status["recipient_id"] = json!(self.from),
            }
            if let Some(callback) = body.get("biz_opaque_callback_data") {
                status["biz_opaque_callback_data"] = callback.clone();
            }
            status
        };
        self.webhook(&json!({"statuses": [status("sent"), status("delivered"), status("read")]}))
    }

    fn webhook(&self, value: &Json) -> Json {
        let mut value = value.clone();
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] = json!({"display_phone_number": "", "phone_number_id": self.to});
        let change = json!({"field": "messages", "value": value});
        json!({"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [change]}]})
    }
}

fn options<'a>(shown: impl Iterator<Item = &'a Json>) -> Vec<Tappable> {
    let text = |one: &Json, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    shown.map(|one| Tappable { id: text(one, "id"), title: text(one, "title") }).collect()
}

/// `LATITUDE,LONGITUDE NAME`.
fn location(text: &str) -> Option<Json> {
    let (place, name) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let (latitude, longitude) = place.split_once(',')?;
    let degrees = |text: &str| text.trim().parse::<f64>().ok();
    let mut location = json!({"latitude": degrees(latitude)?, "longitude": degrees(longitude)?});
    if !name.trim().is_empty() {
        location["name"] = json!(name.trim());
    }
    Some(location)
}
