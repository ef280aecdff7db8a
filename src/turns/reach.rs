//! We write to somebody unasked, for a campaign: a conversation begins, or the one there is asks its question again.

use super::conversation::{Conversation, Turn, advance, new};
use super::plan::Setting;
use super::request::{Reach, TurnError, TurnRequest};
use crate::clock::Millis;
use crate::domain::window::Window;
use crate::engine::{self, Input, Person};

/// The turn of it; `None`: nothing may be said to them now.
pub(super) fn reached(
    setting: &Setting<'_>,
    request: &TurnRequest,
    person: &Person<'_>,
    window_closes_at: Option<Millis>,
    existing: Option<Conversation>,
    reach: &Reach,
    is_opted_out: bool,
) -> Result<Option<Turn>, TurnError> {
    let is_open = Window::at(request.channel, window_closes_at, setting.now).is_open();
    if is_opted_out || request.sends.is_none() || !(is_open || reach.template.is_some()) {
        return Ok(None);
    }
    let under_way = existing.filter(|at| at.state.is_open() && at.state.open_step().is_some());
    let mut turn = match under_way {
        Some(conversation) => {
            let question = engine::question(&conversation.version.flow, person, &conversation.state);
            let mut turn = Turn::of(conversation, vec![]);
            turn.says.extend(question);
            turn
        }
        None => {
            let conversation = new(setting, request, reach.language.as_deref(), reach.flow.as_deref(), None)?;
            advance(conversation, person, &Input::Open { said: None }, setting.now)
        }
    };
    if let Some(template) = reach.template.as_ref().filter(|_| !is_open) {
        // What the template says stands at the provider alone.
        turn.says.truncate(1);
        if let Some(say) = turn.says.first_mut() {
            say.text = format!("[{template}]");
            say.options.clear();
        }
        turn.template = Some(template.clone());
    }
    turn.unasked_until = Some(reach.until);
    Ok(Some(turn))
}
