//! Previews inside of sealed messages: the sender's device looked behind the link, everybody else reads what it saw and calls nobody.
//! A preview is its message's sender's by the seal; what others say of a link is bounded where it is opened, for the server could not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::limits::{PREVIEW_SITE_CHARS_MAX, PREVIEW_TEXT_CHARS_MAX, PREVIEW_TITLE_CHARS_MAX};
use protocol::preview::{cleaned, first_link, is_small_picture};
use protocol::{ChatId, FileId, FileInfo, LinkPreview, MessageId, Timestamp};
use serde::{Deserialize, Serialize};
use sql::{Error, Tx, params};

use crate::io::SeenLink;

/// What the small picture is.
const KIND: &str = "image/jpeg";

/// What stands behind the first link of a message, inside of its seal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SealedPreview {
    pub(crate) url: String,
    pub(crate) title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) site_name: String,
    /// Base64 of a JPEG, see [`is_small_picture`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) picture: Option<String>,
}

impl SealedPreview {
    /// What this device saw.
    pub(crate) fn of(url: &str, seen: &SeenLink) -> Self {
        let SeenLink { title, description, site_name, picture } = seen;
        Self {
            url: url.to_owned(),
            title: title.clone(),
            description: description.clone(),
            site_name: site_name.clone(),
            picture: picture.as_ref().map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        }
    }

    /// Its picture, if it is one that may be shown, and the id under which it is read.
    fn picture_of(&self, message: &MessageId) -> Option<(FileId, Vec<u8>)> {
        let bytes = URL_SAFE_NO_PAD.decode(self.picture.as_deref()?).ok().filter(|bytes| is_small_picture(bytes))?;
        let of = crypto::sha256(&[b"preview\n", message.as_str().as_bytes(), b"\n", &bytes].concat());
        // Ids that servers give look otherwise.
        let hex: String = of[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        Some((FileId::new(format!("preview.{hex}"))?, bytes))
    }
}

/// What an opened message shows of the preview inside of it: nothing, unless its link is the first of what the message says.
pub(crate) fn opened(
    inside: Option<&SealedPreview>,
    text: &str,
    message: &MessageId,
    at: Timestamp,
) -> Option<Box<LinkPreview>> {
    let inside = inside.filter(|inside| first_link(text) == Some(inside.url.as_str()))?;
    let title = cleaned(&inside.title, PREVIEW_TITLE_CHARS_MAX);
    if title.is_empty() {
        return None;
    }
    let image = inside.picture_of(message).map(|(id, bytes)| FileInfo {
        id,
        name: "preview.jpg".to_owned(),
        size: bytes.len() as u64,
        mime_type: KIND.to_owned(),
        hash: String::new(),
        uploaded_at: at,
        encrypted: true,
        encryption_key_id: None,
    });
    Some(Box::new(LinkPreview {
        url: inside.url.clone(),
        title,
        description: cleaned(&inside.description, PREVIEW_TEXT_CHARS_MAX),
        site_name: cleaned(&inside.site_name, PREVIEW_SITE_CHARS_MAX),
        image,
    }))
}

/// As it goes into a seal once more.
pub(crate) fn inside(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    message: &MessageId,
    preview: Option<&LinkPreview>,
) -> Result<Option<Box<SealedPreview>>, Error> {
    let Some(preview) = preview else { return Ok(None) };
    let picture = match &preview.image {
        Some(_) => tx.row(
            "SELECT bytes FROM preview_pictures WHERE chat_id = ?1 AND message_id = ?2",
            params![chat.as_str(), message.as_str()],
            |r| r.blob(0),
        )?,
        None => None,
    };
    let LinkPreview { url, title, description, site_name, image: _ } = preview.clone();
    let picture = picture.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    Ok(Some(Box::new(SealedPreview { url, title, description, site_name, picture })))
}

/// A message was opened: the picture of its preview can be read, and one of before no longer.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    message: &MessageId,
    inside: Option<&SealedPreview>,
) -> Result<(), Error> {
    match inside.and_then(|inside| inside.picture_of(message)) {
        Some((file, bytes)) => tx.execute(
            "INSERT INTO preview_pictures (chat_id, message_id, file_id, bytes) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (chat_id, message_id) DO UPDATE SET file_id = excluded.file_id, bytes = excluded.bytes",
            params![chat.as_str(), message.as_str(), file.as_str(), &bytes[..]],
        )?,
        None => tx.execute(
            "DELETE FROM preview_pictures WHERE chat_id = ?1 AND message_id = ?2",
            params![chat.as_str(), message.as_str()],
        )?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use protocol::limits::PREVIEW_PICTURE_BYTES_MAX;

    use super::*;
    use crate::sealing::content::Inside;

    const LINK: &str = "https://example.com/sea";

    fn id() -> MessageId {
        MessageId::new("m").unwrap()
    }

    fn shown(preview: &SealedPreview, text: &str) -> Option<Box<LinkPreview>> {
        opened(Some(preview), text, &id(), Timestamp(1))
    }

    fn sea() -> SealedPreview {
        SealedPreview { url: LINK.to_owned(), title: "Море".to_owned(), ..SealedPreview::default() }
    }

    /// As far as it is looked at here.
    fn jpeg(side: u8) -> Vec<u8> {
        vec![0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, side, 0, side, 1, 1, 0x11, 0, 0xff, 0xda, 0, 2]
    }

    fn with(picture: &[u8]) -> SealedPreview {
        SealedPreview { picture: Some(URL_SAFE_NO_PAD.encode(picture)), ..sea() }
    }

    #[test]
    fn only_a_preview_of_the_first_link_that_the_message_says_is_shown() {
        assert_eq!(shown(&sea(), &format!("смотри {LINK}, вот")).unwrap().title, "Море");
        for text in ["смотри", "", "https://example.com/hill", "https://example.com/seaside"] {
            assert_eq!(shown(&sea(), text), None, "{text}");
        }
        for text in
            [format!("`{LINK}`"), format!("||{LINK}||"), format!("<{LINK}>"), format!("https://a.example {LINK}")]
        {
            assert_eq!(shown(&sea(), &text), None, "{text}");
        }
        let script = SealedPreview { url: "javascript:alert(1)".to_owned(), ..sea() };
        assert_eq!(shown(&script, "javascript:alert(1)"), None);
    }

    #[test]
    fn a_picture_that_is_none_is_left_out_and_one_that_is_has_an_id_of_its_own() {
        let image = |preview: &SealedPreview| shown(preview, LINK).unwrap().image;
        let right = image(&with(&jpeg(160))).unwrap();
        assert_eq!((right.mime_type.as_str(), right.size), ("image/jpeg", jpeg(160).len() as u64));
        assert_eq!(image(&with(&jpeg(160))).unwrap().id, right.id);
        assert_ne!(image(&with(&jpeg(159))).unwrap().id, right.id);
        let long = [jpeg(160), vec![0; PREVIEW_PICTURE_BYTES_MAX]].concat();
        for wrong in [&jpeg(161)[..], b"<svg onload='1'/>", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"", &long] {
            assert_eq!(image(&with(wrong)), None);
        }
        let no_base64 = SealedPreview { picture: Some("§".to_owned()), ..sea() };
        assert_eq!(image(&no_base64), None);
    }

    #[test]
    fn a_program_of_before_reads_the_words_and_one_of_later_costs_only_what_is_not_understood() {
        #[derive(Deserialize)]
        struct Before {
            text: String,
        }
        let inside = Inside { text: LINK.to_owned(), preview: Some(Box::new(with(&jpeg(9)))), ..Inside::default() };
        assert_eq!(serde_json::from_slice::<Before>(&inside.bytes()).unwrap().text, LINK);
        let later = format!(r#"{{"text":"{LINK}","preview":{{"url":"{LINK}","title":"Море","moving":[1,2]}}}}"#);
        assert_eq!(*Inside::read(later.as_bytes()).unwrap().preview.unwrap(), sea());
    }

    proptest! {
        #[test]
        fn whatever_a_sender_claims_is_bounded_and_plain(
            url in "(https?://[a-z.]{1,9}(/[a-z]{0,5})?|[ -~]{0,20})",
            around in "[ -~а-я]{0,30}",
            words in "\\PC{0,600}",
            controls in "[\u{0}-\u{20}\u{202a}-\u{202e}\u{2066}-\u{2069}]{0,40}",
            picture in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..64)),
        ) {
            let claimed = format!("{controls}{words}{controls}");
            let preview = SealedPreview {
                url: url.clone(),
                title: claimed.clone(),
                description: claimed.repeat(3),
                site_name: claimed,
                picture: picture.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
            };
            let text = format!("{around} {url}");
            if let Some(shown) = shown(&preview, &text) {
                prop_assert_eq!(first_link(&text), Some(shown.url.as_str()));
                prop_assert!(shown.url.starts_with("http://") || shown.url.starts_with("https://"));
                prop_assert!(!shown.title.is_empty() && shown.title.chars().count() <= PREVIEW_TITLE_CHARS_MAX);
                prop_assert!(shown.description.chars().count() <= PREVIEW_TEXT_CHARS_MAX);
                prop_assert!(shown.site_name.chars().count() <= PREVIEW_SITE_CHARS_MAX);
                let turning = |c: char| ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
                for said in [&shown.title, &shown.description, &shown.site_name] {
                    prop_assert!(!said.chars().any(|c| c.is_control() || turning(c)));
                }
                prop_assert_eq!(shown.image, None, "no bytes at random are a small picture");
            }
        }
    }
}
