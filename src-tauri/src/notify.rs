//! System notifications; a click opens the message, and where the system has a field for it, what is typed there answers it.

use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, Ordering};

use tauri::Manager as _;
use view::notify::Local;
#[cfg(target_os = "linux")]
use view::{Command, CommandEnvelope, Draft, LocalId};
use view::{HostUpdate, Notice, Timestamp};

#[cfg(target_os = "linux")]
use crate::pressed::{self, Done};
#[cfg(target_os = "linux")]
use crate::shell::NOBODY;
use crate::shell::Shell;
use crate::window;
use crate::words::{self, language_of};

/// Notifies unless the person is looking at the app or wants none.
pub fn maybe(shell: &Arc<Shell>, team: u32, notice: &Notice) {
    let preferences = shell.preferences();
    let looking = shell
        .handle
        .get_webview_window(window::MAIN)
        .is_some_and(|window| window.is_focused().unwrap_or(false) && window.is_visible().unwrap_or(false));
    let (moment, local) = now();
    let locked = shell.is_locked();
    // Whoever looks at one team does not see the others, and behind the app lock nothing is seen.
    let looking = looking && !locked && team == shell.teams.open();
    if looking || !preferences.notifications || shell.quiet().is_quiet(moment, local) {
        return;
    }
    let language = language_of(&preferences.language);
    if locked {
        let body = words::NEW_MESSAGE.in_language(language).to_owned();
        return show(
            shell,
            "Hybrid Messenger".to_owned(),
            body,
            words::SHOW.in_language(language),
            team,
            notice.clone(),
        );
    }
    let title = if notice.personal || notice.chat_title == notice.author {
        notice.author.clone()
    } else {
        format!("{} · {}", notice.author, notice.chat_title)
    };
    let title = if notice.reminder { format!("{}: {title}", words::REMINDER.in_language(language)) } else { title };
    let title = if shell.teams.are_several() { format!("{title} — {}", shell.teams.name(team)) } else { title };
    let body = if preferences.notification_text {
        notice.text.clone()
    } else {
        words::NEW_MESSAGE.in_language(language).to_owned()
    };
    show(shell, title, body, words::SHOW.in_language(language), team, notice.clone());
}

/// Now, and what the clock on the wall shows.
pub fn now() -> (Timestamp, Local) {
    let now = jiff::Zoned::now();
    let weekday = u8::try_from(now.weekday().to_monday_zero_offset()).unwrap_or(0);
    let minute = u16::try_from(i32::from(now.hour()) * 60 + i32::from(now.minute())).unwrap_or(0);
    (Timestamp(now.timestamp().as_millisecond()), Local { weekday, minute })
}

/// A word of the shell itself, without a click.
pub fn plain(text: &str) {
    if let Err(error) =
        notify_rust::Notification::new().appname("Hybrid Messenger").summary("Hybrid Messenger").body(text).show()
    {
        tracing::info!(%error, "no notifications on this system");
    }
}

fn show(shell: &Arc<Shell>, title: String, body: String, action: &'static str, team: u32, notice: Notice) {
    let shell = Arc::clone(shell);
    // Showing and waiting block; notifications are few and each thread ends with its notification.
    std::thread::spawn(move || {
        let mut made = notify_rust::Notification::new();
        made.appname("Hybrid Messenger").summary(&title).body(&escaped(&body)).icon("hybrid-messenger");
        made.action("default", action);
        #[cfg(target_os = "linux")]
        let signals = {
            if !shell.is_locked() && pressed::take_answers() {
                let language = language_of(&shell.preferences().language);
                made.action(pressed::INLINE_REPLY, words::REPLY.in_language(language));
            }
            pressed::Signals::listen()
        };
        match made.show() {
            #[cfg(target_os = "linux")]
            Ok(notification) => wait(&shell, team, &notice, notification, signals),
            #[cfg(not(target_os = "linux"))]
            Ok(_) => drop((shell, team, notice)),
            Err(error) => tracing::info!(%error, "no notifications on this system"),
        }
    });
}

/// Waits for what the person does with the notification. Some servers tell everyone, some only the one who made it: both are listened
/// to, and the first counts.
#[cfg(target_os = "linux")]
fn wait(
    shell: &Arc<Shell>,
    team: u32,
    notice: &Notice,
    notification: notify_rust::NotificationHandle,
    signals: Option<pressed::Signals>,
) {
    let done = Arc::new(AtomicBool::new(false));
    if let Some(signals) = signals {
        let (shell, notice, done, id) = (Arc::clone(shell), notice.clone(), Arc::clone(&done), notification.id());
        std::thread::spawn(move || match signals.of(id) {
            Done::Answered(text) => answer(&shell, team, &notice, &text),
            Done::Opened if !done.swap(true, Ordering::Relaxed) => open(&shell, team, &notice),
            Done::Opened | Done::Nothing => {}
        });
    }
    notification.wait_for_action(|clicked| {
        if clicked == pressed::DEFAULT && !done.swap(true, Ordering::Relaxed) {
            open(shell, team, notice);
        }
    });
}

/// Says what was typed into the notification, as an answer to its message.
#[cfg(target_os = "linux")]
fn answer(shell: &Shell, team: u32, notice: &Notice, text: &str) {
    let text = text.trim();
    // The notification may be older than the lock.
    let may = !text.is_empty() && !shell.is_locked();
    let Some(client) = shell.teams.client_of(team).filter(|_| may) else { return };
    let reply_to = (!notice.personal).then(|| notice.message_id.clone());
    let draft = Draft { text: text.to_owned(), reply_to };
    let local_id = LocalId(uuid::Uuid::now_v7());
    let (chat_id, mentions) = (notice.chat_id.clone(), Vec::new());
    let command = Command::Send { chat_id, local_id, draft, mentions, thread: None };
    client.command(CommandEnvelope { id: NOBODY, command });
}

/// Notification servers read some markup; what people write is never markup.
fn escaped(text: &str) -> String {
    if cfg!(target_os = "linux") {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}

#[cfg(target_os = "linux")]
fn open(shell: &Arc<Shell>, team: u32, notice: &Notice) {
    window::show(&shell.handle);
    shell.tell_or_keep(HostUpdate::OpenChat {
        chat_id: notice.chat_id.clone(),
        message_id: Some(notice.message_id.clone()),
        team,
    });
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn what_people_write_is_never_markup() {
        assert_eq!(super::escaped("<b>1 & 2</b>"), "&lt;b&gt;1 &amp; 2&lt;/b&gt;");
    }
}
