//! Does what a step asked for, after its commit.

use engine::Output;
use protocol::frame::{Invitation, Reply};
use protocol::{InvitationLink, ServerFrame};
use view::{CommandReply, Failure, Stage, Update, update::ReplyBody};

use super::{Core, Platform, State, route};
use crate::config::Endpoint;

/// Outputs after which frames that are already queued belong to a connection that is no more.
pub(super) fn ends_group(output: &Output) -> bool {
    matches!(output, Output::Connect { .. } | Output::Disconnect | Output::Erase | Output::SessionEnded)
}

impl<P: Platform> Core<P> {
    pub(super) fn release(&mut self, outputs: Vec<Output>) {
        let mut updates = Vec::new();
        for output in outputs {
            match output {
                Output::Update(update) => updates.push(*update),
                Output::Send(frame) => self.platform.send(&frame),
                Output::SetTimer(timer, ms) => {
                    self.timers.insert(timer, self.platform.monotonic_ms() + u64::from(ms));
                }
                Output::ClearTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Output::Connect { endpoint } => self.connect(&endpoint),
                Output::Disconnect => {
                    self.platform.disconnect();
                    self.conn += 1;
                }
                Output::Erase => {
                    self.show_all(std::mem::take(&mut updates));
                    self.erase();
                    self.welcome_unless_entered();
                }
                Output::SessionEnded => {
                    self.show_all(std::mem::take(&mut updates));
                    self.session_ended = true;
                    self.welcome_unless_entered();
                }
                Output::Transfer(job) => self.transfer(*job),
                Output::StopTransfer { file_id, way, forget } => {
                    let access = self.access();
                    self.platform.stop_transfer(access, file_id, way, forget);
                }
                Output::Look { url } => self.platform.look(url),
                Output::Invitation { command, invitation } => updates.push(self.invitation(command, &invitation)),
            }
        }
        self.show_all(updates);
    }

    fn transfer(&mut self, job: engine::Job) {
        if let Some(access) = self.access() {
            return self.platform.transfer(access, job);
        }
        let progress = engine::Progress::Ended(Err(Failure::Unreachable));
        self.push(engine::Input::Transfer { file_id: job.file.id, way: job.way, progress });
    }

    fn connect(&mut self, endpoint: &str) {
        self.conn += 1;
        match serde_json::from_str::<Endpoint>(endpoint) {
            Ok(endpoint) => match route::current(&endpoint, self.setup.here.as_ref()) {
                Some(endpoint) => self.platform.connect(self.conn, endpoint),
                None => self.push_on(self.conn, engine::Input::Disconnected { reason: Some(Failure::Unreachable) }),
            },
            Err(error) => {
                tracing::error!(%error, "the account's endpoint is unreadable");
                self.push_on(self.conn, engine::Input::Disconnected { reason: Some(Failure::BadAddress) });
            }
        }
    }

    /// Fills in what only the driver knows, and drops answers to commands that it gave itself.
    pub(super) fn show_all(&mut self, mut updates: Vec<Update>) {
        updates.retain(|u| !matches!(u, Update::Reply { id: 0, .. }));
        for update in &mut updates {
            match update {
                Update::Stage { stage: Stage::Ready { me } } => {
                    me.hosting = self.setup.can_host && self.setup.here.is_some() && self.account_is_here();
                    self.ready = Some(me.clone());
                }
                Update::Preferences { preferences } => self.preferences = Some(preferences.clone()),
                _ => {}
            }
        }
        if !updates.is_empty() {
            self.platform.updates(updates);
        }
    }

    /// What the server on the line says of its own key, for invitations made where no certificate can be seen.
    pub(super) fn note_pin(&mut self, frame: &ServerFrame) {
        if let ServerFrame::Reply { reply: Reply::Welcome(welcome), .. } = frame {
            self.told_pin = welcome.pin.as_deref().and_then(crypto::Pin::parse);
        }
    }

    fn invitation(&self, command: u32, invitation: &Invitation) -> Update {
        let reply = match self.links(invitation) {
            Some((link, web)) => {
                let Invitation { expires_at, uses_max, approval, .. } = *invitation;
                CommandReply::Ok { body: ReplyBody::Invitation { link, web, expires_at, uses_max, approval } }
            }
            None => CommandReply::Failed { failure: Failure::Internal },
        };
        Update::Reply { id: command, reply }
    }

    fn links(&self, invitation: &Invitation) -> Option<(String, String)> {
        let State::Open { engine, .. } = &self.state else { return None };
        let account = engine.account()?;
        let endpoint = serde_json::from_str::<Endpoint>(&account.endpoint).ok()?;
        let endpoint = route::shared(&endpoint, self.setup.here.as_ref())?;
        // The key that this connection was checked against, or else the one that the server names: a browser sees none.
        let pin = endpoint.pin.as_deref().and_then(crypto::Pin::parse).or(self.told_pin.filter(|_| endpoint.tls));
        let secret = crypto::Secret::parse(&invitation.secret)?;
        let first = endpoint.addresses.first()?.clone();
        let scheme = if endpoint.tls { "https" } else { "http" };
        let web = format!("{scheme}://{first}/#join={}", secret.reveal());
        let link = InvitationLink {
            addresses: endpoint.addresses,
            pin: pin.map(|pin| pin.0),
            secret: Some(*secret.bytes()),
            name: account.team.clone(),
        };
        Some((link.to_string(), web))
    }
}
