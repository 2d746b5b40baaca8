//! Invitation links: `hybrid://join/HOST:PORT[,HOST:PORT…]?pin=…&secret=…&name=…`.
//!
//! The pin is the SHA-256 of the host certificate's public key (SPKI), so that the first contact is already
//! authenticated; the secret is 128 bits. Both base64url without padding. Browsers get `https://HOST:PORT/#join=SECRET`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::limits::{INVITATION_LINK_BYTES_MAX, NAME_CHARS_MAX};

/// Most addresses in one link; a machine with more networks than that names the likeliest.
pub const ADDRESSES_MAX: usize = 8;

/// A parsed invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationLink {
    /// `host:port` each, likeliest first, 1 to [`ADDRESSES_MAX`].
    pub addresses: Vec<String>,
    /// SHA-256 of the SPKI; `None` where an ordinary certificate is used (a stand-alone server).
    pub pin: Option<[u8; 32]>,
    /// The invitation's secret.
    pub secret: Option<[u8; 16]>,
    /// What people call the server; for showing only, never trusted.
    pub name: String,
}

/// Why a link is not an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not `hybrid://join/…`.
    #[error("not an invitation link")]
    NotALink,
    /// Longer than [`INVITATION_LINK_BYTES_MAX`].
    #[error("the link is too long")]
    TooLong,
    /// No address, too many, or one that is no `host:port`.
    #[error("the link has no usable address")]
    BadAddress,
    /// `pin` is not 32 bytes.
    #[error("the link's pin is damaged")]
    BadPin,
    /// `secret` is not 16 bytes.
    #[error("the link's secret is damaged")]
    BadSecret,
}

impl InvitationLink {
    /// Reads a link as typed, pasted or scanned; white space around it is ignored.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > INVITATION_LINK_BYTES_MAX {
            return Err(LinkError::TooLong);
        }
        let rest = text.strip_prefix("hybrid://join/").ok_or(LinkError::NotALink)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let addresses: Vec<String> =
            path.trim_end_matches('/').split(',').map(str::to_owned).filter(|a| is_address(a)).collect();
        let named = path.trim_end_matches('/').split(',').count();
        if addresses.len() != named || addresses.len() > ADDRESSES_MAX {
            return Err(LinkError::BadAddress);
        }
        let mut link = InvitationLink { addresses, pin: None, secret: None, name: String::new() };
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match key {
                "pin" => link.pin = Some(fixed(value).ok_or(LinkError::BadPin)?),
                "secret" => link.secret = Some(fixed(value).ok_or(LinkError::BadSecret)?),
                "name" => link.name = percent_decoded(value).chars().take(NAME_CHARS_MAX).collect(),
                _ => {}
            }
        }
        Ok(link)
    }

    /// The secret as REST, WebSocket and TCP carry it.
    pub fn secret_text(&self) -> Option<String> {
        self.secret.map(|s| URL_SAFE_NO_PAD.encode(s))
    }
}

impl std::fmt::Display for InvitationLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "hybrid://join/{}", self.addresses.join(","))?;
        let mut separator = '?';
        let mut pair = |f: &mut std::fmt::Formatter<'_>, key: &str, value: &str| {
            let wrote = write!(f, "{separator}{key}={value}");
            separator = '&';
            wrote
        };
        if let Some(pin) = &self.pin {
            pair(f, "pin", &URL_SAFE_NO_PAD.encode(pin))?;
        }
        if let Some(secret) = &self.secret {
            pair(f, "secret", &URL_SAFE_NO_PAD.encode(secret))?;
        }
        if !self.name.is_empty() {
            pair(f, "name", &percent_encoded(&self.name))?;
        }
        Ok(())
    }
}

fn fixed<const N: usize>(value: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok()
}

fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    let v6 = bare.len() != host.len();
    !bare.is_empty()
        && bare.len() <= 253
        && port.parse::<u16>().is_ok_and(|p| p != 0)
        && bare
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-') || (v6 && matches!(b, b':' | b'%')))
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => (b as char).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes.get(i + 1..i + 3).and_then(|h| std::str::from_utf8(h).ok());
        match (bytes[i], hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 3;
            }
            (byte, _) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
