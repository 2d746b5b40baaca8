//! Makes a folder or changes one: name, icon, what it finds by itself, what is put into it by hand.

use leptos::prelude::*;
use view::folders::{CHATS_MAX, NAME_CHARS_MAX};
use view::{ChatId, ChatRow, FileId, Folder, FolderRule, Wanted};

use super::icons::IconChoice;
use crate::bridge;
use crate::features::avatars::{avatar_of, face};
use crate::features::chat_list::{colour_seed, folded};
use crate::i18n::{chat_title, t, t_with};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{
    Avatar, AvatarSize, Button, ButtonKind, FieldKind, Icon, IconName, ListRow, Select, SelectOption, TextField,
};
use crate::state::AppState;

/// Names of chats that the line below a rule tells.
const TOLD_MAX: usize = 3;

/// The whole form.
#[component]
pub fn FolderDialog(
    /// The folder to change; `None` makes one.
    id: Option<String>,
) -> impl IntoView {
    let state = AppState::get();
    let before = id.and_then(|id| state.folders.all.get_untracked().into_iter().find(|folder| folder.id == id));
    let is_new = before.is_none();
    let before = before.unwrap_or_else(|| Folder {
        id: bridge::new_local_id().to_string(),
        place: state.folders.last_place(),
        ..Folder::default()
    });
    let name = RwSignal::new(before.name.clone());
    let icon = RwSignal::new(before.icon.clone());
    let rule = RwSignal::new(before.rule.clone());
    let words = RwSignal::new(before.rule.name.clone());
    let chats = RwSignal::new(before.chats.clone());
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    let before = StoredValue::new(before);
    let folder = Signal::derive(move || Folder {
        name: name.get().trim().to_owned(),
        icon: icon.get(),
        rule: FolderRule { name: words.get().trim().to_owned(), ..rule.get() },
        chats: chats.get(),
        ..before.get_value()
    });
    let wrong = Signal::derive(move || {
        let chars = name.with(|name| name.trim().chars().count());
        let holds = folder.with(|folder| folder.rule.asks() || !folder.chats.is_empty());
        !(1..=NAME_CHARS_MAX).contains(&chars) || !holds
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if wrong.get_untracked() {
            return;
        }
        let folder = folder.get_untracked();
        state.folders.keep(&folder);
        if is_new {
            state.folders.open.set(Some(folder.id));
        }
        state.nav.dialog.set(None);
    };
    let too_long = move || {
        let long = name.with(|name| name.trim().chars().count() > NAME_CHARS_MAX);
        if long { t_with("folders-name-long", &[("count", NAME_CHARS_MAX.into())]) } else { String::new() }
    };
    view! {
        <form class="folder-form" on:submit=save>
            <TextField label=move || t("folders-name") value=name error=too_long node_ref=field />
            <IconChoice value=icon />
            <Rule rule=rule words=words />
            <Chosen chats=chats />
            <p class="folder-form__found" role="status">{move || found_words(state, &folder.get())}</p>
            <div class="dialog__actions dialog__actions--kept">
                <Button kind=ButtonKind::Primary submit=true disabled=wrong>
                    {move || if is_new { t("folders-make") } else { t("common-save") }}
                </Button>
            </div>
        </form>
    }
}

/// What the folder finds by itself.
#[component]
fn Rule(rule: RwSignal<FolderRule>, words: RwSignal<String>) -> impl IntoView {
    type Part = (fn() -> String, fn(&FolderRule) -> bool, fn(&mut FolderRule, bool));
    let parts: [Part; 5] = [
        (|| t("folders-private"), |rule| rule.private, |rule, on| rule.private = on),
        (|| t("folders-groups"), |rule| rule.groups, |rule, on| rule.groups = on),
        (|| t("folders-channels"), |rule| rule.channels, |rule, on| rule.channels = on),
        (|| t("folders-only-unread"), |rule| rule.unread, |rule, on| rule.unread = on),
        (|| t("folders-only-mentions"), |rule| rule.mentions, |rule, on| rule.mentions = on),
    ];
    let chips = parts.map(|(words, is_on, set)| {
        let on = Signal::derive(move || rule.with(is_on));
        view! {
            <label class="folder-form__chip">
                <input type="checkbox" prop:checked=on on:change=move |event| rule.update(|rule| set(rule, event_target_checked(&event))) />
                <Show when=move || on.get()><Icon name=IconName::Check size=crate::primitives::IconSize::Small /></Show>
                <span>{move || words()}</span>
            </label>
        }
    });
    let wishes = |also: String, without: String, only: String| {
        vec![SelectOption::new("also", also), SelectOption::new("without", without), SelectOption::new("only", only)]
    };
    let muted = Signal::derive(move || wishes(t("folders-also"), t("folders-without"), t("folders-only")));
    let archived = Signal::derive(move || wishes(t("folders-also"), t("folders-without"), t("folders-only")));
    view! {
        <fieldset class="folder-form__part">
            <legend>{move || t("folders-rule")}</legend>
            <p class="folder-form__help">{move || t("folders-rule-help")}</p>
            <div class="folder-form__chips">{chips.collect_view()}</div>
            <div class="folder-form__pair">
                <Select
                    label=move || t("folders-muted")
                    value=Signal::derive(move || name_of(rule.with(|rule| rule.muted)).to_owned())
                    options=muted
                    on_change=move |value: String| rule.update(|rule| rule.muted = wanted(&value))
                />
                <Select
                    label=move || t("folders-archived")
                    value=Signal::derive(move || name_of(rule.with(|rule| rule.archived)).to_owned())
                    options=archived
                    on_change=move |value: String| rule.update(|rule| rule.archived = wanted(&value))
                />
            </div>
            <TextField label=move || t("folders-words") value=words help=move || t("folders-words-help") />
        </fieldset>
    }
}

/// Chats that are in it whatever the rule says.
#[component]
fn Chosen(chats: RwSignal<Vec<ChatId>>) -> impl IntoView {
    let state = AppState::get();
    let query = RwSignal::new(String::new());
    let toggle = move |id: ChatId| {
        chats.update(|chats| match chats.iter().position(|other| *other == id) {
            Some(at) => _ = chats.remove(at),
            None if chats.len() < CHATS_MAX => chats.push(id),
            None => {}
        });
    };
    let rows = Memo::new(move |_| {
        let me = state.me().map(|me| me.person.id);
        let words: Vec<String> = query.get().split_whitespace().map(folded).collect();
        let fits = |row: &ChatRow| {
            let title = folded(&chat_title(row, me));
            words.iter().all(|word| title.contains(word))
        };
        let rows = state.chats.order.get().into_iter().map(|entry| entry.row.get_untracked());
        rows.filter(fits)
            .map(|row| (row.id.clone(), chat_title(&row, me), seed(&row), avatar_of(&row)))
            .collect::<Vec<_>>()
    });
    let row = move |(id, title, seed, avatar): (ChatId, String, i64, Option<FileId>)| {
        let face = face(avatar);
        let own = id.clone();
        let selected = Memo::new(move |_| chats.with(|chats| chats.contains(&own)));
        let name = title.clone();
        view! {
            <li>
                <ListRow
                    title=title
                    selected=selected
                    compact=true
                    on_press=move || toggle(id.clone())
                    start=move || view! { <Avatar name=name.clone() id=seed size=AvatarSize::Inline face=face /> }
                    end=move || view! { <Show when=move || selected.get()><Icon name=IconName::Check /></Show> }
                />
            </li>
        }
    };
    view! {
        <section class="folder-form__part">
            <h2 class="folder-form__title">{move || t("folders-chosen")}</h2>
            <div class="people">
                <TextField label=move || t("chats-filter") value=query kind=FieldKind::Search />
                <div class="people__list">
                    <ul><For each=move || rows.get() key=|row| row.0.clone() children=row /></ul>
                </div>
            </div>
        </section>
    }
}

/// "4 chats now: general, Design, …".
fn found_words(state: AppState, folder: &Folder) -> String {
    if !folder.rule.asks() && folder.chats.is_empty() {
        return t("folders-nothing");
    }
    let me = state.me().map(|me| me.person.id);
    let found = state.chats_of(folder);
    let names: Vec<String> =
        found.iter().take(TOLD_MAX).map(|entry| entry.row.with(|row| chat_title(row, me))).collect();
    let mut names = names.join(", ");
    if found.len() > TOLD_MAX {
        names.push_str(", …");
    }
    t_with("folders-found", &[("count", found.len().into()), ("names", names.into())])
}

fn seed(row: &ChatRow) -> i64 {
    row.person.as_ref().map_or_else(|| colour_seed(&row.id), |person| person.id.0)
}

fn name_of(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Also => "also",
        Wanted::Without => "without",
        Wanted::Only => "only",
    }
}

fn wanted(name: &str) -> Wanted {
    [Wanted::Also, Wanted::Without, Wanted::Only].into_iter().find(|one| name_of(*one) == name).unwrap_or_default()
}
