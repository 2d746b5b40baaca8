//! All about the open chat in one panel: who or what it is, what one can do with it, its members, and what was shared in it.

mod files;
mod head;
mod links;
mod shared;

use leptos::prelude::*;
use view::{ChatRow, SharedKind};

use crate::features::collections::{Collection, CollectionPanel};
use crate::features::members_panel::MembersPanel;
use crate::i18n::t;
use crate::primitives::{TabItem, Tabs};
use crate::state::{AppState, InfoTab};
use files::FilesTab;
use head::InfoHead;
use links::LinksTab;
use shared::Feed;

/// The panel's content.
#[component]
pub fn ChatInfo(
    /// The chat's row.
    row: RwSignal<ChatRow>,
) -> impl IntoView {
    let nav = AppState::get().nav;
    let chat = row.with_untracked(|row| row.id.clone());
    let alone = row.with_untracked(|row| row.person.is_some());
    let tabs = Signal::derive(move || {
        let all = [
            (InfoTab::Members, t("info-members")),
            (InfoTab::Files, t("info-files")),
            (InfoTab::Links, t("info-links")),
            (InfoTab::Pinned, t("info-pinned")),
        ];
        let shown = all.into_iter().filter(|(tab, _)| !alone || *tab != InfoTab::Members);
        shown.map(|(tab, label)| TabItem::new(tab.name(), label)).collect()
    });
    // A private chat has no members to show: there the next tab stands for them.
    let fitting = move |tab: InfoTab| if alone && tab == InfoTab::Members { InfoTab::Files } else { tab };
    let value = RwSignal::new(fitting(nav.info.get_untracked()).name().to_owned());
    Effect::new(move |_: Option<()>| value.set(fitting(nav.info.get()).name().to_owned()));
    Effect::new(move |before: Option<String>| {
        let now = value.get();
        if before.is_some_and(|before| before != now) {
            nav.info.set(InfoTab::named(&now));
        }
        now
    });
    let shown = Memo::new(move |_| InfoTab::named(&value.get()));
    view! {
        <div class="chat-info">
            <InfoHead row=row />
            <Tabs label=move || t("info-parts") tabs=tabs value=value />
            <div role="tabpanel" class="chat-info__part" aria-label=move || t(shown.get().words())>
                {move || match shown.get() {
                    InfoTab::Members => view! { <MembersPanel row=row /> }.into_any(),
                    InfoTab::Files => view! { <FilesTab feed=Feed::new(chat.clone(), SharedKind::Files) /> }.into_any(),
                    InfoTab::Links => view! { <LinksTab feed=Feed::new(chat.clone(), SharedKind::Links) /> }.into_any(),
                    InfoTab::Pinned => view! { <CollectionPanel collection=Collection::Pinned(chat.clone()) /> }.into_any(),
                }}
            </div>
        </div>
    }
}
