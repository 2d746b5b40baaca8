//! The links of a chat, with the words that they were given.

use leptos::prelude::*;
use view::SharedRow;

use super::shared::{Feed, FeedView, Origin};
use crate::features::markdown::links_of;
use crate::i18n::key;
use crate::primitives::IconName;

/// The list.
#[component]
pub fn LinksTab(
    /// What is known.
    feed: Feed,
) -> impl IntoView {
    view! {
        <FeedView feed=feed icon=IconName::Link none=key("info-links-none") help=key("info-links-help") month=month />
    }
}

fn month(rows: Vec<SharedRow>) -> impl IntoView {
    let links = rows.into_iter().flat_map(|row| links_of(&row.text).into_iter().map(move |link| (row.clone(), link)));
    let links = links.map(|(row, (href, words))| {
        let address = href.clone();
        let title = if words == href { site(&href).to_owned() } else { words };
        view! {
            <li class="shared__link">
                <a class="shared__address" href=address target="_blank" rel="noopener noreferrer nofollow">
                    <strong class="shared__site">{title}</strong>
                    <span class="shared__href">{href}</span>
                </a>
                <Origin row=row />
            </li>
        }
    });
    view! { <ul class="shared__rows">{links.collect_view()}</ul> }
}

/// Whose address it is: `example.org` of `https://www.example.org/a?b`.
fn site(href: &str) -> &str {
    let rest = href.split_once("://").map_or(href, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::site;

    #[test]
    fn a_site_is_named_without_what_stands_around_it() {
        assert_eq!(site("https://www.example.org/a?b#c"), "example.org");
        assert_eq!(site("http://safe.example@evil.example/"), "evil.example");
        assert_eq!(site("mailto:anna@example.org"), "example.org");
    }
}
