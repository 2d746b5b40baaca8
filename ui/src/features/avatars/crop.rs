//! Cropping a chosen picture to a square: dragged, turned larger with the wheel or the slider, moved with the arrow keys. What
//! comes out is at most 512 pixels wide and goes to the host as a picked file.

use leptos::html::Canvas;
use leptos::prelude::*;
use view::{ChatId, Command};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, HtmlImageElement, Url};

use super::choice::chosen;
use super::square::Square;
use crate::bridge;
use crate::bridge::files::offer;
use crate::features::attachments::canvas::{as_picture, named};
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, unique_id};
use crate::state::AppState;

/// Side of what comes out at most, in pixels.
const SIDE_MAX: f64 = 512.0;
/// Side of the canvas in the dialog, in pixels.
const SHOWN: f64 = 320.0;
/// What an arrow key moves, in parts of the square.
const STEP: f64 = 0.04;
/// What `+` and `-` and a turn of the wheel do.
const NEARER: f64 = 1.12;

/// What the chosen file turned out to be.
#[derive(Clone, Copy, PartialEq)]
enum Chosen {
    Loading,
    Picture,
    NoPicture,
}

/// The dialog's content.
#[component]
pub fn CropDialog(
    /// Whose picture it will be; oneself without a chat.
    chat: Option<ChatId>,
) -> impl IntoView {
    let state = AppState::get();
    let chat = StoredValue::new(chat);
    let picture = RwSignal::new(Chosen::Loading);
    let image = StoredValue::new_local(None::<HtmlImageElement>);
    let square = RwSignal::new(None::<Square>);
    let busy = RwSignal::new(false);
    let canvas = NodeRef::<Canvas>::new();
    leptos::task::spawn_local(async move {
        let read = read().await;
        let first = read.as_ref().and_then(|image| Square::of(image.natural_width(), image.natural_height()));
        let found = if first.is_some() { Chosen::Picture } else { Chosen::NoPicture };
        image.try_set_value(read);
        square.try_set(first);
        picture.try_set(found);
    });
    Effect::new(move || {
        if let (Some(node), Some(square), Some(image)) = (canvas.get(), square.get(), image.get_value()) {
            // One that cannot be drawn stays empty.
            let _ = draw(&node, &image, square, SHOWN);
        }
    });
    let save = move || {
        let (Some(image), Some(square)) = (image.get_value(), square.get_untracked()) else { return };
        busy.set(true);
        leptos::task::spawn_local(async move {
            let Some(file) = cut(&image, square).await else {
                picture.try_set(Chosen::NoPicture);
                return;
            };
            let picked = state.files.expect(&file.name());
            offer(vec![file]);
            if let Ok(row) = picked.await {
                bridge::tell(state, Command::SetAvatar { chat_id: chat.get_value(), file_id: Some(row.file_id) });
                state.nav.dialog.set(None);
            }
        });
    };
    view! {
        <div class="crop">
            {move || match picture.get() {
                Chosen::NoPicture => view! { <p class="crop__none" role="alert">{move || t("avatar-no-picture")}</p> }.into_any(),
                _ => view! { <Stage canvas=canvas square=square /> }.into_any(),
            }}
            <div class="dialog__actions">
                <Button on_press=move || state.nav.dialog.set(None)>{move || t("common-cancel")}</Button>
                <Button
                    kind=ButtonKind::Primary
                    busy=busy
                    disabled=Signal::derive(move || square.with(Option::is_none))
                    on_press=save
                >
                    {move || t("common-save")}
                </Button>
            </div>
        </div>
    }
}

/// The picture under its square, and the slider.
#[component]
fn Stage(canvas: NodeRef<Canvas>, square: RwSignal<Option<Square>>) -> impl IntoView {
    let change = move |by: &dyn Fn(Square) -> Square| square.update(|square| *square = square.map(by));
    let held = StoredValue::new(None::<(f64, f64)>);
    let down = move |event: web_sys::PointerEvent| {
        held.set_value(Some((f64::from(event.client_x()), f64::from(event.client_y()))));
        if let Some(node) = canvas.get_untracked() {
            // Without it the drag ends at the edge.
            let _ = node.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: web_sys::PointerEvent| {
        let Some((x, y)) = held.get_value() else { return };
        let now = (f64::from(event.client_x()), f64::from(event.client_y()));
        held.set_value(Some(now));
        let width = canvas.get_untracked().map_or(SHOWN, |node| f64::from(node.client_width().max(1)));
        change(&move |square| square.moved((x - now.0) / width, (y - now.1) / width));
    };
    let wheel = move |event: web_sys::WheelEvent| {
        event.prevent_default();
        let by = if event.delta_y() < 0.0 { NEARER } else { 1.0 / NEARER };
        change(&move |square| square.zoomed(by));
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let change_to: Box<dyn Fn(Square) -> Square> = match event.key().as_str() {
            "ArrowLeft" => Box::new(|square| square.moved(-STEP, 0.0)),
            "ArrowRight" => Box::new(|square| square.moved(STEP, 0.0)),
            "ArrowUp" => Box::new(|square| square.moved(0.0, -STEP)),
            "ArrowDown" => Box::new(|square| square.moved(0.0, STEP)),
            "+" | "=" => Box::new(|square| square.zoomed(NEARER)),
            "-" => Box::new(|square| square.zoomed(1.0 / NEARER)),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        change(&*change_to);
    };
    let slider = unique_id("crop");
    let slide = move |event: leptos::ev::Event| {
        if let Ok(exponent) = event_target_value(&event).parse::<f64>() {
            change(&move |square| square.at_zoom(2.0_f64.powf(exponent)));
        }
    };
    let exponent = move || square.with(|square| square.map_or(0.0, |square| square.zoom.log2()));
    view! {
        <div class="crop__stage">
            <canvas
                class="crop__canvas"
                node_ref=canvas
                width=SHOWN.to_string()
                height=SHOWN.to_string()
                tabindex="0"
                role="application"
                aria-label=move || t("avatar-crop")
                aria-describedby=format!("{slider}-help")
                on:pointerdown=down
                on:pointermove=drag
                on:pointerup=move |_| held.set_value(None)
                on:pointercancel=move |_| held.set_value(None)
                on:wheel=wheel
                on:keydown=key
            />
        </div>
        <label class="crop__zoom" for=slider.clone()>
            <span>{move || t("avatar-zoom")}</span>
            <input id=slider.clone() type="range" min="0" max="3" step="0.05" prop:value=exponent on:input=slide />
        </label>
        <p class="crop__help" id=format!("{slider}-help")>{move || t("avatar-help")}</p>
    }
}

async fn read() -> Option<HtmlImageElement> {
    let chosen: Blob = chosen()?.into();
    let address = Url::create_object_url_with_blob(&chosen).ok()?;
    let image = HtmlImageElement::new().ok()?;
    image.set_src(&address);
    JsFuture::from(image.decode()).await.ok()?;
    Some(image)
}

fn draw(canvas: &HtmlCanvasElement, image: &HtmlImageElement, square: Square, side: f64) -> Option<()> {
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.clear_rect(0.0, 0.0, side, side);
    let (x, y, from) = square.place();
    context
        .draw_image_with_html_image_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            image, x, y, from, from, 0.0, 0.0, side, side,
        )
        .ok()
}

/// The square as a file.
async fn cut(image: &HtmlImageElement, square: Square) -> Option<File> {
    let side = square.place().2.min(SIDE_MAX).floor().max(1.0);
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(side as u32);
    canvas.set_height(side as u32);
    draw(&canvas, image, square, side)?;
    named(&as_picture(&canvas).await?, "avatar")
}
