//! What a file is, seen in its first bytes. Names and senders are not believed.

/// What nothing is known of.
pub(super) const BYTES: &str = "application/octet-stream";

/// What browsers may show in place. Not SVG, HTML, XML or PDF: those hold scripts.
pub(super) const INERT: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "audio/mpeg",
    "audio/ogg",
    "audio/opus",
    "audio/x-wav",
    "audio/x-flac",
    "audio/m4a",
    "audio/aac",
    "video/mp4",
    "video/webm",
    "video/ogg",
    "video/quicktime",
    "video/x-matroska",
];

/// The kind of a content that begins so.
pub(super) fn kind_of(head: &[u8]) -> &'static str {
    let kind = infer::get(head).map(|kind| kind.mime_type());
    match kind {
        Some("text/xml") | None if is_text(head) => {
            let begin = String::from_utf8_lossy(&head[..head.len().min(1024)]).to_ascii_lowercase();
            if begin.contains("<svg") { "image/svg+xml" } else { kind.unwrap_or("text/plain") }
        }
        Some(kind) => kind,
        None => BYTES,
    }
}

/// UTF-8 without control characters; a character that the cut has split is all right.
fn is_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && head.len() - error.valid_up_to() < 4,
    };
    whole && !head.iter().any(|b| *b < 32 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c | 0x1b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_in_a_browser_is_never_inert_whatever_it_is_dressed_as() {
        for active in [
            "<!DOCTYPE html><script>1</script>",
            "<svg xmlns='http://www.w3.org/2000/svg' onload='1'/>",
            "<?xml version='1.0'?><svg onload='1'/>",
            "alert(1)",
            "%PDF-1.7 /JavaScript",
            "  <html><body onload=alert(1)>",
        ] {
            let kind = kind_of(active.as_bytes());
            assert!(!INERT.contains(&kind), "{active} is {kind}");
        }
    }

    #[test]
    fn pictures_and_texts_are_known_by_their_beginnings() {
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png");
        assert_eq!(kind_of(b"\xff\xd8\xff\xe0\0\x10JFIF"), "image/jpeg");
        assert_eq!(kind_of("Привет".as_bytes()), "text/plain");
        assert_eq!(kind_of(&"Привет".as_bytes()[..11]), "text/plain");
        assert_eq!(kind_of(&[0, 1, 2, 3]), BYTES);
        assert_eq!(kind_of(b""), "text/plain");
    }
}
