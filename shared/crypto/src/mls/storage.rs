//! OpenMLS's storage over the caller's transaction: its 57 methods come down to the statements in `rows`.

use std::cell::RefCell;
use std::fmt;

use openmls_traits::storage::{CURRENT_VERSION, Entity, Key, StorageProvider, traits};
use serde::Serialize;
use zeroize::Zeroizing;

use super::state::{Kind, decode, encode};
use super::{MlsError, rows};

/// The version of the library's types.
const V: u16 = CURRENT_VERSION;

/// Rows in a transaction. Remembers the first failure: what the library makes of it says less.
pub(super) struct Storage<'a, 'c> {
    tx: RefCell<&'a mut sql::Tx<'c>>,
    failure: RefCell<Option<MlsError>>,
}

/// A failure of the storage; what it was stands in [`Storage::into_failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the storage failed")
    }
}

impl std::error::Error for Failed {}

impl<'a, 'c> Storage<'a, 'c> {
    pub(super) fn new(tx: &'a mut sql::Tx<'c>) -> Self {
        Self { tx: RefCell::new(tx), failure: RefCell::new(None) }
    }

    pub(super) fn into_failure(self) -> Option<MlsError> {
        self.failure.into_inner()
    }

    fn fail(&self, error: MlsError) -> Failed {
        self.failure.borrow_mut().get_or_insert(error);
        Failed
    }

    fn sql<T>(&self, work: impl FnOnce(&mut sql::Tx<'c>) -> Result<T, sql::Error>) -> Result<T, Failed> {
        let result = work(*self.tx.borrow_mut());
        result.map_err(|error| self.fail(MlsError::Store(error)))
    }

    fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Zeroizing<Vec<u8>>, Failed> {
        encode(value).map_err(|error| self.fail(MlsError::Library(error.to_string())))
    }

    fn decode<T: Entity<V>>(&self, bytes: Vec<u8>) -> Result<T, Failed> {
        let bytes = Zeroizing::new(bytes);
        decode(&bytes).map_err(|error| self.fail(MlsError::Corrupt(error.to_string())))
    }

    fn put<T: Serialize + ?Sized>(
        &self,
        kind: Kind,
        owner: &impl Key<V>,
        item: &[u8],
        value: &T,
    ) -> Result<(), Failed> {
        let (owner, value) = (self.encode(owner)?, self.encode(value)?);
        self.sql(|tx| rows::put(tx, kind as i64, &owner, item, &value))
    }

    fn get<T: Entity<V>>(&self, kind: Kind, owner: &impl Key<V>, item: &[u8]) -> Result<Option<T>, Failed> {
        let owner = self.encode(owner)?;
        let found = self.sql(|tx| rows::get(tx, kind as i64, &owner, item))?;
        found.map(|bytes| self.decode(bytes)).transpose()
    }

    fn delete(&self, kind: Kind, owner: &impl Key<V>, item: &[u8]) -> Result<(), Failed> {
        let owner = self.encode(owner)?;
        self.sql(|tx| rows::delete(tx, kind as i64, &owner, item))
    }

    fn clear(&self, kind: Kind, owner: &impl Key<V>) -> Result<(), Failed> {
        let owner = self.encode(owner)?;
        self.sql(|tx| rows::clear(tx, kind as i64, &owner))
    }

    /// Which keys of a group's epochs: the epoch and the own leaf.
    fn epoch_item(&self, epoch: &impl Key<V>, leaf: u32) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let mut item = self.encode(epoch)?;
        item.extend_from_slice(&leaf.to_be_bytes());
        Ok(item)
    }

    fn proposals<R: Entity<V>, P: Entity<V>>(&self, group: &impl Key<V>) -> Result<Vec<(R, P)>, Failed> {
        let owner = self.encode(group)?;
        let found = self.sql(|tx| rows::list(tx, Kind::Proposals as i64, &owner))?;
        found
            .into_iter()
            .map(|bytes| decode(&bytes).map_err(|error| self.fail(MlsError::Corrupt(error.to_string()))))
            .collect()
    }
}

/// One value of one owner: write, read, remove.
macro_rules! singles {
    ($($kind:ident: $put:ident<$pk:ident, $pv:ident>, $get:ident<$g1:ident, $g2:ident> $gk:ident -> $gv:ident, $delete:ident<$dk:ident>;)*) => {$(
        fn $put<$pk: traits::$pk<V>, $pv: traits::$pv<V>>(&self, owner: &$pk, value: &$pv) -> Result<(), Failed> {
            self.put(Kind::$kind, owner, &[], value)
        }

        fn $get<$g1: traits::$g1<V>, $g2: traits::$g2<V>>(&self, owner: &$gk) -> Result<Option<$gv>, Failed> {
            self.get(Kind::$kind, owner, &[])
        }

        fn $delete<$dk: traits::$dk<V>>(&self, owner: &$dk) -> Result<(), Failed> {
            self.delete(Kind::$kind, owner, &[])
        }
    )*};
}

impl StorageProvider<V> for Storage<'_, '_> {
    type Error = Failed;

    singles! {
        JoinConfig: write_mls_join_config<GroupId, MlsGroupJoinConfig>,
            mls_group_join_config<GroupId, MlsGroupJoinConfig> GroupId -> MlsGroupJoinConfig,
            delete_group_config<GroupId>;
        Tree: write_tree<GroupId, TreeSync>, tree<GroupId, TreeSync> GroupId -> TreeSync, delete_tree<GroupId>;
        TranscriptHash: write_interim_transcript_hash<GroupId, InterimTranscriptHash>,
            interim_transcript_hash<GroupId, InterimTranscriptHash> GroupId -> InterimTranscriptHash,
            delete_interim_transcript_hash<GroupId>;
        Context: write_context<GroupId, GroupContext>, group_context<GroupId, GroupContext> GroupId -> GroupContext,
            delete_context<GroupId>;
        ConfirmationTag: write_confirmation_tag<GroupId, ConfirmationTag>,
            confirmation_tag<GroupId, ConfirmationTag> GroupId -> ConfirmationTag,
            delete_confirmation_tag<GroupId>;
        MessageSecrets: write_message_secrets<GroupId, MessageSecrets>,
            message_secrets<GroupId, MessageSecrets> GroupId -> MessageSecrets,
            delete_message_secrets<GroupId>;
        ResumptionPsks: write_resumption_psk_store<GroupId, ResumptionPskStore>,
            resumption_psk_store<GroupId, ResumptionPskStore> GroupId -> ResumptionPskStore,
            delete_all_resumption_psk_secrets<GroupId>;
        OwnLeafIndex: write_own_leaf_index<GroupId, LeafNodeIndex>,
            own_leaf_index<GroupId, LeafNodeIndex> GroupId -> LeafNodeIndex,
            delete_own_leaf_index<GroupId>;
        EpochSecrets: write_group_epoch_secrets<GroupId, GroupEpochSecrets>,
            group_epoch_secrets<GroupId, GroupEpochSecrets> GroupId -> GroupEpochSecrets,
            delete_group_epoch_secrets<GroupId>;
        SignatureKey: write_signature_key_pair<SignaturePublicKey, SignatureKeyPair>,
            signature_key_pair<SignaturePublicKey, SignatureKeyPair> SignaturePublicKey -> SignatureKeyPair,
            delete_signature_key_pair<SignaturePublicKey>;
        EncryptionKey: write_encryption_key_pair<EncryptionKey, HpkeKeyPair>,
            encryption_key_pair<HpkeKeyPair, EncryptionKey> EncryptionKey -> HpkeKeyPair,
            delete_encryption_key_pair<EncryptionKey>;
        KeyPackage: write_key_package<HashReference, KeyPackage>,
            key_package<HashReference, KeyPackage> HashReference -> KeyPackage,
            delete_key_package<HashReference>;
        Psk: write_psk<PskId, PskBundle>, psk<PskBundle, PskId> PskId -> PskBundle, delete_psk<PskId>;
    }

    fn write_group_state<GroupState: traits::GroupState<V>, GroupId: traits::GroupId<V>>(
        &self,
        group: &GroupId,
        state: &GroupState,
    ) -> Result<(), Failed> {
        self.put(Kind::GroupState, group, &[], state)
    }

    fn group_state<GroupState: traits::GroupState<V>, GroupId: traits::GroupId<V>>(
        &self,
        group: &GroupId,
    ) -> Result<Option<GroupState>, Failed> {
        self.get(Kind::GroupState, group, &[])
    }

    fn delete_group_state<GroupId: traits::GroupId<V>>(&self, group: &GroupId) -> Result<(), Failed> {
        self.delete(Kind::GroupState, group, &[])
    }

    fn append_own_leaf_node<GroupId: traits::GroupId<V>, LeafNode: traits::LeafNode<V>>(
        &self,
        group: &GroupId,
        leaf: &LeafNode,
    ) -> Result<(), Failed> {
        let (owner, value) = (self.encode(group)?, self.encode(leaf)?);
        let kind = Kind::OwnLeafNodes as i64;
        let count = self.sql(|tx| rows::count(tx, kind, &owner))?;
        self.sql(|tx| rows::append(tx, kind, &owner, &count.to_be_bytes(), &value))
    }

    fn own_leaf_nodes<GroupId: traits::GroupId<V>, LeafNode: traits::LeafNode<V>>(
        &self,
        group: &GroupId,
    ) -> Result<Vec<LeafNode>, Failed> {
        let owner = self.encode(group)?;
        let found = self.sql(|tx| rows::list(tx, Kind::OwnLeafNodes as i64, &owner))?;
        found.into_iter().map(|bytes| self.decode(bytes)).collect()
    }

    fn delete_own_leaf_nodes<GroupId: traits::GroupId<V>>(&self, group: &GroupId) -> Result<(), Failed> {
        self.clear(Kind::OwnLeafNodes, group)
    }

    fn queue_proposal<
        GroupId: traits::GroupId<V>,
        ProposalRef: traits::ProposalRef<V>,
        QueuedProposal: traits::QueuedProposal<V>,
    >(
        &self,
        group: &GroupId,
        reference: &ProposalRef,
        proposal: &QueuedProposal,
    ) -> Result<(), Failed> {
        let (owner, item, value) = (self.encode(group)?, self.encode(reference)?, self.encode(&(reference, proposal))?);
        self.sql(|tx| rows::append(tx, Kind::Proposals as i64, &owner, &item, &value))
    }

    fn queued_proposal_refs<GroupId: traits::GroupId<V>, ProposalRef: traits::ProposalRef<V>>(
        &self,
        group: &GroupId,
    ) -> Result<Vec<ProposalRef>, Failed> {
        let owner = self.encode(group)?;
        let found = self.sql(|tx| rows::list(tx, Kind::Proposals as i64, &owner))?;
        let read =
            |bytes: Vec<u8>| decode::<(ProposalRef, serde::de::IgnoredAny)>(&bytes).map(|(reference, _)| reference);
        found
            .into_iter()
            .map(|bytes| read(bytes).map_err(|error| self.fail(MlsError::Corrupt(error.to_string()))))
            .collect()
    }

    fn queued_proposals<
        GroupId: traits::GroupId<V>,
        ProposalRef: traits::ProposalRef<V>,
        QueuedProposal: traits::QueuedProposal<V>,
    >(
        &self,
        group: &GroupId,
    ) -> Result<Vec<(ProposalRef, QueuedProposal)>, Failed> {
        self.proposals(group)
    }

    fn remove_proposal<GroupId: traits::GroupId<V>, ProposalRef: traits::ProposalRef<V>>(
        &self,
        group: &GroupId,
        reference: &ProposalRef,
    ) -> Result<(), Failed> {
        let item = self.encode(reference)?;
        self.delete(Kind::Proposals, group, &item)
    }

    fn clear_proposal_queue<GroupId: traits::GroupId<V>, ProposalRef: traits::ProposalRef<V>>(
        &self,
        group: &GroupId,
    ) -> Result<(), Failed> {
        self.clear(Kind::Proposals, group)
    }

    fn write_encryption_epoch_key_pairs<
        GroupId: traits::GroupId<V>,
        EpochKey: traits::EpochKey<V>,
        HpkeKeyPair: traits::HpkeKeyPair<V>,
    >(
        &self,
        group: &GroupId,
        epoch: &EpochKey,
        leaf: u32,
        pairs: &[HpkeKeyPair],
    ) -> Result<(), Failed> {
        let item = self.epoch_item(epoch, leaf)?;
        self.put(Kind::EpochKeys, group, &item, pairs)
    }

    fn encryption_epoch_key_pairs<
        GroupId: traits::GroupId<V>,
        EpochKey: traits::EpochKey<V>,
        HpkeKeyPair: traits::HpkeKeyPair<V>,
    >(
        &self,
        group: &GroupId,
        epoch: &EpochKey,
        leaf: u32,
    ) -> Result<Vec<HpkeKeyPair>, Failed> {
        let (owner, item) = (self.encode(group)?, self.epoch_item(epoch, leaf)?);
        match self.sql(|tx| rows::get(tx, Kind::EpochKeys as i64, &owner, &item))? {
            None => Ok(Vec::new()),
            Some(bytes) => decode(&bytes).map_err(|error| self.fail(MlsError::Corrupt(error.to_string()))),
        }
    }

    fn delete_encryption_epoch_key_pairs<GroupId: traits::GroupId<V>, EpochKey: traits::EpochKey<V>>(
        &self,
        group: &GroupId,
        epoch: &EpochKey,
        leaf: u32,
    ) -> Result<(), Failed> {
        let item = self.epoch_item(epoch, leaf)?;
        self.delete(Kind::EpochKeys, group, &item)
    }
}
