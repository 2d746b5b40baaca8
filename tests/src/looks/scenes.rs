//! What there is to see: each scene is an address of the demo (or a page of the gallery), what to do there, and what then shows.
//! Everything is found by its place, not by its words, so that a scene is one in every language.

use crate::desk::{Press, held};

/// A thing to look at.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// The name of its pictures.
    pub name: &'static str,
    /// The words after `#demo=`, or `gallery/PAGE`.
    pub page: &'static str,
    /// What to do once it is open.
    pub steps: &'static [Step],
    /// What shows when all is done, as a CSS selector.
    pub until: &'static str,
}

/// Something a person does.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Presses the first that matches and is on screen.
    Press(&'static str),
    /// Presses the n-th (from 0) that matches and is on screen.
    PressNth(&'static str, usize),
    /// Presses the first that matches, is on screen and bears this icon.
    PressIcon(&'static str, &'static str),
    /// Opens the menu of the first that matches.
    Menu(&'static str),
    /// Writes into a field.
    Type(&'static str, &'static str),
    /// Presses a key.
    Hit(Press),
    /// Waits for something.
    See(&'static str),
}

use Step::{Hit, Menu, Press as Click, PressIcon, PressNth, See, Type};

const fn ctrl(key: &'static str, code: &'static str) -> Step {
    Hit(Press { key, code, number: code.as_bytes()[code.len() - 1] as u32, held: held::CTRL })
}

const OPEN: Step = Click(".chat-row .list-row");
const MESSAGE: Step = See(".message");
const DOWN: Press = Press { key: "ArrowDown", code: "ArrowDown", number: 40, held: held::NONE };
const ESCAPE: Step = Hit(Press { key: "Escape", code: "Escape", number: 27, held: held::NONE });
const EMOJI: Step = PressIcon(".composer .icon-button", "Smile");
const SETTINGS: Step = ctrl(",", "Comma");
const PALETTE: Step = Hit(Press { key: "K", code: "KeyK", number: 'K' as u32, held: held::CTRL | held::SHIFT });
/// The microphone stands before the last button.
const SPEAK: &str = ".composer__speak .icon-button";
/// Reads a file.
const PREVIEW: &str = ".file-row .icon-button:has([data-icon=Eye])";
const RIGHT: Press = Press { key: "ArrowRight", code: "ArrowRight", number: 39, held: held::NONE };
const NEW: Step = Click(".chat-list__head .icon-button");

const fn scene(name: &'static str, page: &'static str, steps: &'static [Step], until: &'static str) -> Scene {
    Scene { name, page, steps, until }
}

const fn section(at: usize) -> Step {
    PressNth(".settings__sections .list-row", at)
}

/// All of them, in the order in which a person meets them.
pub const SCENES: &[Scene] = &[
    scene("welcome", "welcome", &[], ".choice"),
    scene("host", "welcome", &[PressNth(".choice", 0)], ".host-start"),
    scene("host-owner", "host", &[PressNth(".choice", 0)], ".account-form"),
    scene("join", "welcome", &[PressNth(".choice", 1)], ".discovered .list-row"),
    scene("join-nobody", "welcome,no-teams", &[PressNth(".choice", 1)], ".discovered__none"),
    scene(
        "join-wrong-key",
        "welcome",
        &[PressNth(".choice", 1), Type(".join input", "hybrid://join/wrong"), Click(".join__form .button")],
        ".field--error",
    ),
    scene(
        "join-found",
        "welcome",
        &[PressNth(".choice", 1), Type(".join input", "hybrid://join/x"), Click(".join__form .button")],
        ".account-form",
    ),
    scene("sign-in", "welcome", &[PressNth(".choice", 2)], ".account-form"),
    scene(
        "sign-in-refused",
        "welcome",
        &[
            PressNth(".choice", 2),
            Type(".account-form [autocomplete=username]", "marina"),
            Type(".account-form [autocomplete=current-password]", "wrong"),
            Click(".account-form > .button--primary"),
        ],
        ".banner--critical",
    ),
    scene("browser", "browser", &[], ".account-form"),
    scene(
        "register-errors",
        "browser",
        &[
            Click(".account-form > .button--ghost"),
            Type(".account-form [autocomplete=username]", "anna p"),
            Type(".account-form [autocomplete=new-password]", "short"),
            Click(".account-form > .button--primary"),
        ],
        ".field--error",
    ),
    scene("unlock", "locked", &[], ".welcome__column form, form.welcome__column"),
    scene("unlock-new", "new-lock", &[], "form.welcome__column"),
    scene("unlock-app", "app-lock", &[], "form.welcome__column > .button--ghost"),
    scene("unlock-forgot", "app-lock", &[Click("form.welcome__column > .button--ghost")], ".banner--warning"),
    scene("elsewhere", "elsewhere", &[], ".empty-state"),
    scene("loading", "loading", &[], ".loading"),
    scene("team", "team", &[See(".chat-row")], ".team"),
    scene("team-dense", "team,compact", &[See(".chat-row")], ".list-row--compact"),
    scene("team-empty", "empty", &[], ".chat-list .empty-state"),
    scene(
        "team-no-match",
        "team",
        &[See(".chat-row"), Type(".chat-list__filter input", "яяя")],
        ".chat-list .empty-state",
    ),
    scene("chat", "team", &[OPEN, MESSAGE], ".composer"),
    scene(
        "composer-formatted",
        "team",
        &[
            OPEN,
            MESSAGE,
            Type(
                ".composer__field",
                "**важно** и _тихо_, ~~нет~~ `код` ||тайна|| [сюда](https://example.org) #general\n> сказано\n- раз",
            ),
        ],
        ".composer__ink .ink--bold",
    ),
    scene("composer-commands", "team", &[OPEN, MESSAGE, Type(".composer__field", "/")], ".suggestions__row"),
    scene("composer-chats", "team", &[OPEN, MESSAGE, Type(".composer__field", "см. #")], ".suggestions__row"),
    scene("chat-compact", "team,lines", &[OPEN, MESSAGE], ".composer"),
    scene("chat-bubbles", "team,bubbles", &[OPEN, MESSAGE], ".composer"),
    scene("files", "team,files", &[OPEN, MESSAGE], ".attachments .file-row"),
    scene("files-bubbles", "team,files,bubbles", &[OPEN, MESSAGE], ".attachments .file-row"),
    scene("links", "team,links", &[OPEN, MESSAGE], ".link-card__image"),
    scene("links-bubbles", "team,links,bubbles", &[OPEN, MESSAGE], ".link-card__image"),
    scene("picture", "team,files", &[OPEN, See(".picture__image"), Click(".picture__button")], ".viewer__image"),
    scene("documents", "team,documents", &[OPEN, MESSAGE, See(".paper__page .picture__image")], ".paper .file-row"),
    scene("documents-bubbles", "team,documents,bubbles", &[OPEN, MESSAGE], ".paper__page .picture__image"),
    scene(
        "document",
        "team,documents",
        &[OPEN, MESSAGE, Click(".paper__page"), See(".reader__page"), Hit(RIGHT)],
        ".reader__page[data-page='2']",
    ),
    scene("document-first", "team,documents", &[OPEN, MESSAGE, Click(".paper__page")], ".reader__page[data-page='1']"),
    scene("document-text", "team,documents", &[OPEN, MESSAGE, PressNth(PREVIEW, 1)], ".reader__text"),
    scene(
        "document-broken",
        "team,documents",
        &[OPEN, MESSAGE, PressNth(PREVIEW, 2)],
        ".reader .viewer__missing[role=alert]",
    ),
    scene("tray", "team,tray", &[OPEN, MESSAGE], ".tray__file"),
    scene("recording", "team,recording", &[OPEN, MESSAGE, Click(SPEAK)], ".recording__dot--on"),
    scene("chat-large-text", "team,20", &[OPEN, MESSAGE], ".composer"),
    scene("chat-quiet", "team,quiet-chat", &[OPEN], ".timeline .empty-state"),
    scene("chat-loading", "team,waiting-chat", &[OPEN], ".timeline__loading"),
    scene("chat-offline", "team,offline", &[OPEN, MESSAGE], ".message__failure"),
    scene("chat-offline-bubbles", "team,offline,bubbles", &[OPEN, MESSAGE], ".message__failure"),
    scene("chat-catching-up", "team,catching-up", &[OPEN, MESSAGE], ".banner"),
    scene("chat-private", "team", &[PressNth(".chat-row .list-row", 1), MESSAGE], ".composer"),
    scene(
        "readers",
        "team",
        &[PressNth(".chat-row .list-row", 1), MESSAGE, Click(".chat-header__lock .icon-button")],
        ".readers__number",
    ),
    scene(
        "compare-code",
        "team",
        &[
            PressNth(".chat-row .list-row", 1),
            MESSAGE,
            Click(".chat-header__lock .icon-button"),
            Click(".readers__actions .button"),
        ],
        "dialog[open] .compare",
    ),
    scene(
        "compare-code-refused",
        "team",
        &[
            PressNth(".chat-row .list-row", 1),
            MESSAGE,
            Click(".chat-header__lock .icon-button"),
            Click(".readers__actions .button"),
            Type(".compare input:not([hidden])", "HMSN1:other"),
            Click(".compare .button--primary"),
        ],
        ".compare .banner--critical",
    ),
    scene(
        "confirm-device",
        "team,unconfirmed",
        &[PressNth(".chat-row .list-row", 1), MESSAGE, Click(".main-pane > .banner .button")],
        ".confirm-device",
    ),
    scene("chat-left", "team", &[PressNth(".chat-row .list-row", 10), MESSAGE], ".main-pane > .banner"),
    scene(
        "chat-menu",
        "team",
        &[OPEN, MESSAGE, Click(".chat-header > div:not(.chat-header__back) .icon-button")],
        ".menu__item",
    ),
    scene("disappearing", "team,disappearing", &[OPEN, MESSAGE, See(".chat-header__timer")], ".message__kept"),
    scene(
        "disappearing-private",
        "team,disappearing,bubbles",
        &[PressNth(".chat-row .list-row", 1), MESSAGE, See(".chat-header__timer")],
        ".message__kept",
    ),
    scene(
        "disappearing-choice",
        "team,disappearing",
        &[
            OPEN,
            MESSAGE,
            Click(".chat-header > div:not(.chat-header__back) .icon-button"),
            PressIcon(".menu__item", "Clock"),
            PressNth(".disappearing__choice", 4),
        ],
        ".disappearing__own",
    ),
    scene(
        "newcomer",
        "team,newcomer",
        &[PressNth(".chat-row .list-row", 2), MESSAGE, See(".message__gone")],
        ".chat-header__lock",
    ),
    scene(
        "encrypt-group",
        "team",
        &[
            PressNth(".chat-row .list-row", 2),
            MESSAGE,
            Click(".chat-header__who"),
            Click(".info-head__turn-on .button"),
        ],
        ".dialog__actions",
    ),
    scene("blocked", "team,blocked", &[OPEN, MESSAGE, See(".message__folded")], ".composer"),
    scene("blocked-private", "team,blocked", &[PressNth(".chat-row .list-row", 3), MESSAGE], ".main-pane > .banner"),
    scene(
        "status",
        "team",
        &[See(".chat-row"), SETTINGS, section(0), See(".profile-form"), Click(".profile-form .field > .button")],
        ".status__usual",
    ),
    scene("privacy", "team", &[See(".chat-row"), SETTINGS, section(5)], ".privacy__list .empty-state"),
    scene("privacy-blocked", "team,blocked", &[See(".chat-row"), SETTINGS, section(5)], ".privacy__blocked"),
    scene("lock", "team,lock-on", &[See(".chat-row"), SETTINGS, section(5)], ".app-lock__actions"),
    scene(
        "lock-set",
        "team",
        &[See(".chat-row"), SETTINGS, section(5), Click(".app-lock .button")],
        "dialog[open] .app-lock",
    ),
    scene(
        "lock-wait",
        "team,lock-on",
        &[
            See(".chat-row"),
            SETTINGS,
            section(5),
            PressNth(".app-lock .button", 2),
            Type("dialog[open] [autocomplete=current-password]", "wrong"),
            Click("dialog[open] .button--primary"),
        ],
        "dialog[open] .new-chat__error:not(:empty)",
    ),
    scene("quiet-menu", "team", &[See(".chat-row"), PressIcon(".rail .icon-button", "Bell")], ".menu__item"),
    scene("teams", "team,teams", &[OPEN, MESSAGE], ".team-plate:nth-child(1)"),
    scene("settings-teams", "team,teams", &[See(".chat-row"), SETTINGS, section(6)], ".team-list"),
    scene(
        "teams-add",
        "team,teams",
        &[See(".chat-row"), SETTINGS, section(6), See(".team-list"), Click(".team-list + div .button")],
        ".choice",
    ),
    scene("settings-quiet", "team,quiet", &[See(".chat-row"), SETTINGS, section(2)], ".quiet__chips"),
    scene("inbox", "team", &[See(".chat-row"), PressIcon(".rail .icon-button", "Inbox")], ".inbox__row"),
    scene("everyone", "team", &[OPEN, MESSAGE, Type(".composer__field", "@al")], ".suggestions__row"),
    scene("message-menu", "team", &[OPEN, MESSAGE, Menu(".message--own")], ".menu__item"),
    scene(
        "message-delete",
        "team",
        &[OPEN, MESSAGE, Menu(".message--own"), Click(".menu__item--danger")],
        "dialog[open]",
    ),
    scene(
        "reply",
        "team",
        &[OPEN, MESSAGE, Menu(".message--own"), PressIcon(".menu__item", "Reply")],
        ".composer__mode",
    ),
    scene(
        "edit",
        "team",
        &[OPEN, MESSAGE, Menu(".message--own"), PressIcon(".menu__item", "Edit")],
        ".composer__box--edit",
    ),
    scene("stickers", "team,stickers", &[OPEN, MESSAGE], ".team-emoji--sticker"),
    scene(
        "emoji-team",
        "team,stickers",
        &[OPEN, MESSAGE, EMOJI, PressNth(".emoji-panel__tab", 1)],
        ".emoji-panel__cell .team-emoji",
    ),
    scene(
        "team-emoji",
        "team,stickers",
        &[OPEN, MESSAGE, EMOJI, Click(".emoji-panel__preview + .emoji-panel__tone")],
        "dialog[open] .team-emoji-list__row",
    ),
    scene("emoji", "team", &[OPEN, MESSAGE, EMOJI, Hit(DOWN)], ".emoji-panel__cell--selected"),
    scene("emoji-found", "team", &[OPEN, MESSAGE, EMOJI, Type(".emoji-panel input", "кот")], ".emoji-panel__name"),
    scene("emoji-nothing", "team", &[OPEN, MESSAGE, EMOJI, Type(".emoji-panel input", "яяя")], ".emoji-panel__state"),
    scene(
        "emoji-tones",
        "team",
        &[OPEN, MESSAGE, EMOJI, Click(".emoji-panel__tone + .emoji-panel__tone")],
        ".emoji-panel__tones",
    ),
    scene(
        "emoji-codes",
        "team",
        &[OPEN, MESSAGE, EMOJI, ESCAPE, Type(".composer__field", ":сердц")],
        ".suggestions__emoji",
    ),
    scene(
        "mention",
        "team",
        &[OPEN, MESSAGE, Click(".composer__field"), Type(".composer__field", "@")],
        ".suggestions__row",
    ),
    scene("chat-row-menu", "team", &[See(".chat-row"), Menu(".chat-row")], ".menu__item"),
    scene(
        "archive",
        "team",
        &[See(".chat-row"), Click(".chat-list__archive")],
        ".chat-list__archive[aria-expanded=true]",
    ),
    scene(
        "folders",
        "team,folders",
        &[See(".chat-row"), PressNth(".folders__tab", 1)],
        ".folders__tab[aria-selected=true]",
    ),
    scene("folder-empty", "team,folders", &[See(".chat-row"), PressNth(".folders__tab", 5)], ".chat-list .empty-state"),
    scene("folder-menu", "team,folders", &[See(".chat-row"), Menu(".folders__tab:nth-child(3)")], ".menu__item"),
    scene(
        "folder-change",
        "team,folders",
        &[See(".chat-row"), Menu(".folders__tab:nth-child(3)"), PressIcon(".menu__item", "Edit")],
        ".folder-form .list-row",
    ),
    scene("folder-new", "team", &[NEW, PressIcon(".menu__item", "Folder")], ".folder-form"),
    scene(
        "folders-of-chat",
        "team,folders",
        &[See(".chat-row"), Menu(".chat-row"), PressIcon(".menu__item", "Folder")],
        ".chat-folders .switch",
    ),
    scene("thread", "team", &[OPEN, MESSAGE, Click(".message__replies")], ".thread-panel .message"),
    scene("threads", "team", &[See(".chat-row"), Click(".rail__item .icon-button")], ".thread-list .list-row"),
    scene(
        "reminders",
        "team,reminders",
        &[See(".chat-row"), PressIcon(".rail .icon-button", "Bookmark")],
        ".reminders__row",
    ),
    scene("scheduled", "team,scheduled", &[OPEN, MESSAGE, Click(".scheduled-strip .button")], ".scheduled__row"),
    scene(
        "later",
        "team",
        &[OPEN, MESSAGE, Type(".composer__field", "До завтра!"), PressIcon(".composer__line .icon-button", "Clock")],
        ".later:popover-open",
    ),
    scene(
        "pinned",
        "team",
        &[
            OPEN,
            MESSAGE,
            Click(".chat-header > div:not(.chat-header__back) .icon-button"),
            PressIcon(".menu__item", "Pin"),
        ],
        ".right-panel .search-hit",
    ),
    scene(
        "go-to-date",
        "team",
        &[
            OPEN,
            MESSAGE,
            Click(".chat-header > div:not(.chat-header__back) .icon-button"),
            PressIcon(".menu__item", "Calendar"),
        ],
        ".go-to-date",
    ),
    scene(
        "forward",
        "team",
        &[OPEN, MESSAGE, Menu(".message--own"), PressIcon(".menu__item", "Forward")],
        "dialog[open] .people .list-row",
    ),
    scene("polls", "team,polls", &[OPEN, MESSAGE], ".poll__option--wrong"),
    scene("polls-bubbles", "team,polls,bubbles", &[OPEN, MESSAGE], ".poll__option--wrong"),
    scene("poll-voters", "team,polls", &[OPEN, MESSAGE, Click(".poll__voters")], ".poll-voters .list-row"),
    scene(
        "poll-new",
        "team",
        &[OPEN, MESSAGE, PressIcon(".composer__line .icon-button", "Poll"), PressNth(".new-poll .switch__input", 2)],
        ".new-poll .select__input",
    ),
    scene(
        "poll-new-encrypted",
        "team,newcomer",
        &[PressNth(".chat-row .list-row", 2), MESSAGE, PressIcon(".composer__line .icon-button", "Poll")],
        ".new-poll .switch__input:disabled",
    ),
    scene("versions", "team", &[OPEN, MESSAGE, Click("button.message__edited")], ".versions__one"),
    scene(
        "info-files",
        "team,files",
        &[OPEN, MESSAGE, Click(".chat-header__who"), PressNth(".chat-info .tabs__tab", 1)],
        ".shared__pictures",
    ),
    scene(
        "info-links",
        "team,files",
        &[OPEN, MESSAGE, Click(".chat-header__who"), PressNth(".chat-info .tabs__tab", 2)],
        ".shared__link",
    ),
    scene(
        "info-nothing",
        "team",
        &[OPEN, MESSAGE, Click(".chat-header__who"), PressNth(".chat-info .tabs__tab", 2)],
        ".chat-info .empty-state",
    ),
    scene(
        "info-private",
        "team,files",
        &[PressNth(".chat-row .list-row", 1), MESSAGE, Click(".chat-header__who")],
        ".shared__pictures",
    ),
    scene("members", "team", &[OPEN, MESSAGE, Click(".chat-header__who")], ".members__row"),
    scene(
        "members-menu",
        "team",
        &[OPEN, MESSAGE, Click(".chat-header__who"), Click(".members__row .icon-button")],
        ".menu__item",
    ),
    scene(
        "chat-rights",
        "team",
        &[
            PressNth(".chat-row .list-row", 2),
            MESSAGE,
            Click(".chat-header > div:not(.chat-header__back) .icon-button"),
            PressIcon(".menu__item", "Edit"),
        ],
        ".rights .select",
    ),
    scene(
        "chat-rights-past",
        "team,newcomer",
        &[
            PressNth(".chat-row .list-row", 2),
            MESSAGE,
            Click(".chat-header > div:not(.chat-header__back) .icon-button"),
            PressIcon(".menu__item", "Edit"),
            See(".rights .select"),
        ],
        ".new-chat .switch",
    ),
    scene(
        "members-give",
        "team",
        &[
            PressNth(".chat-row .list-row", 2),
            MESSAGE,
            Click(".chat-header__who"),
            Click(".members__row .icon-button"),
            PressIcon(".menu__item", "Crown"),
        ],
        "dialog[open]",
    ),
    scene(
        "members-add",
        "team",
        &[PressNth(".chat-row .list-row", 2), MESSAGE, Click(".chat-header__who"), Click(".members > .button")],
        ".people .list-row",
    ),
    scene(
        "members-add-past",
        "team,newcomer",
        &[
            PressNth(".chat-row .list-row", 2),
            MESSAGE,
            Click(".chat-header__who"),
            Click(".members > .button"),
            See(".people .list-row"),
        ],
        ".new-chat__help",
    ),
    scene(
        "search",
        "team",
        &[OPEN, MESSAGE, ctrl("f", "KeyF"), See(".search-panel"), Type(".search-panel input", "сбор")],
        ".search-hit",
    ),
    scene(
        "search-narrowed",
        "team",
        &[
            OPEN,
            MESSAGE,
            ctrl("f", "KeyF"),
            See(".search-panel"),
            Type(".search-panel input", "сбор"),
            PressNth(".search-panel__chip", 3),
            See(".search-panel__chip[aria-pressed=true]"),
        ],
        // What the server found has come, and there is more.
        ".search-panel > .button",
    ),
    scene("search-start", "team", &[OPEN, MESSAGE, ctrl("f", "KeyF")], ".search-panel .empty-state"),
    scene(
        "search-nothing",
        "team",
        &[OPEN, MESSAGE, ctrl("f", "KeyF"), See(".search-panel"), Type(".search-panel input", "яяя")],
        ".search-panel__count:not(:empty)",
    ),
    scene("add", "team", &[NEW], ".menu__item"),
    scene(
        "new-group",
        "team",
        &[NEW, PressIcon(".menu__item", "Add"), See(".new-chat .list-row"), PressNth(".new-chat .list-row", 1)],
        ".people__chosen",
    ),
    scene(
        "new-channel",
        "team",
        &[NEW, PressIcon(".menu__item", "Add"), PressNth(".tabs__tab", 1)],
        ".new-chat .switch",
    ),
    scene("people", "team", &[NEW, PressIcon(".menu__item", "People")], ".people .list-row"),
    scene("channels", "team", &[NEW, PressIcon(".menu__item", "Hash")], ".channels__state"),
    scene("invite", "team", &[NEW, PressIcon(".menu__item", "PersonAdd")], ".qr"),
    scene(
        "invite-chat",
        "team",
        &[
            PressNth(".chat-row .list-row", 2),
            MESSAGE,
            Click(".chat-header__who"),
            PressIcon(".info-tile", "Qr"),
            See(".qr"),
            Click("dialog .switch__input"),
        ],
        ".qr",
    ),
    scene("join-link", "team", &[NEW, PressIcon(".menu__item", "Link")], "dialog form .field"),
    scene(
        "join-asked",
        "team",
        &[
            NEW,
            PressIcon(".menu__item", "Link"),
            Type("dialog form input", "hybrid://join/x"),
            Click("dialog form .button--primary"),
        ],
        "dialog .empty-state",
    ),
    scene("asked", "team,requests", &[PressNth(".chat-row .list-row", 2), MESSAGE], ".main-pane > .banner"),
    scene(
        "asked-members",
        "team,requests",
        &[PressNth(".chat-row .list-row", 2), MESSAGE, Click(".chat-header__who")],
        ".waiting__one",
    ),
    scene("profile", "team", &[Click(".rail__me")], ".profile__facts"),
    scene("switcher", "team", &[See(".chat-row"), ctrl("k", "KeyK")], ".switcher .list-row"),
    scene("palette", "team", &[OPEN, MESSAGE, PALETTE], ".palette .list-row"),
    scene("palette-none", "team", &[OPEN, MESSAGE, PALETTE, Type(".palette input", "zzz")], ".palette .empty-state"),
    scene("shortcuts", "team", &[See(".chat-row"), ctrl("/", "Slash")], ".shortcuts__row"),
    scene("settings", "team", &[See(".chat-row"), SETTINGS], ".settings"),
    scene("settings-profile", "team", &[See(".chat-row"), SETTINGS, section(0)], ".profile-form"),
    scene(
        "avatar",
        "team",
        &[See(".chat-row"), SETTINGS, section(0), Click(".avatar-choice .button")],
        "dialog[open] .crop__canvas",
    ),
    scene("settings-appearance", "team", &[See(".chat-row"), SETTINGS, section(1)], ".option-cards"),
    scene(
        "settings-contrast",
        "team,light-contrast",
        &[See(".chat-row"), SETTINGS, section(1)],
        "html[data-contrast=more] .option-cards",
    ),
    scene("settings-own-themes", "team,own:dusk", &[See(".chat-row"), SETTINGS, section(1)], ".settings__actions"),
    scene(
        "theme-new",
        "team",
        &[See(".chat-row"), SETTINGS, section(1), Click(".settings__actions .button")],
        ".theme-form .theme-preview",
    ),
    scene(
        "theme-weak",
        "team",
        &[
            See(".chat-row"),
            SETTINGS,
            section(1),
            Click(".settings__actions .button"),
            Type(".theme-form__colours > :nth-child(4) .theme-form__code", "#7f8489"),
        ],
        ".theme-form",
    ),
    scene("chat-own-theme", "team,own:dusk", &[OPEN, MESSAGE], ".composer"),
    scene("chat-roomy", "team,roomy", &[OPEN, MESSAGE], ".composer"),
    scene("chat-largest-text", "team,21", &[OPEN, MESSAGE], ".composer"),
    scene("settings-notifications", "team", &[See(".chat-row"), SETTINGS, section(2)], ".settings__main .switch"),
    scene("settings-keys", "team", &[See(".chat-row"), SETTINGS, section(3)], ".key-settings__row"),
    scene(
        "settings-keys-listening",
        "team",
        &[See(".chat-row"), SETTINGS, section(3), PressNth(".key-settings__keys", 0)],
        ".key-settings__keys--listens",
    ),
    scene(
        "settings-keys-taken",
        "team",
        &[See(".chat-row"), SETTINGS, section(3), PressNth(".key-settings__keys", 0), ctrl("f", "KeyF")],
        ".key-settings__choice",
    ),
    scene("settings-hosting", "team", &[See(".chat-row"), SETTINGS, section(4)], ".settings__main .qr"),
    scene("settings-account", "team", &[See(".chat-row"), SETTINGS, section(6)], ".settings__main .profile__facts"),
    scene(
        "devices",
        "team",
        &[See(".chat-row"), SETTINGS, section(6), Click(".devices__code .button")],
        ".devices__made",
    ),
    scene(
        "export",
        "team",
        &[
            See(".chat-row"),
            SETTINGS,
            section(6),
            Click(".export .button"),
            Type(".export__form [autocomplete=new-password]", "short"),
            Click(".export__form .button--primary"),
        ],
        ".export__form .field--error",
    ),
    scene("settings-about", "team", &[See(".chat-row"), SETTINGS, section(7)], ".settings__about"),
    scene(
        "log-out",
        "team",
        &[See(".chat-row"), SETTINGS, section(6), Click(".settings__main .button--danger")],
        "dialog[open]",
    ),
    scene("gallery-primitives", "gallery/primitives", &[], ".gallery"),
    scene("gallery-dialog", "gallery/primitives", &[Click("[data-gallery=dialog] > button")], "dialog[open]"),
    scene("gallery-menu", "gallery/primitives", &[Click("[data-gallery=menu]")], ".menu__item"),
    scene("gallery-timeline", "gallery/timeline", &[], ".message"),
    scene("gallery-composer", "gallery/composer", &[], ".composer__note"),
    scene("gallery-states", "gallery/states", &[], ".message"),
];
