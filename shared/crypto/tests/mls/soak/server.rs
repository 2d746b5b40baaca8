//! The server of the soak: a log, one commit for each epoch, welcomes beside it. It reads nothing but what it is told.

use std::collections::BTreeSet;

use crypto::mls::{Kind, Retention, Sealed};

/// What a device sends.
#[derive(Clone)]
pub struct Packet {
    pub local_id: u64,
    pub bytes: Vec<u8>,
    pub welcome: Option<Vec<u8>>,
    /// What the commit does, told beside it: devices by number.
    pub added: Vec<usize>,
    pub removed: Vec<usize>,
}

/// A row of the log.
pub struct Row {
    pub bytes: Vec<u8>,
    pub kind: Kind,
    pub epoch: u64,
    pub sender: Option<usize>,
    pub local_id: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Accepted,
    /// A commit of an epoch that is over, or a message that is too old to be read by everyone.
    Stale,
    /// The sender is not in the group.
    Stranger,
}

#[derive(Default)]
pub struct Server {
    pub log: Vec<Row>,
    pub epoch: u64,
    pub members: BTreeSet<usize>,
    /// Who was invited by the row, with what.
    pub welcomes: Vec<(usize, usize, Vec<u8>)>,
    seen: BTreeSet<u64>,
    pub races: usize,
    pub late: usize,
}

impl Server {
    /// One transaction: judge, append, move the epoch, keep the welcome.
    pub fn receive(&mut self, from: usize, packet: &Packet) -> Answer {
        if self.seen.contains(&packet.local_id) {
            return Answer::Accepted;
        }
        let sealed = Sealed::parse(&packet.bytes).unwrap();
        let (kind, epoch) = (sealed.kind(), sealed.epoch());
        if !self.members.contains(&from) {
            return Answer::Stranger;
        }
        match kind {
            Kind::Commit if epoch != self.epoch => {
                self.races += 1;
                return Answer::Stale;
            }
            Kind::Commit => {
                self.epoch += 1;
                self.members.retain(|member| !packet.removed.contains(member));
                self.members.extend(&packet.added);
                if let Some(welcome) = &packet.welcome {
                    let at = self.log.len();
                    self.welcomes.extend(packet.added.iter().map(|device| (*device, at, welcome.clone())));
                }
            }
            _ if epoch + (Retention::CHOSEN.past_epochs as u64) < self.epoch => return Answer::Stale,
            _ => self.late += usize::from(epoch < self.epoch),
        }
        self.seen.insert(packet.local_id);
        let (bytes, local_id) = (packet.bytes.clone(), packet.local_id);
        self.log.push(Row { bytes, kind, epoch, sender: Some(from), local_id });
        Answer::Accepted
    }

    /// The server's own row: a proposal.
    pub fn append_proposal(&mut self, bytes: Vec<u8>) {
        self.log.push(Row { bytes, kind: Kind::Proposal, epoch: self.epoch, sender: None, local_id: 0 });
    }
}
