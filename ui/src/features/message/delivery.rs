//! How far an own message has come: a clock, one tick, two ticks, two coloured ticks, or a red "failed".

use leptos::prelude::*;
use view::Delivery;

use crate::i18n::{key, t};
use crate::primitives::{Icon, IconName, IconSize};

/// The mark with its meaning in words for tooltips and screen readers.
#[component]
pub fn DeliveryMark(
    /// How far.
    #[prop(into)]
    delivery: Signal<Delivery>,
) -> impl IntoView {
    let shape = move || match delivery.get() {
        Delivery::Queued => (IconName::Clock, "delivery", key("message-queued")),
        Delivery::Sent => (IconName::Tick, "delivery", key("message-sent")),
        Delivery::Delivered => (IconName::Ticks, "delivery", key("message-delivered")),
        Delivery::Read => (IconName::Ticks, "delivery delivery--read", key("message-read")),
        Delivery::Failed => (IconName::Warning, "delivery delivery--failed", key("message-failed")),
    };
    view! {
        <span class=move || shape().1 role="img" aria-label=move || t(shape().2) title=move || t(shape().2)>
            <Icon name=Signal::derive(move || shape().0) size=IconSize::Small />
        </span>
    }
}
