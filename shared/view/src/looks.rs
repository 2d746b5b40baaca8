//! How rows and messages are laid out.

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
