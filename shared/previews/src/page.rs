//! What a page says of itself in its head. Reads tags only as far as that needs, never runs or follows anything, and takes any bytes.

use protocol::limits::{PREVIEW_SITE_CHARS_MAX, PREVIEW_TEXT_CHARS_MAX, PREVIEW_TITLE_CHARS_MAX};
use protocol::preview::cleaned;

/// What was found; texts are clean and bounded, and empty where there was nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) site_name: String,
    /// As it stands there, perhaps relative.
    pub(crate) image: String,
}

/// Reads a page's head.
pub(crate) fn read(html: &str) -> Page {
    let mut found = Found::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let name_bytes = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '/').unwrap_or(rest.len());
        let name = rest[..name_bytes].to_ascii_lowercase();
        let (attributes, behind) = attributes(&rest[name_bytes..]);
        match name.as_str() {
            "body" | "/head" => break,
            "meta" => found.meta(&attributes),
            "title" => {
                let end = find_closing(behind, "title");
                found.title.get_or_insert_with(|| entities(&behind[..end]));
                rest = &behind[end..];
                continue;
            }
            "script" | "style" | "noscript" | "template" => {
                rest = &behind[find_closing(behind, &name)..];
                continue;
            }
            _ => {}
        }
        rest = behind;
    }
    found.page()
}

#[derive(Default)]
struct Found {
    title: Option<String>,
    og_title: Option<String>,
    description: Option<String>,
    og_description: Option<String>,
    site_name: Option<String>,
    image: Option<String>,
}

impl Found {
    fn meta(&mut self, attributes: &[(String, String)]) {
        let of = |name: &str| attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let (Some(name), Some(content)) = (of("property").or_else(|| of("name")), of("content")) else { return };
        if content.trim().is_empty() {
            return;
        }
        let place = match name.trim().to_ascii_lowercase().as_str() {
            "og:title" | "twitter:title" => &mut self.og_title,
            "og:description" | "twitter:description" => &mut self.og_description,
            "description" => &mut self.description,
            "og:site_name" | "application-name" => &mut self.site_name,
            "og:image" | "og:image:url" | "og:image:secure_url" | "twitter:image" => &mut self.image,
            _ => return,
        };
        place.get_or_insert_with(|| content.to_owned());
    }

    fn page(self) -> Page {
        let title = cleaned(&self.og_title.or(self.title).unwrap_or_default(), PREVIEW_TITLE_CHARS_MAX);
        let description =
            cleaned(&self.og_description.or(self.description).unwrap_or_default(), PREVIEW_TEXT_CHARS_MAX);
        Page {
            description: if description == title { String::new() } else { description },
            title,
            site_name: cleaned(&self.site_name.unwrap_or_default(), PREVIEW_SITE_CHARS_MAX),
            image: self.image.map(|image| image.trim().to_owned()).unwrap_or_default(),
        }
    }
}

/// Where `</name` begins; the end, when nothing closes it.
fn find_closing(text: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(found) = text[at..].find("</") {
        let start = at + found;
        if text[start + 2..].get(..name.len()).is_some_and(|there| there.eq_ignore_ascii_case(name)) {
            return start;
        }
        at = start + 2;
    }
    text.len()
}

/// The attributes of a tag, names in lower case and values without entities; and what stands behind the tag.
fn attributes(tag: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return (found, rest);
        }
        if let Some(behind) = rest.strip_prefix('>') {
            return (found, behind);
        }
        // The first character may be anything, so that each turn takes some.
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let name_bytes = rest[first..]
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .map_or(rest.len(), |end| first + end);
        let name = rest[..name_bytes].to_ascii_lowercase();
        rest = rest[name_bytes..].trim_start();
        let mut value = "";
        if let Some(behind) = rest.strip_prefix('=') {
            (value, rest) = quoted(behind.trim_start());
        }
        found.push((name, entities(value)));
    }
}

/// A value, in quotes or without; and what stands behind it.
fn quoted(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    text.split_at(end)
}

/// Longest name of an entity that is known, with its number's digits.
const ENTITY_BYTES_MAX: usize = 10;

/// A text with the entities that titles use put in.
fn entities(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        whole.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(ENTITY_BYTES_MAX + 1).position(|b| b == b';');
        match end.and_then(|end| entity(&rest[..end]).map(|c| (c, end))) {
            Some((c, end)) => {
                whole.push(c);
                rest = &rest[end + 1..];
            }
            None => whole.push('&'),
        }
    }
    whole.push_str(rest);
    whole
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = match hex {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "laquo" => '«',
        "raquo" => '»',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "bdquo" => '„',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "shy" => '\u{ad}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_says_title_description_site_and_picture() {
        let page = read(
            r#"<!doctype html><!-- <title>no</title> --><html><head><script>"<title>no</title>"</script>
            <TITLE>Обычный &amp; прочий
              заголовок</TITLE><meta name=description content='О&nbsp;море &mdash; &#1082;&#x43e;&#1088;отко'>
            <meta property="og:site_name" content="Пример"/><meta content="/sea.png" property="og:image">
            </head><body><meta property="og:title" content="no"></body>"#,
        );
        let expected = Page {
            title: "Обычный & прочий заголовок".to_owned(),
            description: "О море — коротко".to_owned(),
            site_name: "Пример".to_owned(),
            image: "/sea.png".to_owned(),
        };
        assert_eq!(page, expected);
    }

    #[test]
    fn what_a_page_says_for_previews_goes_before_its_title() {
        let page =
            read("<title>Site</title><meta property='og:title' content='Page'><meta property='og:title' content='2'>");
        assert_eq!(page.title, "Page");
        assert_eq!(read("<title>A</title><meta name=description content=A>").description, "", "said once");
    }

    #[test]
    fn texts_are_bounded() {
        let page = read(&format!("<title>{}</title>", "щ".repeat(5_000)));
        assert_eq!(page.title.chars().count(), PREVIEW_TITLE_CHARS_MAX);
    }

    #[test]
    fn broken_pages_are_read_as_far_as_they_go() {
        for broken in [
            "<",
            "<meta",
            "<meta content",
            "<meta content=",
            "<meta content=\"",
            "<title>",
            "<title",
            "<!--",
            "<script>",
            "<meta property=og:title content",
            "&",
            "&#",
            "&#x;",
            "&#99999999;",
            "<=>",
            "<meta =\"x\"",
            "<é",
            "<title>é</é",
            "< / / />",
            "\u{0}",
            "<title>&amp",
            "<meta content='\u{1f600}' name=\"description",
        ] {
            read(broken);
        }
        assert_eq!(read("<title>left open").title, "left open");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(html in "[<>/=\"'&#;!a-z \\-é]{0,80}") {
            read(&html);
        }
    }
}
