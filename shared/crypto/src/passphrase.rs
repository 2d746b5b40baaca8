//! From a passphrase to a key. The parameters and the salt stand with the data, as a line of text in the form of password
//! hashes but without the hash: `$argon2id$v=19$m=65536,t=3,p=1$SALT` or `$pbkdf2-sha256$i=600000$SALT`.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Key, NoChance, fill_random};

/// How a passphrase becomes a key; not secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KdfHeader {
    kind: Kdf,
    salt: [u8; 16],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kdf {
    Argon2id { memory_kib: u32, passes: u32 },
    Pbkdf2 { iterations: u32 },
}

/// Why a header is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KdfHeaderError {
    /// Not a header, or cut off.
    #[error("the key header beside the data is damaged")]
    Damaged,
    /// A way to derive keys that this program does not know.
    #[error("the key header beside the data is from a newer version")]
    Unknown,
    /// So little work that a passphrase could be guessed: not made by us, or made weak on purpose.
    #[error("the key header beside the data asks for too little work to be safe")]
    Weak,
    /// So much work or memory that it would stop the machine.
    #[error("the key header beside the data asks for more than this machine should give")]
    Greedy,
}

/// 64 MiB and 3 passes: the second recommended option of RFC 9106, with one lane.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// 19 MiB and 2 passes: the least that OWASP advises.
const MEMORY_KIB_MIN: u32 = 19 * 1024;
const PASSES_MIN: u32 = 2;
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 16;
/// What OWASP advises for PBKDF2-HMAC-SHA256.
const ITERATIONS: u32 = 600_000;
const ITERATIONS_MIN: u32 = 100_000;
const ITERATIONS_MAX: u32 = 10_000_000;

impl KdfHeader {
    /// Argon2id with today's parameters and a fresh salt: for everything that only our programs read.
    ///
    /// # Errors
    /// [`NoChance`].
    pub fn new() -> Result<Self, NoChance> {
        Self::of(Kdf::Argon2id { memory_kib: MEMORY_KIB, passes: PASSES })
    }

    /// PBKDF2-HMAC-SHA256 with 600,000 rounds and a fresh salt: for what other programs read too.
    ///
    /// # Errors
    /// [`NoChance`].
    pub fn new_pbkdf2() -> Result<Self, NoChance> {
        Self::of(Kdf::Pbkdf2 { iterations: ITERATIONS })
    }

    fn of(kind: Kdf) -> Result<Self, NoChance> {
        let mut salt = [0; 16];
        fill_random(&mut salt)?;
        Ok(Self { kind, salt })
    }

    /// Reads what [`Self::to_string`] wrote.
    ///
    /// # Errors
    /// [`KdfHeaderError`].
    pub fn parse(text: &str) -> Result<Self, KdfHeaderError> {
        let mut parts = text.trim().strip_prefix('$').ok_or(KdfHeaderError::Damaged)?.split('$');
        let mut part = || parts.next().ok_or(KdfHeaderError::Damaged);
        let kind = match part()? {
            "argon2id" => {
                if part()? != "v=19" {
                    return Err(KdfHeaderError::Unknown);
                }
                let [memory_kib, passes, lanes] = numbers(part()?, ["m", "t", "p"])?;
                if lanes != 1 {
                    return Err(KdfHeaderError::Unknown);
                }
                Kdf::Argon2id { memory_kib, passes }
            }
            "pbkdf2-sha256" => {
                let [iterations] = numbers(part()?, ["i"])?;
                Kdf::Pbkdf2 { iterations }
            }
            _ => return Err(KdfHeaderError::Unknown),
        };
        let salt = STANDARD_NO_PAD.decode(part()?).map_err(|_| KdfHeaderError::Damaged)?;
        let salt = salt.try_into().map_err(|_| KdfHeaderError::Damaged)?;
        if parts.next().is_some() {
            return Err(KdfHeaderError::Damaged);
        }
        kind.check()?;
        Ok(Self { kind, salt })
    }

    /// The key; takes a good part of a second, by design.
    ///
    /// # Errors
    /// None for a header that [`KdfHeader::parse`] took.
    pub fn derive(&self, passphrase: &str) -> Result<Key, KdfHeaderError> {
        let mut key = Zeroizing::new([0; 32]);
        match self.kind {
            Kdf::Argon2id { memory_kib, passes } => {
                let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| KdfHeaderError::Greedy)?;
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(passphrase.as_bytes(), &self.salt, &mut *key)
                    .map_err(|_| KdfHeaderError::Greedy)?;
            }
            Kdf::Pbkdf2 { iterations } => {
                pbkdf2::pbkdf2_hmac::<Sha256>(passphrase.as_bytes(), &self.salt, iterations, &mut *key);
            }
        }
        Ok(Key::from_bytes(*key))
    }
}

impl Kdf {
    fn check(self) -> Result<(), KdfHeaderError> {
        let (weak, greedy) = match self {
            Kdf::Argon2id { memory_kib, passes } => {
                (memory_kib < MEMORY_KIB_MIN || passes < PASSES_MIN, memory_kib > MEMORY_KIB_MAX || passes > PASSES_MAX)
            }
            Kdf::Pbkdf2 { iterations } => (iterations < ITERATIONS_MIN, iterations > ITERATIONS_MAX),
        };
        match (weak, greedy) {
            (_, true) => Err(KdfHeaderError::Greedy),
            (true, false) => Err(KdfHeaderError::Weak),
            (false, false) => Ok(()),
        }
    }
}

/// `m=1,t=2` in this order.
fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Result<[u32; N], KdfHeaderError> {
    let mut values = [0; N];
    let mut parts = text.split(',');
    for (value, name) in values.iter_mut().zip(names) {
        let part = parts.next().and_then(|part| part.strip_prefix(name)?.strip_prefix('='));
        *value = part.and_then(|digits| digits.parse().ok()).ok_or(KdfHeaderError::Damaged)?;
    }
    if parts.next().is_some() { Err(KdfHeaderError::Damaged) } else { Ok(values) }
}

impl std::fmt::Display for KdfHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let salt = STANDARD_NO_PAD.encode(self.salt);
        match self.kind {
            Kdf::Argon2id { memory_kib, passes } => write!(f, "$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}"),
            Kdf::Pbkdf2 { iterations } => write!(f, "$pbkdf2-sha256$i={iterations}${salt}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_same_passphrase_and_header_give_the_same_key_and_others_do_not() {
        let least = [
            Kdf::Argon2id { memory_kib: MEMORY_KIB_MIN, passes: PASSES_MIN },
            Kdf::Pbkdf2 { iterations: ITERATIONS_MIN },
        ];
        for kind in least {
            let header = KdfHeader { kind, salt: [7; 16] };
            let again = KdfHeader::parse(&format!("{header}\n")).unwrap();
            assert_eq!(again, header);
            let key = header.derive("correct horse").unwrap();
            assert_eq!(again.derive("correct horse").unwrap().bytes(), key.bytes());
            assert_ne!(header.derive("correct hors").unwrap().bytes(), key.bytes());
            let other = KdfHeader { salt: [8; 16], ..header };
            assert_ne!(other.derive("correct horse").unwrap().bytes(), key.bytes());
        }
    }

    #[test]
    fn a_header_that_is_damaged_unknown_weak_or_greedy_is_refused_and_says_which() {
        let argon2 = KdfHeader::new().unwrap().to_string();
        let pbkdf2 = KdfHeader::new_pbkdf2().unwrap().to_string();
        assert!(argon2.contains("m=65536,t=3,p=1") && pbkdf2.contains("i=600000"));
        assert!(KdfHeader::parse(&argon2).is_ok() && KdfHeader::parse(&pbkdf2).is_ok());
        let cases = [
            ("", KdfHeaderError::Damaged),
            ("$argon2id$", KdfHeaderError::Unknown),
            (&argon2[..argon2.len() - 3], KdfHeaderError::Damaged),
            (&format!("{argon2}$x"), KdfHeaderError::Damaged),
            (&argon2.replace("m=65536,", ""), KdfHeaderError::Damaged),
            (&argon2.replace("argon2id", "scrypt"), KdfHeaderError::Unknown),
            (&argon2.replace("v=19", "v=20"), KdfHeaderError::Unknown),
            (&argon2.replace("m=65536", "m=8"), KdfHeaderError::Weak),
            (&argon2.replace("t=3", "t=1"), KdfHeaderError::Weak),
            (&argon2.replace("m=65536", "m=4294967295"), KdfHeaderError::Greedy),
            (&pbkdf2.replace("600000", "99999"), KdfHeaderError::Weak),
            (&pbkdf2.replace("600000", "4000000000"), KdfHeaderError::Greedy),
        ];
        for (text, error) in cases {
            assert_eq!(KdfHeader::parse(text), Err(error), "{text}");
        }
    }
}
