//! What stands behind a message's link: a card with title, words and picture. Its room is there before the picture is.

use leptos::prelude::*;
use view::{FileId, LinkPreview, MessageRow};

use crate::features::attachments::blob_address;
use crate::features::markdown::is_safe_link;
use crate::features::message::MessageActions;
use crate::i18n::t;
use crate::primitives::{ControlSize, IconButton, IconName};

/// The preview under a message; nothing without one.
#[component]
pub fn LinkCard(
    /// The message.
    row: ArcRwSignal<MessageRow>,
    /// What can be done with it.
    actions: MessageActions,
) -> impl IntoView {
    let (id, own) = row.with_untracked(|row| (row.id.clone(), row.own));
    let preview = Memo::new(move |_| row.with(|row| row.preview.clone()));
    move || {
        let id = id.clone();
        let remove = move || actions.remove_preview.run((id.clone(),));
        // The server or the engine checked it; what it says is still another's.
        let shown = preview.get().filter(|preview| is_safe_link(&preview.url));
        shown.map(|preview| {
            let remove = own.then(|| {
                view! {
                    <IconButton
                        icon=IconName::Close
                        label=move || t("message-remove-preview")
                        size=ControlSize::Small
                        on_press=remove.clone()
                    />
                }
            });
            view! { <div class="link-card">{card(preview)} <span class="link-card__remove">{remove}</span></div> }
        })
    }
}

fn card(preview: LinkPreview) -> impl IntoView {
    let LinkPreview { url, title, description, site_name, image } = preview;
    view! {
        <a class="link-card__link" href=url target="_blank" rel="noopener noreferrer nofollow">
            <span class="link-card__words">
                {(!site_name.is_empty()).then(|| view! { <span class="link-card__site">{site_name}</span> })}
                <strong class="link-card__title">{title}</strong>
                {(!description.is_empty()).then(|| view! { <span class="link-card__text">{description}</span> })}
            </span>
            {image.map(|image| view! { <Thumbnail file_id=image.id /> })}
        </a>
    }
}

/// A picture that says nothing by itself: the words beside it do.
#[component]
fn Thumbnail(file_id: FileId) -> impl IntoView {
    let address = RwSignal::new(None);
    leptos::task::spawn_local(async move {
        let found = blob_address(&file_id).await;
        // The message may be off the screen by now.
        address.try_set(found);
    });
    view! {
        <span class="link-card__picture" aria-hidden="true">
            {move || address.get().map(|address| view! { <img class="link-card__image" src=address alt="" draggable="false" /> })}
        </span>
    }
}
