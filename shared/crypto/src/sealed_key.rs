//! A key under a passphrase, as one line of text: `$argon2id$v=19$m=65536,t=3,p=1$SALT$SEALED`. What is before the last `$` is a
//! [`KdfHeader`], and is authenticated with the key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::passphrase::{KdfHeader, KdfHeaderError};
use crate::{Key, NoChance, fill_random};

/// A key that only its passphrase opens; not secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    header: KdfHeader,
    sealed: Vec<u8>,
}

impl SealedKey {
    /// Seals a key by Argon2id and AES-256-GCM; takes a good part of a second, by design.
    ///
    /// # Errors
    /// [`NoChance`].
    pub fn seal(key: &Key, passphrase: &str) -> Result<Self, NoChance> {
        let header = KdfHeader::new()?;
        let mut nonce = [0; 12];
        fill_random(&mut nonce)?;
        // A header that was just made derives.
        let under = header.derive(passphrase).map_err(|_| NoChance)?;
        let sealed = under.seal_with(nonce, &about(&header), key.bytes());
        Ok(Self { header, sealed })
    }

    /// The key; `None` for another passphrase, and where anything of this was changed.
    pub fn open(&self, passphrase: &str) -> Option<Key> {
        let plain = self.header.derive(passphrase).ok()?.open(&about(&self.header), &self.sealed)?;
        let plain = zeroize::Zeroizing::new(plain);
        Some(Key::from_bytes(plain.as_slice().try_into().ok()?))
    }

    /// Reads it from its line.
    ///
    /// # Errors
    /// [`KdfHeaderError`], also for a way to derive keys that other programs can read and guess faster.
    pub fn parse(line: &str) -> Result<Self, KdfHeaderError> {
        let (header, sealed) = line.trim().rsplit_once('$').ok_or(KdfHeaderError::Damaged)?;
        if !header.starts_with("$argon2id$") {
            return Err(KdfHeaderError::Unknown);
        }
        let header = KdfHeader::parse(header)?;
        let sealed = STANDARD_NO_PAD.decode(sealed).map_err(|_| KdfHeaderError::Damaged)?;
        Ok(Self { header, sealed })
    }
}

fn about(header: &KdfHeader) -> String {
    format!("hybrid-messenger key under a passphrase 1 {header}")
}

impl std::fmt::Display for SealedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}${}", self.header, STANDARD_NO_PAD.encode(&self.sealed))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_comes_back_by_its_passphrase_and_no_other() {
        let key = Key::random().unwrap();
        let sealed = SealedKey::seal(&key, "двенадцать слонов").unwrap();
        let read = SealedKey::parse(&format!("{sealed}\n")).unwrap();
        assert_eq!(read, sealed);
        assert_eq!(read.open("двенадцать слонов").unwrap().bytes(), key.bytes());
        assert!(read.open("тринадцать слонов").is_none() && read.open("").is_none());
        assert!(!sealed.to_string().contains(&key.reveal()));
        assert_ne!(SealedKey::seal(&key, "двенадцать слонов").unwrap(), sealed, "a fresh salt each time");
    }

    #[test]
    fn what_was_changed_cut_or_made_weak_does_not_open() {
        let sealed = SealedKey::seal(&Key::random().unwrap(), "двенадцать слонов").unwrap();
        let line = sealed.to_string();
        let (header, body) = line.rsplit_once('$').unwrap();
        for (text, error) in [
            ("", KdfHeaderError::Damaged),
            (header, KdfHeaderError::Damaged),
            (&line[1..], KdfHeaderError::Unknown),
            (&format!("{line}*"), KdfHeaderError::Damaged),
            (&line.replace("m=65536", "m=8"), KdfHeaderError::Weak),
            (&format!("$pbkdf2-sha256$i=600000$AAAAAAAAAAAAAAAAAAAAAA${body}"), KdfHeaderError::Unknown),
        ] {
            assert_eq!(SealedKey::parse(text), Err(error), "{text}");
        }
        // Fewer passes than it was sealed with, though enough to be allowed.
        let easier = SealedKey::parse(&line.replace("t=3", "t=2")).unwrap();
        assert!(easier.open("двенадцать слонов").is_none());
        let mut cut = sealed.clone();
        cut.sealed.pop();
        let mut flipped = sealed;
        flipped.sealed[20] ^= 1;
        assert!(cut.open("двенадцать слонов").is_none() && flipped.open("двенадцать слонов").is_none());
    }
}
