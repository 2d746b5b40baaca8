//! Every component in every state, at `#gallery` of the page: for screenshots, axe and designers. Not linked from the app.
//!
//! `#gallery/PAGE?theme=dark&lang=ru&contrast=more&text=18&layout=bubbles`; pages: `primitives` (also without a name), `timeline`,
//! `timeline-100k`, `composer`, `states`.

mod controls;
mod desk;
mod fixtures;
mod pieces;
mod timelines;

use leptos::prelude::*;

use crate::i18n::{Language, set_language};

/// What is asked for behind `#gallery`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Address {
    page: String,
    options: Vec<(String, String)>,
}

/// The gallery, when the page's address asks for it.
pub fn asked_for() -> bool {
    address().is_some()
}

/// The page that the address names.
#[component]
pub fn Gallery() -> impl IntoView {
    let address = address().unwrap_or(Address { page: String::new(), options: Vec::new() });
    dress(&address);
    match address.page.as_str() {
        "timeline" => view! { <timelines::Sample /> }.into_any(),
        "timeline-100k" => view! { <timelines::Long /> }.into_any(),
        "states" => view! { <timelines::States /> }.into_any(),
        "composer" => view! { <desk::Composers /> }.into_any(),
        _ => view! {
            <main class="gallery">
                <controls::Controls />
                <pieces::Pieces />
            </main>
        }
        .into_any(),
    }
}

fn address() -> Option<Address> {
    parse(&window().location().hash().ok()?)
}

fn parse(hash: &str) -> Option<Address> {
    let rest = hash.strip_prefix("#gallery")?;
    let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
    let option = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let options = options.split('&').filter_map(option).collect();
    Some(Address { page: path.trim_start_matches('/').to_owned(), options })
}

fn dress(address: &Address) {
    let option = |name: &str| address.options.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    let language = Language::from_tag(option("lang").unwrap_or("en"));
    set_language(language);
    let Some(html) = document().document_element() else { return };
    let attributes = [
        ("lang", Some(language.tag())),
        ("data-theme", option("theme")),
        ("data-contrast", option("contrast")),
        ("data-text-px", option("text")),
        ("data-layout", option("layout")),
    ];
    for (name, value) in attributes {
        if let Some(value) = value {
            // Fails only for names that are no attribute names.
            _ = html.set_attribute(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_page_and_options() {
        let address = parse("#gallery/timeline?theme=dark&lang=ru");
        let options = vec![("theme".to_owned(), "dark".to_owned()), ("lang".to_owned(), "ru".to_owned())];
        assert_eq!(address, Some(Address { page: "timeline".to_owned(), options }));
        assert_eq!(parse("#gallery").map(|address| address.page), Some(String::new()));
        assert_eq!(parse("#join=x"), None);
    }
}
