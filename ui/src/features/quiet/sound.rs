//! What is heard with a notification: small sounds of our own, files beside the program.

use web_sys::HtmlAudioElement;

use crate::i18n::key;

/// The names of the sounds; `off` is silence.
pub const SOUNDS: [&str; 4] = ["drop", "chime", "knock", "off"];

/// The words of a sound.
pub fn words_of(sound: &str) -> &'static str {
    match sound {
        "chime" => key("quiet-sound-chime"),
        "knock" => key("quiet-sound-knock"),
        "off" => key("quiet-sound-off"),
        _ => key("quiet-sound-drop"),
    }
}

/// Plays one; silence for `off` and for what this version does not have.
pub fn play(sound: &str) {
    if sound == "off" || !SOUNDS.contains(&sound) {
        return;
    }
    if let Ok(audio) = HtmlAudioElement::new_with_src(&format!("/sounds/{sound}.wav")) {
        // A browser that was not touched yet refuses; then it is silent.
        let _ = audio.play();
    }
}
