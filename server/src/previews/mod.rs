//! Makes previews of links: takes what `domain::previews` noted, fetches what stands behind, and lets the message's row have it.
//!
//! What is to be done is in the database, so a restart loses none; what was seen is remembered by its address for a while.

mod fetch;
mod page;
mod reach;

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::StreamExt as _;
use protocol::{FileInfo, LinkPreview};
use tokio::sync::Notify;

use crate::domain::previews::{self as rows, Job};
use crate::domain::{Failure, SERVER};
use crate::files;
use crate::state::{App, Inner};
use fetch::{Fetcher, NoPreview, Seen};

pub use fetch::{Resolve, Resolving, SystemResolver};
pub use reach::{Reach, is_public};

/// Links that one look takes.
const JOBS_AT_ONCE: u32 = 16;
/// Links that are fetched side by side.
const FETCHES_AT_ONCE: usize = 4;
/// Longest sleep: what another server of the same database noted before its end is found after this time.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// After the database failed.
const AGAIN: Duration = Duration::from_secs(5);

/// What an operator can set about previews.
#[derive(Clone)]
pub struct PreviewsConfig {
    /// Links are previewed at all.
    pub on: bool,
    /// Ports that are called; 80 and 443 unless said.
    pub ports: Vec<u16>,
    /// From names to addresses.
    pub resolver: Arc<dyn Resolve>,
    /// Which addresses may be called.
    pub reach: Reach,
}

impl PreviewsConfig {
    /// On: the usual ports of the public Internet.
    pub fn usual() -> Self {
        Self { on: true, ports: vec![80, 443], resolver: Arc::new(SystemResolver), reach: Reach::Public }
    }
}

impl Default for PreviewsConfig {
    /// Off: nothing is fetched.
    fn default() -> Self {
        Self { on: false, ..Self::usual() }
    }
}

impl fmt::Debug for PreviewsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { on, ports, reach, resolver: _ } = self;
        f.debug_struct("PreviewsConfig").field("on", on).field("ports", ports).field("reach", reach).finish()
    }
}

/// Runs until the server is gone. Holds it only while it asks its database, so that a slow site delays no stop.
pub(crate) async fn keep_previews(app: Weak<Inner>, wake: Arc<Notify>, config: PreviewsConfig) {
    let PreviewsConfig { on, ports, resolver, reach } = config;
    let fetcher = on.then(|| Fetcher { ports, resolver, reach, deadline: fetch::DEADLINE });
    loop {
        let pause = match make_all(&app, fetcher.as_ref()).await {
            Ok(()) => LOOK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "previews of links could not be made; it is tried again");
                AGAIN
            }
        };
        if app.strong_count() == 0 {
            return;
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Makes all that are wanted. Without a fetcher there are none to be made.
async fn make_all(app: &Weak<Inner>, fetcher: Option<&Fetcher>) -> Result<(), Failure> {
    loop {
        let Some(jobs) = app.upgrade().map(App) else { return Ok(()) };
        let jobs = jobs.read(SERVER, |cx| rows::wanted(cx, JOBS_AT_ONCE)).await?;
        if jobs.is_empty() {
            return Ok(());
        }
        let each = |job| make(app, fetcher, job);
        let done: Vec<_> = futures_util::stream::iter(jobs).map(each).buffer_unordered(FETCHES_AT_ONCE).collect().await;
        done.into_iter().collect::<Result<(), Failure>>()?;
    }
}

async fn make(app: &Weak<Inner>, fetcher: Option<&Fetcher>, job: Job) -> Result<(), Failure> {
    let upgrade = || app.upgrade().map(App);
    let Some(fetcher) = fetcher else {
        let Some(app) = upgrade() else { return Ok(()) };
        return app.write(SERVER, move |cx| rows::forget(cx, &job)).await;
    };
    let known = {
        let Some(app) = upgrade() else { return Ok(()) };
        let url = job.url.clone();
        app.read(SERVER, move |cx| rows::known(cx, &url)).await?
    };
    let preview = match known {
        Some(known) => known,
        None => {
            let seen = fetcher.look(&job.url).await;
            let Some(app) = upgrade() else { return Ok(()) };
            let preview = kept(&app, &job, seen).await;
            let (url, remembered) = (job.url.clone(), preview.clone());
            app.write(SERVER, move |cx| rows::remember(cx, &url, remembered.as_ref())).await?;
            preview
        }
    };
    let Some(app) = upgrade() else { return Ok(()) };
    let settled = {
        let job = job.clone();
        app.write(SERVER, move |cx| rows::settle(cx, &job, preview)).await
    };
    match settled {
        // The message changed or went while this was under way.
        Err(Failure::Refused(_)) => app.write(SERVER, move |cx| rows::forget(cx, &job)).await,
        other => other,
    }
}

/// What was seen, with its picture as a file.
async fn kept(app: &App, job: &Job, seen: Result<Seen, NoPreview>) -> Option<LinkPreview> {
    let seen = match seen {
        Ok(seen) => seen,
        Err(why) => {
            tracing::debug!(message = %job.message_id, %why, "a link has no preview");
            return None;
        }
    };
    let image = match seen.image {
        Some(bytes) => picture(app, bytes).await,
        None => None,
    };
    let Seen { title, description, site_name, .. } = seen;
    Some(LinkPreview { url: job.url.clone(), title, description, site_name, image })
}

async fn picture(app: &App, bytes: bytes::Bytes) -> Option<FileInfo> {
    let kind = files::picture_kind(&bytes)?;
    let name = format!("preview.{}", kind.rsplit('/').next().unwrap_or("bin"));
    match files::keep(app, &name, bytes).await {
        Ok(file) => Some(file),
        Err(error) => {
            tracing::warn!(%error, "the picture of a preview could not be kept");
            None
        }
    }
}

#[cfg(test)]
mod tests;
