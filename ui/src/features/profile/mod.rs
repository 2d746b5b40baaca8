//! A person's profile, and changing one's own.

mod edit;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, PersonRow, UserId};

use crate::bridge::Attempt;
use crate::features::avatars::face;
use crate::features::people::write_to;
use crate::features::privacy::block;
use crate::features::status::status_words;
use crate::i18n::{key, presence_words, t};
use crate::primitives::{Avatar, AvatarSize, Button, ButtonKind, EmptyState, IconName, Skeleton, SkeletonShape};
use crate::state::AppState;

pub use edit::ProfileForm;

/// Who someone is, with a way to write to them.
#[component]
pub fn ProfileDialog(
    /// Who.
    user: UserId,
) -> impl IntoView {
    let state = AppState::get();
    let person = RwSignal::new(known(state, user));
    let attempt = Attempt::new();
    if person.with_untracked(Option::is_none) {
        attempt.run(Command::ListPeople { query: String::new() }, move |body| {
            if let ReplyBody::People { people } = body {
                let found = people.into_iter().find(|person| person.id == user);
                let _ = person.try_set(found);
            }
        });
    }
    view! {
        <div class="profile">
            {move || match person.get() {
                Some(person) => view! { <Card person=state.people.fresh(&person) /> }.into_any(),
                None if attempt.busy.get() => view! { <Skeleton shape=SkeletonShape::Row count=2 /> }.into_any(),
                None => view! {
                    <EmptyState icon=IconName::Person title=move || t("people-not-found") text=attempt.words() />
                }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Card(person: PersonRow) -> impl IntoView {
    let state = AppState::get();
    let id = person.id;
    let mine = untrack(|| state.me()).is_some_and(|me| me.person.id == id);
    let (shown, shown_status, blocked) = (person.clone(), person.clone(), person.blocked);
    crate::bridge::tell(state, Command::WhenSeen { user_ids: vec![id] });
    let presence = move || presence_words(&shown);
    let write = move || {
        state.nav.dialog.set(None);
        write_to(state, id);
    };
    let edit = move || {
        state.nav.dialog.set(None);
        state.nav.settings.set(true);
    };
    view! {
        <div class="profile__head">
            <Avatar name=person.name.clone() id=id.0 size=AvatarSize::Profile presence=Signal::stored(person.presence) face=face(person.avatar) />
            <div class="profile__names">
                <h2 class="profile__name">{person.name}</h2>
                <p class="profile__presence">{presence}</p>
            </div>
        </div>
        <dl class="profile__facts">
            <Fact name=key("people-username") value=format!("@{}", person.username) />
            <Fact name=key("people-status") value=untrack(|| status_words(&shown_status)) />
            <Fact name=key("people-about") value=person.bio />
            <Fact name=key("people-email") value=person.email />
            <Fact name=key("people-phone") value=person.phone />
        </dl>
        <div class="dialog__actions">
            {mine.then(|| view! { <Button icon=IconName::Edit on_press=edit>{move || t("profile-edit")}</Button> })}
            {(!mine).then(|| view! {
                <Button icon=IconName::Block on_press=move || block(state, id, !blocked)>
                    {move || if blocked { t("privacy-unblock") } else { t("privacy-block") }}
                </Button>
            })}
            {(!person.deactivated).then(|| view! {
                <Button kind=ButtonKind::Primary icon=IconName::Chat on_press=write>
                    {move || if mine { t("people-own-notes") } else { t("people-write") }}
                </Button>
            })}
        </div>
    }
}

#[component]
fn Fact(name: &'static str, value: String) -> impl IntoView {
    (!value.is_empty()).then(|| {
        view! {
            <dt>{move || t(name)}</dt>
            <dd>{value}</dd>
        }
    })
}

/// What is at hand about a person: oneself, or someone with a private chat.
fn known(state: AppState, user: UserId) -> Option<PersonRow> {
    let me = state.stage.with_untracked(|stage| match stage {
        view::Stage::Ready { me } if me.person.id == user => Some(me.person.clone()),
        _ => None,
    });
    let member = || {
        state.members.with_untracked(|members| {
            let (_, members) = members.as_ref()?;
            members.iter().map(|member| &member.person).find(|person| person.id == user).cloned()
        })
    };
    let chat = || {
        let order = state.chats.order.get_untracked();
        order
            .iter()
            .find_map(|entry| entry.row.with_untracked(|row| row.person.clone().filter(|person| person.id == user)))
    };
    me.or_else(member).or_else(chat)
}
