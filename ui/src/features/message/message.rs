//! A message: picture, name, time, text; messages of one author follow closely. The style sheets lay it out in three ways.

use leptos::prelude::*;
use view::{Delivery, MessageContent, MessageRow};
use wasm_bindgen::JsCast;

use super::actions::MessageContext;
use super::body::NotSent;
use super::content::{Folded, content};
use super::delivery::DeliveryMark;
use super::note::note_words;
use super::toolbar::Toolbar;
use crate::features::avatars::face_of;
use crate::features::status::StatusSign;
use crate::i18n::{key, t, t_with, when};
use crate::primitives::{Avatar, AvatarSize, Icon, IconName, IconSize, MenuAnchor, colour_of};

/// One message.
#[component]
pub fn Message(
    /// What it shows.
    row: ArcRwSignal<MessageRow>,
    /// The first of its author's group: with picture and name.
    head: bool,
    /// What it shares with the others.
    context: MessageContext,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.id.clone());
    let is_note = row.with_untracked(|row| matches!(row.content, MessageContent::System { .. }));
    if is_note {
        return note(row, id.to_string()).into_any();
    }
    let own_id = id.clone();
    let active = Memo::new(move |_| context.active.with(|active| active.as_ref() == Some(&own_id)));
    let own_id = id.clone();
    let highlighted = Memo::new(move |_| context.highlighted.with(|marked| marked.as_ref() == Some(&own_id)));
    let flags = {
        let row = row.clone();
        move || row.with(|row| (row.mentions_me && !row.own, row.delivery))
    };
    let flags = Memo::new(move |_| flags());
    let failed = move || flags.get().1 == Some(Delivery::Failed);
    let class = match (head, row.with_untracked(|row| row.own)) {
        (true, true) => "message message--head message--own",
        (true, false) => "message message--head",
        (false, true) => "message message--own",
        (false, false) => "message",
    };
    let open = {
        let row = row.clone();
        move |event: leptos::ev::MouseEvent| {
            // Links and selected text keep the system's menu.
            if wants_system_menu(&event) {
                return;
            }
            event.prevent_default();
            context.open_menu(&row, anchor_of(&event));
        }
    };
    // Of someone who is blocked nothing is seen until one asks.
    let shown = RwSignal::new(false);
    let blocked = {
        let row = row.clone();
        Memo::new(move |_| row.with(|row| row.author.blocked && !row.own))
    };
    let folded = Memo::new(move |_| blocked.get() && !shown.get());
    let said = row.clone();
    let toolbar = row.clone();
    let not_sent = row.clone();
    view! {
        <article
            class=class
            class:message--mention=move || flags.get().0
            class:message--highlight=move || highlighted.get()
            class:message--active=move || active.get()
            class:message--queued=move || flags.get().1 == Some(Delivery::Queued)
            data-message=id.to_string()
            tabindex="-1"
            aria-label=summary(row.clone())
            on:contextmenu=open
        >
            <div class="message__gutter">{gutter(&row, head, context)}</div>
            <div class="message__main">
                {head.then(|| header(&row, context))}
                <Show when=move || !folded.get() fallback=move || view! { <Folded shown=shown /> }>
                    {content(&said, context)}
                </Show>
                <Show when=failed>
                    <NotSent row=not_sent.clone() actions=context.actions />
                </Show>
            </div>
            <div class="message__status">
                {going(&row)}
                {kept(&row)}
                {edited(&row, context)}
                {stamp(&row)}
                {move || flags.get().1.map(|delivery| view! { <DeliveryMark delivery=delivery /> })}
            </div>
            <Show when=move || active.get()>
                <Toolbar row=toolbar.clone() context=context />
            </Show>
        </article>
    }
    .into_any()
}

fn note(row: ArcRwSignal<MessageRow>, id: String) -> impl IntoView {
    let words = move || {
        row.with(|row| match &row.content {
            MessageContent::System { note } => note_words(note),
            _ => String::new(),
        })
    };
    view! { <div class="message-note" data-message=id tabindex="-1" role="article"><span>{words}</span></div> }
}

fn gutter(row: &ArcRwSignal<MessageRow>, head: bool, context: MessageContext) -> AnyView {
    let (id, name, at) = row.with_untracked(|row| (row.author.id, row.author.name.clone(), row.at));
    if head {
        let open = move |_| context.actions.person.run((id,));
        let avatar = Signal::derive({
            let row = row.clone();
            move || row.with(|row| row.author.avatar.clone())
        });
        view! {
            <button class="message__person" type="button" tabindex="-1" aria-hidden="true" on:click=open>
                <Avatar name=name id=id.0 size=AvatarSize::Timeline face=face_of(avatar) />
            </button>
        }
        .into_any()
    } else {
        view! { <time class="message__time message__time--hover" title=move || when::full(at)>{move || when::clock(at)}</time> }
            .into_any()
    }
}

fn header(row: &ArcRwSignal<MessageRow>, context: MessageContext) -> impl IntoView + use<> {
    let (id, at) = row.with_untracked(|row| (row.author.id, row.at));
    let name = {
        let row = row.clone();
        move || row.with(|row| row.author.name.clone())
    };
    let author = {
        let row = row.clone();
        Signal::derive(move || row.with(|row| row.author.clone()))
    };
    let class = format!("message__name message__name--{}", colour_of(id.0));
    view! {
        <header class="message__head">
            <button class=class type="button" on:click=move |_| context.actions.person.run((id,))>{name}</button>
            <StatusSign person=author />
            <time class="message__time" title=move || when::full(at)>{move || when::clock(at)}</time>
        </header>
    }
}

/// The time in the corner of a bubble; the other layouts show it elsewhere.
fn stamp(row: &ArcRwSignal<MessageRow>) -> impl IntoView + use<> {
    let at = row.with_untracked(|row| row.at);
    view! { <time class="message__stamp" title=move || when::full(at)>{move || when::clock(at)}</time> }
}

/// A small clock: it goes by itself.
fn going(row: &ArcRwSignal<MessageRow>) -> impl IntoView + use<> {
    let row = row.clone();
    let at = Memo::new(move |_| row.with(|row| row.expires_at));
    move || {
        at.get().map(|at| {
            let words = move || t_with("disappearing-at", &[("time", when::full(at).into())]);
            view! {
                <span class="message__kept" role="img" aria-label=words title=words>
                    <Icon name=IconName::Clock size=IconSize::Small />
                </span>
            }
        })
    }
}

/// Small signs of what is kept: at the chat's head, for oneself.
fn kept(row: &ArcRwSignal<MessageRow>) -> impl IntoView + use<> {
    let row = row.clone();
    let kept = Memo::new(move |_| row.with(|row| (row.pinned, row.saved)));
    let sign = |name: IconName, words: &'static str| {
        view! { <span class="message__kept" role="img" aria-label=move || t(words)><Icon name=name size=IconSize::Small /></span> }
    };
    move || {
        let (pinned, saved) = kept.get();
        view! {
            {pinned.then(|| sign(IconName::Pin, key("message-pinned")))}
            {saved.then(|| sign(IconName::Bookmark, key("message-saved")))}
        }
    }
}

fn edited(row: &ArcRwSignal<MessageRow>, context: MessageContext) -> impl IntoView + use<> {
    let row = row.clone();
    let id = row.with_untracked(|row| row.id.clone());
    let edited = Memo::new(move |_| row.with(|row| row.edited && matches!(row.content, MessageContent::Text { .. })));
    move || {
        let id = id.clone();
        let show = move |_| context.actions.versions.run((id.clone(),));
        edited.get().then(|| {
            view! { <button class="message__edited" type="button" on:click=show>{move || t("message-edited")}</button> }
        })
    }
}

/// "Анна, 14:05": a screen reader goes on with the text itself.
fn summary(row: ArcRwSignal<MessageRow>) -> impl Fn() -> String + Send + Sync + 'static {
    move || row.with(|row| format!("{}, {}", row.author.name, when::clock(row.at)))
}

fn wants_system_menu(event: &web_sys::MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let on_link = target.is_some_and(|target| target.closest("a").ok().flatten().is_some());
    let selected = window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    on_link || selected
}

/// At the pointer; at the message itself when the keyboard asked.
fn anchor_of(event: &web_sys::MouseEvent) -> MenuAnchor {
    let message = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    match message {
        Some(message) if event.client_x() == 0 && event.client_y() == 0 => MenuAnchor::at_element(&message),
        _ => MenuAnchor::at_pointer(event),
    }
}
