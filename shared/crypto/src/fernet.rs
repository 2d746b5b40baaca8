//! Fernet tokens (github.com/fernet/spec), written and read: for exports that Python's `cryptography` opens. A token is held
//! in memory as a whole; for what is large there is the export container.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use protocol::Timestamp;
use rand::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::Key;

const VERSION: u8 = 0x80;
const HEAD_BYTES: usize = 1 + 8 + 16;
const MAC_BYTES: usize = 32;
/// How far in the future a token's clock may be, in seconds.
const SKEW_SECONDS: u64 = 60;
/// Largest content of a token, in bytes.
pub const FERNET_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A Fernet key: one half signs, the other encrypts. Derive it from a passphrase with [`crate::KdfHeader::new_pbkdf2`].
#[derive(Clone)]
pub struct FernetKey(Key);

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FernetError {
    /// Not a token, changed, or made with another key. Which of these is not told.
    #[error("not a valid token for this key")]
    Invalid,
    /// Older than it may be.
    #[error("the token is too old")]
    TooOld,
    /// From a time that has not come.
    #[error("the token is from the future")]
    FromTheFuture,
    /// More than [`FERNET_BYTES_MAX`].
    #[error("too large for a token")]
    TooLarge,
}

impl FernetKey {
    /// From 32 bytes.
    pub fn new(key: Key) -> Self {
        Self(key)
    }

    /// Reads base64url with padding, as Python writes keys; `None` unless it is 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(Key::from_bytes(URL_SAFE.decode(text).ok()?.try_into().ok()?)))
    }

    /// As Python reads it. Not for logs.
    pub fn reveal(&self) -> String {
        URL_SAFE.encode(self.0.bytes())
    }

    /// Writes a token.
    ///
    /// # Errors
    /// [`FernetError::TooLarge`].
    pub fn seal(&self, rng: &mut dyn CryptoRng, now: Timestamp, content: &[u8]) -> Result<String, FernetError> {
        if content.len() > FERNET_BYTES_MAX {
            return Err(FernetError::TooLarge);
        }
        let mut iv = [0; 16];
        rng.fill_bytes(&mut iv);
        Ok(self.seal_with(iv, seconds(now), content))
    }

    fn seal_with(&self, iv: [u8; 16], seconds: u64, content: &[u8]) -> String {
        let (signing, encryption) = self.0.bytes().split_at(16);
        let mut token = vec![VERSION];
        token.extend_from_slice(&seconds.to_be_bytes());
        token.extend_from_slice(&iv);
        let cipher = cbc::Encryptor::<Aes128>::new_from_slices(encryption, &iv).expect("both halves are 16 bytes");
        token.extend_from_slice(&cipher.encrypt_padded_vec::<Pkcs7>(content));
        let mac = sign(signing, &token);
        token.extend_from_slice(&mac);
        URL_SAFE.encode(token)
    }

    /// Reads a token; with an age, not one that is older (in seconds) or from the future.
    ///
    /// # Errors
    /// [`FernetError`].
    pub fn open(&self, now: Timestamp, token: &str, age_seconds_max: Option<u64>) -> Result<Vec<u8>, FernetError> {
        if token.len() > 2 * FERNET_BYTES_MAX {
            return Err(FernetError::TooLarge);
        }
        let token = URL_SAFE.decode(token.trim()).map_err(|_| FernetError::Invalid)?;
        if token.len() < HEAD_BYTES + 16 + MAC_BYTES || token[0] != VERSION {
            return Err(FernetError::Invalid);
        }
        let (signed, mac) = token.split_at(token.len() - MAC_BYTES);
        let (signing, encryption) = self.0.bytes().split_at(16);
        // The signature first, in the same time wherever it differs: padding is only looked at when we wrote it.
        if !bool::from(sign(signing, signed).ct_eq(mac)) {
            return Err(FernetError::Invalid);
        }
        let made = u64::from_be_bytes(signed[1..9].try_into().map_err(|_| FernetError::Invalid)?);
        if let Some(age) = age_seconds_max {
            let now = seconds(now);
            if made.saturating_add(age) < now {
                return Err(FernetError::TooOld);
            }
            if made > now.saturating_add(SKEW_SECONDS) {
                return Err(FernetError::FromTheFuture);
            }
        }
        let cipher = cbc::Decryptor::<Aes128>::new_from_slices(encryption, &signed[9..HEAD_BYTES])
            .map_err(|_| FernetError::Invalid)?;
        cipher.decrypt_padded_vec::<Pkcs7>(&signed[HEAD_BYTES..]).map_err(|_| FernetError::Invalid)
    }
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.0 / 1_000).unwrap_or(0)
}

fn sign(key: &[u8], content: &[u8]) -> [u8; MAC_BYTES] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(content);
    mac.finalize().into_bytes().into()
}

impl std::fmt::Debug for FernetKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FernetKey(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    /// The key, time and token of the specification's generate.json and verify.json.
    const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    const TOKEN: &str =
        "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
    const MADE: Timestamp = Timestamp(499_162_800_000);

    fn key() -> FernetKey {
        FernetKey::parse(KEY).unwrap()
    }

    #[test]
    fn the_specifications_token_is_written_and_read() {
        let iv: [u8; 16] = std::array::from_fn(|place| place as u8);
        assert_eq!(key().seal_with(iv, 499_162_800, b"hello"), TOKEN);
        assert_eq!(key().open(Timestamp(MADE.0 + 1_000), TOKEN, Some(60)).unwrap(), b"hello");
        assert_eq!(key().open(Timestamp(0), TOKEN, None).unwrap(), b"hello");
        assert_eq!(key().reveal(), KEY);
    }

    #[test]
    fn what_the_specification_calls_invalid_is_refused() {
        let at = |seconds: i64| Timestamp(MADE.0 + seconds * 1_000);
        assert_eq!(key().open(at(61), TOKEN, Some(60)), Err(FernetError::TooOld));
        assert_eq!(key().open(at(-61), TOKEN, Some(60)), Err(FernetError::FromTheFuture));
        let bytes = URL_SAFE.decode(TOKEN).unwrap();
        // Incorrect mac, wrong version, another time, another content, another padding: each byte counts.
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(key().open(at(1), &URL_SAFE.encode(changed), None), Err(FernetError::Invalid), "byte {place}");
        }
        // Too short, not base64, padding of the text missing, a signed token whose content is no whole block.
        for text in [
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
            "%%%",
            &TOKEN[..TOKEN.len() - 2],
        ] {
            assert_eq!(key().open(at(1), text, None), Err(FernetError::Invalid));
        }
        let mut odd = bytes[..bytes.len() - MAC_BYTES - 1].to_vec();
        odd.extend_from_slice(&sign(&key().0.bytes()[..16], &odd.clone()));
        assert_eq!(key().open(at(1), &URL_SAFE.encode(odd), None), Err(FernetError::Invalid));
        let other = FernetKey::new(Key::from_bytes([1; 32]));
        assert_eq!(other.open(at(1), TOKEN, None), Err(FernetError::Invalid));
    }

    #[test]
    fn pythons_cryptography_opens_our_tokens_and_we_open_its() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let token = key().seal(&mut rng, MADE, "Привет из Rust".as_bytes()).unwrap();
        let script = "import sys\nfrom cryptography.fernet import Fernet\nkey, token = sys.argv[1:]\nf = Fernet(key)\n\
                      print(f.decrypt(token.encode()).decode())\nprint(f.encrypt('Привет из Python'.encode()).decode())";
        let python = ["python3", "python"].into_iter().find_map(|python| {
            let run = std::process::Command::new(python)
                .args(["-c", script, KEY, &token])
                .env("PYTHONIOENCODING", "utf-8")
                .output();
            run.ok()
        });
        let Some(run) = python else {
            // Elsewhere than on Linux there may be none.
            if cfg!(target_os = "linux") {
                panic!("python3 with its `cryptography` is needed; `cargo xtask test` installs both");
            }
            return;
        };
        let (out, errors) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        let lacks_it = !cfg!(target_os = "linux") && errors.contains("No module named");
        assert!(
            run.status.success() || lacks_it,
            "python's `cryptography` is needed (`cargo xtask test` installs it): {errors}"
        );
        if run.status.success() {
            let mut lines = out.lines();
            assert_eq!(lines.next(), Some("Привет из Rust"));
            let theirs = lines.next().unwrap_or_default();
            assert_eq!(key().open(MADE, theirs, None).unwrap(), "Привет из Python".as_bytes());
        }
    }
}
