//! A key for paper: 256 bits as thirteen groups of five letters and digits. Each group has a check letter that knows its
//! place, so one wrong letter, two exchanged ones, or two exchanged groups are found, and the group is named.

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use hmac::{Hmac, Mac as _};
use rand::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Key, sha256};

/// Crockford's: no I, L, O, U, which are read as others.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 13;
/// Letters of a group that carry the key; one more checks them.
const DATA: usize = 4;
const WRAPPED_VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;

/// The key that a person keeps on paper, to open a backup when every device is lost.
#[derive(Clone)]
pub struct RecoveryKey(Key);

/// What is wrong with a key that was typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    /// Not thirteen groups of five.
    #[error("a recovery key has 65 letters and digits, not {0}")]
    Length(usize),
    /// A letter that no key has.
    #[error("{0:?} is in no recovery key")]
    Letter(char),
    /// This group (from 1) has a mistake.
    #[error("there is a mistake in group {0}")]
    Group(usize),
    /// Every group is right by itself, the whole is not.
    #[error("the groups do not belong together")]
    Whole,
    /// The key is whole, and not the one that this was wrapped with; or the wrapped key was changed.
    #[error("not the recovery key of this backup")]
    OtherKey,
}

impl RecoveryKey {
    /// A fresh one.
    pub fn new(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        Self(Key::from_bytes(*bytes))
    }

    /// For paper: `7K2FQ-…`, 13 groups. Not for logs.
    pub fn reveal(&self) -> String {
        let mut letters = Vec::with_capacity(GROUPS * DATA);
        let bytes = self.0.bytes();
        let bit = |place: usize| bytes.get(place / 8).map_or(0, |byte| (byte >> (7 - place % 8)) & 1);
        for letter in 0..GROUPS * DATA {
            letters.push((0..5).fold(0, |value, place| value << 1 | bit(letter * 5 + place)));
        }
        // 256 bits leave the last letter four to spare: they check the whole.
        letters[GROUPS * DATA - 1] |= sha256(bytes)[0] & 0x0F;
        let group = |(place, data): (usize, &[u8])| -> String {
            let check = check(place, data);
            data.iter().chain([&check]).map(|value| char::from(LETTERS[usize::from(*value)])).collect()
        };
        letters.chunks(DATA).enumerate().map(group).collect::<Vec<_>>().join("-")
    }

    /// Reads what was typed: in any case, with any spaces and dashes.
    ///
    /// # Errors
    /// [`RecoveryKeyError`], all but [`RecoveryKeyError::OtherKey`].
    pub fn parse(text: &str) -> Result<Self, RecoveryKeyError> {
        let letters = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '–' | '—'))
            .map(|letter| value(letter).ok_or(RecoveryKeyError::Letter(letter)))
            .collect::<Result<Vec<u8>, _>>()?;
        if letters.len() != GROUPS * (DATA + 1) {
            return Err(RecoveryKeyError::Length(letters.len()));
        }
        let mut bytes = Zeroizing::new([0_u8; 33]);
        for (place, group) in letters.chunks(DATA + 1).enumerate() {
            let (data, given) = group.split_at(DATA);
            if check(place, data) != given[0] {
                return Err(RecoveryKeyError::Group(place + 1));
            }
            for (letter, value) in data.iter().enumerate() {
                for bit in 0..5 {
                    let at = (place * DATA + letter) * 5 + bit;
                    bytes[at / 8] |= ((value >> (4 - bit)) & 1) << (7 - at % 8);
                }
            }
        }
        let key: [u8; 32] = bytes[..32].try_into().map_err(|_| RecoveryKeyError::Whole)?;
        if bytes[32] >> 4 != sha256(&key)[0] & 0x0F {
            return Err(RecoveryKeyError::Whole);
        }
        Ok(Self(Key::from_bytes(key)))
    }

    /// Wraps the key of a backup. What is returned may lie anywhere.
    pub fn wrap(&self, rng: &mut dyn CryptoRng, backup: &Key) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let sealed = self
            .cipher()
            .encrypt(&Nonce::from(nonce), backup.bytes().as_slice())
            .expect("32 bytes are below GCM's bound");
        [&[WRAPPED_VERSION][..], &nonce, &sealed].concat()
    }

    /// The backup's key.
    ///
    /// # Errors
    /// [`RecoveryKeyError::OtherKey`].
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<Key, RecoveryKeyError> {
        let other = RecoveryKeyError::OtherKey;
        let rest = wrapped.strip_prefix(&[WRAPPED_VERSION]).ok_or(other)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES).ok_or(other)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| other)?;
        let key = self.cipher().decrypt(&Nonce::from(nonce), sealed).map(Zeroizing::new).map_err(|_| other)?;
        Ok(Key::from_bytes(key.as_slice().try_into().map_err(|_| other)?))
    }

    /// A key for wrapping only, so that the same paper could do other things too.
    fn cipher(&self) -> Aes256Gcm {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.bytes()).expect("HMAC takes any key");
        mac.update(b"hybrid-messenger recovery wrap 1");
        Aes256Gcm::new(&mac.finalize().into_bytes())
    }
}

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

fn value(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    LETTERS.iter().position(|known| char::from(*known) == letter).map(|place| place as u8)
}

/// A weighted sum in the field of 32: with weights that differ and are not zero every wrong letter and every exchange of two
/// changes it; the place of the group counts as a fifth letter.
fn check(place: usize, data: &[u8]) -> u8 {
    let place = [place as u8 + 1];
    data.iter().chain(&place).enumerate().fold(0, |sum, (at, letter)| sum ^ times(2 << at, *letter))
}

/// Multiplication modulo x⁵ + x² + 1.
fn times(weight: u32, letter: u8) -> u8 {
    let reduce =
        |value: u32| (5..=9).rev().fold(value, |v, bit| if v >> bit & 1 == 1 { v ^ 0b10_0101 << (bit - 5) } else { v });
    let (weight, mut product) = (reduce(weight), 0);
    for bit in 0..5 {
        if letter >> bit & 1 == 1 {
            product ^= weight << bit;
        }
    }
    reduce(product) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    fn key(seed: u64) -> RecoveryKey {
        RecoveryKey::new(&mut ChaCha20Rng::seed_from_u64(seed))
    }

    #[test]
    fn alice_reads_her_key_from_paper_however_she_types_it() {
        for seed in 0..50 {
            let text = key(seed).reveal();
            assert_eq!((text.len(), text.split('-').count()), (77, 13));
            let typed = text.to_lowercase().replace('-', "  ").replace('0', "o").replace('1', "l");
            for text in [text, typed] {
                assert_eq!(RecoveryKey::parse(&text).unwrap().0.bytes(), key(seed).0.bytes());
            }
        }
    }

    #[test]
    fn every_single_typo_is_found_in_its_group() {
        let text: Vec<char> = key(1).reveal().chars().collect();
        for place in 0..text.len() {
            for letter in LETTERS.iter().map(|letter| char::from(*letter)) {
                let mut typo = text.clone();
                if typo[place] == letter || typo[place] == '-' {
                    continue;
                }
                typo[place] = letter;
                let error = RecoveryKey::parse(&typo.iter().collect::<String>()).unwrap_err();
                assert_eq!(error, RecoveryKeyError::Group(place / 6 + 1));
            }
        }
    }

    #[test]
    fn exchanged_letters_and_groups_are_found_and_so_is_a_key_that_is_cut() {
        for seed in 0..20 {
            let text = key(seed).reveal();
            let letters: Vec<char> = text.chars().collect();
            for place in (0..letters.len() - 1).filter(|place| letters[*place] != '-' && letters[place + 1] != '-') {
                let mut swapped = letters.clone();
                swapped.swap(place, place + 1);
                if swapped != letters {
                    assert!(RecoveryKey::parse(&swapped.iter().collect::<String>()).is_err(), "{seed} {place}");
                }
            }
            let mut groups: Vec<&str> = text.split('-').collect();
            groups.swap(3, 8);
            assert!(matches!(RecoveryKey::parse(&groups.join("-")), Err(RecoveryKeyError::Group(4))));
        }
        let text = key(1).reveal();
        assert_eq!(RecoveryKey::parse(&text[1..]).unwrap_err(), RecoveryKeyError::Length(64));
        assert_eq!(RecoveryKey::parse(&text.replacen(&text[..1], "Ж", 1)).unwrap_err(), RecoveryKeyError::Letter('Ж'));
    }

    #[test]
    fn the_backups_key_comes_back_with_its_recovery_key_only() {
        let (mut rng, backup) = (ChaCha20Rng::seed_from_u64(5), Key::from_bytes([8; 32]));
        let wrapped = key(1).wrap(&mut rng, &backup);
        assert_eq!(key(1).unwrap(&wrapped).unwrap().bytes(), backup.bytes());
        assert_eq!(key(2).unwrap(&wrapped).unwrap_err(), RecoveryKeyError::OtherKey);
        for place in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[place] ^= 1;
            assert_eq!(key(1).unwrap(&changed).unwrap_err(), RecoveryKeyError::OtherKey);
        }
        assert!(key(1).unwrap(&wrapped[..20]).is_err());
    }
}
