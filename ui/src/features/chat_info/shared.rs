//! Pages of what was shared in a chat: those of the device at once, those of the server after them, each message once.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, Connection, Failure, SharedKind, SharedRow};

use crate::bridge;
use crate::i18n::{t, when};
use crate::primitives::{Button, ButtonKind, EmptyState, IconName, Skeleton, SkeletonShape};
use crate::state::AppState;

/// From where the next page goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    Begin,
    At(String),
    End,
}

impl Next {
    fn of(cursor: Option<String>) -> Self {
        cursor.map_or(Next::End, Next::At)
    }

    fn cursor(self) -> Option<String> {
        if let Next::At(cursor) = self { Some(cursor) } else { None }
    }
}

/// What is known so far.
#[derive(Clone, Copy)]
pub struct Feed {
    chat: StoredValue<ChatId>,
    what: SharedKind,
    /// Newest first; `None` until the device has answered.
    pub rows: RwSignal<Option<Vec<SharedRow>>>,
    here: RwSignal<Next>,
    server: RwSignal<Next>,
    busy: RwSignal<bool>,
    failed: RwSignal<bool>,
}

impl Feed {
    /// Asks for the first pages.
    pub fn new(chat: ChatId, what: SharedKind) -> Self {
        let feed = Self {
            chat: StoredValue::new(chat),
            what,
            rows: RwSignal::new(None),
            here: RwSignal::new(Next::Begin),
            server: RwSignal::new(Next::Begin),
            busy: RwSignal::new(false),
            failed: RwSignal::new(false),
        };
        let state = AppState::get();
        let online = Memo::new(move |_| state.connection.with(|connection| *connection == Connection::Online));
        Effect::new(move |_: Option<()>| {
            // The first pages, and again when the network is back before the server was asked.
            if online.get() || feed.rows.with_untracked(Option::is_none) {
                untrack(|| feed.load());
            }
        });
        feed
    }

    /// The next page: of the server, or of the device while there is no network.
    fn load(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failed.set(false);
        leptos::task::spawn_local(async move {
            if self.here.try_get_untracked() == Some(Next::Begin) {
                self.load_here().await;
            }
            if let Some(next) = self.server.try_get_untracked().filter(|next| *next != Next::End) {
                match bridge::ask(self.command(true, next.cursor())).await {
                    Ok(body) => self.take(body, self.server),
                    Err(Failure::Offline) => self.load_here().await,
                    Err(_) => _ = self.failed.try_set(true),
                }
            }
            self.busy.try_set(false);
        });
    }

    async fn load_here(self) {
        let Some(next) = self.here.try_get_untracked().filter(|next| *next != Next::End) else { return };
        match bridge::ask(self.command(false, next.cursor())).await {
            Ok(body) => self.take(body, self.here),
            Err(_) => _ = self.failed.try_set(true),
        }
    }

    fn command(self, server: bool, cursor: Option<String>) -> Command {
        let (chat_id, what) = (self.chat.try_get_value().unwrap_or_else(ChatId::general), self.what);
        if server {
            Command::FetchShared { chat_id, what, cursor }
        } else {
            Command::ListShared { chat_id, what, cursor }
        }
    }

    fn take(self, body: ReplyBody, place: RwSignal<Next>) {
        let ReplyBody::Shared { rows, next } = body else { return };
        // The panel may have gone meanwhile.
        place.try_set(Next::of(next));
        self.rows.try_update(|all| {
            let all = all.get_or_insert_default();
            all.retain(|old| !rows.iter().any(|new| new.message_id == old.message_id));
            all.extend(rows);
            all.sort_by_key(|row| std::cmp::Reverse(row.order));
        });
    }

    fn has_more(self) -> bool {
        let state = AppState::get();
        let online = state.connection.with(|connection| *connection == Connection::Online);
        let place = if online { self.server } else { self.here };
        place.with(|next| *next != Next::End)
    }
}

/// The list with its states around it: a skeleton, nothing, a failure, and a button for more.
#[component]
pub fn FeedView(
    /// What is known.
    feed: Feed,
    /// What an empty list shows.
    icon: IconName,
    /// Its words.
    none: &'static str,
    /// And how to fill it.
    help: &'static str,
    /// The rows, by month: a title and what was shared in it.
    #[prop(into)]
    month: ViewFnOf<Vec<SharedRow>>,
) -> impl IntoView {
    let months = Memo::new(move |_| feed.rows.with(|rows| rows.as_deref().map(by_month)));
    let list = move || match months.get() {
        None if feed.failed.get() => view! {
            <EmptyState icon=IconName::Warning title=move || t("common-could-not-load")>
                <Button on_press=move || feed.load()>{move || t("common-try-again")}</Button>
            </EmptyState>
        }
        .into_any(),
        None => view! { <Skeleton shape=SkeletonShape::Row count=4 /> }.into_any(),
        Some(months) if months.is_empty() && !feed.has_more() => {
            view! { <EmptyState icon=icon title=move || t(none) text=move || t(help) /> }.into_any()
        }
        Some(months) => {
            let one = |(title, rows): (String, Vec<SharedRow>)| {
                view! {
                    <section class="shared__month">
                        <h4 class="shared__title">{title}</h4>
                        {month.run(rows)}
                    </section>
                }
            };
            months.into_iter().map(one).collect_view().into_any()
        }
    };
    let more = move || feed.rows.with(Option::is_some) && feed.has_more();
    view! {
        <div class="shared">
            {list}
            <Show when=more>
                <div class="shared__more">
                    <Button kind=ButtonKind::Secondary busy=feed.busy on_press=move || feed.load()>
                        {move || if feed.failed.get() { t("common-try-again") } else { t("info-more") }}
                    </Button>
                </div>
            </Show>
        </div>
    }
}

/// A view made of something.
#[derive(Clone)]
pub struct ViewFnOf<T>(std::sync::Arc<dyn Fn(T) -> AnyView + Send + Sync>);

impl<T> ViewFnOf<T> {
    fn run(&self, value: T) -> AnyView {
        (self.0)(value)
    }
}

impl<T, V: IntoAny, F: Fn(T) -> V + Send + Sync + 'static> From<F> for ViewFnOf<T> {
    fn from(make: F) -> Self {
        Self(std::sync::Arc::new(move |value| make(value).into_any()))
    }
}

/// Who shared it and when; pressing goes to the message.
#[component]
pub fn Origin(
    /// The message.
    row: SharedRow,
) -> impl IntoView {
    let nav = AppState::get().nav;
    let (at, name, id) = (row.at, row.author.name, row.message_id);
    let go = move |_| {
        if let Some(chat) = nav.chat.get_untracked() {
            nav.open_at(chat, Some(id.clone()));
        }
    };
    view! {
        <button class="shared__origin" type="button" title=move || t("info-show-message") on:click=go>
            {move || format!("{name} · {}", when::short(at))}
        </button>
    }
}

/// The rows under the months in which they were said, in their order. Tracks the language.
fn by_month(rows: &[SharedRow]) -> Vec<(String, Vec<SharedRow>)> {
    let mut months: Vec<(String, Vec<SharedRow>)> = Vec::new();
    for row in rows {
        let title = when::month(row.at);
        match months.last_mut() {
            Some((last, rows)) if *last == title => rows.push(row.clone()),
            _ => months.push((title, vec![row.clone()])),
        }
    }
    months
}
