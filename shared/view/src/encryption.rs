//! What the screen shows of end-to-end encryption: own devices, and who can read a chat.

use protocol::{DeviceId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::PersonRow;

/// An own device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Which.
    pub id: DeviceId,
    /// What its log-in is called; may be empty.
    pub name: String,
    /// This one.
    pub this: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last there, to the hour.
    pub last_seen_at: Timestamp,
}

/// What this device may do in encrypted chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceStanding {
    /// Not known yet, or this server has no encrypted chats.
    #[default]
    Unknown,
    /// Another own device, or the recovery key, must confirm it first.
    Unconfirmed,
    /// It reads and writes.
    Ready,
}

/// A person whose devices can read a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderRow {
    /// Who.
    pub person: PersonRow,
    /// On how many devices.
    pub devices: u32,
    /// The safety number that both see, twelve groups of five digits; none for oneself.
    pub safety_number: Option<String>,
    /// The same as the text of a QR code; none for oneself.
    pub safety_code: Option<String>,
    /// It was compared.
    pub verified: bool,
    /// The person has another key since then; it was not compared since.
    pub changed_at: Option<Timestamp>,
}

/// What comparing a code with the own safety number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeCheck {
    /// It is the same: the person is verified now.
    Same,
    /// The person's key in it is another one.
    TheirKey,
    /// One's own key in it is another one.
    OwnKey,
    /// Neither is the same, or other digits.
    Different,
    /// It is of other people.
    OtherPeople,
    /// This program is too old to read it.
    Newer,
    /// No safety number.
    NoCode,
}
