//! How a person wants the app.

use serde::{Deserialize, Serialize};

/// How messages are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageLayout {
    /// Picture, name and time above the text of a group; texts below each other.
    #[default]
    Modern,
    /// Time, name and text on one line, no pictures.
    Compact,
    /// Each message in a bubble; own ones at the other side.
    Bubbles,
}

/// How much room rows and controls have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "KeptDensity")]
pub enum Density {
    /// One line for each chat.
    Compact,
    /// Two lines for each chat.
    #[default]
    Comfortable,
    /// Two lines and more air.
    Roomy,
}

/// Earlier versions kept whether the list is compact; a later one may know more than three.
#[derive(Deserialize)]
#[serde(untagged)]
enum KeptDensity {
    Compact(bool),
    Named(String),
}

impl From<KeptDensity> for Density {
    fn from(kept: KeptDensity) -> Self {
        match kept {
            KeptDensity::Compact(true) => Density::Compact,
            KeptDensity::Named(name) if name == "compact" => Density::Compact,
            KeptDensity::Named(name) if name == "roomy" => Density::Roomy,
            KeptDensity::Compact(false) | KeptDensity::Named(_) => Density::Comfortable,
        }
    }
}

/// How a person wants the app; kept per device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// `ru`, `en`; empty follows the system.
    pub language: String,
    /// `light`, `dark`, `light-contrast`, `dark-contrast`, `system`, or `own:` and the id of one of [`crate::themes`].
    pub theme: String,
    /// Text size in pixels, 11 (80 %) to 21 (150 %).
    pub text_px: u8,
    /// How much room things have.
    #[serde(alias = "compact")]
    pub density: Density,
    /// How messages are laid out.
    pub layout: MessageLayout,
    /// Enter sends (Shift+Enter breaks the line); else the other way round.
    pub enter_sends: bool,
    /// Show system notifications.
    pub notifications: bool,
    /// Show the message's text in them.
    pub notification_text: bool,
    /// What is heard then: `drop`, `chime`, `knock`, or `off`.
    pub sound: String,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: String::new(),
            theme: "system".to_owned(),
            text_px: 14,
            density: Density::default(),
            layout: MessageLayout::default(),
            enter_sends: true,
            notifications: true,
            notification_text: true,
            sound: "drop".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn preferences_of_an_earlier_version_keep_their_density_and_those_of_a_later_one_are_read() {
        let density = |json: &str| serde_json::from_str::<Preferences>(json).unwrap().density;
        assert_eq!(density("{\"compact\":true}"), Density::Compact);
        assert_eq!(density("{\"compact\":false}"), Density::Comfortable);
        assert_eq!(density("{\"density\":\"enormous\"}"), Density::Comfortable);
        for kept in [Density::Compact, Density::Comfortable, Density::Roomy] {
            let json = serde_json::to_string(&Preferences { density: kept, ..Preferences::default() }).unwrap();
            assert_eq!(density(&json), kept);
        }
    }
}
