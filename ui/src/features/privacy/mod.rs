//! What others see of oneself, and whom one has blocked.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Audience, Command, NO_SEALED_PREVIEWS, PersonRow, Privacy, UserId};

use crate::bridge::{self, Attempt};
use crate::i18n::{key, t};
use crate::primitives::{
    Avatar, Button, ControlSize, EmptyState, IconName, MenuItem, Select, SelectOption, Skeleton, SkeletonShape, Switch,
};
use crate::state::AppState;

/// Blocks someone, or not, and says so.
pub fn block(state: AppState, user_id: UserId, on: bool) {
    bridge::tell(state, Command::Block { user_id, on });
    state.toasts.done(untrack(|| if on { t("privacy-blocked-done") } else { t("privacy-unblocked-done") }));
}

/// For menus about a person.
pub fn block_item(state: AppState, person: &PersonRow) -> MenuItem {
    let (id, on) = (person.id, !person.blocked);
    let words = if on { t("privacy-block") } else { t("privacy-unblock") };
    let item = MenuItem::new(words, IconName::Block, Callback::new(move |()| block(state, id, on)));
    if on { item.danger() } else { item }
}

/// The section of the settings.
#[component]
pub fn PrivacySettings() -> impl IntoView {
    let state = AppState::get();
    let privacy = state.privacy;
    let change = move |with: &dyn Fn(&mut Privacy)| {
        let mut now = privacy.get_untracked();
        with(&mut now);
        privacy.set(now.clone());
        bridge::tell(state, Command::SetPrivacy { privacy: now });
    };
    type Audited = (&'static str, fn(&Privacy) -> Audience, fn(&mut Privacy, Audience));
    let audiences: [Audited; 3] = [
        (key("privacy-last-seen"), |privacy| privacy.last_seen, |privacy, who| privacy.last_seen = who),
        (key("privacy-email"), |privacy| privacy.email, |privacy, who| privacy.email = who),
        (key("privacy-phone"), |privacy| privacy.phone, |privacy, who| privacy.phone = who),
    ];
    let options = Signal::derive(|| {
        vec![SelectOption::new("everyone", t("privacy-everyone")), SelectOption::new("nobody", t("privacy-nobody"))]
    });
    let [last_seen, email, phone] = audiences.map(|(words, read, write)| {
        let value = Signal::derive(move || name(privacy.with(read)).to_owned());
        let choose = move |named: String| change(&move |privacy| write(privacy, audience(&named)));
        view! { <Select label=move || t(words) value=value options=options on_change=choose /> }
    });
    view! {
        <div class="privacy__seen">
            {last_seen}
            <p class="settings__note">{move || t("privacy-last-seen-help")}</p>
        </div>
        <Switch
            label=move || t("privacy-receipts")
            help=move || t("privacy-receipts-help")
            on=Signal::derive(move || privacy.with(|privacy| privacy.receipts))
            on_change=move |on| change(&move |privacy| privacy.receipts = on)
        />
        <Switch
            label=move || t("privacy-typing")
            help=move || t("privacy-typing-help")
            on=Signal::derive(move || privacy.with(|privacy| privacy.typing))
            on_change=move |on| change(&move |privacy| privacy.typing = on)
        />
        <div class="privacy__pair">{email}{phone}</div>
        <Switch
            label=move || t("privacy-previews")
            help=move || t("privacy-previews-help")
            on=Signal::derive(move || state.kept.get(NO_SEALED_PREVIEWS).is_none())
            on_change=move |on: bool| state.kept.keep(NO_SEALED_PREVIEWS.to_owned(), (!on).then(|| "true".to_owned()))
        />
        <BlockedPeople />
    }
}

fn name(audience: Audience) -> &'static str {
    match audience {
        Audience::Everyone => "everyone",
        Audience::Nobody => "nobody",
    }
}

fn audience(name: &str) -> Audience {
    if name == "nobody" { Audience::Nobody } else { Audience::Everyone }
}

#[component]
fn BlockedPeople() -> impl IntoView {
    let state = AppState::get();
    let people = RwSignal::new(None::<Vec<PersonRow>>);
    let attempt = Attempt::new();
    attempt.run(Command::ListBlocked, move |body| {
        if let ReplyBody::People { people: blocked } = body {
            let _ = people.try_set(Some(blocked));
        }
    });
    let row = move |person: PersonRow| {
        let id = person.id;
        let free = move || {
            block(state, id, false);
            people.update(|people| people.iter_mut().for_each(|people| people.retain(|other| other.id != id)));
        };
        view! {
            <li class="privacy__blocked">
                <Avatar name=person.name.clone() id=id.0 />
                <span class="privacy__name">{person.name}</span>
                <Button size=ControlSize::Small on_press=free>{move || t("privacy-unblock")}</Button>
            </li>
        }
    };
    view! {
        <section class="privacy__list">
            <h2 class="field__label">{move || t("privacy-blocked-title")}</h2>
            {move || match people.get() {
                None => view! { <Skeleton shape=SkeletonShape::Row count=2 /> }.into_any(),
                Some(people) if people.is_empty() => view! {
                    <EmptyState icon=IconName::Block title=move || t("privacy-blocked-none") text=move || t("privacy-blocked-help") />
                }.into_any(),
                Some(people) => view! { <ul>{people.into_iter().map(row).collect_view()}</ul> }.into_any(),
            }}
        </section>
    }
}
