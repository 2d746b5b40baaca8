//! Contents that are on screen, as addresses that only this page can read. The last ones are kept for when one scrolls back.

use std::cell::RefCell;
use std::collections::VecDeque;

use view::FileId;
use web_sys::Url;

use crate::bridge::files::load;

/// So many contents are kept.
const KEPT_MAX: usize = 48;

thread_local! {
    static KEPT: RefCell<VecDeque<(FileId, String)>> = const { RefCell::new(VecDeque::new()) };
}

/// The address of a file's content; `None` when it cannot be read now.
pub async fn address(file_id: &FileId) -> Option<String> {
    if let Some(known) = known(file_id) {
        return Some(known);
    }
    let blob = load(file_id).await?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    KEPT.with_borrow_mut(|kept| {
        kept.push_back((file_id.clone(), url.clone()));
        if kept.len() > KEPT_MAX
            && let Some((_, old)) = kept.pop_front()
        {
            // What is on screen has been drawn; it is read again when it is drawn anew.
            let _ = Url::revoke_object_url(&old);
        }
    });
    Some(url)
}

fn known(file_id: &FileId) -> Option<String> {
    KEPT.with_borrow_mut(|kept| {
        let at = kept.iter().position(|(id, _)| id == file_id)?;
        let found = kept.remove(at)?;
        kept.push_back(found.clone());
        Some(found.1)
    })
}
