//! Looks behind links that are to be sealed, on behalf of their writer. Under the rules of a server: public addresses alone, also on
//! this device's own network.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use engine::SeenLink;
use previews::{Fetcher, PreviewsConfig, Seen, small_picture};
use rustls::ClientConfig;

use super::tls;

/// What looking takes beside the waiting for a site.
const WORK: Duration = Duration::from_millis(200);

/// A message waits so long, in milliseconds: for a page, its picture, and until that is small.
pub(super) fn wait_ms(config: &PreviewsConfig) -> u32 {
    u32::try_from((config.deadline * 2 + WORK).as_millis()).unwrap_or(u32::MAX)
}

/// What looks like this.
pub(super) fn fetcher(config: &PreviewsConfig) -> Option<Fetcher> {
    config.fetcher(trusting_system)
}

/// What stands behind a link, small enough to travel inside of a message.
pub(super) async fn behind(fetcher: &Fetcher, url: &str) -> Option<Box<SeenLink>> {
    let seen = match fetcher.look(url).await {
        Ok(seen) => seen,
        Err(why) => {
            tracing::debug!(%why, "a link has no preview");
            return None;
        }
    };
    let Seen { title, description, site_name, image } = seen;
    let picture = match image {
        // A thread of its own: unfolding a large one takes a while.
        Some(image) => tokio::task::spawn_blocking(move || small_picture(&image)).await.ok().flatten(),
        None => None,
    };
    Some(Box::new(SeenLink { title, description, site_name, picture }))
}

fn trusting_system() -> Option<Arc<ClientConfig>> {
    static CONFIG: OnceLock<Option<Arc<ClientConfig>>> = OnceLock::new();
    CONFIG.get_or_init(|| tls::client_config(None).ok().map(|(config, _)| config)).clone()
}
