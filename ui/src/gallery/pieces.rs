//! What shows things: avatars, badges, banners, toasts, rows, placeholders, icons, the QR code.

use leptos::prelude::*;
use view::PresenceStatus;

use super::controls::Part;
use super::fixtures::{say, team};
use crate::primitives::{
    Avatar, AvatarSize, Badge, BadgeTone, Banner, BannerTone, Button, ButtonKind, ControlSize, EmptyState, Icon,
    IconName, ListRow, Logo, Qr, Skeleton, SkeletonShape, Spinner, SpinnerSize, Toast, ToastStack, ToastTone,
};

/// All of them.
#[component]
pub(super) fn Pieces() -> impl IntoView {
    let sizes = [AvatarSize::Inline, AvatarSize::Timeline, AvatarSize::List, AvatarSize::Profile];
    let avatar = |person: view::PersonRow| {
        let presence = Signal::stored(person.presence);
        view! { <Avatar name=person.name id=person.id.0 presence=presence /> }
    };
    view! {
        <Part name="Avatar">
            {team().into_iter().map(avatar).collect_view()}
            <Avatar name="General" id=3 sign="#" />
            {sizes.map(|size| view! { <Avatar name=say("Анна Петрова", "Anna Peters") id=1 size=size presence=Signal::stored(PresenceStatus::Online) /> })}
        </Part>
        <Part name="Badge, Spinner, Logo">
            <Badge text="3" />
            <Badge text="1208" />
            <Badge text="@" tone=BadgeTone::Critical />
            <Badge text="42" tone=BadgeTone::Neutral />
            <Badge text=say("владелец", "owner") tone=BadgeTone::Success />
            <Spinner size=SpinnerSize::Small />
            <Spinner />
            <Spinner size=SpinnerSize::Large />
            <Logo />
        </Part>
        <Rows />
        <Banners />
        <section class="gallery__part">
            <h2>"EmptyState, Skeleton, Qr"</h2>
            <div class="gallery__grid">
                <EmptyState icon=IconName::Chat title=say("Пока нет сообщений", "No messages yet") text=say("Поздоровайтесь — первое сообщение за вами.", "Say hello: the first message is yours.")>
                    <Button kind=ButtonKind::Primary on_press=|| {}>{say("Поздороваться", "Say hello")}</Button>
                </EmptyState>
                <div><Skeleton shape=SkeletonShape::Row count=3 /></div>
                <div><Skeleton shape=SkeletonShape::Message count=2 /></div>
                <Qr text="hybrid://join/192.168.1.10:8080/4Yx0pV7cQ2b1/Zk8s3Ue9" label="QR" />
            </div>
        </section>
        <Part name="Icon">
            {IconName::ALL.iter().map(|name| view! { <span class="gallery__icon" title=format!("{name:?}")><Icon name=*name /></span> }).collect_view()}
        </Part>
    }
}

#[component]
fn Rows() -> impl IntoView {
    let row = |at: usize, person: view::PersonRow| {
        let presence = Signal::stored(person.presence);
        let (name, id) = (person.name.clone(), person.id.0);
        let start = move || view! { <Avatar name=name.clone() id=id presence=presence /> };
        let end = move || view! { <Badge text=if at == 1 { "3" } else { "" } /> };
        view! {
            <ListRow
                title=person.name
                text=say("Правки по макету уже внутри, посмотрите", "The changes are in, have a look")
                on_press=|| {}
                selected=at == 0
                compact={at > 2}
                start=start
                end=end
            />
        }
    };
    view! {
        <section class="gallery__part">
            <h2>"ListRow"</h2>
            <div class="gallery__list">{team().into_iter().enumerate().map(|(at, person)| row(at, person)).collect_view()}</div>
        </section>
    }
}

#[component]
fn Banners() -> impl IntoView {
    let action = |words: String| view! { <Button kind=ButtonKind::Ghost size=ControlSize::Small on_press=|| {}>{words}</Button> };
    view! {
        <section class="gallery__part">
            <h2>"Banner, Toast"</h2>
            <div class="gallery__stack">
                <Banner icon=Signal::stored(IconName::Info) text=say("Идёт обновление", "Catching up") />
                <Banner tone=BannerTone::Success icon=Signal::stored(IconName::Check) text=say("Снова на связи", "Back online") />
                <Banner tone=BannerTone::Warning icon=Signal::stored(IconName::Offline) text=say("Нет сети. Всё можно читать; написанное уйдёт позже.", "No network. Everything stays readable; what you write goes out later.")>
                    {action(say("Подключиться", "Try now"))}
                </Banner>
                <Banner tone=BannerTone::Critical icon=Signal::stored(IconName::Warning) text=say("Ключ сервера другой: вход остановлен", "The server's key is another one: stopped") />
            </div>
            <div class="gallery__toasts">
                <ToastStack>
                    <Toast text=say("Ссылка скопирована", "Link copied") tone=ToastTone::Success dismiss_label="Dismiss" on_dismiss=|| {} />
                    <Toast title=say("София Ланге", "Sofia Lange") text=say("Правки по макету уже внутри", "The changes are in") dismiss_label="Dismiss" on_dismiss=|| {}>
                        {action(say("Открыть", "Open"))}
                    </Toast>
                    <Toast text=say("Не удалось сохранить", "Could not be saved") tone=ToastTone::Critical dismiss_label="Dismiss" on_dismiss=|| {} />
                </ToastStack>
            </div>
        </section>
    }
}
