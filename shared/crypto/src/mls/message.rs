//! What comes in from a group's log: [`Sealed`] → [`Opened`] → [`Verified`]. Opening moves the sender's ratchet in the
//! caller's transaction, so store the content in the same one: a ciphertext opens once.

use openmls::framing::{ContentType, ProcessedMessageContent};
use openmls::group::{QueuedProposal, StagedCommit};
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{
    LeafNodeIndex, MlsMessageBodyIn, MlsMessageIn, ProcessedMessage, Proposal, ProtocolMessage, Sender,
};
use openmls_traits::OpenMlsProvider as _;

use super::{Actor, CONTENT_BYTES_MAX, Cx, Device, Group, GroupId, Me, MlsError, Policy, SEALED_BYTES_MAX, Step};
use crate::sha256;

/// What a sealed row says it is. Not authenticated: the server could have written it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something a person sent.
    Message,
    /// A change of the group.
    Commit,
    /// A change that somebody may commit.
    Proposal,
}

/// A row of a group's log, parsed and bounded; nothing in it is to be believed yet.
pub struct Sealed {
    message: ProtocolMessage,
    hash: [u8; 32],
}

/// Decrypted, its signature checked; what our policy says is open.
pub struct Opened {
    content: OpenedContent,
}

enum OpenedContent {
    Processed(Box<ProcessedMessage>),
    OwnCommit,
    OwnMessage { epoch: u64, about: Vec<u8> },
}

/// Decrypted, authentic, and allowed.
pub enum Verified {
    /// What somebody sent.
    Message {
        /// The device that sent it.
        from: Device,
        /// What it sealed.
        content: Vec<u8>,
        /// What it sealed the content to: authentic, and seen by the server.
        about: Vec<u8>,
        /// In which epoch.
        epoch: u64,
    },
    /// Sent by this device, which kept the content when it sealed it.
    Own {
        /// What the server says it was sealed to. Own ciphertexts cannot be opened, so this is not authentic.
        about: Vec<u8>,
        /// In which epoch.
        epoch: u64,
    },
    /// A change of the group, to be applied.
    Commit(VerifiedCommit),
    /// A change that somebody may commit, to be queued.
    Proposal(VerifiedProposal),
}

/// A commit that may be applied.
pub struct VerifiedCommit {
    staged: Option<Box<StagedCommit>>,
    steps: Vec<(Actor, Step)>,
}

/// A proposal that may be queued.
pub struct VerifiedProposal {
    queued: Box<QueuedProposal>,
    by: Actor,
    step: Step,
}

/// What applying a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The epoch that began.
    pub epoch: u64,
    /// It was this device's own.
    pub own: bool,
    /// Another commit of this device waited and lost: make it anew, if it is still wanted.
    pub lost_own: bool,
    /// This device is out.
    pub evicted: bool,
    /// Who did what to the membership.
    pub steps: Vec<(Actor, Step)>,
}

impl Group {
    /// Seals content for the readers of this epoch. `about` is authenticated with it and not encrypted: the ids that the
    /// server needs, so that it cannot put the content under another.
    ///
    /// # Errors
    /// [`MlsError::CommitFirst`] while proposals wait; [`MlsError::Pending`] until an own joining was accepted;
    /// [`MlsError::Evicted`]; [`MlsError::TooLarge`].
    pub fn seal(&mut self, cx: &mut Cx<'_, '_>, me: &Me, content: &[u8], about: &[u8]) -> Result<Vec<u8>, MlsError> {
        if content.len() > CONTENT_BYTES_MAX || about.len() > CONTENT_BYTES_MAX {
            return Err(MlsError::TooLarge("message"));
        }
        if self.is_pending() && self.mls.pending_commit().is_none() {
            return Err(MlsError::Pending);
        }
        self.mls.set_aad(about.to_vec());
        let mls = &mut self.mls;
        let message = cx.with(|provider| mls.create_message(provider, me, content))?;
        message.to_bytes().map_err(|error| MlsError::Library(error.to_string()))
    }
}

impl Sealed {
    /// Parses a row of a group's log.
    ///
    /// # Errors
    /// [`MlsError::Malformed`], [`MlsError::TooLarge`].
    pub fn parse(bytes: &[u8]) -> Result<Self, MlsError> {
        let malformed = MlsError::Malformed("sealed row");
        if bytes.len() > SEALED_BYTES_MAX {
            return Err(MlsError::TooLarge("sealed row"));
        }
        let Ok(message) = MlsMessageIn::tls_deserialize_exact(bytes) else { return Err(malformed) };
        let message: ProtocolMessage = match message.extract() {
            MlsMessageBodyIn::PrivateMessage(message) => message.into(),
            MlsMessageBodyIn::PublicMessage(message) => message.into(),
            _ => return Err(malformed),
        };
        GroupId::of_library(message.group_id())?;
        Ok(Self { message, hash: sha256(bytes) })
    }

    /// Which group's, by its own word.
    ///
    /// # Errors
    /// None after [`Sealed::parse`].
    pub fn group_id(&self) -> Result<GroupId, MlsError> {
        GroupId::of_library(self.message.group_id())
    }

    /// In which epoch, by its own word. A server that refuses rows older than [`super::Retention::past_epochs`] keeps
    /// senders from writing what nobody can read any more.
    pub fn epoch(&self) -> u64 {
        self.message.epoch().as_u64()
    }

    /// What it is, by its own word.
    pub fn kind(&self) -> Kind {
        match self.message.content_type() {
            ContentType::Application => Kind::Message,
            ContentType::Commit => Kind::Commit,
            ContentType::Proposal => Kind::Proposal,
        }
    }

    /// Decrypts it and checks its signature. Rows of one log are opened in the log's order.
    ///
    /// # Errors
    /// [`MlsError::AlreadyOpened`], [`MlsError::StaleCommit`]: drop it. [`MlsError::NotYet`]: a row before it is missing.
    /// [`MlsError::KeysGone`], [`MlsError::NotAuthentic`], [`MlsError::OtherGroup`], [`MlsError::Evicted`].
    pub fn open(self, cx: &mut Cx<'_, '_>, group: &mut Group) -> Result<Opened, MlsError> {
        if self.group_id()? != group.id()? {
            return Err(MlsError::OtherGroup);
        }
        let kind = self.kind();
        if kind == Kind::Commit && group.row.pending == Some(self.hash) {
            return Ok(Opened { content: OpenedContent::OwnCommit });
        }
        if !group.is_member() {
            return Err(MlsError::Evicted);
        }
        if self.epoch() > group.epoch() {
            return Err(MlsError::NotYet);
        }
        if kind != Kind::Message && self.epoch() < group.epoch() {
            return Err(MlsError::StaleCommit);
        }
        let mls = &mut group.mls;
        let processed = cx.with(|provider| mls.process_message(provider, self.message))?;
        let content = match processed.content() {
            ProcessedMessageContent::OwnPrivateMessage if kind == Kind::Message => {
                OpenedContent::OwnMessage { epoch: processed.epoch().as_u64(), about: processed.aad().to_vec() }
            }
            // A commit of our own that we gave up, or the server says so of one that it made up.
            ProcessedMessageContent::OwnPrivateMessage => {
                return Err(MlsError::NotAuthentic("an own commit that does not wait".into()));
            }
            ProcessedMessageContent::OwnPendingCommit => OpenedContent::OwnCommit,
            _ => OpenedContent::Processed(Box::new(processed)),
        };
        Ok(Opened { content })
    }
}

impl Opened {
    /// Checks who it is from and whether what it does is allowed.
    ///
    /// # Errors
    /// [`MlsError::NotAttested`], [`MlsError::NotAllowed`], [`MlsError::NotAuthentic`]. A refused commit was accepted by
    /// the server, so the group goes on without this device: tell the person, who may leave or come back
    /// ([`Group::rejoin`]).
    pub fn verify(self, group: &Group, policy: &dyn Policy) -> Result<Verified, MlsError> {
        let processed = match self.content {
            OpenedContent::OwnCommit => {
                let staged = group.mls.pending_commit();
                let steps = staged.map_or(Ok(Vec::new()), |staged| steps(group, staged, own_leaf(group)))?;
                return Ok(Verified::Commit(VerifiedCommit { staged: None, steps }));
            }
            OpenedContent::OwnMessage { epoch, about } => return Ok(Verified::Own { about, epoch }),
            OpenedContent::Processed(processed) => processed,
        };
        let (epoch, sender, about) = (processed.epoch().as_u64(), processed.sender().clone(), processed.aad().to_vec());
        let device = Device::read(processed.credential());
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => {
                let from = device?;
                known(policy, &from)?;
                Ok(Verified::Message { from, content: message.into_bytes(), about, epoch })
            }
            ProcessedMessageContent::ProposalMessage(queued) => {
                let (by, step) = step(group, &queued, None)?;
                allowed(policy, &by, &step)?;
                Ok(Verified::Proposal(VerifiedProposal { queued, by, step }))
            }
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                let steps = steps(group, &staged, sender)?;
                for (by, step) in &steps {
                    allowed(policy, by, step)?;
                }
                Ok(Verified::Commit(VerifiedCommit { staged: Some(staged), steps }))
            }
            _ => Err(MlsError::NotAuthentic("a row of a kind that is not used here".into())),
        }
    }
}

fn own_leaf(group: &Group) -> Sender {
    Sender::Member(group.mls.own_leaf_index())
}

fn known(policy: &dyn Policy, device: &Device) -> Result<(), MlsError> {
    if policy.knows(device) { Ok(()) } else { Err(MlsError::NotAllowed) }
}

fn allowed(policy: &dyn Policy, by: &Actor, step: &Step) -> Result<(), MlsError> {
    if let Actor::Device(device) = by {
        known(policy, device)?;
    }
    if let Step::Add(device) | Step::Rejoin(device) = step {
        known(policy, device)?;
    }
    if policy.allows(by, step) { Ok(()) } else { Err(MlsError::NotAllowed) }
}

/// What a commit does to the membership, and by whom; refuses what we never do.
fn steps(group: &Group, staged: &StagedCommit, sender: Sender) -> Result<Vec<(Actor, Step)>, MlsError> {
    let committer = match (&sender, staged.update_path_leaf_node()) {
        (Sender::Member(leaf), path) => {
            let device = group.device_at(*leaf)?;
            // The key in the path's leaf was checked against its signature; it must still be the same device's.
            if let Some(node) = path
                && Device::verified(node.credential(), node.signature_key().as_slice())? != device
            {
                return Err(MlsError::NotAttested);
            }
            device
        }
        (Sender::NewMemberCommit, Some(node)) => Device::verified(node.credential(), node.signature_key().as_slice())?,
        _ => return Err(MlsError::NotAuthentic("a commit of nobody".into())),
    };
    let outside = matches!(sender, Sender::NewMemberCommit);
    let mut steps = Vec::new();
    let mut came_back = false;
    for queued in staged.queued_proposals() {
        if outside && matches!(queued.proposal(), Proposal::ExternalInit(_)) {
            continue;
        }
        let (by, step) = step(group, queued, Some(committer))?;
        match step {
            Step::Remove(gone) if outside && (gone.user, gone.id) == (committer.user, committer.id) => came_back = true,
            step => steps.push((by, step)),
        }
    }
    if outside {
        let step = if came_back { Step::Rejoin(committer) } else { Step::Add(committer) };
        steps.push((Actor::Device(committer), step));
    }
    Ok(steps)
}

/// What a proposal does, and by whom.
fn step(group: &Group, queued: &QueuedProposal, committer: Option<Device>) -> Result<(Actor, Step), MlsError> {
    let by = match queued.sender() {
        Sender::External(_) => Actor::Server,
        Sender::Member(leaf) => Actor::Device(group.device_at(*leaf)?),
        Sender::NewMemberCommit => Actor::Device(committer.ok_or(MlsError::NotAllowed)?),
        Sender::NewMemberProposal => return Err(MlsError::NotAllowed),
    };
    let step = match queued.proposal() {
        Proposal::Add(add) => {
            let leaf = add.key_package().leaf_node();
            Step::Add(Device::verified(leaf.credential(), leaf.signature_key().as_slice())?)
        }
        Proposal::Remove(remove) => Step::Remove(group.device_at(remove.removed())?),
        // We refresh by commits, and neither change the context of a group nor mix in other keys.
        _ => return Err(MlsError::NotAllowed),
    };
    Ok((by, step))
}

impl VerifiedCommit {
    /// Who does what to the membership.
    pub fn steps(&self) -> &[(Actor, Step)] {
        &self.steps
    }

    /// Moves the group into the commit's epoch. An own commit that waited is dropped, unless it is this one.
    ///
    /// # Errors
    /// [`MlsError::Store`].
    pub fn apply(self, cx: &mut Cx<'_, '_>, group: &mut Group) -> Result<Applied, MlsError> {
        let own = self.staged.is_none();
        let lost_own = !own && group.row.pending.take().is_some();
        match self.staged {
            None => group.merge_own(cx)?,
            Some(staged) => {
                let mls = &mut group.mls;
                cx.with(|provider| -> Result<(), MlsError> {
                    // First: a group that merges with a commit waiting would keep it in its rows until the next write.
                    mls.clear_pending_commit(provider.storage())?;
                    Ok(mls.merge_staged_commit(provider, *staged)?)
                })?;
                group.entered_epoch(cx, false);
                group.keep(cx)?;
            }
        }
        Ok(Applied { epoch: group.epoch(), own, lost_own, evicted: !group.is_member(), steps: self.steps })
    }
}

impl VerifiedProposal {
    /// Who asks for what.
    pub fn step(&self) -> (&Actor, &Step) {
        (&self.by, &self.step)
    }

    /// Queues it: the next commit of any member carries it out, and nothing can be sent before.
    ///
    /// # Errors
    /// [`MlsError::Store`].
    pub fn queue(self, cx: &mut Cx<'_, '_>, group: &mut Group) -> Result<(), MlsError> {
        let mls = &mut group.mls;
        cx.with(|provider| mls.store_pending_proposal(provider.storage(), *self.queued))
    }
}

/// The place of a device, for [`super::Change::remove`] by name.
impl Group {
    /// The leaf of a device; `None` when it is not in the group.
    ///
    /// # Errors
    /// See [`Group::readers`].
    pub fn leaf_of(&self, device: super::DeviceId) -> Result<Option<super::Leaf>, MlsError> {
        Ok(self.readers()?.into_iter().find(|reader| reader.device.id == device).map(|reader| reader.leaf))
    }

    /// This device's leaf.
    pub fn own_leaf(&self) -> super::Leaf {
        let own: LeafNodeIndex = self.mls.own_leaf_index();
        super::Leaf(own.u32())
    }
}
