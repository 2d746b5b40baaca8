//! System notifications; a click opens the message.

use std::sync::Arc;

use tauri::Manager as _;
use view::notify::Local;
use view::{HostUpdate, Notice, Timestamp};

use crate::shell::Shell;
use crate::window;
use crate::words::{self, language_of};

/// Notifies unless the person is looking at the app or wants none.
pub fn maybe(shell: &Arc<Shell>, notice: &Notice) {
    let preferences = shell.preferences();
    let looking = shell
        .handle
        .get_webview_window(window::MAIN)
        .is_some_and(|window| window.is_focused().unwrap_or(false) && window.is_visible().unwrap_or(false));
    let (moment, local) = now();
    if looking || !preferences.notifications || shell.quiet().is_quiet(moment, local) {
        return;
    }
    let language = language_of(&preferences.language);
    let title = if notice.personal || notice.chat_title == notice.author {
        notice.author.clone()
    } else {
        format!("{} · {}", notice.author, notice.chat_title)
    };
    let title = if notice.reminder { format!("{}: {title}", words::REMINDER.in_language(language)) } else { title };
    let body = if preferences.notification_text {
        notice.text.clone()
    } else {
        words::NEW_MESSAGE.in_language(language).to_owned()
    };
    show(shell, title, body, words::SHOW.in_language(language), notice.clone());
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

fn show(shell: &Arc<Shell>, title: String, body: String, action: &'static str, notice: Notice) {
    let shell = Arc::clone(shell);
    // Showing and waiting block; notifications are few and each thread ends with its notification.
    std::thread::spawn(move || {
        let shown = notify_rust::Notification::new()
            .appname("Hybrid Messenger")
            .summary(&title)
            .body(&escaped(&body))
            .icon("hybrid-messenger")
            .action("default", action)
            .show();
        match shown {
            #[cfg(target_os = "linux")]
            Ok(notification) => notification.wait_for_action(|clicked| {
                if clicked == "default" {
                    open(&shell, &notice);
                }
            }),
            #[cfg(not(target_os = "linux"))]
            Ok(_) => drop((shell, notice)),
            Err(error) => tracing::info!(%error, "no notifications on this system"),
        }
    });
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
fn open(shell: &Arc<Shell>, notice: &Notice) {
    window::show(&shell.handle);
    shell.tell_or_keep(HostUpdate::OpenChat {
        chat_id: notice.chat_id.clone(),
        message_id: Some(notice.message_id.clone()),
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
