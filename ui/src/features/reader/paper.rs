//! One page of a PDF file on screen: drawn again, sharp, whenever it is another page, another size or nearer.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::Pages;
use crate::i18n::{t, t_with};

/// A page takes so much of the room there is.
const SHARE: f64 = 0.96;

/// A page.
#[component]
pub(super) fn Paper(
    /// Of which file.
    pages: Rc<Pages>,
    /// Which, from 0.
    page: RwSignal<u32>,
    /// How many times as large as what fits.
    scale: RwSignal<f64>,
    /// What it must fit into.
    stage: NodeRef<leptos::html::Div>,
) -> impl IntoView {
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let failed = RwSignal::new(false);
    let width = RwSignal::new(0.0);
    let drawn_page = RwSignal::new(None::<u32>);
    let resized = RwSignal::new(0_u32);
    let listener = window_event_listener(leptos::ev::resize, move |_| resized.update(|count| *count += 1));
    on_cleanup(move || listener.remove());
    let count = pages.count();
    Effect::new(move || {
        let (at, near, _) = (page.get(), scale.get(), resized.get());
        let (Some(node), Some(stage)) = (canvas.get(), stage.get()) else { return };
        let dots = window().device_pixel_ratio().max(1.0);
        let side = |length: i32| (f64::from(length) * SHARE * near * dots).max(1.0) as u32;
        let (wide, high) = (side(stage.client_width()), side(stage.client_height()));
        let pages = pages.clone();
        leptos::task::spawn_local(async move {
            let drawn = pages.draw(at, wide, high).await;
            // Another one may be wanted by now, or none.
            if page.try_get_untracked() != Some(at) || scale.try_get_untracked() != Some(near) {
                return;
            }
            failed.set(drawn.is_none());
            if let Some(picture) = drawn {
                width.set(f64::from(picture.width()) / dots);
                // A canvas without a context shows nothing.
                let _ = put(&node, &picture);
                drawn_page.set(Some(at + 1));
            }
        });
    });
    let label = move || t_with("files-page", &[("at", (page.get() + 1).into()), ("count", count.into())]);
    view! {
        <canvas
            class="reader__page"
            class:reader__page--failed=move || failed.get()
            node_ref=canvas
            role="img"
            aria-label=label
            data-page=move || drawn_page.get()
            style:width=move || format!("{}px", width.get())
        />
        <Show when=move || failed.get()>
            <p class="viewer__missing" role="alert">{move || t("files-unreadable")}</p>
        </Show>
    }
}

fn put(canvas: &HtmlCanvasElement, picture: &ImageData) -> Option<()> {
    canvas.set_width(picture.width());
    canvas.set_height(picture.height());
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.put_image_data(picture, 0.0, 0.0).ok()
}
