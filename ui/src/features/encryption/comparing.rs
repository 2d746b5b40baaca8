//! Making sure of a person by the code on their screen: scanned by the camera, read from a picture, pasted, or typed as digits.
//! The host compares.

use std::time::Duration;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{CodeCheck, Command, UserId};
use wasm_bindgen::JsCast as _;

use super::sight::{Camera, code_of_file, code_of_video, may_have_camera};
use crate::bridge::Attempt;
use crate::i18n::{key, t, t_with};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, FieldKind, IconName, TextField};

/// How often the camera's picture is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Why a code is refused; `None` for the same.
pub(super) fn refusal(check: CodeCheck) -> Option<&'static str> {
    match check {
        CodeCheck::Same => None,
        CodeCheck::TheirKey => Some(key("compare-their-key")),
        CodeCheck::OwnKey => Some(key("compare-own-key")),
        CodeCheck::Different => Some(key("compare-different")),
        CodeCheck::OtherPeople => Some(key("compare-other-people")),
        CodeCheck::Newer => Some(key("compare-newer")),
        CodeCheck::NoCode => Some(key("compare-no-code")),
    }
}

/// What the dialog holds.
#[component]
pub(super) fn Comparing(
    /// Whose code it is.
    person: UserId,
    /// Their name.
    name: String,
    /// They are verified now.
    #[prop(into)]
    on_same: Callback<()>,
) -> impl IntoView {
    let name = StoredValue::new(name);
    let code = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<&'static str>);
    let attempt = Attempt::new();
    let compare = move |said: String| {
        refused.set(None);
        attempt.run(Command::CompareCode { user_id: person, code: said }, move |body| {
            let ReplyBody::Compared { check } = body else { return };
            match refusal(check) {
                None => on_same.run(()),
                words => _ = refused.try_set(words),
            }
        });
    };
    let compare = Callback::new(compare);
    let words = move || refused.get().map(|words| t_with(words, &[("name", name.get_value().into())]));
    view! {
        <form
            class="compare"
            on:submit=move |event| {
                event.prevent_default();
                compare.run(code.get_untracked());
            }
        >
            <p>{move || t_with("compare-help", &[("name", name.get_value().into())])}</p>
            <Scanner on_code=compare refused=refused />
            <TextField label=move || t("compare-text") value=code kind=FieldKind::Url error=attempt.words() />
            <div role="alert">
                {move || words().map(|words| view! {
                    <Banner tone=BannerTone::Critical icon=IconName::Warning text=Signal::stored(words) />
                })}
            </div>
            <div class="dialog__actions">
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy>{move || t("compare-do")}</Button>
            </div>
        </form>
    }
}

/// The camera, where the page may have one, and pictures.
#[component]
fn Scanner(
    /// A code was found.
    on_code: Callback<String>,
    /// Why none was.
    refused: RwSignal<Option<&'static str>>,
) -> impl IntoView {
    let camera = StoredValue::new_local(None::<Camera>);
    let on = RwSignal::new(false);
    let video = NodeRef::<leptos::html::Video>::new();
    let stop = move || {
        camera.set_value(None);
        let _ = on.try_set(false);
    };
    let start = move || {
        refused.set(None);
        leptos::task::spawn_local(async move {
            let Some(opened) = Camera::open().await else {
                let _ = refused.try_set(Some(key("compare-no-camera")));
                return;
            };
            // The dialog may have been closed while the person was asked: then the camera goes off here.
            if on.try_set(true).is_none() {
                camera.set_value(Some(opened));
            }
        });
    };
    Effect::new(move || {
        if let Some(video) = video.get() {
            camera.with_value(|camera| camera.iter().for_each(|camera| camera.show_in(&video)));
        }
    });
    let look = move || {
        let found = video.get_untracked().and_then(|video| code_of_video(&video));
        if let Some(code) = found {
            stop();
            on_code.run(code);
        }
    };
    Effect::new(move |_: Option<()>| {
        if on.get()
            && let Ok(ticks) = set_interval_with_handle(look, LOOK)
        {
            on_cleanup(move || ticks.clear());
        }
    });
    view! {
        <div class="compare__ways">
            {if may_have_camera() {
                view! {
                    <Show
                        when=move || on.get()
                        fallback=move || view! {
                            <Button icon=IconName::Qr on_press=start>{move || t("compare-scan")}</Button>
                        }
                    >
                        <video class="compare__camera" node_ref=video autoplay=true playsinline=true muted=true aria-label=move || t("compare-camera")></video>
                        <Button on_press=stop>{move || t("compare-stop")}</Button>
                    </Show>
                }.into_any()
            } else {
                view! { <p class="compare__note">{move || t("compare-camera-nowhere")}</p> }.into_any()
            }}
            <PictureOfCode on_code=on_code refused=refused />
        </div>
    }
}

/// A picture file with a code.
#[component]
fn PictureOfCode(on_code: Callback<String>, refused: RwSignal<Option<&'static str>>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let input = NodeRef::<leptos::html::Input>::new();
    let chosen = move |event: leptos::ev::Event| {
        let field = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(field) = field else { return };
        let Some(file) = field.files().and_then(|files| files.get(0)) else { return };
        // The same file may be chosen again.
        field.set_value("");
        refused.set(None);
        busy.set(true);
        leptos::task::spawn_local(async move {
            let found = code_of_file(&file).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match found {
                Some(code) => on_code.run(code),
                None => _ = refused.try_set(Some(key("compare-no-code-there"))),
            }
        });
    };
    let press = move || {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <input type="file" accept="image/*" hidden=true node_ref=input on:change=chosen />
        <Button icon=IconName::Image busy=busy on_press=press>{move || t("compare-picture")}</Button>
    }
}
