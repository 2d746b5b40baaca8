//! What stands above the first and below the last message, and the dividers between.

use leptos::prelude::*;

use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, ControlSize, IconName, Skeleton, SkeletonShape};

/// More is on its way, could not be loaded, or (above) this is where it begins.
#[component]
pub(super) fn Edge(
    /// There is more.
    #[prop(into)]
    more: Signal<bool>,
    /// The last page could not be loaded.
    #[prop(into)]
    failed: Signal<bool>,
    /// Try again.
    #[prop(into)]
    on_retry: Callback<()>,
    /// Above the first message: says where the chat begins.
    begins: bool,
) -> impl IntoView {
    move || {
        if failed.get() {
            view! {
                <div class="timeline-edge timeline-edge--failed">
                    <span>{move || t("timeline-page-failed")}</span>
                    <Button kind=ButtonKind::Secondary size=ControlSize::Small icon=IconName::Retry on_press=on_retry>
                        {move || t("timeline-try-again")}
                    </Button>
                </div>
            }
            .into_any()
        } else if more.get() {
            view! { <div class="timeline-edge"><Skeleton shape=SkeletonShape::Message count=2 /></div> }.into_any()
        } else if begins {
            view! { <div class="timeline-edge timeline-edge--begin">{move || t("timeline-begin")}</div> }.into_any()
        } else {
            ().into_any()
        }
    }
}

/// A line with words in it.
#[component]
pub(super) fn Divider(
    /// The words.
    #[prop(into)]
    text: Signal<String>,
    /// The line "new messages".
    unread: bool,
) -> impl IntoView {
    view! {
        <div class="timeline-divider" class:timeline-divider--unread=unread>
            <span class="timeline-divider__text">{move || text.get()}</span>
        </div>
    }
}
