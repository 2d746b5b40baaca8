//! Reads the storage's answers. Its lists have no deeper sense than texts between names, so that is how they are read.

/// The texts of all elements of a name, as they stand there.
pub(super) fn elements<'x>(xml: &'x str, name: &str) -> impl Iterator<Item = &'x str> + use<'x> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, behind) = rest.split_once(open.as_str())?;
        let (text, behind) = behind.split_once(close.as_str())?;
        rest = behind;
        Some(text)
    })
}

/// A text without XML's ways of writing signs.
pub(super) fn plain(text: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&amp;", "&")];
    signs.iter().fold(text.to_owned(), |text, (written, sign)| text.replace(written, sign))
}

/// A text as XML writes it.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_tokens_are_read_from_a_list() {
        let xml = "<R><Contents><Key>content/ab/abc</Key></Contents><Contents><Key>content/cd/cde</Key></Contents>\
                   <NextContinuationToken>a&amp;b</NextContinuationToken></R>";
        assert_eq!(elements(xml, "Key").collect::<Vec<_>>(), ["content/ab/abc", "content/cd/cde"]);
        assert_eq!(elements(xml, "NextContinuationToken").next().map(plain).as_deref(), Some("a&b"));
        assert_eq!(elements("<Key>open", "Key").next(), None);
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        for text in ["\"abc\"", "<&amp;>", "&lt;"] {
            assert_eq!(plain(&escaped(text)), text);
        }
    }
}
