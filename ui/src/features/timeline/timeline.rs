//! The list itself: loads pages as one nears an edge, stands where the host says, marks what was seen as read.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use view::{Delivery, MessageContent, MessageId, TimelinePosition};

use super::edges::{Divider, Edge};
use super::items::{Facts, Item, ItemKind, UNREAD_KEY, build, message_key};
use super::keyboard::{focus_message, handle_key};
use super::pointer::Pointer;
use super::reading::keep_read;
use super::tabbing;
use crate::features::later::LaterPanel;
use crate::features::message::{Message, MessageContext, menu_items};
use crate::features::reactions::EmojiPanel;
use crate::i18n::{t, t_with, when};
use crate::primitives::{
    Align, Badge, DrawRow, EmptyState, Icon, IconName, Menu, Skeleton, SkeletonShape, VirtualHandle, VirtualList,
};
use crate::state::{self, TimelineChange, TimelineEntry};

/// A page is asked for when fewer rows than this are left beyond the edge of the screen.
const PAGE_AHEAD_ROWS: usize = 12;
/// A message jumped to stays marked for so long.
const HIGHLIGHT_MS: u64 = 1_800;

/// What the timeline asks its owner for.
#[derive(Clone, Copy)]
pub struct TimelineActions {
    /// More above.
    pub load_older: Callback<()>,
    /// More below.
    pub load_newer: Callback<()>,
    /// Stand at the newest, when it is not loaded.
    pub to_latest: Callback<()>,
    /// Everything up to this `seq` was on screen.
    pub read: Callback<(u64,)>,
}

/// The messages of the open chat.
#[component]
pub fn Timeline(
    /// The messages.
    timeline: state::Timeline,
    /// What can be done with one.
    context: MessageContext,
    /// What the list asks for.
    actions: TimelineActions,
    /// So many are unread: on the button "to latest".
    #[prop(into)]
    unread: Signal<u64>,
) -> impl IntoView {
    let list = VirtualHandle::new();
    let items = Memo::new(move |_| Arc::new(items_of(timeline)));
    let loading = RwSignal::new(false);
    follow_position(timeline, list, context);
    follow_own(timeline, list, actions);
    load_pages(timeline, list, items, actions, loading);
    keep_read(timeline, list, items, actions.read);
    let pointer = Pointer { timeline, list, context, pressing: StoredValue::new(None) };
    let retry = move |page: Callback<()>| {
        loading.set(true);
        page.run(());
    };
    let draw: DrawRow<Item> = Arc::new(move |item: Item| {
        match item.kind {
        ItemKind::Top => view! {
            <Edge more=timeline.has_older failed=timeline.older_failed on_retry=move || retry(actions.load_older) begins=true />
        }
        .into_any(),
        ItemKind::Bottom => view! {
            <Edge more=timeline.has_newer failed=timeline.newer_failed on_retry=move || retry(actions.load_newer) begins=false />
        }
        .into_any(),
        ItemKind::Day(at) => view! { <Divider text=move || when::day(at) unread=false /> }.into_any(),
        ItemKind::Unread => view! { <Divider text=move || t("timeline-unread") unread=true /> }.into_any(),
        ItemKind::Begins => view! { <Divider text=move || t("encryption-begins") unread=false /> }.into_any(),
        ItemKind::Message { index, head } => {
            let row = timeline.rows.with_untracked(|rows| rows.get(index as usize).map(|entry| entry.row.clone()));
            row.map(|row| view! { <Message row=row head=head context=context /> }).into_any()
        }
    }
    });
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let done = match event.key().as_str() {
            "Tab" => tabbing::step(&event),
            "End" if !event.shift_key() => {
                to_end(timeline, list, actions);
                true
            }
            _ => handle_key(&event, timeline, &items.get_untracked(), list, context),
        };
        if done {
            event.prevent_default();
        }
    };
    let entered = tabbing::watch_entry(list.scroller());
    let focused = move |event: leptos::ev::FocusEvent| {
        pointer.focused(&event);
        entered(&event);
    };
    let empty = move || timeline.loaded.get() && timeline.rows.with(Vec::is_empty) && !timeline.has_older.get();
    let menu_of = move || context.subject.get().map(|row| menu_items(&row, context)).unwrap_or_default();
    let pick = move |emoji: String| {
        if let Some(row) = context.subject.get_untracked() {
            context.actions.react.run((row.with_untracked(|row| row.id.clone()), emoji, true));
        }
    };
    let remind = move |when: view::When| {
        if let Some(row) = context.subject.get_untracked() {
            context.actions.remind.run((row.with_untracked(|row| row.id.clone()), when));
        }
    };
    view! {
        <div
            class="timeline"
            on:pointermove=move |event| pointer.moved(&event)
            on:pointerleave=move |_| pointer.left()
            on:pointerdown=move |event| pointer.pressed(&event)
            on:pointerup=move |_| pointer.lifted()
            on:focusin=focused
        >
            <Show when=move || !timeline.loaded.get()>
                <div class="timeline__loading" role="status">
                    <span class="visually-hidden">{move || t("timeline-loading")}</span>
                    <Skeleton shape=SkeletonShape::Message count=7 />
                </div>
            </Show>
            <Show when=empty>
                <EmptyState icon=IconName::Chat title=move || t("timeline-empty") text=move || t("timeline-empty-text") />
            </Show>
            <div class="timeline__list" class:timeline__list--hidden=move || !timeline.loaded.get() || empty()>
                <VirtualList
                    rows=items
                    handle=list
                    draw=draw
                    label=move || t("timeline-label")
                    busy=loading
                    on_keydown=keys
                />
            </div>
            <ToLatest timeline=timeline list=list unread=unread on_press=move || to_end(timeline, list, actions) />
            <Announcer timeline=timeline />
            <Menu anchor=context.menu label=move || t("message-actions") items=menu_of />
            <EmojiPanel anchor=context.panel on_pick=pick />
            <LaterPanel anchor=context.later title=move || t("reminders-remind") on_pick=remind />
        </div>
    }
}

/// The round button that goes to the newest, with how many are unread.
#[component]
fn ToLatest(
    timeline: state::Timeline,
    list: VirtualHandle,
    unread: Signal<u64>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let away = move || timeline.loaded.get() && (!list.at_end() || timeline.has_newer.get());
    let count = move || match unread.get() {
        0 => String::new(),
        count => count.to_string(),
    };
    let label = move || match unread.get() {
        0 => t("timeline-to-latest"),
        count => t_with("timeline-to-latest-unread", &[("count", count.into())]),
    };
    view! {
        <Show when=away>
            <button class="timeline__to-latest" type="button" aria-label=label title=label on:click=move |_| on_press.run(())>
                <Icon name=IconName::ArrowDown />
                <span class="timeline__to-latest-count" aria-hidden="true"><Badge text=count /></span>
            </button>
        </Show>
    }
}

/// Reads new messages of others out.
#[component]
fn Announcer(timeline: state::Timeline) -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move || {
        let Some(TimelineChange::Inserted(index)) = timeline.change.get().1 else { return };
        let row = timeline.rows.with_untracked(|rows| (index + 1 == rows.len()).then(|| rows[index].row.clone()));
        let Some(row) = row.map(|row| row.get_untracked()).filter(|row| !row.own) else { return };
        if let MessageContent::Text { text } = &row.content {
            said.set(format!("{}: {}", row.author.name, crate::features::markdown::plain_text(text)));
        }
    });
    view! { <div class="visually-hidden" aria-live="polite">{said}</div> }
}

fn to_end(timeline: state::Timeline, list: VirtualHandle, actions: TimelineActions) {
    if timeline.has_newer.get_untracked() {
        actions.to_latest.run(());
    } else {
        list.scroll_to_end();
    }
}

/// Stands where a reset says.
fn follow_position(timeline: state::Timeline, list: VirtualHandle, context: MessageContext) {
    Effect::new(move || {
        let Some(position) = timeline.position.get() else { return };
        // The list takes the new rows in an effect of its own; this comes after it.
        request_animation_frame(move || match position {
            TimelinePosition::End => list.scroll_to_end(),
            TimelinePosition::FirstUnread { .. } => _ = list.scroll_to(UNREAD_KEY, Align::Top),
            TimelinePosition::Message { id } => show_message(list, context, id),
        });
    });
}

fn show_message(list: VirtualHandle, context: MessageContext, id: MessageId) {
    let key = key_of(&id);
    if !list.scroll_to(message_key(key, true), Align::Middle) {
        list.scroll_to(message_key(key, false), Align::Middle);
    }
    context.highlighted.set(Some(id.clone()));
    focus_message(&id);
    set_timeout(
        move || {
            if context.highlighted.try_with_untracked(|marked| marked.as_ref() == Some(&id)) == Some(true) {
                context.highlighted.set(None);
            }
        },
        Duration::from_millis(HIGHLIGHT_MS),
    );
}

/// What one has just written comes into sight.
fn follow_own(timeline: state::Timeline, list: VirtualHandle, actions: TimelineActions) {
    Effect::new(move || {
        let Some(TimelineChange::Inserted(index)) = timeline.change.get().1 else { return };
        let row = timeline.rows.with_untracked(|rows| rows.get(index).map(|entry| entry.row.clone()));
        let fresh = |row: ArcRwSignal<view::MessageRow>| {
            row.with_untracked(|row| row.own && row.delivery == Some(Delivery::Queued))
        };
        if row.is_some_and(fresh) {
            request_animation_frame(move || to_end(timeline, list, actions));
        }
    });
}

fn load_pages(
    timeline: state::Timeline,
    list: VirtualHandle,
    items: Memo<Arc<Vec<Item>>>,
    actions: TimelineActions,
    loading: RwSignal<bool>,
) {
    Effect::new(move || {
        timeline.change.track();
        loading.set(false);
    });
    Effect::new(move || {
        let seen = list.visible();
        let count = items.with(|items| items.len());
        if !timeline.loaded.get() || loading.get() || seen.is_empty() {
            return;
        }
        let above = seen.start < PAGE_AHEAD_ROWS && timeline.has_older.get() && !timeline.older_failed.get();
        let below = seen.end + PAGE_AHEAD_ROWS > count && timeline.has_newer.get() && !timeline.newer_failed.get();
        if above || below {
            loading.set(true);
            if above { actions.load_older } else { actions.load_newer }.run(());
        }
    });
}

fn items_of(timeline: state::Timeline) -> Vec<Item> {
    let unread = timeline.unread_line.with(|id| id.as_ref().map(key_of));
    let has_newer = timeline.has_newer.get();
    timeline.rows.with(|rows| build(rows.iter().map(facts_of), unread, has_newer, when::local_day))
}

fn facts_of(entry: &TimelineEntry) -> Facts {
    entry.row.with_untracked(|row| {
        let text = if let MessageContent::Text { text } = &row.content { text.as_str() } else { "" };
        Facts {
            key: key_of(&entry.id),
            author: row.author.id.0,
            at: row.at,
            is_reply: row.quote.is_some(),
            is_sealed: row.content == MessageContent::Sealed,
            is_note: matches!(row.content, MessageContent::System { .. }),
            // Bytes over two is near enough for Russian and errs to the high side for English.
            chars: if text.is_ascii() { text.len() } else { text.len() / 2 },
            line_feeds: text.bytes().filter(|byte| *byte == b'\n').count(),
            has_reactions: !row.reactions.is_empty(),
        }
    })
}

fn key_of(id: &MessageId) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
