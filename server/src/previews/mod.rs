//! Makes previews of links: takes what `domain::previews` noted, fetches what stands behind, and lets the message's row have it.
//!
//! What is to be done is in the database, so a restart loses none; what was seen is remembered by its address for a while.

use std::sync::{Arc, Weak};
use std::time::Duration;

use ::previews::{Fetcher, NoPreview, Seen, picture_kind};
use futures_util::StreamExt as _;
use protocol::{FileInfo, LinkPreview};
use tokio::sync::Notify;

use crate::domain::previews::{self as rows, Job};
use crate::domain::{Failure, SERVER};
use crate::files;
use crate::state::{App, Inner};
use crate::tls::trusting_system;

pub use ::previews::{PreviewsConfig, Reach, Resolve, Resolving, SystemResolver, is_public};

/// Links that one look takes.
const JOBS_AT_ONCE: u32 = 16;
/// Links that are fetched side by side.
const FETCHES_AT_ONCE: usize = 4;
/// Longest sleep: what another server of the same database noted before its end is found after this time.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// After the database failed.
const AGAIN: Duration = Duration::from_secs(5);

/// Runs until the server is gone. Holds it only while it asks its database, so that a slow site delays no stop.
pub(crate) async fn keep_previews(app: Weak<Inner>, wake: Arc<Notify>, config: PreviewsConfig) {
    let fetcher = config.fetcher(trusting_system);
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
    let kind = picture_kind(&bytes)?;
    let name = format!("preview.{}", kind.rsplit('/').next().unwrap_or("bin"));
    match files::keep(app, &name, bytes).await {
        Ok(file) => Some(file),
        Err(error) => {
            tracing::warn!(%error, "the picture of a preview could not be kept");
            None
        }
    }
}
