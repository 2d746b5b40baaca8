//! What a text file says, whatever wrote it.

/// So much of a text is shown, in characters: more would make the page slow, and nobody reads it here.
const CHARS_MAX: usize = 200_000;

/// A text, and whether it goes on behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beginning {
    pub(super) text: String,
    pub(super) cut: bool,
}

/// The beginning of a text in UTF-8, or in UTF-16 where it says so by its first bytes. What is no character becomes a mark.
pub(super) fn beginning(bytes: &[u8]) -> Beginning {
    let units = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> =
            bytes[2..].chunks_exact(2).take(CHARS_MAX * 2).map(|pair| from([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let whole = match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    };
    let end = whole.char_indices().nth(CHARS_MAX).map(|(at, _)| at);
    let text = end.map_or(whole.as_str(), |end| &whole[..end]).replace("\r\n", "\n");
    Beginning { text, cut: end.is_some() }
}

fn utf8(bytes: &[u8]) -> String {
    // No character has more than four bytes; one over, so that it shows that there is more.
    String::from_utf8_lossy(&bytes[..bytes.len().min((CHARS_MAX + 1) * 4)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_the_same_however_they_were_written() {
        let utf16 = |order: fn(u16) -> [u8; 2]| {
            let units = "\u{feff}Маяк 🗼".encode_utf16();
            units.flat_map(order).collect::<Vec<u8>>()
        };
        let written: [Vec<u8>; 4] =
            ["Маяк 🗼".into(), "\u{feff}Маяк 🗼".into(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)];
        for bytes in written {
            assert_eq!(beginning(&bytes), Beginning { text: "Маяк 🗼".to_owned(), cut: false });
        }
        assert_eq!(beginning(b"one\r\ntwo").text, "one\ntwo");
        assert_eq!(beginning(b"a\xffb").text, "a\u{fffd}b");
        assert_eq!(beginning(b"").text, "");
    }

    #[test]
    fn of_a_long_text_its_beginning_is_shown() {
        for one in ["x", "я", "🗼"] {
            assert!(!beginning(one.repeat(CHARS_MAX).as_bytes()).cut, "{one}");
            let shown = beginning(one.repeat(CHARS_MAX + 7).as_bytes());
            assert!(shown.cut && shown.text.chars().count() == CHARS_MAX, "{one}");
        }
    }
}
