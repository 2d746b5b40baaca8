//! What a person does with a notification (Linux): presses it, or types an answer into it where the system's notifications take one.
//! KDE Plasma does, and says so by the capability `inline-reply`, of which `notify-rust` does not know.

use zbus::MatchRule;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::Type;

/// The action of a press on the notification itself.
pub const DEFAULT: &str = "default";
/// The action that opens the field in the notification.
pub const INLINE_REPLY: &str = "inline-reply";
const INTERFACE: &str = "org.freedesktop.Notifications";
/// Signals kept while a notification is being made: others' come here too.
const QUEUE: usize = 64;

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub enum Done {
    /// Pressed.
    Opened,
    /// An answer was typed.
    Answered(String),
    /// It went.
    Nothing,
}

/// What the notification server says from now on.
pub struct Signals(MessageIterator);

/// Notifications take answers here.
pub fn take_answers() -> bool {
    let can = notify_rust::get_capabilities().unwrap_or_default();
    can.iter().any(|capability| capability == INLINE_REPLY)
}

impl Signals {
    /// Listens; before the notification is shown, so that nothing is missed. `None` without a session bus.
    pub fn listen() -> Option<Self> {
        let connection = Connection::session().ok()?;
        let rule = MatchRule::builder().msg_type(Type::Signal).interface(INTERFACE).ok()?.build();
        MessageIterator::for_match_rule(rule, &connection, Some(QUEUE)).ok().map(Self)
    }

    /// Waits for what becomes of this notification.
    pub fn of(self, notification: u32) -> Done {
        self.0.map_while(Result::ok).find_map(|message| meaning(&message, notification)).unwrap_or(Done::Nothing)
    }
}

/// What a signal says of this notification.
fn meaning(message: &zbus::Message, notification: u32) -> Option<Done> {
    let header = message.header();
    let body = message.body();
    let text = || body.deserialize::<(u32, String)>().ok().filter(|(of, _)| *of == notification).map(|(_, text)| text);
    match header.member().map(|member| member.as_str())? {
        "NotificationReplied" => text().map(Done::Answered),
        "ActionInvoked" => text().filter(|action| action == DEFAULT).map(|_| Done::Opened),
        "NotificationClosed" => {
            let (of, _reason) = body.deserialize::<(u32, u32)>().ok()?;
            (of == notification).then_some(Done::Nothing)
        }
        _ => None,
    }
}
