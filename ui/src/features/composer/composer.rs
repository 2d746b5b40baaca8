//! The composer: one growing text field with everything that belongs to writing.

use leptos::prelude::*;
use view::emoji::bare_name;
use view::{ChatId, Draft, MessageId, PersonRow, QuoteRow, SendFile, UserId, When};
use wasm_bindgen::JsCast;

use super::composition::{Composition, Mode};
use super::drafts::Drafts;
use super::field_keys::{Ask, ask};
use super::send::{MESSAGE_BYTES_MAX, asked_poll, is_sendable, mentioned_in};
use super::suggest::{Suggestion, closed_code, suggest};
use super::suggestions::{LIST_ID, Suggestions, option_id};
use super::tray::{TrayBar, files_of, takes_files};
use crate::bridge::files::{choose, offer};
use crate::features::later::LaterPanel;
use crate::features::reactions::EmojiPanel;
use crate::features::voice::{Recorder, RecordingBar};
use crate::i18n::{language, t, t_with};
use crate::keys::live::{self, chord_words};
use crate::keys::{Action, KeyPress};
use crate::primitives::{ControlSize, Icon, IconButton, IconButtonKind, IconName, MenuAnchor, colour_of};
use crate::state::AppState;
use crate::state::emoji::use_emoji;
use crate::state::team_emoji;

/// How wide the panels over it are, in CSS pixels.
const EMOJI_WIDTH: f64 = 348.0;
const LATER_WIDTH: f64 = 320.0;

/// What the composer asks its owner for.
#[derive(Clone, Copy)]
pub struct ComposerActions {
    /// Post this, with the people mentioned.
    pub send: Callback<(Draft, Vec<UserId>)>,
    /// Post this with files, and the people mentioned.
    pub send_files: Callback<(Draft, Vec<UserId>, Vec<SendFile>)>,
    /// Post it at a moment, with the people mentioned.
    pub send_later: Callback<(Draft, Vec<UserId>, When)>,
    /// Ask a poll, with what was typed as its question.
    pub new_poll: Callback<(String,)>,
    /// Change a message's text.
    pub edit: Callback<(MessageId, String, Vec<UserId>)>,
    /// The person wants to edit the last own message: answer with [`Composition::edit`].
    pub edit_last: Callback<()>,
    /// Keep a draft.
    pub save_draft: Callback<(ChatId, Draft)>,
    /// A key was pressed.
    pub typing: Callback<()>,
    /// The quote of a message that a restored draft answers, when it is loaded.
    pub quote: Callback<(MessageId,), Option<QuoteRow>>,
}

/// Where messages are written.
#[component]
pub fn Composer(
    /// The open chat.
    #[prop(into)]
    chat: Signal<Option<ChatId>>,
    /// What is being written.
    composition: Composition,
    /// What it asks for.
    actions: ComposerActions,
    /// Who can be mentioned.
    #[prop(into)]
    people: Signal<Vec<PersonRow>>,
    /// What the host says the composer of a chat shall hold.
    #[prop(into)]
    incoming: Signal<Option<(ChatId, Draft)>>,
    /// Enter sends; else it breaks the line.
    #[prop(into)]
    enter_sends: Signal<bool>,
    /// Shown while empty: "Message to general".
    #[prop(into)]
    placeholder: Signal<String>,
    /// Everyone can be mentioned.
    #[prop(optional, into)]
    everyone: Signal<bool>,
) -> impl IntoView {
    let drafts = Drafts::start(chat, composition, incoming, actions.save_draft, actions.quote);
    let found = RwSignal::new((0, Vec::new()));
    let desk = Desk { composition, actions, people, everyone, drafts, found, chosen: RwSignal::new(0) };
    let panel = RwSignal::new(None::<MenuAnchor>);
    let box_node = NodeRef::<leptos::html::Div>::new();
    let open_panel = move || panel.set(box_node.get_untracked().map(|node| over_its_end(&node, EMOJI_WIDTH)));
    let too_long = move || composition.text.with(|text| text.trim().len() > MESSAGE_BYTES_MAX);
    // The gallery's composer stands alone and takes no files.
    let state = AppState::try_get();
    let tray = composition.tray;
    let sealed = sealed_chat(state, chat);
    if let Some(state) = state {
        tray.take_picked(state, sealed);
    }
    let use_tray = move || state.into_iter().for_each(|state| tray.use_this(state));
    let dropping = RwSignal::new(false);
    let sendable = move || desk.is_sendable();
    let editing = move || composition.mode.with(|mode| matches!(mode, Mode::Edit { .. }));
    let suggesting = move || desk.found.with(|(_, found)| !found.is_empty());
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        if desk.key(&event, enter_sends.get_untracked(), open_panel) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    Effect::new(move || {
        composition.text.track();
        composition.mode.track();
        let field = composition.field;
        field.track();
        // The field gets its new text in an effect of its own.
        request_animation_frame(move || {
            if let Some(Some(field)) = field.try_get_untracked() {
                grow(&field);
            }
        });
    });
    let later = RwSignal::new(None::<MenuAnchor>);
    let recorder = Recorder::new();
    // What was said for one chat is not for another.
    Effect::new(move || {
        chat.track();
        recorder.cancel();
    });
    on_cleanup(move || recorder.cancel());
    let say = move || {
        if let Some(state) = state {
            recorder.finish(state, move |file| desk.send_voice(file));
        }
    };
    let nothing = move || composition.text.with(|text| text.trim().is_empty()) && tray.is_empty();
    let mute = move || state.is_some() && nothing() && !editing() && !sealed.get();
    let send_icon = Signal::derive(move || if editing() { IconName::Check } else { IconName::Send });
    view! {
        <div class="composer">
            <Show when=suggesting>
                <Suggestions
                    found=move || desk.found.get().1
                    chosen=desk.chosen
                    on_pick=move |suggestion: Suggestion| desk.take(&suggestion)
                />
            </Show>
            <div
                class="composer__box"
                class:composer__box--edit=editing
                class:composer__box--drop=move || dropping.get()
                node_ref=box_node
                on:dragover=move |event| dropping.set(takes_files(&event))
                on:dragleave=move |_| dropping.set(false)
                on:drop=move |event| {
                    dropping.set(false);
                    if let Some(files) = files_of(event.data_transfer()) {
                        event.prevent_default();
                        use_tray();
                        offer(files);
                    }
                }
            >
                <ModeBar composition=composition />
                <TrayBar tray=tray />
                <Show when=move || recorder.is_on()>
                    <RecordingBar recorder=recorder on_send=say />
                </Show>
                <div class="composer__line" class:composer__line--off=move || recorder.is_on()>
                    <textarea
                        class="composer__field"
                        rows="1"
                        autocomplete="off"
                        enterkeyhint="send"
                        aria-label=move || placeholder.get()
                        placeholder=move || placeholder.get()
                        aria-autocomplete="list"
                        aria-controls=move || suggesting().then_some(LIST_ID)
                        aria-activedescendant=move || suggesting().then(|| option_id(desk.chosen.get()))
                        aria-invalid=move || too_long().then_some("true")
                        data-composer=""
                        node_ref=composition.field
                        prop:value=move || composition.text.get()
                        on:input=move |event| desk.typed(&event)
                        on:keydown=pressed
                        on:click=move |_| desk.look()
                        on:focus=move |_| use_tray()
                        on:paste=move |event: web_sys::ClipboardEvent| {
                            if let Some(files) = files_of(event.clipboard_data()) {
                                event.prevent_default();
                                use_tray();
                                offer(files);
                            }
                        }
                        on:blur=move |_| desk.found.set((0, Vec::new()))
                    />
                    <IconButton icon=IconName::Smile label=move || t("composer-emoji") shortcut=Signal::derive(|| chord_words(Action::Emoji)) on_press=open_panel />
                    <Show when=move || !editing() && !sealed.get()>
                        <IconButton
                            icon=IconName::Attach
                            label=move || t("files-attach")
                            on_press=move || {
                                use_tray();
                                state.into_iter().for_each(choose);
                            }
                        />
                    </Show>
                    <Show when=move || composition.text.with(String::is_empty) && !editing() && tray.is_empty() && !sealed.get()>
                        <IconButton icon=IconName::Poll label=move || t("poll-new") on_press=move || actions.new_poll.run((String::new(),)) />
                    </Show>
                    <Show when=move || sendable() && !editing() && tray.is_empty()>
                        <IconButton
                            icon=IconName::Clock
                            label=move || t("scheduled-send-later")
                            on_press=move || later.set(box_node.get_untracked().map(|node| over_its_end(&node, LATER_WIDTH)))
                        />
                    </Show>
                    <Show when=mute>
                        <span class="composer__speak">
                            <IconButton icon=IconName::Microphone label=move || t("voice-record") on_press=move || state.into_iter().for_each(|state| recorder.start(state)) />
                        </span>
                    </Show>
                    // While there is nothing to send its place is the microphone's: narrow windows have no room for both.
                    <Show when=move || !mute()>
                        <IconButton
                            icon=send_icon
                            label=move || if editing() { t("composer-save") } else { t("composer-send") }
                            kind=IconButtonKind::Primary
                            disabled=move || !sendable()
                            on_press=move || desk.send()
                        />
                    </Show>
                </div>
                <Show when=too_long>
                    <p class="composer__note" role="alert">{move || t("composer-too-long")}</p>
                </Show>
            </div>
            <LaterPanel
                anchor=later
                title=move || t("scheduled-send-later")
                on_pick=move |when: When| desk.send_later(when)
            />
            <EmojiPanel anchor=panel on_pick=move |emoji: String| desk.take_emoji(&emoji) />
        </div>
    }
}

/// What is said in the chat is sealed: files, voices and polls are not, and do not go out of it.
fn sealed_chat(state: Option<AppState>, chat: Signal<Option<ChatId>>) -> Memo<bool> {
    Memo::new(move |_| {
        let row = state.zip(chat.get()).and_then(|(state, chat)| state.chats.find(&chat));
        row.is_some_and(|row| row.with(|row| row.encrypted))
    })
}

/// What is answered or changed, with a cross.
#[component]
fn ModeBar(composition: Composition) -> impl IntoView {
    move || {
        let (icon, class, title, text) = match composition.mode.get() {
            Mode::New => return None,
            Mode::Reply(quote) => {
                let title = if quote.author.is_empty() {
                    t("composer-reply")
                } else {
                    t_with("composer-reply-to", &[("name", quote.author.into())])
                };
                (
                    IconName::Reply,
                    format!("composer__mode composer__mode--{}", colour_of(quote.author_id.0)),
                    title,
                    quote.text,
                )
            }
            Mode::Edit { original, .. } => {
                let text = crate::features::markdown::plain_text(&original);
                (IconName::Edit, "composer__mode".to_owned(), t("composer-editing"), text)
            }
        };
        Some(view! {
            <div class=class>
                <Icon name=icon />
                <div class="composer__mode-words">
                    <strong>{title}</strong>
                    <span>{text}</span>
                </div>
                <IconButton
                    icon=IconName::Close
                    label=move || t("composer-cancel")
                    size=ControlSize::Small
                    on_press=move || _ = composition.cancel()
                />
            </div>
        })
    }
}

/// The composer's hands.
#[derive(Clone, Copy)]
struct Desk {
    composition: Composition,
    actions: ComposerActions,
    people: Signal<Vec<PersonRow>>,
    everyone: Signal<bool>,
    drafts: Drafts,
    /// The length of the word they complete, and the suggestions.
    found: RwSignal<(usize, Vec<Suggestion>)>,
    chosen: RwSignal<usize>,
}

impl Desk {
    fn typed(self, event: &web_sys::Event) {
        let text = event_target_value(event);
        self.composition.touched.set(true);
        self.composition.text.set(text);
        let composing = event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing);
        if !composing && let Some(changed) = closed_code(&self.composition.selected()) {
            self.composition.apply(changed);
        }
        self.look();
        if !matches!(self.composition.mode.get_untracked(), Mode::Edit { .. }) {
            self.drafts.changed();
            if self.composition.text.with_untracked(|text| !text.trim().is_empty()) {
                self.actions.typing.run(());
            }
        }
    }

    /// Looks for suggestions at the caret.
    fn look(self) {
        let everyone = self.everyone.get_untracked().then(|| untrack(language));
        let found = self.people.with_untracked(|people| suggest(&self.composition.selected(), people, everyone));
        if self.found.with_untracked(|old| *old != found) {
            self.chosen.set(0);
            self.found.set(found);
        }
    }

    fn take(self, suggestion: &Suggestion) {
        let (units, _) = self.found.get_untracked();
        if let Suggestion::Emoji(emoji, _) = suggestion {
            use_emoji(emoji);
        }
        let mut typed = self.composition.selected();
        typed.start = typed.start.saturating_sub(units);
        self.composition.apply(typed.insert(&suggestion.words()));
        self.found.set((0, Vec::new()));
        self.drafts.changed();
    }

    /// True when the key was ours.
    fn key(self, event: &web_sys::KeyboardEvent, enter_sends: bool, open_panel: impl Fn()) -> bool {
        // 229: the key went to an input method (Safari says so only this way).
        if event.is_composing() || event.key_code() == 229 {
            return false;
        }
        if self.key_for_suggestions(&event.key()) {
            return true;
        }
        let press = KeyPress::of(event);
        let empty = self.composition.text.with_untracked(String::is_empty);
        match ask(&press, live::action_of(&press), empty, enter_sends) {
            Some(Ask::Send) => self.send(),
            Some(Ask::Mark(mark)) => {
                self.composition.apply(self.composition.selected().toggle(mark));
                self.drafts.changed();
            }
            Some(Ask::EditLast) => self.actions.edit_last.run(()),
            Some(Ask::Emoji) => open_panel(),
            // Without edit or reply the key goes on along the chain.
            Some(Ask::Cancel) => return self.composition.cancel(),
            None => return false,
        }
        true
    }

    fn key_for_suggestions(self, key: &str) -> bool {
        let (_, found) = self.found.get_untracked();
        let (here, count) = (self.chosen.get_untracked(), found.len());
        if count == 0 {
            return false;
        }
        match key {
            "ArrowDown" => self.chosen.set((here + 1) % count),
            "ArrowUp" => self.chosen.set((here + count - 1) % count),
            "Enter" | "Tab" => found.get(here).into_iter().for_each(|suggestion| self.take(suggestion)),
            "Escape" => self.found.set((0, Vec::new())),
            _ => return false,
        }
        true
    }

    /// A text of a fit length, or files.
    fn is_sendable(self) -> bool {
        let editing = self.composition.mode.with(|mode| matches!(mode, Mode::Edit { .. }));
        let files = !editing && !self.composition.tray.is_empty();
        self.composition.text.with(|text| is_sendable(text) || (files && text.trim().is_empty()))
    }

    fn send(self) {
        let text = self.composition.text.get_untracked();
        if !untrack(|| self.is_sendable()) {
            return;
        }
        let text = text.trim().to_owned();
        let new = !matches!(self.composition.mode.get_untracked(), Mode::Edit { .. });
        if let Some(question) = asked_poll(&text).filter(|_| new) {
            let question = question.to_owned();
            _ = self.take_draft(text);
            return self.actions.new_poll.run((question,));
        }
        let mentions = self.people.with_untracked(|people| mentioned_in(&text, people));
        match self.composition.mode.get_untracked() {
            Mode::Edit { id, original } => {
                if text != original.trim() {
                    self.actions.edit.run((id, text, mentions));
                }
                self.composition.leave_edit();
            }
            _ => {
                // Before the draft is taken, which empties the tray.
                let files = self.composition.tray.take();
                let draft = self.take_draft(text);
                if files.is_empty() {
                    self.actions.send.run((draft, mentions));
                } else {
                    self.actions.send_files.run((draft, mentions, files));
                }
            }
        }
        self.found.set((0, Vec::new()));
        self.composition.focus();
    }

    /// A sticker is a message; an emoji is written, and so is a sticker into a text.
    fn take_emoji(self, emoji: &str) {
        let sticker = bare_name(emoji).and_then(|name| untrack(|| team_emoji::find(name)));
        let empty = self.composition.text.with_untracked(|text| text.trim().is_empty())
            && untrack(|| self.composition.tray.is_empty())
            && !matches!(self.composition.mode.get_untracked(), Mode::Edit { .. });
        if empty && sticker.is_some_and(|sticker| sticker.sticker) {
            let draft = self.take_draft(emoji.to_owned());
            return self.actions.send.run((draft, Vec::new()));
        }
        self.composition.insert(emoji);
    }

    fn send_voice(self, file: SendFile) {
        let draft = self.take_draft(String::new());
        self.actions.send_files.run((draft, Vec::new(), vec![file]));
        self.composition.focus();
    }

    fn send_later(self, when: When) {
        let text = self.composition.text.get_untracked();
        if !is_sendable(&text) {
            return;
        }
        let text = text.trim().to_owned();
        let mentions = self.people.with_untracked(|people| mentioned_in(&text, people));
        self.actions.send_later.run((self.take_draft(text), mentions, when));
        self.composition.focus();
    }

    /// Empties the composer.
    fn take_draft(self, text: String) -> Draft {
        let mode = self.composition.mode.get_untracked();
        let reply_to = if let Mode::Reply(quote) = mode { Some(quote.id) } else { None };
        self.composition.clear();
        self.drafts.sent();
        Draft { text, reply_to }
    }
}

/// Where a panel of this width opens from the composer: over the end of its box.
fn over_its_end(node: &web_sys::HtmlDivElement, width: f64) -> MenuAnchor {
    let rect = node.get_bounding_client_rect();
    MenuAnchor { x: rect.right() - width, y: rect.bottom(), above: rect.top() - 4.0 }
}

/// As tall as its text; the style sheet bounds it.
fn grow(field: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(field);
    _ = style.set_property("height", "auto");
    _ = style.set_property("height", &format!("{}px", field.scroll_height()));
}
