//! The controls: buttons, fields, switches, menus, dialogs.

use leptos::prelude::*;

use super::fixtures::say;
use crate::primitives::{
    Button, ButtonKind, ControlSize, Dialog, FieldKind, IconButton, IconButtonKind, IconName, Menu, MenuAnchor,
    MenuItem, Select, SelectOption, Switch, TabItem, Tabs, TextArea, TextField,
};

/// One part with its name.
#[component]
pub(super) fn Part(
    /// What is shown.
    name: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="gallery__part">
            <h2>{name}</h2>
            <div class="gallery__row">{children()}</div>
        </section>
    }
}

/// All controls.
#[component]
pub(super) fn Controls() -> impl IntoView {
    view! {
        <h1>"Hybrid Messenger"</h1>
        <Buttons />
        <Fields />
        <Choices />
        <Floating />
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let nothing = Callback::new(|()| {});
    let kinds = [ButtonKind::Primary, ButtonKind::Secondary, ButtonKind::Ghost, ButtonKind::Danger];
    let pressed = RwSignal::new(true);
    view! {
        <Part name="Button">
            {kinds.map(|kind| view! { <Button kind=kind on_press=nothing>{say("Создать чат", "New chat")}</Button> })}
            <Button kind=ButtonKind::Primary icon=IconName::Add on_press=nothing>{say("Пригласить", "Invite")}</Button>
            <Button kind=ButtonKind::Primary busy=true on_press=nothing>{say("Сохранить", "Save")}</Button>
            <Button disabled=true on_press=nothing>{say("Недоступно", "Disabled")}</Button>
            <Button size=ControlSize::Small on_press=nothing>{say("Малая", "Small")}</Button>
            <Button kind=ButtonKind::Primary size=ControlSize::Large on_press=nothing>{say("Большая", "Large")}</Button>
        </Part>
        <Part name="IconButton">
            <IconButton icon=IconName::Search label="Search" on_press=nothing />
            <IconButton icon=IconName::Panel label="Panel" pressed=pressed on_press=move || pressed.update(|on| *on = !*on) />
            <IconButton icon=IconName::Send label="Send" kind=IconButtonKind::Primary on_press=nothing />
            <IconButton icon=IconName::Delete label="Delete" kind=IconButtonKind::Danger on_press=nothing />
            <IconButton icon=IconName::Bell label="Bell" disabled=true on_press=nothing />
            <IconButton icon=IconName::More label="More" size=ControlSize::Small on_press=nothing />
            <IconButton icon=IconName::Add label="Add" size=ControlSize::Large on_press=nothing />
        </Part>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let value = |text: String| RwSignal::new(text);
    view! {
        <section class="gallery__part">
            <h2>"TextField, TextArea"</h2>
            <div class="gallery__grid">
                <TextField label=say("Имя команды", "Team name") value=value(say("Студия «Север»", "North Studio")) help=say("Его увидят все в сети", "Everyone on the network sees it") />
                <TextField label=say("Имя пользователя", "Username") value=value("anna p".into()) kind=FieldKind::Username error=say("Только буквы, цифры, точка и дефис", "Letters, digits, dot and dash only") />
                <TextField label=say("Пароль", "Password") value=value("correct horse".into()) kind=FieldKind::Password />
                <TextField label=say("Ссылка", "Link") value=value(String::new()) kind=FieldKind::Url placeholder="hybrid://join/…" />
                <TextField label=say("Недоступно", "Disabled") value=value("—".into()) disabled=true />
                <TextField label=say("Найти", "Search") value=value(say("план", "plan")) kind=FieldKind::Search />
                <TextArea label=say("О чём этот чат", "What is this chat about") value=value(say("Релиз 1.0:\nсроки и задачи", "Release 1.0:\ndates and tasks")) />
            </div>
        </section>
    }
}

#[component]
fn Choices() -> impl IntoView {
    let on = RwSignal::new(true);
    let theme = RwSignal::new("system".to_owned());
    let tab = RwSignal::new("all".to_owned());
    let themes = || {
        vec![
            SelectOption::new("system", say("Как в системе", "As the system")),
            SelectOption::new("light", say("Светлая", "Light")),
            SelectOption::new("dark", say("Тёмная", "Dark")),
        ]
    };
    let tabs = || {
        vec![
            TabItem::new("all", say("Все", "All")),
            TabItem::new("unread", say("Непрочитанные", "Unread")),
            TabItem::new("people", say("Личные", "Direct")),
        ]
    };
    view! {
        <section class="gallery__part">
            <h2>"Select, Switch, Tabs"</h2>
            <div class="gallery__grid">
                <Select label=say("Тема", "Theme") value=theme options=themes on_change=move |value: String| theme.set(value) />
                <Tabs label="Filter" tabs=tabs value=tab />
                <Switch label=say("Уведомления", "Notifications") on=on on_change=move |value: bool| on.set(value) help=say("Звук и баннер о личных сообщениях", "Sound and banner for direct messages") />
                <Switch label=say("Недоступно", "Disabled") on=false on_change=|_: bool| {} disabled=true />
            </div>
        </section>
    }
}

#[component]
fn Floating() -> impl IntoView {
    let anchor = RwSignal::new(None::<MenuAnchor>);
    let open = RwSignal::new(false);
    let items = || {
        vec![
            MenuItem::new(say("Ответить", "Reply"), IconName::Reply, || {}).shortcut("Ctrl+↑"),
            MenuItem::new(say("Изменить", "Edit"), IconName::Edit, || {}),
            MenuItem::new(say("Копировать текст", "Copy text"), IconName::Copy, || {}),
            MenuItem::new(say("Удалить", "Delete"), IconName::Delete, || {}).danger(),
        ]
    };
    let show = move |event: leptos::ev::MouseEvent| {
        anchor.set(Some(MenuAnchor::at_element(&event_target::<web_sys::Element>(&event))));
    };
    view! {
        <Part name="Menu, Dialog">
            <button class="button button--secondary" data-gallery="menu" type="button" on:click=show>{say("Открыть меню", "Open the menu")}</button>
            <Menu anchor=anchor label="Actions" items=items />
            <span data-gallery="dialog"><Button on_press=move || open.set(true)>{say("Открыть диалог", "Open the dialog")}</Button></span>
            <Dialog open=open on_close=move || open.set(false) title=say("Удалить это сообщение?", "Delete this message?") close_label="Close">
                <p>{say("Оно исчезнет у всех в этом чате. Вернуть его будет нельзя.", "It disappears for everyone in this chat. This cannot be undone.")}</p>
                <div class="dialog__actions">
                    <Button on_press=move || open.set(false)>{say("Отмена", "Cancel")}</Button>
                    <Button kind=ButtonKind::Danger on_press=move || open.set(false)>{say("Удалить", "Delete")}</Button>
                </div>
            </Dialog>
        </Part>
    }
}
