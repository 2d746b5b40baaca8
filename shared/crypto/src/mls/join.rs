//! Entering a group: by a welcome ([`Invitation`] → [`Opening`] → [`Admitted`]), or back into it by an own commit after a
//! loss of state ([`Group::rejoin`]).

use openmls::group::{MlsGroup, StagedWelcome};
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{LeafNodeParameters, Member, MlsMessageBodyIn, MlsMessageIn, Welcome};
use openmls_traits::OpenMlsProvider as _;

use super::group::{Row, capabilities};
use super::{
    Cx, Device, GROUP_DEVICES_MAX, Group, GroupId, Leaf, Me, MlsError, Policy, Predecessor, Reader, Retention,
    SEALED_BYTES_MAX, Suite,
};
use crate::sha256;

/// A welcome, parsed and bounded.
pub struct Invitation(Welcome);

/// A welcome that this device could open; whether it wants to be there is open.
pub struct Opening {
    staged: Box<StagedWelcome>,
    id: GroupId,
    suite: Suite,
    readers: Vec<Reader>,
    predecessor: Option<Predecessor>,
}

/// A welcome to a group whose members are known and allowed.
pub struct Admitted(Opening);

/// A way back by an own commit.
pub struct Rejoined {
    /// The group, in the epoch that begins if the server accepts the commit. Sends nothing before [`Group::confirm`];
    /// refused, [`Group::forget`] it and try again with a newer info.
    pub group: Group,
    /// The epoch that the commit ends.
    pub epoch: u64,
    /// To the server, for the members' logs.
    pub commit: Vec<u8>,
}

/// Every member, each checked to be signed by its person.
fn verified(members: impl Iterator<Item = Member>) -> Result<Vec<Reader>, MlsError> {
    let readers: Vec<Reader> = members
        .map(|member| {
            let device = Device::verified(&member.credential, &member.signature_key)?;
            Ok(Reader { leaf: Leaf(member.index.u32()), device })
        })
        .collect::<Result<_, MlsError>>()?;
    if readers.len() > GROUP_DEVICES_MAX {
        return Err(MlsError::TooLarge("group"));
    }
    Ok(readers)
}

impl Invitation {
    /// Parses a welcome.
    ///
    /// # Errors
    /// [`MlsError::Malformed`], [`MlsError::TooLarge`].
    pub fn parse(bytes: &[u8]) -> Result<Self, MlsError> {
        if bytes.len() > SEALED_BYTES_MAX {
            return Err(MlsError::TooLarge("welcome"));
        }
        let message = MlsMessageIn::tls_deserialize_exact(bytes).map_err(|_| MlsError::Malformed("welcome"))?;
        match message.extract() {
            MlsMessageBodyIn::Welcome(welcome) => Ok(Self(welcome)),
            _ => Err(MlsError::Malformed("welcome")),
        }
    }

    /// Decrypts it and checks the group's tree and signatures. Uses up the key package, unless it is of last resort.
    ///
    /// # Errors
    /// [`MlsError::NoKeyPackage`]: it is not for this device, or for a package that is gone: ask to be added again.
    /// [`MlsError::AlreadyMember`]; [`MlsError::NotAuthentic`]; [`MlsError::NotAttested`]; [`MlsError::UnknownSuite`].
    pub fn open(self, cx: &mut Cx<'_, '_>, retention: Retention) -> Result<Opening, MlsError> {
        let config = retention.join_config();
        let staged = cx.with(|provider| {
            // The clocks that leaves were made by are not ours to judge: see `group::lifetime`.
            StagedWelcome::build_from_welcome(provider, &config, self.0)?
                .skip_lifetime_validation()
                .replace_old_group()
                .build()
        })?;
        let context = staged.group_context();
        let id = GroupId::of_library(context.group_id())?;
        let suite = Suite::of_library(context.ciphersuite())?;
        // One that we were removed from may be entered again; one that we are in is not replaced.
        if let Some(group) = Group::load(cx, &id)?
            && group.is_member()
        {
            return Err(MlsError::AlreadyMember);
        }
        let predecessor = Predecessor::of(context.extensions())?;
        let readers = verified(staged.members())?;
        Ok(Opening { staged: Box::new(staged), id, suite, readers, predecessor })
    }
}

impl Opening {
    /// Which group.
    pub fn group_id(&self) -> &GroupId {
        &self.id
    }

    /// Its suite.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Who can read there, this device too.
    pub fn readers(&self) -> &[Reader] {
        &self.readers
    }

    /// The group that it continues, by its maker's word; checked against ours in [`Opening::verify`].
    pub fn predecessor(&self) -> Option<&Predecessor> {
        self.predecessor.as_ref()
    }

    /// Checks everyone there, and that a group which claims to continue one of ours does.
    ///
    /// # Errors
    /// [`MlsError::NotAllowed`] when somebody is not known; [`MlsError::WrongPredecessor`].
    pub fn verify(self, cx: &mut Cx<'_, '_>, policy: &dyn Policy) -> Result<Admitted, MlsError> {
        if !self.readers.iter().all(|reader| policy.knows(&reader.device)) {
            return Err(MlsError::NotAllowed);
        }
        if let Some(predecessor) = &self.predecessor
            && let Some(ours) = Group::load(cx, &predecessor.group)?
        {
            predecessor.check(&ours)?;
        }
        Ok(Admitted(self))
    }
}

impl Admitted {
    /// Enters the group.
    ///
    /// # Errors
    /// [`MlsError::Store`].
    pub fn join(self, cx: &mut Cx<'_, '_>) -> Result<Group, MlsError> {
        let Opening { staged, predecessor, id, .. } = self.0;
        // The library would take over the proposals that waited when this device was removed: its own removal again.
        if let Some(former) = Group::load(cx, &id)? {
            former.forget(cx)?;
        }
        let mls = cx.with(|provider| staged.into_group(provider))?;
        let group = Group::keep_new(cx, mls, None)?;
        if let Some(predecessor) = predecessor {
            predecessor.close(cx, &id)?;
        }
        Ok(group)
    }
}

impl Group {
    /// What a device needs to come back by itself: public parts of the group and its tree. For the server to keep with
    /// the log's newest epoch, or for a device that asks.
    ///
    /// # Errors
    /// [`MlsError::Evicted`].
    pub fn info(&self, cx: &mut Cx<'_, '_>, me: &Me) -> Result<Vec<u8>, MlsError> {
        if !self.is_member() {
            return Err(MlsError::Evicted);
        }
        let info = cx.with(|provider| {
            self.mls
                .export_group_info(provider.crypto(), me, true)
                .map_err(|error| MlsError::Library(error.to_string()))
        })?;
        info.to_bytes().map_err(|error| MlsError::Library(error.to_string()))
    }

    /// Comes back into a group by an own commit: after a restored backup, a fork, a welcome that was lost with its key
    /// package. The device's old leaf goes; what was sent since is not read by this: it comes from another own device or
    /// the backup.
    ///
    /// # Errors
    /// [`MlsError::AlreadyMember`] while the old state is here: [`Group::forget`] it first. [`MlsError::NotAllowed`],
    /// [`MlsError::NotAttested`], [`MlsError::NotAuthentic`], [`MlsError::Malformed`].
    pub fn rejoin(
        cx: &mut Cx<'_, '_>,
        me: &Me,
        info: &[u8],
        retention: Retention,
        policy: &dyn Policy,
    ) -> Result<Rejoined, MlsError> {
        if info.len() > SEALED_BYTES_MAX {
            return Err(MlsError::TooLarge("group info"));
        }
        let message = MlsMessageIn::tls_deserialize_exact(info).map_err(|_| MlsError::Malformed("group info"))?;
        let MlsMessageBodyIn::GroupInfo(info) = message.extract() else {
            return Err(MlsError::Malformed("group info"));
        };
        let id = GroupId::of_library(info.group_id())?;
        Suite::of_library(info.ciphersuite())?;
        if Row::load(cx, &id)?.is_some() {
            return Err(MlsError::AlreadyMember);
        }
        let epoch = info.epoch().as_u64();
        let leaf = LeafNodeParameters::builder().with_capabilities(capabilities()).build();
        let (mls, bundle) = cx.with(|provider| -> Result<_, MlsError> {
            let library = |error: &dyn std::fmt::Display| MlsError::NotAuthentic(error.to_string());
            MlsGroup::external_commit_builder()
                .with_config(retention.join_config())
                .skip_lifetime_validation()
                .build_group(provider, info, me.credential())
                .map_err(|error| library(&error))?
                .leaf_node_parameters(leaf)
                .load_psks(provider.storage())?
                .build(provider.rand(), provider.crypto(), me, |_| true)?
                .finalize(provider)
                .map_err(|error| library(&error))
        })?;
        let commit = bundle.into_commit().to_bytes().map_err(|error| MlsError::Library(error.to_string()))?;
        if !verified(mls.members())?.iter().all(|reader| policy.knows(&reader.device)) {
            return Err(MlsError::NotAllowed);
        }
        let group = Self::keep_new(cx, mls, Some(sha256(&commit)))?;
        Ok(Rejoined { group, epoch, commit })
    }
}
