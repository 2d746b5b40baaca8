//! The composer: one growing text field with everything that belongs to writing.

use leptos::prelude::*;
use view::{ChatId, Draft, MessageId, PersonRow, QuoteRow, SendFile, UserId, When};
use wasm_bindgen::JsCast;

use super::composition::{Composition, Mode};
use super::desk::Desk;
use super::drafts::Drafts;
use super::ink_layer::{InkLayer, Paper};
use super::marks::MarkBar;
use super::send::MESSAGE_BYTES_MAX;
use super::suggest::Suggestion;
use super::suggestions::{LIST_ID, Suggestions, option_id};
use super::tray::{TrayBar, files_of, takes_files};
use crate::bridge::files::{choose, offer};
use crate::features::later::LaterPanel;
use crate::features::reactions::EmojiPanel;
use crate::features::voice::{Recorder, RecordingBar};
use crate::i18n::{t, t_with};
use crate::keys::Action;
use crate::keys::live::chord_words;
use crate::primitives::{ControlSize, Icon, IconButton, IconButtonKind, IconName, MenuAnchor, colour_of};
use crate::state::AppState;

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
    let desk = Desk {
        composition,
        actions,
        people,
        everyone,
        drafts,
        found: RwSignal::new((0, Vec::new())),
        chosen: RwSignal::new(0),
        state: AppState::try_get(),
    };
    let panel = RwSignal::new(None::<MenuAnchor>);
    let box_node = NodeRef::<leptos::html::Div>::new();
    let open_panel = move || panel.set(box_node.get_untracked().map(|node| over_its_end(&node, EMOJI_WIDTH)));
    let too_long = move || composition.text.with(|text| text.trim().len() > MESSAGE_BYTES_MAX);
    // The gallery's composer stands alone and takes no files.
    let state = AppState::try_get();
    let tray = composition.tray;
    if let Some(state) = state {
        tray.take_picked(state);
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
    let paper = Paper::new(composition, people);
    let marking = RwSignal::new(false);
    let look_at_selection = move || {
        let selected = composition.selected();
        marking.set(selected.start < selected.end);
    };
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
    let mute = move || state.is_some() && nothing() && !editing();
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
            <Show when=move || marking.get() && !suggesting()>
                <MarkBar composition=composition on_change=move || desk.drafts.changed() />
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
                    <div class="composer__paper" class:composer__paper--inked=move || paper.shows()>
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
                        on:select=move |_| look_at_selection()
                        on:keyup=move |_| look_at_selection()
                        on:pointerup=move |_| look_at_selection()
                        on:scroll=move |_| paper.fit()
                        on:compositionstart=move |_| paper.composing.set(true)
                        on:compositionend=move |_| paper.composing.set(false)
                        on:focus=move |_| use_tray()
                        on:paste=move |event: web_sys::ClipboardEvent| {
                            if let Some(files) = files_of(event.clipboard_data()) {
                                event.prevent_default();
                                use_tray();
                                offer(files);
                            }
                        }
                        on:blur=move |event| {
                            desk.found.set((0, Vec::new()));
                            marking.set(marking.get_untracked() && goes_to_marks(&event));
                        }
                    />
                    <InkLayer paper=paper />
                    </div>
                    <IconButton icon=IconName::Smile label=move || t("composer-emoji") shortcut=Signal::derive(|| chord_words(Action::Emoji)) on_press=open_panel />
                    <Show when=move || !editing()>
                        <IconButton
                            icon=IconName::Attach
                            label=move || t("files-attach")
                            on_press=move || {
                                use_tray();
                                state.into_iter().for_each(choose);
                            }
                        />
                    </Show>
                    <Show when=move || composition.text.with(String::is_empty) && !editing() && tray.is_empty()>
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

/// Where a panel of this width opens from the composer: over the end of its box.
fn over_its_end(node: &web_sys::HtmlDivElement, width: f64) -> MenuAnchor {
    let rect = node.get_bounding_client_rect();
    MenuAnchor { x: rect.right() - width, y: rect.bottom(), above: rect.top() - 4.0 }
}

/// The focus goes to the bar of marks, by Tab.
fn goes_to_marks(event: &web_sys::FocusEvent) -> bool {
    let target = event.related_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| element.closest(".marks").ok().flatten().is_some())
}

/// As tall as its text; the style sheet bounds it. Without text it has one row: to ask how tall that is would lay the page out in the
/// middle of opening a chat.
fn grow(field: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(field);
    _ = style.set_property("height", "auto");
    if field.value().is_empty() {
        return;
    }
    _ = style.set_property("height", &format!("{}px", field.scroll_height()));
}
