//! The demo's encrypted chats: who can read them, own devices, and a group that one came into late.

use view::*;

use super::cast::{ago, person};

/// What the QR code of the pair holds.
const CODE: &str =
    "HMSN1:AAAAAAAAAAF0vQ8jL5mYc1wRZ7kPq4sTn2xGh6dVbE9uKaWoJfAAAAAAAAAAArM3yTzC8XlNiB5pUeSgQ1vHd7jFkR2mOtLw9aYcZx";

/// Compares with the code of the pair.
pub fn compare(code: &str) -> CodeCheck {
    match code.trim() {
        CODE => CodeCheck::Same,
        code if code.starts_with("HMSN1:") => CodeCheck::OtherPeople,
        code if code.starts_with(|first: char| first.is_ascii_digit()) => CodeCheck::Different,
        _ => CodeCheck::NoCode,
    }
}

/// Who can read the private chat.
pub fn readers() -> Vec<ReaderRow> {
    let number = "42652 73653 96226 88772 16468 66352 19473 98456 69479 50586 01377 56713";
    let reader = |n: i64, devices| ReaderRow {
        person: person(n),
        devices,
        safety_number: (n > 1).then(|| number.to_owned()),
        safety_code: (n > 1).then(|| CODE.to_owned()),
        verified: false,
        changed_at: (n > 1).then(|| ago(120)),
    };
    vec![reader(1, 2), reader(2, 1)]
}

/// Own devices.
pub fn devices() -> Vec<DeviceRow> {
    let device = |n: u64, name: &str, this, seen| {
        Some(DeviceRow {
            id: DeviceId::new(format!("{n:032x}"))?,
            name: name.into(),
            this,
            created_at: ago(40_000),
            last_seen_at: ago(seen),
        })
    };
    [device(1, "ThinkPad", true, 0), device(2, "Firefox · Android", false, 180)].into_iter().flatten().collect()
}

/// A group that one came into late: all but the newest is sealed for others.
pub fn sealed_before(rows: &mut Vec<MessageRow>) {
    let end = rows.len().saturating_sub(4);
    let shown = rows.split_off(end);
    rows.retain(|row| matches!(row.content, MessageContent::Text { .. }));
    rows.drain(..rows.len().saturating_sub(3));
    for row in rows.iter_mut() {
        row.content = MessageContent::Sealed;
        (row.quote, row.forwarded, row.preview, row.poll) = (None, None, None, None);
        row.mentions.clear();
        row.attachments.clear();
    }
    rows.extend(shown);
}
