//! The hands of the list: observers, scroll positions, spacers. Copy it freely; all copies are one list.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::controller::{Controller, END_SLACK_PX};
use super::layout::Anchor;

/// The scrolling rests when it has been still for so long.
const REST_MS: u64 = 120;

/// Where a row shall come to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// A little below the upper edge.
    Top,
    /// In the middle.
    Middle,
    /// As little scrolling as possible.
    Nearest,
}

struct Observer {
    observer: web_sys::ResizeObserver,
    _callback: Closure<dyn FnMut(js_sys::Array)>,
}

/// Scrolls a [`super::VirtualList`] and tells where it stands.
#[derive(Clone, Copy)]
pub struct VirtualHandle {
    scroller: NodeRef<Div>,
    above: NodeRef<Div>,
    below: NodeRef<Div>,
    memory: StoredValue<Rc<RefCell<Controller>>, LocalStorage>,
    observer: StoredValue<Option<Observer>, LocalStorage>,
    resting: StoredValue<Option<leptos::leptos_dom::helpers::TimeoutHandle>>,
    synced: StoredValue<bool>,
    drawn: RwSignal<Range<usize>>,
    visible: RwSignal<Range<usize>>,
    at_end: RwSignal<bool>,
    scrolling: RwSignal<bool>,
}

impl Default for VirtualHandle {
    fn default() -> Self {
        Self::new()
    }
}

impl VirtualHandle {
    /// For one list.
    pub fn new() -> Self {
        Self {
            scroller: NodeRef::new(),
            above: NodeRef::new(),
            below: NodeRef::new(),
            memory: StoredValue::new_local(Rc::default()),
            observer: StoredValue::new_local(None),
            resting: StoredValue::new(None),
            synced: StoredValue::new(true),
            drawn: RwSignal::new(0..0),
            visible: RwSignal::new(0..0),
            at_end: RwSignal::new(true),
            scrolling: RwSignal::new(false),
        }
    }

    /// Whether the newest row is in sight; tracked.
    pub fn at_end(&self) -> bool {
        self.at_end.get()
    }

    /// The rows of which something is in sight; tracked.
    pub fn visible(&self) -> Range<usize> {
        self.visible.get()
    }

    /// The rows of which something is in sight; not tracked.
    pub fn visible_untracked(&self) -> Range<usize> {
        self.visible.get_untracked()
    }

    /// A scroll is in progress; not tracked.
    pub fn is_scrolling(&self) -> bool {
        self.scrolling.get_untracked()
    }

    /// The element that scrolls.
    pub fn scroller(&self) -> NodeRef<Div> {
        self.scroller
    }

    /// Goes to the end and stays there.
    pub fn scroll_to_end(&self) {
        self.with(|memory| memory.anchor = Anchor::End);
        self.settle();
    }

    /// Brings a row into sight; false when it is not in the list.
    pub fn scroll_to(&self, key: u64, align: Align) -> bool {
        let found = self.with(|memory| {
            let at = memory.layout.place(key, memory.drawn.start)?;
            let (height, room) = (memory.layout.height(at), memory.viewport);
            let now = memory.layout.offset(at) - memory.top();
            let from_top = match align {
                Align::Top => 48.0,
                Align::Middle => ((room - height) / 2.0).max(0.0),
                Align::Nearest => now.min(room - height).max(0.0),
            };
            memory.anchor = Anchor::Row { key, from_top };
            Some(())
        });
        if found.flatten().is_some() {
            self.settle();
        }
        found.flatten().is_some()
    }

    pub(super) fn above(&self) -> NodeRef<Div> {
        self.above
    }

    pub(super) fn below(&self) -> NodeRef<Div> {
        self.below
    }

    pub(super) fn drawn(&self) -> Range<usize> {
        self.drawn.get()
    }

    /// Begins to watch the list's size, once it is in the page.
    pub(super) fn attach(self) {
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| self.resized(&entries));
        // Every engine that runs our wasm has the observer.
        let Ok(observer) = web_sys::ResizeObserver::new(callback.as_ref().unchecked_ref()) else { return };
        self.observer.set_value(Some(Observer { observer, _callback: callback }));
        self.scroller.on_load(move |scroller| self.watch(&scroller));
        on_cleanup(move || {
            if let Some(watch) = self.observer.try_update_value(Option::take).flatten() {
                watch.observer.disconnect();
            }
        });
    }

    /// Watches a row's height while it is drawn.
    pub(super) fn observe(self, node: NodeRef<Div>, key: u64) {
        node.on_load(move |row| {
            // Not `data-key`: nothing else needs to see it, and reading it back needs no parsing.
            _ = js_sys::Reflect::set(&row, &JsValue::from_str("listKey"), &js_sys::BigInt::from(key).into());
            self.watch(&row);
        });
        on_cleanup(move || {
            if let Some(row) = node.try_get_untracked().flatten() {
                self.observer.try_with_value(|watch| {
                    if let Some(watch) = watch {
                        watch.observer.unobserve(&row);
                    }
                });
            }
        });
    }

    pub(super) fn rows_changed(&self, keys: Vec<u64>, estimate: impl Fn(usize) -> f64) {
        let first = self.with(|memory| {
            let none = memory.drawn.is_empty();
            memory.set_rows(keys, estimate);
            none
        });
        self.publish();
        // At once, or the next scroll event would tell the old position in the new layout. The first rows are not there yet.
        if first != Some(true) {
            self.write_position();
        }
        self.sync_soon();
    }

    pub(super) fn scrolled(&self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let top = scroll_top(&scroller);
        let moved = self.with(|memory| {
            let moved = (top - memory.scroll_top).abs() >= 1.0;
            if moved {
                memory.scrolled_to(top);
            }
            moved
        });
        if moved != Some(true) {
            return;
        }
        if !self.scrolling.get_untracked() {
            self.scrolling.set(true);
        }
        self.publish();
        self.write_spacers();
        self.rest_later();
    }

    fn watch(&self, element: &web_sys::Element) {
        self.observer.with_value(|watch| {
            if let Some(watch) = watch {
                watch.observer.observe(element);
            }
        });
    }

    fn resized(&self, entries: &js_sys::Array) {
        let Some(Some(scroller)) = self.scroller.try_get_untracked() else { return };
        let mut changed = false;
        for entry in entries.iter() {
            let element = entry.unchecked_into::<web_sys::ResizeObserverEntry>().target();
            if !element.is_connected() {
                continue;
            }
            if element == **scroller {
                let viewport = f64::from(scroller.client_height());
                changed |=
                    self.with(|memory| std::mem::replace(&mut memory.viewport, viewport) != viewport) == Some(true);
                continue;
            }
            let Some(key) = list_key(&element) else { continue };
            let height = element.get_bounding_client_rect().height();
            changed |= self.with(|memory| memory.measured(key, height)) == Some(true);
        }
        if !changed {
            return;
        }
        let rest = !self.scrolling.get_untracked();
        if rest || self.with(|memory| memory.must_settle()) == Some(true) {
            self.settle();
        } else {
            self.with(|memory| memory.choose_drawn(false));
            self.publish();
            self.write_spacers();
        }
    }

    /// Settles the drift and sets the scroll position, now and (when rows are still to be drawn) in the next frame.
    fn settle(&self) {
        self.with(Controller::settle);
        self.publish();
        self.write_position();
        self.sync_soon();
    }

    fn sync_soon(&self) {
        if !self.synced.get_value() {
            return;
        }
        self.synced.set_value(false);
        let own = *self;
        request_animation_frame(move || {
            if own.synced.try_set_value(true).is_some() {
                return;
            }
            if own.scrolling.try_get_untracked() == Some(false) {
                own.with(Controller::painted);
                // The page may have had no room yet for the position that was wanted.
                own.with(Controller::settle);
                own.publish();
            }
            own.write_position();
        });
    }

    fn rest_later(&self) {
        if let Some(old) = self.resting.try_update_value(Option::take).flatten() {
            old.clear();
        }
        let own = *self;
        let rest = move || {
            if own.scrolling.try_get_untracked() != Some(true) {
                return;
            }
            own.scrolling.set(false);
            if own.with(|memory| memory.drift != 0.0) == Some(true) {
                own.settle();
            }
        };
        self.resting.set_value(set_timeout_with_handle(rest, Duration::from_millis(REST_MS)).ok());
    }

    fn write_position(&self) {
        self.write_spacers();
        let Some(Some(scroller)) = self.scroller.try_get_untracked() else { return };
        let Some((top, anchor)) = self.with(|memory| (memory.scroll_top, memory.anchor)) else { return };
        // At the end the page knows better than we how far it goes, before all is measured.
        let top = if anchor == Anchor::End { f64::from(scroller.scroll_height()) } else { top };
        let options = web_sys::ScrollToOptions::new();
        options.set_top(top);
        options.set_behavior(web_sys::ScrollBehavior::Instant);
        scroller.scroll_to_with_scroll_to_options(&options);
        let reached = scroll_top(&scroller);
        self.with(|memory| memory.scroll_top = reached);
    }

    fn write_spacers(&self) {
        let Some((above, below)) = self.with(|memory| memory.spacers()) else { return };
        for (node, height) in [(self.above, above), (self.below, below)] {
            if let Some(Some(node)) = node.try_get_untracked() {
                _ = web_sys::HtmlElement::style(&node).set_property("height", &format!("{height}px"));
            }
        }
    }

    fn publish(&self) {
        let told = self.with(|memory| {
            let end = memory.top() + memory.viewport >= memory.layout.total() - END_SLACK_PX;
            (memory.drawn.clone(), memory.visible(), end)
        });
        let Some((drawn, visible, at_end)) = told else { return };
        if self.drawn.with_untracked(|old| *old != drawn) {
            self.drawn.set(drawn);
        }
        if self.visible.with_untracked(|old| *old != visible) {
            self.visible.set(visible);
        }
        if self.at_end.get_untracked() != at_end {
            self.at_end.set(at_end);
        }
    }

    fn with<R>(&self, act: impl FnOnce(&mut Controller) -> R) -> Option<R> {
        self.memory.try_with_value(|memory| act(&mut memory.borrow_mut()))
    }
}

fn list_key(element: &web_sys::Element) -> Option<u64> {
    let key = js_sys::Reflect::get(element, &JsValue::from_str("listKey")).ok()?;
    u64::try_from(key.dyn_into::<js_sys::BigInt>().ok()?).ok()
}

/// With its fraction, which `scroll_top` of web-sys cuts off.
fn scroll_top(element: &web_sys::Element) -> f64 {
    js_sys::Reflect::get(element, &JsValue::from_str("scrollTop")).ok().and_then(|top| top.as_f64()).unwrap_or_default()
}
