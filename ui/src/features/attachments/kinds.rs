//! What a file is to the screen, and how large in words.

use view::Attachment;

use crate::i18n::{Language, key, language, t_with};

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In the message.
    Picture,
    /// With controls.
    Sound,
    /// With controls and a picture.
    Video,
    /// As a row with its first page; read over the whole page.
    Paper,
    /// As a row; read over the whole page.
    Text,
    /// As a row.
    Other,
}

/// Kinds of picture that every browser draws.
const PICTURES: [&str; 6] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];
/// Larger pictures are a row, in bytes: they would fill the page's memory.
const PICTURE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Larger texts are a row alone, in bytes: nobody reads so much here.
const TEXT_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Larger sounds, videos and documents are a row, in bytes: they are shown from the page's memory.
const PLAYED_BYTES_MAX: u64 = 64 * 1024 * 1024;

impl Kind {
    /// Of a file with this kind of content and size in bytes.
    pub fn of(mime_type: &str, size: u64) -> Self {
        match mime_type.split_once('/') {
            _ if PICTURES.contains(&mime_type) && size <= PICTURE_BYTES_MAX => Kind::Picture,
            Some(("audio", _)) => Kind::Sound,
            Some(("video", _)) => Kind::Video,
            _ if mime_type == "application/pdf" => Kind::Paper,
            Some(("text", _)) if size <= TEXT_BYTES_MAX => Kind::Text,
            _ => Kind::Other,
        }
    }

    /// Of a message's file.
    pub fn of_attachment(file: &Attachment) -> Self {
        match Kind::of(&file.file.mime_type, file.file.size) {
            _ if file.file.size > PLAYED_BYTES_MAX => Kind::Other,
            // Browsers record into a container that the server takes for a video.
            Kind::Video if file.about.waveform.is_some() => Kind::Sound,
            kind => kind,
        }
    }
}

/// What a name says about a content; the server looks for itself later.
pub fn mime_of_name(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "m4a" => "audio/m4a",
        "flac" => "audio/flac",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "pdf" => "application/pdf",
        "txt" | "md" | "log" | "csv" | "json" | "toml" | "yaml" | "yml" | "ini" | "sql" | "sh" | "rs" | "py" | "js"
        | "ts" | "c" | "h" | "cpp" | "go" | "java" | "css" | "html" | "xml" => "text/plain",
        _ => "application/octet-stream",
    }
}

/// "1,4 МБ"; tracks the language.
pub fn size_words(bytes: u64) -> String {
    const UNITS: [&str; 5] = [
        key("files-bytes"),
        key("files-kilobytes"),
        key("files-megabytes"),
        key("files-gigabytes"),
        key("files-terabytes"),
    ];
    let (number, unit) = rounded(bytes);
    let number = if language() == Language::Ru { number.replace('.', ",") } else { number };
    t_with(UNITS[unit], &[("size", number.into())])
}

/// A name in two parts, so that a narrow place shortens the first and the second still says what the file is.
pub fn name_parts(name: &str) -> (String, String) {
    const TAIL_CHARS: usize = 9;
    let count = name.chars().count();
    let ending = name.rsplit_once('.').map_or(0, |(_, ending)| ending.chars().count() + 1);
    let tail = if (2..=7).contains(&ending) { ending + 2 } else { TAIL_CHARS };
    let head = count.saturating_sub(tail.min(count / 2));
    (name.chars().take(head).collect(), name.chars().skip(head).collect())
}

/// What a file's plate says: its ending, when that is short.
pub fn ending_of(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    let short = (1..=4).contains(&ending.chars().count()) && ending.chars().all(char::is_alphanumeric);
    short.then(|| ending.to_uppercase())
}

/// The number with at most one digit behind the point, and which unit.
fn rounded(bytes: u64) -> (String, usize) {
    let (mut size, mut unit) = (bytes as f64, 0);
    while size >= 1_023.95 && unit < 4 {
        size /= 1_024.0;
        unit += 1;
    }
    let number = if unit == 0 || size >= 99.95 { format!("{size:.0}") } else { format!("{size:.1}") };
    (number.trim_end_matches(".0").to_owned(), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_at_most() {
        let words = |bytes| {
            let (number, unit) = rounded(bytes);
            format!("{number} {unit}")
        };
        assert_eq!(words(0), "0 0");
        assert_eq!(words(1_023), "1023 0");
        assert_eq!(words(1_536), "1.5 1");
        assert_eq!(words(10 * 1024 * 1024), "10 2");
        assert_eq!(words(123_456_789), "118 2");
        assert_eq!(words(4 * 1024 * 1024 * 1024), "4 3");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let parts = |name| name_parts(name);
        assert_eq!(parts("Смета на квартал.xlsx"), ("Смета на кварт".to_owned(), "ал.xlsx".to_owned()));
        assert_eq!(parts("a.b"), ("a.".to_owned(), "b".to_owned()));
        for name in ["", "x", "без окончания совсем", "архив.tar.zst", ".profile"] {
            let (head, tail) = name_parts(name);
            assert_eq!(head + &tail, name);
        }
        assert_eq!(ending_of("Смета.xlsx").as_deref(), Some("XLSX"));
        assert_eq!(ending_of("Makefile"), None);
        assert_eq!(ending_of("a.окончание"), None);
    }

    #[test]
    fn a_drawing_that_can_hold_scripts_is_no_picture() {
        assert_eq!(Kind::of("image/svg+xml", 10), Kind::Other);
        assert_eq!(Kind::of("image/png", 10), Kind::Picture);
        assert_eq!(Kind::of("image/png", u64::MAX), Kind::Other);
        assert_eq!(Kind::of(mime_of_name("Песня.MP3"), 10), Kind::Sound);
    }
}
