//! Short news at the edge of the window, which goes by itself.

use std::time::Duration;

use leptos::prelude::*;

use super::{Button, ButtonKind, ControlSize, Icon, IconButton, IconName};

/// How long news stays, unless it is critical.
const STAY_MS: u64 = 6_000;
/// More than these push the oldest out.
const TOASTS_MAX: usize = 4;

/// How serious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ToastTone {
    /// Good to know.
    #[default]
    Neutral,
    /// Done.
    Success,
    /// Failed; stays until dismissed.
    Critical,
}

/// One piece of news.
#[derive(Debug, Clone)]
pub struct Toast {
    /// The words.
    pub text: String,
    /// How serious.
    pub tone: ToastTone,
    /// A button: its words and what it does.
    pub action: Option<(String, Callback<()>)>,
}

/// The news on screen. Make one at the root, `provide_context` it, and `push` from anywhere.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<(u32, Toast)>>,
    next: StoredValue<u32>,
}

impl Default for Toasts {
    fn default() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }
}

impl Toasts {
    /// Shows news.
    pub fn push(&self, toast: Toast) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        let stays = toast.tone == ToastTone::Critical;
        self.shown.update(|shown| {
            shown.push((id, toast));
            let extra = shown.len().saturating_sub(TOASTS_MAX);
            shown.drain(..extra);
        });
        if !stays {
            let own = *self;
            set_timeout(move || own.dismiss(id), Duration::from_millis(STAY_MS));
        }
    }

    /// Shows a plain line.
    pub fn say(&self, text: impl Into<String>, tone: ToastTone) {
        self.push(Toast { text: text.into(), tone, action: None });
    }

    fn dismiss(&self, id: u32) {
        self.shown.try_update(|shown| shown.retain(|(own, _)| *own != id));
    }
}

/// The corner where news appears; once, at the root.
#[component]
pub fn ToastHost(
    /// The news.
    toasts: Toasts,
    /// The accessible name of the crosses: "Dismiss".
    #[prop(into)]
    dismiss_label: Signal<String>,
) -> impl IntoView {
    let one = move |(id, toast): (u32, Toast)| {
        let (class, icon) = match toast.tone {
            ToastTone::Neutral => ("toast", IconName::Info),
            ToastTone::Success => ("toast toast--success", IconName::Check),
            ToastTone::Critical => ("toast toast--critical", IconName::Warning),
        };
        let action = toast.action.map(|(words, run)| {
            let press = move || {
                run.run(());
                toasts.dismiss(id);
            };
            view! { <Button kind=ButtonKind::Ghost size=ControlSize::Small on_press=press>{words}</Button> }
        });
        view! {
            <div class=class>
                <Icon name=icon />
                <span class="toast__text">{toast.text}</span>
                {action}
                <IconButton icon=IconName::Close label=dismiss_label size=ControlSize::Small on_press=move || toasts.dismiss(id) />
            </div>
        }
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|(id, _)| *id children=one />
        </div>
    }
}
