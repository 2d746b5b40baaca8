//! What a team does in its chats, end to end: two whole client apps on the real server, on both databases. Each scenario
//! ends with what the other person's screen shows.

use client::KeySource;
use protocol::{ChatId, ChatKind, LocalId, MessageId, UserId};
use testkit::{Headless, Screen, TestDb, TestServer, new_local_id};
use view::update::{ReplyBody, SearchHit};
use view::{
    Audience, ChatRow, ChatSettings, Command, CommandReply, Contact, Delivery, Draft, Everyone, MessageContent,
    MessageRow, NewPoll, NotifyAbout, Privacy, Quiz, Rights, Role, TransferState, Way, When,
};

macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($team:ident: &mut Team) $body:block)*) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn scenario($team: &mut Team) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                scenario(&mut Team::meet(TestServer::start().await).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                match TestDb::postgres() {
                    Some(db) => scenario(&mut Team::meet(TestServer::start_on(db).await).await).await,
                    None => sql::testing::cluster::say_none(),
                }
            }
        }
    )*};
}

/// Alice and bob, each at an app of their own, both looking at `general`.
struct Team {
    server: TestServer,
    alice: Headless,
    bob: Headless,
    folders: Vec<tempfile::TempDir>,
}

impl Team {
    async fn meet(server: TestServer) -> Self {
        let folders = vec![tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let alice = Headless::start(folders[0].path(), KeySource::None).await;
        let bob = Headless::start(folders[1].path(), KeySource::None).await;
        for (app, name) in [(&alice, "alice"), (&bob, "bob")] {
            app.register(&server.addresses().http.to_string(), name).await;
            app.until("being online", Screen::is_online).await;
            open(app, &general()).await;
        }
        Self { server, alice, bob, folders }
    }

    /// Alice at a second machine of hers.
    async fn alice_elsewhere(&mut self) -> Headless {
        self.folders.push(tempfile::tempdir().unwrap());
        let app = Headless::start(self.folders.last().unwrap().path(), KeySource::None).await;
        let address = self.server.addresses().http.to_string();
        let login = Command::Login {
            server: view::ServerTarget::Address { address },
            username: "alice".to_owned(),
            password: "correct horse battery".to_owned(),
        };
        done(&app, login).await;
        app.until("the chat list", |screen| screen.is_online() && !screen.chats.is_empty()).await;
        app
    }

    /// Alice says something, and bob has it on screen.
    async fn alice_says(&self, text: &str) -> MessageId {
        let id = self.alice.send(&general(), text).await;
        self.bob.until(text, |screen| screen.message(&id).is_some()).await;
        id
    }
}

fn general() -> ChatId {
    ChatId::general()
}

async fn open(app: &Headless, chat: &ChatId) {
    app.command(Command::OpenChat { chat_id: chat.clone() });
    app.until("the open chat", |screen| screen.timeline_of.as_ref() == Some(chat)).await;
}

/// Gives a command that has to succeed.
async fn done(app: &Headless, command: Command) -> ReplyBody {
    let what = format!("{command:?}");
    match app.ask(command).await {
        CommandReply::Ok { body } => body,
        CommandReply::Failed { failure } => panic!("{what}: {failure:?}"),
    }
}

/// Waits until a message on screen is as described.
async fn sees(app: &Headless, what: &str, id: &MessageId, is_so: impl Fn(&MessageRow) -> bool) {
    app.until(what, |screen| screen.message(id).is_some_and(&is_so)).await;
}

async fn sees_chat(app: &Headless, what: &str, id: &ChatId, is_so: impl Fn(&ChatRow) -> bool) {
    app.until(what, |screen| screen.chats.iter().any(|chat| chat.id == *id && is_so(chat))).await;
}

fn text_of(row: &MessageRow) -> &str {
    match &row.content {
        MessageContent::Text { text } => text,
        _ => "",
    }
}

async fn found(app: &Headless, command: Command) -> Vec<SearchHit> {
    match done(app, command).await {
        ReplyBody::Found { hits } => hits,
        other => panic!("not a list of messages: {other:?}"),
    }
}

/// The id by which bob knows alice.
fn id_of(app: &Headless, author_of: &MessageId) -> UserId {
    app.look(|screen| screen.message(author_of).map(|row| row.author.id)).expect("it is on screen")
}

fn say(chat_id: &ChatId, local_id: LocalId, text: &str, reply_to: Option<MessageId>) -> Command {
    let draft = Draft { text: text.to_owned(), reply_to };
    Command::Send { chat_id: chat_id.clone(), local_id, draft, mentions: Vec::new(), thread: None }
}

on_both_databases! {
    async fn alice_finds_on_the_server_what_her_new_machine_never_had(team: &mut Team) {
        let key = team.alice_says("Ключ от склада под ковриком").await;
        for n in 0..60 {
            team.alice_says(&format!("ещё {n}")).await;
        }
        let elsewhere = team.alice_elsewhere().await;
        let typed = || "склады from:alice".to_owned();
        assert!(found(&elsewhere, Command::Search { query: typed(), chat_id: None }).await.is_empty());
        let there = Command::SearchServer { query: typed(), chat_id: None, cursor: None };
        match done(&elsewhere, there).await {
            ReplyBody::FoundMore { hits, next_cursor: None } => {
                assert_eq!(hits.iter().map(|hit| &hit.message_id).collect::<Vec<_>>(), [&key]);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(found(&elsewhere, Command::Search { query: typed(), chat_id: None }).await.len(), 1);
        done(&elsewhere, Command::JumpTo { chat_id: general(), message_id: key.clone() }).await;
        sees(&elsewhere, "the message", &key, |row| text_of(row) == "Ключ от склада под ковриком").await;
        let none = Command::SearchServer { query: "склады from:bob".to_owned(), chat_id: None, cursor: None };
        match done(&elsewhere, none).await {
            ReplyBody::FoundMore { hits, .. } => assert!(hits.is_empty()),
            other => panic!("{other:?}"),
        }
    }

    async fn bob_votes_in_alices_quiz_and_both_see_the_counts_and_who_was_right(team: &mut Team) {
        let local_id = new_local_id();
        let quiz = Some(Quiz { right: 1, explanation: "С 1913 года".to_owned() });
        let options = vec!["Сидней".to_owned(), "Канберра".to_owned()];
        let poll = NewPoll { options, multiple: false, anonymous: false, quiz, closes_at: None };
        let question = "Столица Австралии?".to_owned();
        done(&team.alice, Command::SendPoll { chat_id: general(), local_id, question, poll, thread: None }).await;
        let id = MessageId::from(local_id);
        sees(&team.bob, "the question", &id, |row| {
            text_of(row) == "Столица Австралии?" && row.poll.as_ref().is_some_and(|poll| poll.can_vote && !poll.voted)
        }).await;
        done(&team.bob, Command::Vote { chat_id: general(), message_id: id.clone(), options: vec![0] }).await;
        sees(&team.bob, "what was right", &id, |row| row.poll.as_ref().is_some_and(|poll| {
            poll.options[0].own && poll.options[1].right == Some(true) && poll.explanation == "С 1913 года"
        })).await;
        sees(&team.alice, "bob's vote, but not what was right", &id, |row| row.poll.as_ref().is_some_and(|poll| {
            poll.voters == 1 && poll.options[0].votes == 1 && poll.options[1].right.is_none()
        })).await;
        let who = Command::ListVoters { chat_id: general(), message_id: id.clone(), option: 0, cursor: None };
        match done(&team.alice, who).await {
            ReplyBody::Voters { people, .. } => assert_eq!(people[0].username, "bob"),
            other => panic!("{other:?}"),
        }
        done(&team.alice, Command::ClosePoll { chat_id: general(), message_id: id.clone() }).await;
        sees(&team.bob, "the end", &id, |row| row.poll.as_ref().is_some_and(|poll| poll.closed && !poll.can_vote)).await;
        let elsewhere = team.alice_elsewhere().await;
        open(&elsewhere, &general()).await;
        sees(&elsewhere, "the results", &id, |row| row.poll.as_ref().is_some_and(|poll| {
            poll.closed && poll.options[0].votes == 1 && !poll.voted && poll.options[1].right == Some(true)
        })).await;
    }

    async fn bob_answers_reacts_and_sees_alice_edit_and_delete(team: &mut Team) {
        let first = team.alice_says("Обед в час?").await;
        let answer = new_local_id();
        done(&team.bob, say(&general(), answer, "Да 🍲", Some(first.clone()))).await;
        let answer = MessageId::from(answer);
        sees(&team.alice, "the answer with its quote", &answer, |row| {
            text_of(row) == "Да 🍲" && row.quote.as_ref().is_some_and(|quote| quote.id == first && quote.text == "Обед в час?")
        }).await;
        let react = |on| Command::React { chat_id: general(), message_id: first.clone(), emoji: "👍".to_owned(), on };
        done(&team.bob, react(true)).await;
        sees(&team.alice, "bob's reaction", &first, |row| {
            row.reactions.iter().any(|one| one.emoji == "👍" && one.count == 1 && !one.own && one.names == ["bob"])
        }).await;
        done(&team.bob, react(false)).await;
        sees(&team.alice, "no reaction", &first, |row| row.reactions.is_empty()).await;

        let edit = Command::Edit { chat_id: general(), message_id: first.clone(), text: "Обед в два?".to_owned(), mentions: Vec::new() };
        done(&team.alice, edit).await;
        sees(&team.bob, "the new text", &first, |row| row.edited && text_of(row) == "Обед в два?").await;
        sees(&team.bob, "the quote of the new text", &answer, |row| {
            row.quote.as_ref().is_some_and(|quote| quote.text == "Обед в два?")
        }).await;
        let versions = done(&team.bob, Command::ListVersions { chat_id: general(), message_id: first.clone() }).await;
        let ReplyBody::Versions { versions } = versions else { panic!("{versions:?}") };
        assert_eq!(versions.iter().map(|version| version.text.as_str()).collect::<Vec<_>>(), ["Обед в час?"]);

        done(&team.alice, Command::Delete { chat_id: general(), message_id: first.clone() }).await;
        sees(&team.bob, "the tombstone", &first, |row| row.content == MessageContent::Deleted).await;
        sees(&team.bob, "the quote without words", &answer, |row| {
            row.quote.as_ref().is_some_and(|quote| quote.deleted && quote.text.is_empty())
        }).await;
    }

    async fn bob_answers_in_a_thread_and_alice_finds_it_among_her_threads(team: &mut Team) {
        let root = team.alice_says("Кто завтра дежурит?").await;
        done(&team.bob, Command::OpenThread { chat_id: general(), message_id: root.clone() }).await;
        let draft = Draft { text: "Я".to_owned(), reply_to: None };
        let send = Command::Send {
            chat_id: general(), local_id: new_local_id(), draft, mentions: Vec::new(), thread: Some(root.clone()),
        };
        done(&team.bob, send).await;
        sees(&team.alice, "the thread under her message, unread", &root, |row| {
            row.replies.as_ref().is_some_and(|replies| replies.count == 1 && replies.unread)
        }).await;
        let ReplyBody::Threads { threads } = done(&team.alice, Command::ListThreads).await else { panic!("threads") };
        assert_eq!(threads.iter().map(|thread| &thread.root.message_id).collect::<Vec<_>>(), [&root]);
        done(&team.alice, Command::OpenThread { chat_id: general(), message_id: root.clone() }).await;
        done(&team.alice, Command::MarkThreadRead { chat_id: general(), message_id: root.clone() }).await;
        sees(&team.alice, "the thread, read", &root, |row| row.replies.as_ref().is_some_and(|replies| !replies.unread)).await;
    }

    async fn alice_pins_a_message_and_bob_finds_it_at_the_head(team: &mut Team) {
        let id = team.alice_says("Пароль от переговорной у секретаря").await;
        done(&team.alice, Command::Pin { chat_id: general(), message_id: id.clone(), on: true }).await;
        sees(&team.bob, "the pin", &id, |row| row.pinned).await;
        let hits = found(&team.bob, Command::ListPinned { chat_id: general() }).await;
        assert_eq!(hits.iter().map(|hit| &hit.message_id).collect::<Vec<_>>(), [&id]);
        done(&team.alice, Command::Pin { chat_id: general(), message_id: id.clone(), on: false }).await;
        sees(&team.bob, "no pin", &id, |row| !row.pinned).await;
        assert_eq!(found(&team.bob, Command::ListPinned { chat_id: general() }).await, []);
    }

    async fn bob_forwards_what_alice_said_and_her_name_stays_on_it(team: &mut Team) {
        let id = team.alice_says("Релиз в пятницу").await;
        let notes = match done(&team.bob, Command::OpenPrivate { user_id: id_of(&team.alice, &id) }).await {
            ReplyBody::Chat { chat_id } => chat_id,
            other => panic!("{other:?}"),
        };
        done(&team.bob, Command::Forward { chat_id: general(), message_ids: vec![id.clone()], to: vec![notes.clone()] }).await;
        sees_chat(&team.alice, "the private chat with what was forwarded", &notes, |chat| chat.last_text == "Релиз в пятницу").await;
        open(&team.alice, &notes).await;
        team.alice.until("the forwarded message", |screen| {
            screen.timeline.iter().any(|row| {
                text_of(row) == "Релиз в пятницу"
                    && row.author.username == "bob"
                    && row.forwarded.as_ref().is_some_and(|from| from.author.username == "alice" && from.message_id == id)
            })
        }).await;
    }

    async fn alice_mentions_bob_and_he_finds_it_in_his_mentions(team: &mut Team) {
        let hello = team.bob.send(&general(), "привет").await;
        sees(&team.alice, "bob's hello", &hello, |row| row.seq > 0).await;
        let bob = id_of(&team.alice, &hello);
        let local_id = new_local_id();
        let draft = Draft { text: "@bob, посмотри".to_owned(), reply_to: None };
        let mention = Command::Send { chat_id: general(), local_id, draft, mentions: vec![bob], thread: None };
        done(&team.alice, mention).await;
        let id = MessageId::from(local_id);
        sees(&team.bob, "a message that mentions him", &id, |row| row.mentions_me).await;
        let hits = found(&team.bob, Command::ListMentions).await;
        assert_eq!(hits.iter().map(|hit| &hit.message_id).collect::<Vec<_>>(), [&id]);
        assert_eq!(found(&team.alice, Command::ListMentions).await, []);
    }

    async fn alice_says_what_she_does_for_an_hour_and_shows_her_number_until_she_hides_it(team: &mut Team) {
        let hello = team.alice_says("привет").await;
        let alice = id_of(&team.bob, &hello);
        let until = team.bob.look(|screen| screen.message(&hello).map(|row| protocol::Timestamp(row.at.0 + 3_600_000)));
        let status = Command::SetStatus { emoji: "🌴".to_owned(), text: "в отпуске".to_owned(), until };
        done(&team.alice, status).await;
        sees(&team.bob, "her status", &hello, |row| row.author.status_emoji == "🌴" && row.author.custom_status == "в отпуске").await;
        let contact = Contact { email: "alice@example.com".to_owned(), phone: "+7 900 000-00-00".to_owned() };
        done(&team.alice, Command::SetContact { contact: contact.clone() }).await;
        let privacy = Privacy { phone: Audience::Everyone, ..Privacy::default() };
        done(&team.alice, Command::SetPrivacy { privacy: privacy.clone() }).await;
        sees(&team.bob, "her number, not her address", &hello, |row| {
            row.author.phone == contact.phone && row.author.email.is_empty()
        }).await;
        let elsewhere = team.alice_elsewhere().await;
        elsewhere.until("the same", |screen| screen.privacy == privacy && screen.contact == contact).await;
        done(&elsewhere, Command::SetPrivacy { privacy: Privacy::default() }).await;
        sees(&team.bob, "no number", &hello, |row| row.author.phone.is_empty()).await;
        team.server.advance(std::time::Duration::from_secs(3_601));
        // The server looks at the clock when something new is to be done.
        let when = When { at: protocol::Timestamp(2_000_000_000_000), zone: None, wall: None };
        done(&team.bob, Command::Remind { chat_id: general(), message_id: hello.clone(), when }).await;
        sees(&team.bob, "that it is over", &hello, |row| {
            row.author.id == alice && row.author.status_emoji.is_empty() && row.author.custom_status.is_empty()
        }).await;
    }

    async fn alice_blocks_bob_and_hears_nothing_of_him_until_she_lets_him(team: &mut Team) {
        let hello = team.bob.send(&general(), "привет").await;
        sees(&team.alice, "bob's hello", &hello, |row| row.seq > 0).await;
        let bob = id_of(&team.alice, &hello);
        let own = team.alice_says("и тебе").await;
        let private = ChatId::private(bob, id_of(&team.bob, &own));
        done(&team.alice, Command::Block { user_id: bob, on: true }).await;
        sees(&team.alice, "that he is blocked", &hello, |row| row.author.blocked).await;
        let elsewhere = team.alice_elsewhere().await;
        open(&elsewhere, &general()).await;
        sees(&elsewhere, "the same there", &hello, |row| row.author.blocked).await;
        done(&team.bob, Command::OpenPrivate { user_id: id_of(&team.bob, &own) }).await;
        open(&team.bob, &private).await;
        let refused = new_local_id();
        team.bob.command(say(&private, refused, "лично", None));
        sees(&team.bob, "the refusal", &MessageId::from(refused), |row| row.delivery == Some(Delivery::Failed)).await;
        open(&team.bob, &general()).await;
        let said = team.bob.send(&general(), "всем").await;
        sees(&team.alice, "his words to all, folded", &said, |row| row.author.blocked && row.seq > 0).await;
        let notices = team.alice.look(|screen| screen.notices.iter().filter(|notice| notice.message_id == said).count());
        assert_eq!(notices, 0);
        done(&elsewhere, Command::Block { user_id: bob, on: false }).await;
        sees(&team.alice, "that he is free", &said, |row| !row.author.blocked).await;
        done(&team.bob, Command::OpenPrivate { user_id: id_of(&team.bob, &own) }).await;
        open(&team.bob, &private).await;
        let heard = team.bob.send(&private, "спасибо").await;
        sees(&team.bob, "that it came through", &heard, |row| row.seq > 0).await;
    }

    async fn alices_inbox_fills_and_is_seen_on_both_of_her_machines(team: &mut Team) {
        let own = team.alice_says("готово").await;
        let elsewhere = team.alice_elsewhere().await;
        elsewhere.until("her message there", |screen| screen.chats.iter().any(|chat| chat.last_text == "готово")).await;
        done(&team.bob, Command::React { chat_id: general(), message_id: own.clone(), emoji: "🎉".to_owned(), on: true }).await;
        for app in [&team.alice, &elsewhere] {
            app.until("the reaction", |screen| screen.inbox_unread == 1).await;
        }
        let ReplyBody::Inbox { rows } = done(&elsewhere, Command::ListInbox).await else { panic!() };
        assert!(matches!(&rows[..], [row] if row.unread && row.message.message_id == own));
        done(&elsewhere, Command::MarkInboxRead).await;
        for app in [&team.alice, &elsewhere] {
            app.until("that it was seen", |screen| screen.inbox_unread == 0).await;
        }
    }

    async fn everyone_is_mentioned_by_those_who_may_and_those_who_are_there_by_here(team: &mut Team) {
        for (text, everyone) in [("@all, в три", Everyone::All), ("@here, кто свободен?", Everyone::Here)] {
            let id = team.alice_says(text).await;
            sees(&team.bob, text, &id, |row| row.mentions_me && row.everyone == Some(everyone)).await;
            let hits = found(&team.bob, Command::ListMentions).await;
            assert_eq!(hits.first().map(|hit| &hit.message_id), Some(&id));
        }
        // In a channel members may not, unless the admins let them.
        let id = team.bob.send(&general(), "@all, слушайте").await;
        sees(&team.alice, "bob's words, as words", &id, |row| row.everyone.is_none() && !row.mentions_me).await;
        let rights = Rights { everyone: Some(Role::Member), ..Rights::default() };
        let (name, description, public) = (None, None, None);
        let chat_id = general();
        done(&team.alice, Command::UpdateChat { chat_id, name, description, public, rights: Some(rights) }).await;
        sees_chat(&team.bob, "that he may", &general(), |chat| chat.may_mention_everyone).await;
        let id = team.bob.send(&general(), "@все, слушайте").await;
        sees(&team.alice, "bob's words to everyone", &id, |row| row.mentions_me).await;
    }

    async fn what_alice_says_for_an_hour_goes_from_both_screens_and_their_search(team: &mut Team) {
        let stays = team.alice_says("постоянное слово").await;
        done(&team.alice, Command::SetDisappearing { chat_id: general(), after: Some(3_600) }).await;
        sees_chat(&team.bob, "the timer", &general(), |chat| chat.disappear_after == Some(3_600) && !chat.may_set_timer).await;
        let id = team.alice_says("мимолётное слово").await;
        sees(&team.bob, "its clock", &id, |row| row.expires_at.is_some()).await;
        let search = || Command::Search { query: "слово".to_owned(), chat_id: None };
        assert_eq!(found(&team.bob, search()).await.len(), 2);
        team.server.advance(std::time::Duration::from_secs(3_601));
        // The server looks at the clock when something new is to be done.
        let next = team.alice_says("следующее").await;
        for app in [&team.alice, &team.bob] {
            app.until("that it went", |screen| screen.message(&id).is_none()).await;
            let hits = found(app, search()).await;
            assert_eq!(hits.iter().map(|hit| &hit.message_id).collect::<Vec<_>>(), [&stays]);
            assert!(app.look(|screen| screen.message(&next).is_some()));
        }
        let elsewhere = team.alice_elsewhere().await;
        open(&elsewhere, &general()).await;
        sees(&elsewhere, "what stays", &stays, |_| true).await;
        assert!(elsewhere.look(|screen| screen.message(&id).is_none()), "a new device never learns of it");
    }

    async fn what_alice_saves_archives_mutes_and_begins_to_write_is_on_her_other_machine(team: &mut Team) {
        let id = team.alice_says("сохранить").await;
        let elsewhere = team.alice_elsewhere().await;
        done(&team.alice, Command::SaveMessage { chat_id: general(), message_id: id.clone(), on: true }).await;
        let settings = ChatSettings {
            archived_at_seq: Some(u64::MAX >> 12),
            muted_until: Some(protocol::Timestamp(4_000_000_000_000)),
            notify: NotifyAbout::Mentions,
            ..ChatSettings::default()
        };
        done(&team.alice, Command::SetChatSettings { chat_id: general(), settings: settings.clone() }).await;
        let draft = Draft { text: "недописанное".to_owned(), reply_to: None };
        done(&team.alice, Command::SaveDraft { chat_id: general(), draft }).await;
        sees_chat(&elsewhere, "the same settings and draft", &general(), |chat| {
            chat.settings == settings && chat.archived && chat.draft == "недописанное"
        }).await;
        let hits = found(&elsewhere, Command::ListSaved).await;
        assert_eq!(hits.iter().map(|hit| &hit.message_id).collect::<Vec<_>>(), [&id]);
        // Hers alone.
        assert_eq!(found(&team.bob, Command::ListSaved).await, []);
        sees_chat(&team.bob, "his own settings", &general(), |chat| chat.settings == ChatSettings::default()).await;
    }

    async fn alice_is_reminded_once_on_each_of_her_machines_and_puts_it_away_on_one(team: &mut Team) {
        let hello = team.bob.send(&general(), "перезвони поставщику").await;
        sees(&team.alice, "bob's message", &hello, |row| row.seq > 0).await;
        let elsewhere = team.alice_elsewhere().await;
        let said = team.alice.look(|screen| screen.message(&hello).map(|row| row.at)).unwrap();
        let after = |ms: i64| When { at: protocol::Timestamp(said.0 + ms), zone: None, wall: None };
        let remind = |message_id: &MessageId, when| Command::Remind {
            chat_id: general(), message_id: message_id.clone(), when,
        };
        done(&team.alice, remind(&hello, after(3_600_000))).await;
        for app in [&team.alice, &elsewhere] {
            app.until("the reminder", |screen| screen.reminders.iter().any(|row| !row.rang && !row.unsent)).await;
        }
        team.server.advance(std::time::Duration::from_secs(7_200));
        // The server looks at the clock when something new is to be done.
        let other = team.alice.send(&general(), "другое").await;
        sees(&team.alice, "her own message", &other, |row| row.seq > 0).await;
        done(&team.alice, remind(&other, after(86_400_000))).await;
        for app in [&team.alice, &elsewhere] {
            app.until("that it rings", |screen| {
                screen.reminders.first().is_some_and(|row| row.rang && row.message.message_id == hello)
                    && screen.reminders.len() == 2
            }).await;
            let rings = app.look(|screen| {
                screen.notices.iter().filter(|notice| notice.reminder).map(|notice| notice.text.clone()).collect::<Vec<_>>()
            });
            assert_eq!(rings, ["перезвони поставщику"]);
        }
        done(&elsewhere, Command::DropReminder { message_id: hello }).await;
        team.alice.until("that it is put away", |screen| screen.reminders.len() == 1).await;
        assert_eq!(team.bob.look(|screen| screen.reminders.len()), 0);
    }

    async fn alice_founds_a_group_and_bob_reads_what_was_said(team: &mut Team) {
        let hello = team.bob.send(&general(), "я тут").await;
        sees(&team.alice, "bob's hello", &hello, |row| row.seq > 0).await;
        let create = Command::CreateChat {
            local_id: new_local_id(),
            kind: ChatKind::Group,
            name: "Отпуск".to_owned(),
            description: "кто когда".to_owned(),
            members: vec![id_of(&team.alice, &hello)],
            public: false,
            encrypted: false,
        };
        let ReplyBody::Chat { chat_id } = done(&team.alice, create).await else { panic!("a chat") };
        sees_chat(&team.bob, "the group", &chat_id, |chat| chat.title == "Отпуск" && chat.member_count == 2).await;
        let id = team.alice.send(&chat_id, "Я в июле").await;
        sees_chat(&team.bob, "one unread", &chat_id, |chat| chat.unread >= 1 && chat.last_text == "Я в июле").await;
        open(&team.bob, &chat_id).await;
        sees(&team.bob, "the message", &id, |row| text_of(row) == "Я в июле").await;
        let seq = team.bob.look(|screen| screen.message(&id).map_or(0, |row| row.seq));
        done(&team.bob, Command::MarkRead { chat_id: chat_id.clone(), seq }).await;
        open(&team.alice, &chat_id).await;
        sees(&team.alice, "two coloured ticks", &id, |row| row.delivery == Some(Delivery::Read)).await;
        done(&team.bob, Command::LeaveChat { chat_id: chat_id.clone() }).await;
        sees_chat(&team.alice, "alone again", &chat_id, |chat| chat.member_count == 1).await;
    }

    async fn alice_goes_back_to_the_day_something_was_said(team: &mut Team) {
        let old = team.alice_says("первое").await;
        let day = team.alice.look(|screen| screen.message(&old).map(|row| row.at)).unwrap();
        team.server.advance(std::time::Duration::from_secs(3 * 86_400));
        for number in 0..120 {
            team.alice.send(&general(), &format!("позже {number}")).await;
        }
        let last = team.alice_says("последнее").await;
        let later = protocol::Timestamp(day.0 + 86_400_000);
        done(&team.bob, Command::JumpToTime { chat_id: general(), at: later }).await;
        team.bob.until("the first message after that day", |screen| {
            screen.timeline.iter().any(|row| text_of(row) == "позже 0")
        }).await;
        done(&team.bob, Command::JumpTo { chat_id: general(), message_id: old.clone() }).await;
        sees(&team.bob, "the old message", &old, |row| text_of(row) == "первое").await;
        done(&team.bob, Command::JumpToLatest { chat_id: general() }).await;
        sees(&team.bob, "the newest", &last, |row| text_of(row) == "последнее").await;
    }

    async fn alice_lets_only_admins_write_and_then_gives_the_chat_to_bob(team: &mut Team) {
        let first = team.bob.send(&general(), "Можно?").await;
        team.alice.until("bob's message", |screen| screen.message(&first).is_some()).await;
        let bob = id_of(&team.alice, &first);
        let rights = Rights { post: Some(Role::Admin), ..Rights::default() };
        let (name, description, public) = (None, None, None);
        let chat_id = general();
        done(&team.alice, Command::UpdateChat { chat_id, name, description, public, rights: Some(rights) }).await;
        sees_chat(&team.bob, "that he may not write", &general(), |chat| !chat.may_post && chat.rights == rights).await;
        // An older app of his would try nevertheless.
        let tried = new_local_id();
        team.bob.command(say(&general(), tried, "И всё же", None));
        sees(&team.bob, "the refusal", &MessageId::from(tried), |row| {
            row.delivery == Some(Delivery::Failed) && row.failure == Some(protocol::ErrorCode::Forbidden)
        }).await;

        done(&team.alice, Command::SetRole { chat_id: general(), user_id: bob, role: Role::Owner }).await;
        sees_chat(&team.bob, "that the chat is his", &general(), |chat| chat.role == Some(Role::Owner) && chat.may_post).await;
        sees_chat(&team.alice, "that she is an admin now", &general(), |chat| chat.role == Some(Role::Admin)).await;
        let said = team.bob.send(&general(), "Спасибо!").await;
        team.alice.until("what the owner says", |screen| screen.message(&said).is_some()).await;
    }

    async fn alice_attaches_files_and_bob_saves_them_bit_for_bit(team: &mut Team) {
        let folder = tempfile::tempdir().unwrap();
        let contents: [(&str, Vec<u8>); 3] = [
            ("отчёт за март.bin", (0u32..400_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect()),
            ("пусто.txt", Vec::new()),
            ("точка.png", b"\x89PNG\r\n\x1a\n and what is behind it".to_vec()),
        ];
        let paths: Vec<_> = contents.iter().map(|(name, _)| folder.path().join(name)).collect();
        for (path, (_, bytes)) in paths.iter().zip(&contents) {
            std::fs::write(path, bytes).unwrap();
        }
        let id = team.alice.send_files(&general(), "Смотри", &paths).await;
        sees(&team.alice, "the own message with its files at once", &id, |row| row.attachments.len() == 3).await;
        sees(&team.bob, "alice's files", &id, |row| text_of(row) == "Смотри" && row.attachments.len() == 3).await;
        let files = team.bob.look(|screen| screen.message(&id).unwrap().attachments.clone());
        for (file, (name, bytes)) in files.iter().zip(&contents) {
            assert_eq!((file.file.name.as_str(), file.file.size), (*name, bytes.len() as u64));
            let place = folder.path().join(format!("bob's {name}"));
            team.bob.save_whole(file, &place).await;
            assert_eq!(std::fs::read(&place).unwrap(), *bytes, "{name}");
            assert_eq!(team.bob.load(file).await, *bytes, "{name}");
        }
        assert_eq!(files[2].file.mime_type, "image/png", "the server looked");
        sees(&team.alice, "the tick", &id, |row| row.delivery.is_some_and(|d| d != Delivery::Queued)).await;
        assert!(
            team.alice.look(|screen| files.iter().all(|f| screen.transfer(&f.file.id, Way::Up) == Some(TransferState::Gone))),
            "nothing is left to upload"
        );
        // Without a text it is a message all the same.
        let bare = team.alice.send_files(&general(), "", &paths[..1]).await;
        sees(&team.bob, "a file without words", &bare, |row| row.attachments.len() == 1 && text_of(row).is_empty()).await;
    }

    async fn a_file_that_is_gone_fails_visibly_and_holds_back_no_other_message(team: &mut Team) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("план.txt");
        std::fs::write(&path, "завтра").unwrap();
        let picked = team.alice.pick(std::slice::from_ref(&path)).await;
        let file_id = picked[0].file_id.clone();
        std::fs::remove_file(&path).unwrap();
        let id = team.alice.send_picked(&general(), "", picked).await;
        let gone = TransferState::Failed { failure: view::Failure::FileGone };
        team.alice.until("the failure", |screen| screen.transfer(&file_id, Way::Up) == Some(gone)).await;
        team.alice_says("а я пока напишу").await;
        assert!(team.bob.look(|screen| screen.message(&id).is_none()));
        // The same file is back, but it is another one now.
        std::fs::write(&path, "послезавтра").unwrap();
        done(&team.alice, Command::ResumeTransfer { file_id: file_id.clone(), way: Way::Up }).await;
        let changed = TransferState::Failed { failure: view::Failure::FileChanged };
        team.alice.until("the other failure", |screen| screen.transfer(&file_id, Way::Up) == Some(changed)).await;
        done(&team.alice, Command::CancelTransfer { file_id, way: Way::Up }).await;
        team.alice.until("the message to go with its only file", |screen| screen.message(&id).is_none()).await;
    }
}
