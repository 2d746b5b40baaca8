//! Small things under a key: entries of own data that only a person's devices read, and the person's key on its way to a new
//! device. AES-256-GCM with a random nonce; what it is about is authenticated with it.

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce, Tag};
use hmac::{Hmac, Mac as _};
use rand::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::Key;

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Crockford's letters: none is taken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LETTERS: usize = 20;
const GROUP: usize = 4;

/// A code that one device shows and a new one of the same person is told: 100 bits of chance, so that a server that
/// keeps what is sealed with it cannot guess it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LinkCode(String);

impl Key {
    /// A key for one purpose, from this one.
    pub fn derive(&self, purpose: &str) -> Key {
        let mut mac =
            <Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(self.bytes()).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        Key::from_bytes(mac.finalize().into_bytes().into())
    }

    /// Seals something small. `about` says what it is, and must be told again to open it.
    pub fn seal(&self, rng: &mut dyn CryptoRng, about: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        self.seal_with(nonce, about, plain)
    }

    pub(crate) fn seal_with(&self, nonce: [u8; NONCE_BYTES], about: &str, plain: &[u8]) -> Vec<u8> {
        let mut sealed = plain.to_vec();
        let tag = Aes256Gcm::new(self.bytes().into())
            .encrypt_inout_detached(&Nonce::from(nonce), about.as_bytes(), sealed.as_mut_slice().into())
            .expect("far below the cipher's bound");
        [&nonce[..], &sealed, &tag].concat()
    }

    /// As [`Key::seal`], with a nonce made from what is sealed: the same thing is sealed the same. Whoever sees two learns
    /// whether they are the same, and nothing else.
    pub fn seal_same(&self, about: &str, plain: &[u8]) -> Vec<u8> {
        let mut mac = <Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(self.derive("nonce").bytes())
            .expect("HMAC takes keys of any length");
        mac.update(&(about.len() as u64).to_be_bytes());
        mac.update(about.as_bytes());
        mac.update(plain);
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&digest[..NONCE_BYTES]);
        self.seal_with(nonce, about, plain)
    }

    /// Opens what [`Key::seal`] sealed; `None` when the key is another, or it was changed.
    pub fn open(&self, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_BYTES)?;
        let (body, tag) = rest.split_at_checked(rest.len().checked_sub(TAG_BYTES)?)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let tag: [u8; TAG_BYTES] = tag.try_into().ok()?;
        let mut plain = body.to_vec();
        Aes256Gcm::new(self.bytes().into())
            .decrypt_inout_detached(&Nonce::from(nonce), about.as_bytes(), plain.as_mut_slice().into(), &Tag::from(tag))
            .ok()?;
        Some(plain)
    }
}

impl LinkCode {
    /// A fresh one.
    pub fn new(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = [0; CODE_LETTERS];
        rng.fill_bytes(&mut bytes);
        Self(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect())
    }

    /// To be read and typed: `7K2F-QW3E-…`, 5 groups of four. Not for logs.
    pub fn reveal(&self) -> String {
        self.0.as_bytes().chunks(GROUP).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
    }

    /// Reads a typed code: spaces, dashes and case do not matter, nor O for 0, I and L for 1.
    pub fn parse(text: &str) -> Option<Self> {
        let mut letters = String::with_capacity(CODE_LETTERS);
        for letter in text.chars().filter(|letter| letter.is_alphanumeric()) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !letter.is_ascii() || !LETTERS.contains(&(letter as u8)) || letters.len() == CODE_LETTERS {
                return None;
            }
            letters.push(letter);
        }
        (letters.len() == CODE_LETTERS).then_some(Self(letters))
    }

    /// What is sealed with it.
    pub fn key(&self) -> Key {
        Key::from_bytes(crate::sha256(format!("hybrid-messenger link 1 {}", self.0).as_bytes()))
    }
}

impl std::fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkCode(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    #[test]
    fn what_is_sealed_opens_with_its_key_and_its_purpose_only() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = Key::from_bytes([7; 32]);
        let sealed = key.seal(&mut rng, "draft:general", "Привет".as_bytes());
        assert_eq!(key.open("draft:general", &sealed).unwrap(), "Привет".as_bytes());
        assert!(key.open("draft:other", &sealed).is_none());
        assert!(key.derive("other").open("draft:general", &sealed).is_none());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key.open("draft:general", &changed).is_none(), "byte {place}");
            assert!(key.open("draft:general", &sealed[..place]).is_none(), "cut at {place}");
        }
        assert_ne!(sealed, key.seal(&mut rng, "draft:general", "Привет".as_bytes()));
        let same = key.seal_same("a", b"b");
        assert_eq!((&same, key.open("a", &same)), (&key.seal_same("a", b"b"), Some(b"b".to_vec())));
        assert!(same != key.seal_same("a", b"c") && key.seal_same("ab", b"c")[..12] != key.seal_same("a", b"bc")[..12]);
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = LinkCode::new(&mut ChaCha20Rng::seed_from_u64(2));
        let shown = code.reveal();
        assert_eq!((shown.len(), shown.matches('-').count()), (24, 4));
        for typed in [shown.to_lowercase(), shown.replace('-', " "), shown.replace('0', "o").replace('1', "l")] {
            assert_eq!(LinkCode::parse(&typed).unwrap().key().bytes(), code.key().bytes());
        }
        for wrong in [&shown[1..], "", &format!("{shown}A"), &shown.replace(&shown[..1], "U")] {
            assert!(LinkCode::parse(wrong).is_none());
        }
        assert_eq!(format!("{code:?}"), "LinkCode(…)");
    }
}
