//! The directory of public channels: read what each is about, join.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatRow, Command};

use crate::bridge::{self, Attempt};
use crate::features::avatars::face;
use crate::features::chat_list::colour_seed;
use crate::i18n::{t, t_with};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{Avatar, Button, EmptyState, FieldKind, IconName, ListRow, Skeleton, SkeletonShape, TextField};
use crate::state::{AppState, Dialog};

/// The directory.
#[component]
pub fn ChannelsDialog() -> impl IntoView {
    let state = AppState::get();
    let query = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Vec<ChatRow>>);
    let attempt = Attempt::new();
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    let ask = move |query: String| {
        attempt.busy.set(false);
        attempt.run(Command::ListChannels { query: query.trim().to_owned() }, move |body| {
            if let ReplyBody::Channels { channels } = body {
                let _ = found.try_set(Some(channels));
            }
        });
    };
    Effect::new(move || ask(query.get()));
    let create = move || state.nav.dialog.set(Some(Dialog::NewChat));
    view! {
        <div class="people">
            <TextField label=move || t("channels-find") value=query kind=FieldKind::Search node_ref=field />
            <div class="people__list">
                {move || match (found.get(), attempt.failure.get()) {
                    (None, Some(_)) => view! {
                        <EmptyState icon=IconName::Warning title=move || t("common-could-not-load") text=attempt.words()>
                            <Button on_press=move || ask(query.get_untracked())>{move || t("common-try-again")}</Button>
                        </EmptyState>
                    }.into_any(),
                    (None, None) => view! { <Skeleton shape=SkeletonShape::Row count=4 /> }.into_any(),
                    (Some(channels), _) if channels.is_empty() => view! {
                        <EmptyState icon=IconName::Hash title=move || t("channels-none") text=move || t("channels-none-help")>
                            <Button on_press=create>{move || t("chats-new-group")}</Button>
                        </EmptyState>
                    }.into_any(),
                    (Some(channels), _) => {
                        let rows = channels.into_iter().map(|channel| view! { <li><Channel row=channel /></li> });
                        view! { <ul>{rows.collect_view()}</ul> }.into_any()
                    }
                }}
            </div>
        </div>
    }
}

#[component]
fn Channel(row: ChatRow) -> impl IntoView {
    let state = AppState::get();
    let joined = row.role.is_some();
    let (id, seed) = (row.id.clone(), colour_seed(&row.id));
    let (name, count, about) = (row.title.clone(), row.member_count, row.description);
    let text = move || {
        let members = t_with("common-people-count", &[("count", count.into())]);
        if about.is_empty() { members } else { format!("{members} · {about}") }
    };
    let press = move || {
        let id = id.clone();
        leptos::task::spawn_local(async move {
            let joined =
                if joined { Ok(()) } else { bridge::ask(Command::JoinChat { chat_id: id.clone() }).await.map(|_| ()) };
            match joined {
                Ok(()) => state.nav.open(id),
                Err(failure) => state.toasts.failure(failure),
            }
        });
    };
    let state_words = move || if joined { t("channels-joined") } else { t("header-join") };
    let face = face(row.avatar);
    view! {
        <ListRow
            title=row.title
            text=text
            on_press=press
            start={
                let name = name.clone();
                move || view! { <Avatar name=name.clone() id=seed sign="#" face=face /> }
            }
            end=move || view! { <span class="channels__state" class:channels__state--join=!joined>{state_words}</span> }
        />
    }
}
