//! Base64 by the browser, which has it.

use leptos::prelude::window;

/// Bytes as text.
pub fn encode(bytes: &[u8]) -> String {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    window().btoa(&text).unwrap_or_default()
}

/// Text as bytes; `None` for what is no base64.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let decoded = window().atob(text).ok()?;
    decoded.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}
