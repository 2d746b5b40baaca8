//! What kind of picture a content is, seen in its first bytes. What its site says of it is not believed.

/// Made of dots, and nothing in them runs.
const PICTURES: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];
/// So much is looked at.
const HEAD_BYTES: usize = 8 * 1024;

/// What kind of picture a content is; `None` for what is no picture that browsers show in place.
pub fn picture_kind(content: &[u8]) -> Option<&'static str> {
    let kind = infer::get(&content[..content.len().min(HEAD_BYTES)])?.mime_type();
    PICTURES.contains(&kind).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_made_of_dots_are_pictures() {
        assert_eq!(picture_kind(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        assert_eq!(picture_kind(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        for other in ["<svg onload='1'/>", "<?xml version='1.0'?><svg onload='1'/>", "%PDF-1.7", "<html>", "", "слова"]
        {
            assert_eq!(picture_kind(other.as_bytes()), None, "{other}");
        }
    }
}
