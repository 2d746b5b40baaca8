//! The identity of a server: the hash of its certificate's public key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::sha256;

/// SHA-256 of a certificate's SubjectPublicKeyInfo in DER. A renewed certificate with the same key keeps its pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pin(pub [u8; 32]);

/// Groups of four hexadecimal digits in the short fingerprint: 64 bits, enough to tell teams on one network apart by
/// eye. It authenticates nothing: connections compare the whole pin.
const SHORT_GROUPS: usize = 4;

impl Pin {
    /// The pin of a key, given its SubjectPublicKeyInfo in DER, outer SEQUENCE included.
    pub fn of_spki(der: &[u8]) -> Self {
        Self(sha256(der))
    }

    /// Reads base64url without padding, as in invitation links; `None` unless it is exactly 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?))
    }

    /// All 16 groups: `9F86 D081 …`.
    pub fn fingerprint(&self) -> String {
        self.groups(16)
    }

    /// The first four groups, for lists.
    pub fn fingerprint_short(&self) -> String {
        self.groups(SHORT_GROUPS)
    }

    fn groups(&self, count: usize) -> String {
        let groups: Vec<String> =
            self.0.chunks_exact(2).take(count).map(|pair| format!("{:02X}{:02X}", pair[0], pair[1])).collect();
        groups.join(" ")
    }
}

impl std::fmt::Display for Pin {
    /// As in invitation links: 43 characters of base64url.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_fingerprint_is_the_known_hash_in_groups() {
        let pin = Pin::of_spki(b"test");
        assert!(pin.fingerprint().starts_with("9F86 D081 884C 7D65 9A2F EAA0"));
        assert_eq!(pin.fingerprint_short(), "9F86 D081 884C 7D65");
        assert_eq!(Pin::parse(&pin.to_string()).unwrap(), pin);
        assert!(Pin::parse("AAAA").is_none());
    }
}
