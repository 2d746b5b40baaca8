//! A real team: what alice writes through a real server, as carol's browser shows it.

use axum::response::Html;
use client::KeySource;
use protocol::{ChatId, ChatKind, MessageId, NewPoll, UserId};
use serde_json::json;
use server::previews::{PreviewsConfig, Reach};
use testkit::{Headless, Person, Screen, TestServer, Wire, new_local_id};
use view::update::ReplyBody;
use view::{Command, CommandReply};

use crate::guest;

use super::{WATCHER, is_markdown, noted, payloads, run, texts};

/// Answers of one poll.
const OPTIONS: usize = protocol::limits::POLL_OPTIONS_MAX;

/// Alice's app, whose server carol's browser looks at.
struct Alice {
    app: Headless,
    carol: UserId,
}

impl Alice {
    async fn done(&self, command: Command) -> ReplyBody {
        match self.app.ask(command).await {
            CommandReply::Ok { body } => body,
            CommandReply::Failed { failure } => panic!("{failure:?}"),
        }
    }

    async fn calls_herself(&self, name: &str) {
        let status = Command::SetStatus { emoji: "🌴".to_owned(), text: name.to_owned(), until: None };
        self.done(status).await;
        let (display_name, bio) = (Some(name.to_owned()), Some(name.to_owned()));
        self.done(Command::UpdateProfile { display_name, bio, custom_status: None }).await;
    }

    /// As names of groups that carol is in, which their first message tells her.
    async fn names_groups(&self, names: &[&String]) {
        for name in names {
            let create = Command::CreateChat {
                local_id: new_local_id(),
                kind: ChatKind::Group,
                name: name.to_string(),
                description: name.to_string(),
                members: vec![self.carol],
                public: false,
                encrypted: false,
            };
            self.done(create).await;
        }
    }

    /// As questions, answers and explanations.
    async fn asks(&self, answers: &[&String]) {
        for answers in answers.chunks_exact(OPTIONS) {
            let options = answers.iter().map(ToString::to_string).collect();
            let poll = NewPoll { options, multiple: false, anonymous: false, quiz: None, closes_at: None };
            let (chat_id, local_id, question) = (ChatId::general(), new_local_id(), answers[0].clone());
            self.done(Command::SendPoll { chat_id, local_id, question, poll, thread: None }).await;
        }
    }

    /// As names of files; those that this disk takes.
    async fn sends_files(&self, names: &[&String]) {
        let folder = tempfile::tempdir().unwrap();
        let mut sent = Vec::new();
        for names in names.chunks(protocol::limits::ATTACHMENTS_MAX) {
            let paths: Vec<_> = names.iter().map(|name| folder.path().join(name)).collect();
            paths.iter().for_each(|path| std::fs::write(path, b"file").unwrap());
            sent.push(self.app.send_files(&ChatId::general(), "", &paths).await);
        }
        let there = |screen: &Screen, id: &MessageId| screen.message(id).is_some_and(|row| row.seq > 0);
        self.app.until("all files to be sent", |screen| sent.iter().all(|id| there(screen, id))).await;
    }
}

/// A site whose one page calls itself by all attacks, one a title; and its port.
async fn hostile_site(titles: Vec<String>) -> u16 {
    let page = move |axum::extract::Path(number): axum::extract::Path<usize>| {
        let title = titles[number].replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        async move { Html(format!("<title>{title}</title><meta name=description content=\"{title}\">")) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = axum::Router::new().route("/{number}", axum::routing::get(page));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

/// Goes up from the newest message to the first; gives those of the wanted pairs (selector, text) that were not there on the way.
const READ_UPWARDS: &str = r#"
    const [pairs, done] = arguments;
    const plain = text => text.replace(/\s+/g, '');
    let wanted = pairs.map(([css, text]) => ({ css, text, plain: plain(text) }));
    const places = [...new Set(wanted.map(({ css }) => css))];
    const end = performance.now() + 25000;
    let scroller = document.querySelector('.message');
    while (scroller && !(scroller.scrollHeight > scroller.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(scroller).overflowY))) scroller = scroller.parentElement;
    const look = () => {
        const here = new Map(places.map(css => [css, [...document.querySelectorAll(css)].map(e => plain(e.textContent))]));
        wanted = wanted.filter(({ css, plain }) => !here.get(css).some(text => text.includes(plain)));
        if (wanted.length === 0 || performance.now() > end) { done(wanted.map(({ css, text }) => css + ': ' + text)); return; }
        scroller.scrollTop -= scroller.clientHeight * 0.7;
        requestAnimationFrame(() => requestAnimationFrame(look));
    };
    look();
"#;

fn at_most(texts: &[String], chars: usize) -> Vec<&String> {
    texts.iter().filter(|text| text.chars().count() <= chars).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_alice_writes_is_text_in_carols_browser() {
    let all = payloads();
    let titles: Vec<String> = all.iter().filter(|text| !is_markdown(text)).step_by(12).cloned().collect();
    let port = hostile_site(titles.clone()).await;
    let server = TestServer::start_with(None, |config| {
        config.previews =
            PreviewsConfig { on: true, ports: vec![port], reach: Reach::PublicAndThisHost, ..PreviewsConfig::usual() };
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let app = Headless::start(folder.path(), KeySource::None).await;
    app.register(&server.addresses().http.to_string(), "alice").await;
    let carol = Person::register(server.addresses(), Wire::WebSocket, "carol").await.id;
    let page = guest::sign_in(&server, "carol").await;
    // High enough for all that is listed.
    page.resize(1400, 4_000).await;
    page.until(WATCHER, vec![], "the watcher").await;
    let alice = Alice { app, carol };

    let short = at_most(&all, protocol::limits::NAME_CHARS_MAX);
    let groups: Vec<&String> = short.iter().step_by(5).copied().collect();
    alice.calls_herself(short[40]).await;
    alice.names_groups(&groups).await;
    let general = ChatId::general();
    alice.done(Command::OpenChat { chat_id: general.clone() }).await;
    for text in &all {
        alice.app.send(&general, text).await;
    }
    let mut answers = at_most(&all, protocol::limits::POLL_OPTION_CHARS_MAX);
    answers.truncate(answers.len() / OPTIONS * OPTIONS);
    alice.asks(&answers).await;
    let names: Vec<&String> = at_most(&all, 100).into_iter().filter(|text| !text.contains('/')).collect();
    alice.sends_files(&names).await;
    let mut links = Vec::new();
    for number in 0..titles.len() {
        links.push(alice.app.send(&general, &format!("http://127.0.0.1:{port}/{number}")).await);
    }
    let shown = |screen: &Screen, id: &MessageId| screen.message(id).is_some_and(|row| row.preview.is_some());
    alice.app.until("all previews", |screen| links.iter().all(|id| shown(screen, id))).await;

    page.click(".chat-row .list-row").await;
    let cards = "return document.querySelectorAll('.link-card').length >= arguments[0];";
    page.until(cards, vec![json!(titles.len())], "the links").await;
    let of = |css: &'static str, texts: &[&String]| texts.iter().map(|text| json!([css, text])).collect::<Vec<_>>();
    let said: Vec<&String> = all.iter().filter(|text| !is_markdown(text)).collect();
    let titles: Vec<&String> = titles.iter().collect();
    let mut wanted = of(".markdown", &said);
    wanted.extend(of(".poll__option", &answers));
    wanted.extend(of(".file-name", &names));
    wanted.extend(of(".link-card__title", &titles));
    wanted.extend(of(".message__name", &[short[40]]));
    let missed = texts(run(&page, READ_UPWARDS, vec![json!(wanted)]).await);
    let listed = "const [names] = arguments; const rows = [...document.querySelectorAll('.chat-row')].map(e => e.textContent); \
         return names.filter(name => !rows.some(row => row.includes(name)));";
    let unlisted = texts(page.ask(listed, vec![json!(groups)]).await);
    let noted = noted(&page).await;
    page.close().await;
    assert!(noted.is_empty(), "{}", noted.join("\n"));
    assert!(
        missed.is_empty() && unlisted.is_empty(),
        "not shown as text:\n{}\n{}",
        missed.join("\n"),
        unlisted.join("\n")
    );
}
