//! Draws a parsed text as nodes.

use leptos::prelude::*;
use view::Everyone;
use view::emoji::bare_name;
use view::rows::PersonMention;
use view::{ChatId, ChatKind};

use super::highlight::highlight;
use super::{Block, Inline, is_only_emoji, parse};
use crate::features::team_emoji::TeamPicture;
use crate::i18n::t;
use crate::primitives::{Icon, IconName, IconSize};
use crate::state::{AppState, ChatEntry};

/// Longer code stays plain, in bytes: each piece of it would be a node of the page.
const COLOURED_BYTES_MAX: usize = 16 * 1024;

/// A message's text, formatted.
#[component]
pub fn Markdown(
    /// The source.
    text: String,
    /// Who is mentioned in it.
    mentions: Vec<PersonMention>,
    /// It mentions everyone: `@all` and the like are no plain words.
    #[prop(optional)]
    everyone: bool,
    /// A mentioned person was pressed.
    #[prop(into)]
    on_person: Callback<(view::UserId,)>,
) -> impl IntoView {
    // One of the team's alone is large too, and a sticker is a picture.
    let large = is_only_emoji(&text) || bare_name(text.trim()).is_some();
    let state = AppState::try_get();
    let blocks = parse(&text, &|name| match name.strip_prefix('#') {
        Some(title) => chat_called(state, title).is_some(),
        None => {
            mentions.iter().any(|person| person.username.eq_ignore_ascii_case(name))
                || (everyone && Everyone::named(name).is_some())
        }
    });
    let pen = Pen { mentions, on_person, large };
    view! { <div class="markdown" class:markdown--large=large>{pen.blocks(blocks)}</div> }
}

struct Pen {
    mentions: Vec<PersonMention>,
    on_person: Callback<(view::UserId,)>,
    large: bool,
}

impl Pen {
    fn blocks(&self, blocks: Vec<Block>) -> Vec<AnyView> {
        blocks.into_iter().map(|block| self.block(block)).collect()
    }

    fn block(&self, block: Block) -> AnyView {
        match block {
            Block::Paragraph(pieces) => view! { <p>{self.pieces(pieces)}</p> }.into_any(),
            Block::Code { language, text } => view! { <CodeBlock language=language text=text /> }.into_any(),
            Block::Quote(blocks) => view! { <blockquote>{self.blocks(blocks)}</blockquote> }.into_any(),
            Block::List { start, items } => {
                let items: Vec<_> = items.into_iter().map(|item| view! { <li>{self.pieces(item)}</li> }).collect();
                match start {
                    Some(start) => view! { <ol start=start.to_string()>{items}</ol> }.into_any(),
                    None => view! { <ul>{items}</ul> }.into_any(),
                }
            }
        }
    }

    fn pieces(&self, pieces: Vec<Inline>) -> Vec<AnyView> {
        pieces.into_iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&self, piece: Inline) -> AnyView {
        match piece {
            Inline::Text(text) => text.into_any(),
            Inline::Break => view! { <br /> }.into_any(),
            Inline::Bold(inside) => view! { <strong>{self.pieces(inside)}</strong> }.into_any(),
            Inline::Italic(inside) => view! { <em>{self.pieces(inside)}</em> }.into_any(),
            Inline::Strike(inside) => view! { <s>{self.pieces(inside)}</s> }.into_any(),
            Inline::Code(text) => view! { <code>{text}</code> }.into_any(),
            Inline::Spoiler(inside) => spoiler(self.pieces(inside)).into_any(),
            Inline::Link { href, words } => {
                view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{self.pieces(words)}</a> }
                    .into_any()
            }
            Inline::Mention(name) => self.mention(name),
            Inline::Emoji(name) => view! { <TeamPicture name=name large=self.large /> }.into_any(),
            Inline::Chat(title) => chat(title),
        }
    }

    fn mention(&self, name: String) -> AnyView {
        let Some(person) = self.mentions.iter().find(|person| person.username.eq_ignore_ascii_case(&name)) else {
            return view! { <span class="markdown__mention">{format!("@{name}")}</span> }.into_any();
        };
        let (id, on_person) = (person.id, self.on_person);
        let shown = format!("@{}", person.name);
        view! {
            <button class="markdown__mention" type="button" on:click=move |_| on_person.run((id,))>{shown}</button>
        }
        .into_any()
    }
}

/// A chat of the list by its title.
fn chat_called(state: Option<AppState>, title: &str) -> Option<ChatId> {
    let chats = state?.chats;
    let wanted = title.to_lowercase();
    chats.order.with_untracked(|order| {
        let called = |entry: &&ChatEntry| {
            entry.row.with_untracked(|row| row.kind != ChatKind::Private && row.title.to_lowercase() == wanted)
        };
        order.iter().find(called).map(|entry| entry.id.clone())
    })
}

fn chat(title: String) -> AnyView {
    let (shown, state) = (format!("#{title}"), AppState::try_get());
    let go = move |_| {
        if let Some((state, chat)) = state.zip(chat_called(state, &title)) {
            state.nav.open(chat);
        }
    };
    view! { <button class="markdown__mention" type="button" on:click=go>{shown}</button> }.into_any()
}

fn spoiler(inside: Vec<AnyView>) -> impl IntoView {
    let shown = RwSignal::new(false);
    let toggle = move || shown.update(|shown| *shown = !*shown);
    view! {
        <span
            class="markdown__spoiler"
            class:markdown__spoiler--shown=move || shown.get()
            role="button"
            tabindex="0"
            aria-label=move || (!shown.get()).then(|| t("message-spoiler"))
            aria-expanded=move || shown.get().to_string()
            on:click=move |_| toggle()
            on:keydown=move |event| {
                if matches!(event.key().as_str(), "Enter" | " ") {
                    event.prevent_default();
                    event.stop_propagation();
                    toggle();
                }
            }
        >
            <span aria-hidden=move || (!shown.get()).then_some("true")>{inside}</span>
        </span>
    }
}

#[component]
fn CodeBlock(language: String, text: String) -> impl IntoView {
    let coloured =
        if text.len() <= COLOURED_BYTES_MAX { highlight(&language, &text) } else { vec![(None, text.as_str())] };
    let pieces = coloured.into_iter().map(|(token, piece)| match token {
        Some(token) => view! { <span class=token.class()>{piece.to_owned()}</span> }.into_any(),
        None => piece.to_owned().into_any(),
    });
    let pieces = pieces.collect_view();
    let source = StoredValue::new(text);
    let copied = RwSignal::new(false);
    let copy = move |_| {
        _ = window().navigator().clipboard().write_text(&source.get_value());
        copied.set(true);
        set_timeout(move || _ = copied.try_set(false), std::time::Duration::from_secs(2));
    };
    let name = move || if copied.get() { t("message-copied") } else { t("message-copy-code") };
    view! {
        <figure class="code-block">
            <figcaption class="code-block__language">{language}</figcaption>
            <button class="code-block__copy" type="button" aria-label=name title=name on:click=copy>
                <Icon name=Signal::derive(move || if copied.get() { IconName::Check } else { IconName::Copy }) size=IconSize::Small />
            </button>
            <pre tabindex="0"><code>{pieces}</code></pre>
        </figure>
    }
}
