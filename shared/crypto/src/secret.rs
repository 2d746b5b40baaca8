//! Random values that open doors: 128-bit secrets of invitations, 256-bit keys of stores.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{NoChance, fill_random, sha256};

/// A 128-bit secret, as invitations carry it: 22 characters of base64url.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 16]);

impl Secret {
    /// A fresh one.
    ///
    /// # Errors
    /// [`NoChance`].
    pub fn random() -> Result<Self, NoChance> {
        let mut bytes = [0; 16];
        fill_random(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// From its bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes. Not for logs.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads base64url without padding; `None` unless it is exactly 16 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?))
    }

    /// As it stands in links: 22 characters of base64url. Not for logs.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What a server keeps instead of the secret. The secret has 128 bits of chance, so a plain hash cannot be guessed.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&self.0)
    }
}

impl PartialEq for Secret {
    /// Takes the same time wherever the two differ.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A 256-bit key, of a store for one.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// A fresh one.
    ///
    /// # Errors
    /// [`NoChance`].
    pub fn random() -> Result<Self, NoChance> {
        let mut bytes = [0; 32];
        fill_random(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// From its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads base64url without padding (as keyrings keep it); `None` unless it is exactly 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?))
    }

    /// 43 characters of base64url, for a keyring. Not for logs.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_secret_comes_back_from_its_text_and_never_shows_in_debug() {
        let secret = Secret::random().unwrap();
        let text = secret.reveal();
        assert_eq!(text.len(), 22);
        assert_eq!(Secret::parse(&text).unwrap(), secret);
        assert_eq!(Secret::parse(&text).unwrap().hash(), secret.hash());
        assert!(!format!("{secret:?}").contains(&text));
        assert!(Secret::parse(&text[1..]).is_none());
    }

    #[test]
    fn two_keys_differ_and_neither_shows_in_debug() {
        let (a, b) = (Key::random().unwrap(), Key::random().unwrap());
        assert_ne!(a.bytes(), b.bytes());
        assert_eq!(Key::parse(&a.reveal()).unwrap().bytes(), a.bytes());
        assert_eq!(format!("{a:?}"), "Key(…)");
    }
}
