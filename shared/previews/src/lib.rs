//! Looks behind a link on behalf of a person who only wrote it: title, words, picture. Calls public addresses and no others, takes
//! bounded answers, and knows neither chats nor where the preview goes: servers use it for messages that they can read, desktop
//! clients for those that their servers cannot.

mod fetch;
mod kind;
mod page;
#[cfg(feature = "pictures")]
mod picture;
mod reach;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use fetch::{Fetcher, NoPreview, Resolve, Resolving, Seen, SystemResolver, Trust};
pub use kind::picture_kind;
#[cfg(feature = "pictures")]
pub use picture::small_picture;
pub use reach::{Reach, is_public};

/// What can be set about looking behind links.
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
    /// For a page with all its redirects, and once more for its picture.
    pub deadline: Duration,
}

impl PreviewsConfig {
    /// On: the usual ports of the public Internet, with patience.
    pub fn usual() -> Self {
        let deadline = Duration::from_secs(10);
        Self { on: true, ports: vec![80, 443], resolver: Arc::new(SystemResolver), reach: Reach::Public, deadline }
    }

    /// As [`Self::usual`], for a message that waits for it.
    pub fn hasty() -> Self {
        Self { deadline: Duration::from_millis(1_400), ..Self::usual() }
    }

    /// What looks like this; `None` where links are not previewed. `trust` says which certificates are believed.
    pub fn fetcher(&self, trust: Trust) -> Option<Fetcher> {
        let Self { on, ports, resolver, reach, deadline } = self.clone();
        on.then_some(Fetcher { ports, resolver, reach, deadline, trust })
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
        let Self { on, ports, reach, deadline, resolver: _ } = self;
        let mut shown = f.debug_struct("PreviewsConfig");
        shown.field("on", on).field("ports", ports).field("reach", reach).field("deadline", deadline).finish()
    }
}

#[cfg(test)]
mod tests;
