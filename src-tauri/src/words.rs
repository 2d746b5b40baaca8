//! The few words that the shell itself shows (tray, notifications), in both languages.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Русский.
    Russian,
}

/// One text in both languages.
pub struct Words {
    english: &'static str,
    russian: &'static str,
}

impl Words {
    /// In this language.
    pub fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Russian => self.russian,
        }
    }
}

/// Title of the dialog that asks for files to send.
pub const ATTACH: Words = Words { english: "Attach files", russian: "Прикрепить файлы" };
/// Tray: show the window.
pub const OPEN: Words = Words { english: "Open Hybrid Messenger", russian: "Открыть Hybrid Messenger" };
/// Tray: the team is hosted now.
pub const HOSTING: Words =
    Words { english: "Hosting the team", russian: "Команда размещена здесь" };
/// Tray: stop hosting.
pub const STOP_HOSTING: Words =
    Words { english: "Stop hosting", russian: "Остановить сервер команды" };
/// Tray: nothing is to be heard.
pub const DO_NOT_DISTURB: Words = Words { english: "Do not disturb", russian: "Не беспокоить" };
/// Tray: end the app.
pub const QUIT: Words = Words { english: "Quit", russian: "Выйти" };
/// Notification without its text.
pub const NEW_MESSAGE: Words = Words { english: "New message", russian: "Новое сообщение" };
/// Before the title of a notification that one wanted to be reminded.
pub const REMINDER: Words = Words { english: "Reminder", russian: "Напоминание" };
/// Notification's button.
pub const SHOW: Words = Words { english: "Show", russian: "Показать" };
/// Notification's field for an answer.
pub const REPLY: Words = Words { english: "Reply", russian: "Ответить" };
/// Once, when the window of a hosting app is closed.
pub const STILL_HOSTING: Words = Words {
    english: "The window is closed; the team stays online. Stop it from the tray.",
    russian: "Окно закрыто, но команда остаётся в сети. Остановить её можно из трея.",
};

/// The preference, or the system's language while there is none.
pub fn language_of(preference: &str) -> Language {
    let system = || {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .unwrap_or_default()
    };
    let code = if preference.is_empty() { system() } else { preference.to_owned() };
    if code.starts_with("ru") { Language::Russian } else { Language::English }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preference_is_stronger_than_the_system() {
        assert_eq!(language_of("ru"), Language::Russian);
        assert_eq!(language_of("en"), Language::English);
    }
}
