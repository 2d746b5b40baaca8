//! The kinds of rows that OpenMLS keeps, and how its values become bytes.
//!
//! MessagePack with field names: the library adds fields with defaults between versions, and one of its types is read by
//! what it looks like, so a positional encoding would not come back. Bytes are bytes in it, not lists of numbers.

use rmp_serde::config::BytesMode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// What a row of `mls_rows` is. The numbers are in the database: never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    JoinConfig = 1,
    OwnLeafNodes = 2,
    Proposals = 3,
    Tree = 4,
    TranscriptHash = 5,
    Context = 6,
    ConfirmationTag = 7,
    GroupState = 8,
    MessageSecrets = 9,
    ResumptionPsks = 10,
    OwnLeafIndex = 11,
    EpochSecrets = 12,
    SignatureKey = 13,
    EncryptionKey = 14,
    EpochKeys = 15,
    KeyPackage = 16,
    Psk = 17,
}

/// A value's bytes; they may hold secrets and are wiped.
pub(super) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Zeroizing<Vec<u8>>, rmp_serde::encode::Error> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(256));
    let serializer = rmp_serde::Serializer::new(&mut *bytes).with_struct_map();
    value.serialize(&mut serializer.with_bytes(BytesMode::ForceIterables))?;
    Ok(bytes)
}

/// The value of [`encode`]'s bytes.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, rmp_serde::decode::Error> {
    rmp_serde::from_slice(bytes)
}
