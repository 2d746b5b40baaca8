//! The app lock in the settings (desktop): a passphrase to set, to change, to take off; after which time it locks.

mod idle;

use leptos::prelude::*;
use view::{Command, HostCommand};

use crate::bridge::{self, Attempt};
use crate::i18n::{key, t, t_with};
use crate::primitives::{Button, ButtonKind, Dialog, FieldKind, IconName, Select, SelectOption, TextField};
use crate::state::AppState;

pub use idle::tell_active;

/// Shortest passphrase, in characters.
const PASSPHRASE_CHARS_MIN: usize = 8;
/// After how many minutes it can lock; 0 for never.
const MINUTES: [u32; 6] = [1, 5, 15, 30, 60, 0];
const MINUTES_FIRST: u32 = 5;

/// What is being done to the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Set,
    Change,
    Remove,
}

impl Doing {
    fn words(self) -> &'static str {
        match self {
            Doing::Set => key("lock-set"),
            Doing::Change => key("lock-change"),
            Doing::Remove => key("lock-remove"),
        }
    }
}

/// The part of the settings about it.
#[component]
pub fn AppLock() -> impl IntoView {
    let state = AppState::get();
    let doing = RwSignal::new(None::<Doing>);
    // The dialog keeps its title while it closes.
    let last = RwSignal::new(Doing::Set);
    let start = move |what: Doing| {
        last.set(what);
        doing.set(Some(what));
    };
    let on = Memo::new(move |_| state.lock.with(|lock| lock.on));
    let minutes = Signal::derive(move || state.lock.with(|lock| lock.minutes).to_string());
    let choose = move |minutes: String| {
        let minutes = minutes.parse().unwrap_or(MINUTES_FIRST);
        bridge::tell(state, Command::Host { host: HostCommand::LockAfter { minutes } });
    };
    // The demo shows it too.
    let here = cfg!(feature = "demo") || bridge::tauri::is_there();
    view! {
        <section class="app-lock" aria-label=move || t("lock-title")>
            <h2 class="settings__name">{move || t("lock-title")}</h2>
            <p class="settings__note">{move || t(if here { key("lock-help") } else { key("lock-nowhere") })}</p>
            <Show when=move || here && on.get()>
                <Select label=move || t("lock-after") value=minutes options=Signal::derive(times) on_change=choose />
                <div class="app-lock__actions">
                    <Button icon=IconName::Lock on_press=move || _ = state.lock_now()>{move || t("keys-lock-now")}</Button>
                    <Button kind=ButtonKind::Ghost on_press=move || start(Doing::Change)>{move || t("lock-change")}</Button>
                    <Button kind=ButtonKind::Ghost on_press=move || start(Doing::Remove)>{move || t("lock-remove")}</Button>
                </div>
            </Show>
            <Show when=move || here && !on.get()>
                <div><Button icon=IconName::Lock on_press=move || start(Doing::Set)>{move || t("lock-set")}</Button></div>
            </Show>
        </section>
        <Dialog
            open=Signal::derive(move || doing.with(Option::is_some))
            on_close=move || doing.set(None)
            title=move || t(last.get().words())
            close_label=move || t("common-close")
        >
            <LockForm what=last.get_untracked() doing=doing />
        </Dialog>
    }
}

fn times() -> Vec<SelectOption> {
    let words = |minutes: u32| match minutes {
        0 => t("lock-never"),
        minutes => t_with("lock-minutes", &[("count", minutes.into())]),
    };
    MINUTES.map(|minutes| SelectOption::new(minutes.to_string(), words(minutes))).to_vec()
}

#[component]
fn LockForm(what: Doing, doing: RwSignal<Option<Doing>>) -> impl IntoView {
    let state = AppState::get();
    let wants_old = what != Doing::Set || state.lock.with_untracked(|lock| lock.has_passphrase);
    let [old, passphrase, again] = [(); 3].map(|()| RwSignal::new(String::new()));
    let minutes = RwSignal::new(match what {
        Doing::Set => MINUTES_FIRST,
        _ => state.lock.with_untracked(|lock| lock.minutes),
    });
    let tried = RwSignal::new(false);
    let attempt = Attempt::new();
    let trouble = Memo::new(move |_| match (what, passphrase.get(), again.get()) {
        (Doing::Remove, ..) => "",
        (_, text, _) if text.chars().count() < PASSPHRASE_CHARS_MIN => key("unlock-short"),
        (_, text, again) if text != again => key("unlock-differs"),
        _ => "",
    });
    let shown = move |mine: &'static str| if tried.get() && trouble.get() == mine { t(mine) } else { String::new() };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if !trouble.get_untracked().is_empty() {
            return;
        }
        let host = match what {
            Doing::Remove => HostCommand::RemoveLock { passphrase: old.get_untracked() },
            _ => HostCommand::SetLock {
                passphrase: passphrase.get_untracked(),
                old: wants_old.then(|| old.get_untracked()),
                minutes: minutes.get_untracked(),
            },
        };
        attempt.run(Command::Host { host }, move |_| {
            let words = if what == Doing::Remove { key("lock-removed") } else { key("lock-done") };
            state.toasts.done(untrack(|| t(words)));
            let _ = doing.try_set(None);
        });
    };
    let value = Signal::derive(move || minutes.get().to_string());
    let choose = move |chosen: String| minutes.set(chosen.parse().unwrap_or(MINUTES_FIRST));
    view! {
        <form class="app-lock" on:submit=submit>
            <p>{move || t(if what == Doing::Remove { key("lock-remove-help") } else { key("lock-set-help") })}</p>
            {wants_old.then(|| view! {
                <TextField label=move || t("lock-old") value=old kind=FieldKind::Password />
            })}
            {(what != Doing::Remove).then(|| view! {
                <TextField
                    label=move || t("lock-new")
                    value=passphrase
                    kind=FieldKind::NewPassword
                    error=move || shown(key("unlock-short"))
                />
                <TextField
                    label=move || t("unlock-again")
                    value=again
                    kind=FieldKind::NewPassword
                    error=move || shown(key("unlock-differs"))
                />
                <Select label=move || t("lock-after") value=value options=Signal::derive(times) on_change=choose />
            })}
            <p class="new-chat__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions">
                <Button on_press=move || doing.set(None)>{move || t("common-cancel")}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy>{move || t(what.words())}</Button>
            </div>
        </form>
    }
}
