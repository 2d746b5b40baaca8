//! The name of a content while it is still coming: SHA-256 over what has come, kept with the row that counts it, so that nobody has to
//! read a finished upload again. What was kept may be missing or of an older build: then the name is found by reading.

use std::io::{self, Read};

use sha2::digest::common::hazmat::{SerializableState as _, SerializedState};
use sha2::{Digest as _, Sha256};

/// So much of a file is read at once.
const READ_BYTES: usize = 256 * 1024;

/// Follows an upload from its first byte on.
pub(super) struct Following(Option<Sha256>);

impl Following {
    /// Goes on where an upload stands.
    pub(super) fn from(received: u64, kept: Option<&[u8]>) -> Self {
        if received == 0 {
            return Self(Some(Sha256::new()));
        }
        let state = kept.and_then(|kept| SerializedState::<Sha256>::try_from(kept).ok());
        Self(state.and_then(|state| Sha256::deserialize(&state).ok()))
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        if let Some(hash) = &mut self.0 {
            hash.update(bytes);
        }
    }

    /// What to keep with the row.
    pub(super) fn kept(&self) -> Option<Vec<u8>> {
        self.0.as_ref().map(|hash| hash.serialize().to_vec())
    }

    /// The name, when all has come.
    pub(super) fn name(self) -> Option<String> {
        self.0.map(|hash| name_of(&hash.finalize()))
    }
}

/// The name of what a reader gives until its end.
pub(super) fn name_of_all(mut reader: impl Read) -> io::Result<String> {
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; READ_BYTES]);
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            return Ok(name_of(&hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}

/// A hash as contents are named by it.
pub(super) fn name_of(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_that_is_put_away_at_any_place_goes_on_as_if_it_had_not_been() {
        let bytes: Vec<u8> = (0..1_000u32).map(|n| (n * 7 % 251) as u8).collect();
        let whole = name_of(&Sha256::digest(&bytes));
        for cut in [1, 63, 64, 65, 127, 500, 999, 1_000] {
            let mut first = Following::from(0, None);
            first.add(&bytes[..cut]);
            let mut second = Following::from(cut as u64, first.kept().as_deref());
            second.add(&bytes[cut..]);
            assert_eq!(second.name().as_deref(), Some(whole.as_str()), "{cut}");
        }
    }

    #[test]
    fn without_what_was_kept_there_is_no_name() {
        for kept in [None, Some(&b"short"[..]), Some(&[0xff; 105][..])] {
            let mut following = Following::from(5, kept);
            following.add(b"more");
            assert_eq!(following.name(), None);
        }
    }
}
