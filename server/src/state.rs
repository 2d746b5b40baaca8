//! What every connection of a running server shares.

use std::sync::{Arc, Weak};
use std::time::Duration;

use protocol::frame::Event;
use protocol::{Row, Timestamp, UserId};
use tokio::sync::{Notify, oneshot};

use crate::auth::Auth;
use crate::domain::{Cx, Failure, Outcome, SERVER, founding, marks, once, previews as link_rows};
use crate::files::{self, Files, FilesConfig};
use crate::hub::{Hub, Later};
use crate::indexing::{self, Unindexed};
use crate::previews::{self, PreviewsConfig};
use crate::{schema, store, timekeeper};

/// Small marks wait this long, so that many share a transaction.
const MARKS_EVERY: Duration = Duration::from_millis(150);
/// How many of them share one.
const MARKS_AT_ONCE: usize = 500;
/// Old first replies are forgotten this often.
const PURGE_EVERY: Duration = Duration::from_secs(3_600);

/// Tells the time; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Who this server is, for its whole life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerIdentity {
    /// UUID.
    pub server_id: String,
    /// UUID; changes at every restore from a backup.
    pub incarnation: String,
    /// What people call it.
    pub name: String,
}

/// What an operator can set.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What people call the server; kept from the first start when empty.
    pub name: String,
    /// Registering needs an invitation (the very first account does not).
    pub invitation_required: bool,
    /// The pin that invitations carry, base64url; `None` without a certificate of our own.
    pub pin: Option<String>,
    /// Where files are kept, and how much room there is.
    pub files: FilesConfig,
    /// Whether and how links are previewed; not at all by default.
    pub previews: PreviewsConfig,
}

/// The shared state; cheap to clone.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

/// Behind [`App`].
pub struct Inner {
    /// The database.
    pub db: sql::Db,
    /// Live connections.
    pub hub: Hub,
    /// Who this server is.
    pub identity: ServerIdentity,
    /// The time.
    pub clock: Clock,
    /// Accounts' doors.
    pub auth: Auth,
    /// What the operator set.
    pub settings: Settings,
    /// The bytes of files.
    pub files: Files,
    /// Something may be due earlier than was known.
    pub(crate) due: Arc<Notify>,
    /// There may be links to look at.
    pub(crate) links: Arc<Notify>,
    /// Chats with posts that are not in the index of words yet.
    pub(crate) unindexed: Arc<Unindexed>,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.hub.later().wake();
        self.due.notify_one();
        self.links.notify_one();
        self.unindexed.wake();
    }
}

impl App {
    /// Brings the schema up to date, reads or makes the server's identity and `general`, starts the hub.
    /// Call it inside a tokio runtime.
    ///
    /// # Errors
    /// [`sql::Error`]; [`Failure::Refused`] when the name in the settings is no name.
    pub async fn open(db: sql::Db, auth: Auth, settings: Settings, clock: Clock) -> Result<Self, Failure> {
        db.write(|tx| sql::migrate(tx, &schema::steps())).await?;
        let (now, name) = (clock(), settings.name.clone());
        let identity = db
            .write(move |tx| {
                let (mut rng, mut events) = (rand::rng(), Vec::new());
                founding::found(&mut Cx { tx, now, rng: &mut rng, actor: SERVER, events: &mut events }, &name)
            })
            .await?;
        let hub = Hub::start(clock.clone());
        let files = Files::new(settings.files.clone());
        let due = Arc::new(Notify::new());
        let (links, previews) = (Arc::new(Notify::new()), settings.previews.clone());
        let unindexed = Arc::new(Unindexed::default());
        let inner = Inner {
            db,
            hub,
            identity,
            clock,
            auth,
            settings,
            files,
            due: due.clone(),
            links: links.clone(),
            unindexed: Arc::clone(&unindexed),
        };
        let app = Self(Arc::new(inner));
        tokio::spawn(timekeeper::keep_time(Arc::downgrade(&app.0), due));
        tokio::spawn(previews::keep_previews(Arc::downgrade(&app.0), links, previews));
        indexing::note_left_behind(&app).await?;
        tokio::spawn(indexing::keep_indexed(Arc::downgrade(&app.0), unindexed));
        tokio::spawn(indexing::index_older(Arc::downgrade(&app.0)));
        tokio::spawn(keep_house(Arc::downgrade(&app.0), app.hub.later().clone()));
        Ok(app)
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Runs a domain function in a transaction for `actor`, returns when it is on disk and its events stand in the queues
    /// of the connections that hear them. Events leave in commit order, also when nobody waits for the result any more.
    ///
    /// # Errors
    /// What `work` returns; nothing has changed then.
    pub async fn write<T: Send + 'static>(
        &self,
        actor: UserId,
        work: impl FnOnce(&mut Cx<'_, '_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let clock = self.clock.clone();
        let run = move |tx: &mut sql::Tx<'_>| outcome(tx, &clock, actor, work);
        self.submit(sql::Once::new(run)).await
    }

    /// As [`App::write`], for what happens often: `work` may be run a second time, after its changes were undone, which
    /// spares it a savepoint.
    ///
    /// # Errors
    /// As [`App::write`].
    pub async fn write_often<T: Send + 'static>(
        &self,
        actor: UserId,
        mut work: impl FnMut(&mut Cx<'_, '_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let clock = self.clock.clone();
        let run = move |tx: &mut sql::Tx<'_>| outcome(tx, &clock, actor, &mut work);
        self.submit(sql::Again(run)).await
    }

    async fn submit<T: Send + 'static>(&self, work: impl sql::Work<Outcome<T>, Failure>) -> Result<T, Failure> {
        // Nothing is awaited before the work is handed over: a request's place in the order is that of its first poll.
        let (tell, told) = oneshot::channel();
        let (hub, due, unindexed) = (self.hub.clone(), self.due.clone(), Arc::clone(&self.unindexed));
        // Whoever waits may have gone: the work is done all the same.
        self.db.write_to(work, move |done: Result<Outcome<T>, Failure>| match done {
            Ok(Outcome { reply, events }) => {
                if events.iter().any(goes_by_itself) {
                    due.notify_one();
                }
                unindexed.note(&events);
                hub.publish_then(events, move || drop(tell.send(Ok(reply))));
            }
            Err(failure) => drop(tell.send(Err(failure))),
        });
        let lost = || sql::Error::Unavailable("the server ended while a write was under way".to_owned());
        told.await.unwrap_or_else(|_| Err(lost().into()))
    }

    /// Runs a reading domain function on a snapshot for `actor`.
    ///
    /// # Errors
    /// What `work` returns.
    pub async fn read<T: Send + 'static>(
        &self,
        actor: UserId,
        work: impl FnOnce(&mut Cx<'_, '_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let clock = self.clock.clone();
        let run = move |tx: &mut sql::Tx<'_>| {
            let (mut rng, mut events) = (rand::rng(), Vec::new());
            work(&mut Cx { tx, now: clock(), rng: &mut rng, actor, events: &mut events })
        };
        self.db.read(run).await
    }

    /// Writes the small marks that wait (delivered, last seen): before a stop, and every now and then.
    ///
    /// # Errors
    /// See [`sql::Error`]; the marks of the part that failed are lost, clients say them again.
    pub async fn flush(&self) -> Result<(), Failure> {
        let marks = self.hub.later().take();
        let delivered: Vec<_> = marks.delivered.into_iter().map(|((chat, user), seq)| (chat, user, seq)).collect();
        for part in delivered.chunks(MARKS_AT_ONCE) {
            let part = part.to_vec();
            self.write_often(SERVER, move |cx| marks::delivered(cx, &part)).await?;
        }
        let seen: Vec<_> = marks.seen.into_iter().collect();
        for part in seen.chunks(MARKS_AT_ONCE) {
            let part = part.to_vec();
            let all = move |cx: &mut Cx<'_, '_>| {
                for (user, at) in part {
                    store::users::set_last_seen(cx.tx, user, at)?;
                }
                Ok(())
            };
            self.write(SERVER, all).await?;
        }
        Ok(())
    }
}

/// Something is due when this has happened: a message that stays for a while only, a status that ends.
fn goes_by_itself(event: &Event) -> bool {
    match event {
        Event::NewMessage { message, .. } => message.expires_at.is_some(),
        Event::RowChanged { row: Row::User(user), .. } => user.status_until.is_some(),
        _ => false,
    }
}

fn outcome<T>(
    tx: &mut sql::Tx<'_>,
    clock: &Clock,
    actor: UserId,
    work: impl FnOnce(&mut Cx<'_, '_>) -> Result<T, Failure>,
) -> Result<Outcome<T>, Failure> {
    let (mut rng, mut events) = (rand::rng(), Vec::new());
    let reply = work(&mut Cx { tx, now: clock(), rng: &mut rng, actor, events: &mut events })?;
    Ok(Outcome { reply, events })
}

/// Writes small marks in bunches and forgets old first replies, until the server is gone.
async fn keep_house(app: Weak<Inner>, later: Arc<Later>) {
    let mut purge = tokio::time::interval(PURGE_EVERY);
    loop {
        let purging = tokio::select! {
            () = later.some() => {
                tokio::time::sleep(MARKS_EVERY).await;
                false
            }
            _ = purge.tick() => true,
        };
        let Some(app) = app.upgrade().map(App) else { return };
        let kept = if purging { purged(&app).await } else { app.flush().await };
        if let Err(error) = kept {
            tracing::warn!(%error, "housekeeping failed; it is tried again");
        }
    }
}

async fn purged(app: &App) -> Result<(), Failure> {
    app.write(SERVER, once::purge).await?;
    app.write(SERVER, link_rows::purge).await?;
    files::collect_garbage(app).await?;
    files::sweep(app).await.map(drop)
}
