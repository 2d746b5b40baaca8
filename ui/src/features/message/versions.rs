//! What a message said before it was changed.

use leptos::prelude::*;
use view::rows::VersionRow;
use view::update::ReplyBody;
use view::{ChatId, Command, MessageId};

use crate::bridge::Attempt;
use crate::features::markdown::Markdown;
use crate::i18n::{t, when};
use crate::primitives::{EmptyState, IconName, Skeleton, SkeletonShape};

/// Earlier versions, oldest first.
#[component]
pub fn VersionsDialog(
    /// Where the message is.
    chat: ChatId,
    /// Which.
    message: MessageId,
) -> impl IntoView {
    let versions = RwSignal::new(None::<Vec<VersionRow>>);
    let attempt = Attempt::new();
    attempt.run(Command::ListVersions { chat_id: chat, message_id: message }, move |body| {
        if let ReplyBody::Versions { versions: found } = body {
            let _ = versions.try_set(Some(found));
        }
    });
    move || match (versions.get(), attempt.failure.get()) {
        (None, Some(_)) => view! {
            <EmptyState icon=IconName::Warning title=move || t("common-could-not-load") text=attempt.words() />
        }
        .into_any(),
        (None, None) => view! { <Skeleton shape=SkeletonShape::Row count=2 /> }.into_any(),
        (Some(found), _) if found.is_empty() => {
            view! { <p class="versions__none">{move || t("message-versions-none")}</p> }.into_any()
        }
        (Some(found), _) => {
            let rows = found.into_iter().map(|version| {
                let at = version.at;
                view! {
                    <li class="versions__one">
                        <time class="versions__time">{move || when::full(at)}</time>
                        <Markdown text=version.text mentions=Vec::new() on_person=Callback::from(|_: view::UserId| {}) />
                    </li>
                }
            });
            view! { <ol class="versions">{rows.collect_view()}</ol> }.into_any()
        }
    }
}
