//! The server's one say in a group: it may propose to remove a device (of somebody who left, of a session that was
//! ended). Members commit it; the server can neither read nor add.

use ed25519_dalek::{Signer as _, SigningKey};
use openmls::group::{GroupEpoch, GroupId as LibraryGroupId};
use openmls::prelude::{
    BasicCredential, ExternalProposal, ExternalSender, LeafNodeIndex, MlsMessageOut, SenderExtensionIndex,
};
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;

use super::{GroupId, Leaf, MlsError};
use crate::Key;

/// The name that the server's proposals carry.
const NAME: &[u8] = b"server";

/// The public half of the server's key, as groups carry it from their making on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerKey(pub [u8; 32]);

/// The server's key. Wiped when dropped.
pub struct ServerSigner(SigningKey);

impl ServerKey {
    pub(super) fn sender(&self) -> ExternalSender {
        ExternalSender::new(self.0.to_vec().into(), BasicCredential::new(NAME.to_vec()).into())
    }
}

impl ServerSigner {
    /// From 32 secret bytes.
    pub fn new(secret: &Key) -> Self {
        Self(SigningKey::from_bytes(secret.bytes()))
    }

    /// The public half.
    pub fn key(&self) -> ServerKey {
        ServerKey(self.0.verifying_key().to_bytes())
    }

    /// Proposes to remove the device at a leaf, in the epoch that the log is in. To the log, for members to commit.
    ///
    /// # Errors
    /// [`MlsError::Library`]: a bug.
    pub fn propose_removal(&self, group: &GroupId, epoch: u64, leaf: Leaf) -> Result<Vec<u8>, MlsError> {
        let proposal: MlsMessageOut = ExternalProposal::new_remove::<OpenMlsRustCrypto>(
            LeafNodeIndex::new(leaf.0),
            LibraryGroupId::from_slice(group.bytes()),
            GroupEpoch::from(epoch),
            self,
            SenderExtensionIndex::new(0),
        )
        .map_err(|error| MlsError::Library(error.to_string()))?;
        proposal.to_bytes().map_err(|error| MlsError::Library(error.to_string()))
    }
}

impl std::fmt::Debug for ServerSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerSigner(…)")
    }
}

impl Signer for ServerSigner {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}
