//! What Esc closes, one step at a time: floating menu → dialog → right panel → edit → reply → read and go to the end.
//!
//! Menus and dialogs are native (`popover`, `<dialog>`) and close themselves; the others register here while they are
//! on screen.

use std::cell::RefCell;

use leptos::prelude::on_cleanup;

/// A step of the chain, first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Something that floats and is no native popover (suggestions of the composer).
    Floating,
    /// The right panel, or settings.
    Panel,
    /// Editing a message.
    Edit,
    /// A reply or an attachment in the composer.
    Reply,
    /// Marks the chat read and goes to the end.
    Read,
}

type Handler = Box<dyn Fn() -> bool>;

/// The chain; the page has one.
#[derive(Default)]
struct Chain {
    next: u64,
    links: Vec<(Step, u64, Handler)>,
}

thread_local! {
    static CHAIN: RefCell<Chain> = RefCell::new(Chain::default());
}

/// Registers a step while the calling component is on screen; it answers whether there was something to close.
pub fn on_escape(step: Step, handler: impl Fn() -> bool + 'static) {
    let id = CHAIN.with_borrow_mut(|chain| {
        chain.next += 1;
        let at = chain.links.partition_point(|(other, _, _)| *other < step);
        chain.links.insert(at, (step, chain.next, Box::new(handler)));
        chain.next
    });
    on_cleanup(move || {
        // The handler is dropped outside the borrow: what it holds may register or clean up in turn.
        let gone = CHAIN.with_borrow_mut(|chain| {
            let at = chain.links.iter().position(|(_, other, _)| *other == id)?;
            Some(chain.links.remove(at))
        });
        drop(gone);
    });
}

/// Closes the first thing that is open.
pub fn escape() -> bool {
    // Taken out while they run, so that a handler may change the chain.
    let links = CHAIN.with_borrow_mut(|chain| std::mem::take(&mut chain.links));
    let done = links.iter().any(|(_, _, handler)| handler());
    CHAIN.with_borrow_mut(|chain| {
        chain.links.extend(links);
        chain.links.sort_by_key(|(step, id, _)| (*step, *id));
    });
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::Owner;
    use std::rc::Rc;

    #[test]
    fn esc_closes_one_thing_at_a_time_in_the_order_of_the_chain() {
        let owner = Owner::new();
        owner.set();
        let closed = Rc::new(RefCell::new(Vec::new()));
        for step in [Step::Read, Step::Panel, Step::Reply] {
            let (closed, open) = (closed.clone(), std::cell::Cell::new(true));
            on_escape(step, move || {
                let was_open = open.replace(false);
                if was_open {
                    closed.borrow_mut().push(step);
                }
                was_open
            });
        }
        assert!(escape() && escape() && escape() && !escape());
        assert_eq!(*closed.borrow(), [Step::Panel, Step::Reply, Step::Read]);
    }
}
