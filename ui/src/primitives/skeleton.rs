//! The shape of what is about to come, so that nothing jumps when it does.

use leptos::prelude::*;

/// Which shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SkeletonShape {
    /// One line of text.
    #[default]
    Line,
    /// A round picture of a list.
    Avatar,
    /// A row of a list: picture and two lines.
    Row,
    /// A message: picture, name and two lines.
    Message,
}

/// A quiet placeholder; hidden from screen readers (say "loading" once, beside it).
#[component]
pub fn Skeleton(
    /// Which shape.
    #[prop(optional)]
    shape: SkeletonShape,
    /// How many below each other; at least one.
    #[prop(default = 1)]
    count: usize,
) -> impl IntoView {
    let one = move |index: usize| {
        let long = if index % 3 == 1 { "skeleton skeleton--short" } else { "skeleton" };
        match shape {
            SkeletonShape::Line => view! { <div class=long /> }.into_any(),
            SkeletonShape::Avatar => view! { <div class="skeleton skeleton--avatar" /> }.into_any(),
            SkeletonShape::Row | SkeletonShape::Message => view! {
                <div class="skeleton-row" class:skeleton-row--message=shape == SkeletonShape::Message>
                    <div class="skeleton skeleton--avatar" />
                    <div class="skeleton-row__lines">
                        <div class="skeleton skeleton--name" />
                        <div class=long />
                        {(shape == SkeletonShape::Message && index.is_multiple_of(2))
                            .then(|| view! { <div class="skeleton skeleton--short" /> })}
                    </div>
                </div>
            }
            .into_any(),
        }
    };
    view! { <div class="skeletons" aria-hidden="true">{(0..count.max(1)).map(one).collect_view()}</div> }
}
