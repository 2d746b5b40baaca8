//! The team's emoji and stickers as a list: admins bring more, several at a time, and take them away.

use leptos::prelude::*;
use view::{ChatId, Command, NewEmoji, Role, TeamEmoji};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::{File, HtmlInputElement};

use super::names::name_of_file;
use super::picture::TeamPicture;
use crate::bridge;
use crate::bridge::files::offer;
use crate::features::attachments::canvas::small_picture;
use crate::i18n::{key, t, t_with};
use crate::primitives::{
    Button, ButtonKind, EmptyState, FieldKind, IconButton, IconButtonKind, IconName, Switch, TextField,
};
use crate::state::AppState;
use crate::state::team_emoji::with_all;

/// Sides of what is brought, at most, in pixels.
const EMOJI_SIDE: f64 = 128.0;
const STICKER_SIDE: f64 = 512.0;
/// More rows than this are not drawn: seek.
const ROWS_MAX: usize = 100;

/// All of it.
#[component]
pub fn TeamEmojiDialog() -> impl IntoView {
    let state = AppState::get();
    let query = RwSignal::new(String::new());
    let (sticker, pack) = (RwSignal::new(false), RwSignal::new(String::new()));
    let busy = RwSignal::new(0_usize);
    let may = move || {
        let general = state.chats.find(&ChatId::general());
        general.is_some_and(|row| row.with(|row| row.role.is_some_and(|role| role >= Role::Admin)))
    };
    let found = Memo::new(move |_| {
        let query = query.get().trim().to_lowercase();
        with_all(|all| {
            let fits = |one: &&TeamEmoji| one.name.contains(&query) || one.pack.to_lowercase().contains(&query);
            all.values().filter(fits).take(ROWS_MAX).cloned().collect::<Vec<_>>()
        })
    });
    let bring = move || {
        choose(move |files| {
            let (sticker, pack) = (sticker.get_untracked(), pack.get_untracked().trim().to_owned());
            for file in files {
                busy.update(|busy| *busy += 1);
                let pack = pack.clone();
                leptos::task::spawn_local(async move {
                    add(state, file, sticker, pack).await;
                    busy.try_update(|busy| *busy = busy.saturating_sub(1));
                });
            }
        })
    };
    let row = move |one: TeamEmoji| {
        let (name, gone) = (one.name.clone(), one.name.clone());
        let remove = move || bridge::tell(state, Command::RemoveEmoji { name: gone.clone() });
        let label = one.name.clone();
        view! {
            <li class="team-emoji-list__row">
                <span class="team-emoji-list__picture" aria-hidden="true"><TeamPicture name=name large=true /></span>
                <span class="team-emoji-list__words">
                    <strong>{format!(":{}:", one.name)}</strong>
                    <span>{move || if one.sticker { t(key("team-emoji-sticker")) } else { t(key("team-emoji-emoji")) }}{(!one.pack.is_empty()).then(|| format!(" · {}", one.pack))}</span>
                </span>
                <Show when=may>
                    <IconButton
                        icon=IconName::Delete
                        kind=IconButtonKind::Danger
                        label={
                            let label = label.clone();
                            move || t_with("team-emoji-remove", &[("name", label.clone().into())])
                        }
                        on_press=remove.clone()
                    />
                </Show>
            </li>
        }
    };
    view! {
        <div class="team-emoji-list">
            <Show when=may fallback=move || view! { <p class="team-emoji-list__note">{move || t("team-emoji-who")}</p> }>
                <div class="team-emoji-list__bring">
                    <Switch label=move || t("team-emoji-as-stickers") help=move || t("team-emoji-as-stickers-help") on=sticker on_change=move |on| sticker.set(on) />
                    <TextField label=move || t("team-emoji-pack") value=pack placeholder=move || t("team-emoji-pack-example") />
                    <Button kind=ButtonKind::Primary icon=IconName::Add busy=Signal::derive(move || busy.get() > 0) on_press=bring>
                        {move || t("team-emoji-bring")}
                    </Button>
                    <p class="team-emoji-list__note">{move || t("team-emoji-bring-help")}</p>
                </div>
            </Show>
            <TextField label=move || t("team-emoji-find") value=query kind=FieldKind::Search />
            <ul class="team-emoji-list__rows">
                <For each=move || found.get() key=|one| (one.name.clone(), one.rev) children=row />
            </ul>
            <Show when=move || found.with(Vec::is_empty)>
                <EmptyState icon=IconName::Smile title=move || t("team-emoji-none") text=move || t("team-emoji-none-help") />
            </Show>
        </div>
    }
}

/// Brings one picture; what is wrong with it is told.
async fn add(state: AppState, file: File, sticker: bool, pack: String) {
    let Some(name) = name_of_file(&file.name()) else {
        return state.toasts.refused(untrack(|| t_with("team-emoji-no-name", &[("file", file.name().into())])));
    };
    let side = if sticker { STICKER_SIDE } else { EMOJI_SIDE };
    let Some(small) = small_picture(&file, side, "emoji").await else {
        return state.toasts.refused(untrack(|| t_with("team-emoji-no-picture", &[("file", file.name().into())])));
    };
    let picked = state.files.expect(&small.name());
    offer(vec![small]);
    let Ok(row) = picked.await else { return };
    let emoji = NewEmoji { name, file_id: row.file_id, sticker, pack };
    if let Err(failure) = bridge::ask(Command::AddEmoji { emoji }).await {
        state.toasts.failure(failure);
    }
}

fn choose(then: impl FnOnce(Vec<File>) + 'static) {
    let input = document().create_element("input").ok().and_then(|e| e.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return };
    input.set_type("file");
    input.set_multiple(true);
    input.set_accept("image/png,image/jpeg,image/webp,image/gif");
    let field = input.clone();
    let on_change = Closure::once_into_js(move || {
        let list = field.files();
        then(list.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.get(at))).collect());
    });
    input.set_onchange(Some(on_change.unchecked_ref()));
    input.click();
}
