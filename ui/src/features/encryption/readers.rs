//! Whose devices can read the open chat, and the numbers by which people make sure of each other.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, ReaderRow, UserId};

use super::comparing::{Comparing, refusal};
use crate::bridge::{self, Attempt};
use crate::features::avatars::face;
use crate::features::invite::copy_text;
use crate::i18n::{key, t, t_with};
use crate::primitives::{
    Avatar, AvatarSize, Button, ButtonKind, ControlSize, Dialog, EmptyState, Icon, IconName, IconSize, Qr, Skeleton,
    SkeletonShape,
};
use crate::state::AppState;

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
                    let rows = found.into_iter().map(|reader| view! { <Reader reader=reader open=pair changed=load /> });
                    view! { <ul class="readers__list">{rows.collect_view()}</ul> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Reader(reader: ReaderRow, open: bool, changed: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let ReaderRow { person, devices, safety_number, safety_code, verified, changed_at } = reader;
    let (name, id) = (person.name.clone(), person.id);
    let number = safety_number.zip(safety_code).map(|(digits, code)| {
        let name = name.clone();
        view! { <Number name=name id=id digits=digits code=code verified=verified open=open changed=changed /> }
    });
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
            {number}
        </li>
    }
}

/// The number of oneself and a person, as digits and as a code, and the ways to compare it.
#[component]
fn Number(
    name: String,
    id: UserId,
    digits: String,
    code: String,
    verified: bool,
    /// The code shows without being asked for.
    open: bool,
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let state = AppState::get();
    let (shown, comparing) = (RwSignal::new(open), RwSignal::new(false));
    let (name, digits, code) = (StoredValue::new(name), StoredValue::new(digits), StoredValue::new(code));
    let named = move |words| t_with(words, &[("name", name.get_value().into())]);
    let same = move || {
        comparing.set(false);
        state.toasts.done(untrack(|| named(key("compare-same"))));
        changed();
    };
    let attempt = Attempt::new();
    // Exactly what stands here is compared: a key that came meanwhile is not verified by a press meant for another one.
    let agree = move || {
        let said = digits.get_value();
        attempt.run(Command::CompareCode { user_id: id, code: said }, move |body| match body {
            ReplyBody::Compared { check } => match refusal(check) {
                None => same(),
                Some(words) => {
                    state.toasts.refused(untrack(|| named(words)));
                    changed();
                }
            },
            _ => changed(),
        });
    };
    let unverify = move || {
        leptos::task::spawn_local(async move {
            match bridge::ask(Command::UnverifyPerson { user_id: id }).await {
                Ok(_) => changed(),
                Err(failure) => state.toasts.failure(failure),
            }
        });
    };
    view! {
        <p class="readers__label">{move || t("encryption-number")}</p>
        <p class="readers__number">
            {digits.with_value(|digits| digits.split(' ').map(|group| view! { <span>{group.to_owned()}" "</span> }).collect_view())}
        </p>
        <Show
            when=move || shown.get()
            fallback=move || view! {
                <div>
                    <Button kind=ButtonKind::Ghost size=ControlSize::Small icon=IconName::Qr on_press=move || shown.set(true)>
                        {move || t("encryption-show-code")}
                    </Button>
                </div>
            }
        >
            <Qr text=Signal::stored(code.get_value()) label=move || named(key("encryption-qr")) />
            <div>
                <Button kind=ButtonKind::Ghost size=ControlSize::Small icon=IconName::Copy on_press=move || copy_text(state, code.get_value())>
                    {move || t("encryption-copy-code")}
                </Button>
            </div>
        </Show>
        <p class="readers__help">{move || t("encryption-number-help")}</p>
        <div class="readers__actions">
            {if verified {
                view! { <Button size=ControlSize::Small on_press=unverify>{move || t("encryption-unverify")}</Button> }.into_any()
            } else {
                view! {
                    <Button size=ControlSize::Small icon=IconName::Qr on_press=move || comparing.set(true)>
                        {move || t("encryption-compare")}
                    </Button>
                    <Button size=ControlSize::Small busy=attempt.busy on_press=agree>{move || t("encryption-verify")}</Button>
                }.into_any()
            }}
        </div>
        <Dialog
            open=comparing
            on_close=move || comparing.set(false)
            title=move || t("compare-title")
            close_label=move || t("common-close")
        >
            <Comparing person=id name=name.get_value() on_same=same />
        </Dialog>
    }
}
