//! Whose devices can read the open chat, and the numbers by which people make sure of each other.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, ReaderRow};

use crate::bridge::Attempt;
use crate::features::avatars::face;
use crate::i18n::{t, t_with};
use crate::primitives::{
    Avatar, AvatarSize, Button, ControlSize, EmptyState, Icon, IconName, IconSize, Skeleton, SkeletonShape,
};

/// The panel "who can read".
#[component]
pub fn ReadersPanel(
    /// Which chat.
    chat: ChatId,
) -> impl IntoView {
    let readers = RwSignal::new(None::<Vec<ReaderRow>>);
    let attempt = Attempt::new();
    let pair = chat.private_members().is_some();
    let chat = StoredValue::new(chat);
    let load = move || {
        attempt.run(Command::ListReaders { chat_id: chat.get_value() }, move |body| {
            if let ReplyBody::Readers { readers: found } = body {
                let _ = readers.try_set(Some(found));
            }
        });
    };
    load();
    view! {
        <div class="readers">
            <p class="readers__help">{move || t("encryption-help")}</p>
            {move || match readers.get() {
                None => view! { <Skeleton shape=SkeletonShape::Row count=2 /> }.into_any(),
                Some(found) if found.is_empty() => view! {
                    <EmptyState
                        icon=IconName::Lock
                        title=move || t("encryption-nobody")
                        text=move || if pair { t("encryption-nobody-help") } else { t("encryption-nobody-group-help") }
                    />
                }.into_any(),
                Some(found) => {
                    let rows = found.into_iter().map(|reader| view! { <Reader reader=reader changed=load /> });
                    view! { <ul class="readers__list">{rows.collect_view()}</ul> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Reader(reader: ReaderRow, changed: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let ReaderRow { person, devices, safety_number, verified, changed_at } = reader;
    let (name, id) = (person.name.clone(), person.id);
    let attempt = Attempt::new();
    let toggle = move || {
        attempt.run(Command::VerifyPerson { user_id: id, on: !verified }, move |_| changed());
    };
    let numbered = safety_number.is_some();
    view! {
        <li class="readers__person">
            <div class="readers__head">
                <Avatar name=Signal::stored(name.clone()) id=Signal::stored(id.0) size=AvatarSize::Timeline face=face(person.avatar.clone()) />
                <span class="readers__lines">
                    <span class="readers__name">{name}</span>
                    <span class="readers__count">
                        {move || t_with("encryption-device-count", &[("count", devices.into())])}
                    </span>
                </span>
                {verified.then(|| view! {
                    <span class="readers__verified">
                        <Icon name=IconName::Check size=IconSize::Small />
                        {move || t("encryption-verified")}
                    </span>
                })}
            </div>
            {changed_at.is_some().then(|| view! {
                <p class="readers__changed" role="note">{move || t("encryption-changed")}</p>
            })}
            {safety_number.map(|number| view! {
                <p class="readers__label">{move || t("encryption-number")}</p>
                <p class="readers__number">
                    {number.split(' ').map(|group| view! { <span>{group.to_owned()}" "</span> }).collect_view()}
                </p>
                <p class="readers__help">{move || t("encryption-number-help")}</p>
            })}
            {numbered.then(|| view! {
                <div>
                    <Button size=ControlSize::Small busy=attempt.busy on_press=toggle>
                        {move || if verified { t("encryption-unverify") } else { t("encryption-verify") }}
                    </Button>
                </div>
            })}
        </li>
    }
}
