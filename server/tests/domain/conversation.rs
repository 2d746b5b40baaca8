//! People talk: posting, changing what was said, and what is refused.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{EditMessage, Event, MessageAccepted, MessageRef, PostMessage, React, Reply, Request, SeqMark};
use protocol::limits::{MENTIONS_MAX, MESSAGE_BYTES_MAX, REACTIONS_PER_MESSAGE_MAX};
use protocol::{ChatId, ErrorCode, Message, MessageId, MessageType, Row, Scope, UserId};

use crate::support::{Person, Team, local_id, newest, text};

fn edited(accepted: &MessageAccepted, content: &str) -> Request {
    Request::EditMessage(EditMessage {
        chat_id: accepted.chat_id.clone(),
        message_id: accepted.message_id.clone(),
        content: content.to_owned(),
        mentions: vec![],
        encrypt_for_recipients: false,
    })
}

fn deleted(accepted: &MessageAccepted) -> Request {
    Request::DeleteMessage(MessageRef { chat_id: accepted.chat_id.clone(), message_id: accepted.message_id.clone() })
}

fn reacted(accepted: &MessageAccepted, emoji: &str, on: bool) -> Request {
    let (chat_id, message_id) = (accepted.chat_id.clone(), accepted.message_id.clone());
    Request::React(React { chat_id, message_id, emoji: emoji.to_owned(), on })
}

/// Waits until a message reaches a revision.
async fn changed(person: &mut Person, rev: u64) -> Message {
    person
        .hear(|event| match event {
            Event::RowChanged { scope: Scope::Chat(_), row: Row::Message(message) } if message.rev == rev => {
                Some(message.clone())
            }
            _ => None,
        })
        .await
}

sql::each_db! {
    async fn bob_hears_what_alice_says_in_general_and_finds_it_in_the_history(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let general = ChatId::general();
        let accepted = alice.post(&general, "Привет, мир! 👋").await;
        let heard = bob.hear_text("Привет, мир! 👋").await;
        assert_eq!((&heard.id, heard.seq, heard.rev), (&accepted.message_id, accepted.seq, accepted.rev));
        assert_eq!((heard.sender_id, heard.sender_username.as_str()), (alice.id, "alice"));
        let page = bob.history(newest(&general, 1)).await;
        assert_eq!(page.messages, vec![heard]);
        assert!(page.has_more_before && !page.has_more_after);
    }

    async fn the_same_local_id_twice_is_one_message_and_one_answer(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let id = local_id();
        let first = alice.post_as(id, text(&chat, "once")).await;
        assert_eq!(first, alice.post_as(id, text(&chat, "once")).await);
        alice.ask(edited(&first, "changed")).await.unwrap();
        assert_eq!(first, alice.post_as(id, text(&chat, "once")).await, "the first answer, also after a change");
        alice.post(&chat, "end").await;
        let page = bob.history(newest(&chat, 50)).await;
        assert_eq!(page.messages.iter().map(|m| m.content.as_str()).collect::<Vec<_>>(), ["changed", "end"]);
        bob.hear_text("end").await;
        let again = bob.heard_now().iter().filter(|e| matches!(e, Event::NewMessage { .. })).count();
        assert_eq!(again, 1, "only `once` was heard besides");
    }

    async fn two_tries_of_one_send_at_the_same_time_are_one_message(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let id = local_id();
        let (a, b) = tokio::join!(alice.post_as(id, text(&chat, "x")), alice.post_as(id, text(&chat, "x")));
        assert_eq!(a, b);
        assert_eq!(bob.history(newest(&chat, 50)).await.messages.len(), 1);
    }

    async fn an_id_of_someone_elses_message_or_of_another_chat_is_taken(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let id = local_id();
        alice.post_as(id, text(&chat, "mine")).await;
        let before = team.fingerprint().await;
        let theirs = bob.ask_as(Some(id), Request::Message(text(&chat, "theirs"))).await;
        assert_eq!(theirs.unwrap_err().code, ErrorCode::IdTaken);
        let elsewhere = alice.ask_as(Some(id), Request::Message(text(&ChatId::general(), "mine"))).await;
        assert_eq!(elsewhere.unwrap_err().code, ErrorCode::IdTaken);
        assert_eq!(before, team.fingerprint().await);
    }

    async fn a_changed_message_is_the_same_message_for_everyone(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let sent = alice.post(&chat, "tpyo").await;
        team.advance(5_000);
        let Reply::MessageAccepted(edit) = alice.ask(edited(&sent, "typo")).await.unwrap() else { panic!() };
        assert_eq!((edit.seq, edit.timestamp, edit.rev), (sent.seq, sent.timestamp, sent.rev + 1));
        let heard = changed(&mut bob, edit.rev).await;
        assert_eq!((heard.content.as_str(), heard.edited_at.map(|t| t.0 - sent.timestamp.0)), ("typo", Some(5_000)));
        let Reply::MessageAccepted(up) = bob.ask(reacted(&sent, "👍", true)).await.unwrap() else { panic!() };
        alice.ask(reacted(&sent, "👍", true)).await.unwrap();
        let both = alice.message(&chat, sent.seq).await;
        assert_eq!(both.reactions["👍"], vec![bob.id, alice.id]);
        let Reply::MessageAccepted(same) = bob.ask(reacted(&sent, "👍", true)).await.unwrap() else { panic!() };
        assert_eq!(same.rev, up.rev + 1, "nothing changed: the message stands where alice's reaction left it");
        bob.ask(reacted(&sent, "👍", false)).await.unwrap();
        assert_eq!(alice.message(&chat, sent.seq).await.reactions["👍"], vec![alice.id]);
        let Reply::MessageAccepted(gone) = alice.ask(deleted(&sent)).await.unwrap() else { panic!() };
        let tombstone = changed(&mut bob, gone.rev).await;
        assert!(tombstone.deleted_at.is_some() && tombstone.content.is_empty() && tombstone.reactions.is_empty());
        assert_eq!(tombstone, alice.message(&chat, sent.seq).await);
        let Reply::MessageAccepted(again) = alice.ask(deleted(&sent)).await.unwrap() else { panic!() };
        assert_eq!(again, gone);
        assert_eq!(alice.refused(edited(&sent, "back")).await, ErrorCode::NotFound);
        assert_eq!(bob.refused(reacted(&sent, "👍", true)).await, ErrorCode::NotFound);
    }

    async fn replies_mentions_and_first_reactions_come_with_the_message(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let carol = team.person("carol").await;
        let chat = alice.group(&[bob.id]).await;
        let first = alice.post(&chat, "first").await;
        let body = PostMessage {
            reply_to: Some(first.message_id.clone()),
            mentions: vec![bob.id, alice.id, bob.id],
            reactions: vec!["👍".to_owned(), "❤️".to_owned()],
            ..text(&chat, "second")
        };
        let second = alice.post_as(local_id(), body).await;
        let heard = bob.hear_text("second").await;
        assert_eq!(heard.reply_to, Some(first.message_id.clone()));
        assert_eq!(heard.mentions, vec![bob.id, alice.id]);
        assert_eq!(heard.reactions.values().flatten().copied().collect::<Vec<_>>(), vec![alice.id, alice.id]);
        assert_eq!(bob.message(&chat, second.seq).await, heard);
        let before = team.fingerprint().await;
        let stranger = PostMessage { mentions: vec![carol.id], ..text(&chat, "x") };
        assert_eq!(alice.refused(Request::Message(stranger)).await, ErrorCode::InvalidField);
        let elsewhere = PostMessage { reply_to: Some(first.message_id), ..text(&ChatId::general(), "x") };
        assert_eq!(alice.refused(Request::Message(elsewhere)).await, ErrorCode::InvalidField);
        assert_eq!(before, team.fingerprint().await);
    }

    async fn what_is_out_of_bounds_is_refused_and_changes_nothing(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let sent = alice.post(&chat, "fine").await;
        let before = team.fingerprint().await;
        let bad = |change: &dyn Fn(&mut PostMessage)| {
            let mut body = text(&chat, "x");
            change(&mut body);
            Request::Message(body)
        };
        let posts = [
            bad(&|b| b.content = String::new()),
            bad(&|b| b.content = " \n\t ".to_owned()),
            bad(&|b| b.content = "a\0b".to_owned()),
            bad(&|b| b.content = "я".repeat(MESSAGE_BYTES_MAX / 2 + 1)),
            bad(&|b| b.message_type = MessageType::System),
            bad(&|b| b.message_type = MessageType::Unknown),
            bad(&|b| b.mentions = (0..=MENTIONS_MAX as i64).map(UserId).collect()),
            bad(&|b| b.mentions = vec![UserId(999)]),
            bad(&|b| b.reactions = (0..=REACTIONS_PER_MESSAGE_MAX).map(|n| n.to_string()).collect()),
            bad(&|b| b.reactions = vec![String::new()]),
            bad(&|b| b.reactions = vec!["a b".to_owned()]),
            bad(&|b| b.reply_to = MessageId::new("nothing")),
            reacted(&sent, &"x".repeat(65), true),
            edited(&sent, ""),
        ];
        for request in posts {
            assert_eq!(alice.refused(request.clone()).await, ErrorCode::InvalidField, "{request:?}");
        }
        let nowhere = ChatId::new("nowhere").unwrap();
        assert_eq!(alice.refused(Request::Message(text(&nowhere, "x"))).await, ErrorCode::NotFound);
        let theirs = ChatId::private(bob.id, UserId(77));
        assert_eq!(alice.refused(Request::Message(text(&theirs, "x"))).await, ErrorCode::NotFound);
        let noone = ChatId::private(alice.id, UserId(77));
        assert_eq!(alice.refused(Request::Message(text(&noone, "x"))).await, ErrorCode::NotFound);
        assert_eq!(before, team.fingerprint().await);
    }

    async fn a_private_chat_can_be_written_to_before_anyone_opened_it(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = ChatId::private(alice.id, bob.id);
        let sent = alice.post(&chat, "from offline").await;
        assert_eq!(sent.seq, 1);
        assert_eq!(bob.hear_text("from offline").await.seq, 1);
        assert_eq!(bob.private(alice.id).await, chat);
        let notes = alice.private(alice.id).await;
        assert_eq!(alice.post(&notes, "to myself").await.seq, 1);
    }

    async fn fifty_senders_at_once_leave_no_hole_and_are_heard_in_order(db: sql::Db) {
        let team = Team::new(db).await;
        let mut alice = team.person("alice").await;
        let bob = std::sync::Arc::new(team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let mut tasks = tokio::task::JoinSet::new();
        for sender in 0..50 {
            let (bob, chat) = (bob.clone(), chat.clone());
            tasks.spawn(async move {
                for n in 0..10 {
                    bob.post(&chat, &format!("{sender}:{n}")).await;
                }
            });
        }
        tasks.join_all().await;
        let mut revs = vec![];
        while revs.len() < 500 {
            let next = alice.hear(|event| match event {
                Event::NewMessage { message, .. } if message.sender_id == bob.id => Some((message.seq, message.rev)),
                _ => None,
            });
            revs.push(next.await);
        }
        assert!(revs.windows(2).all(|pair| pair[1] == (pair[0].0 + 1, pair[0].1 + 1)), "in order, without holes");
        assert_eq!(revs[0].0, 2, "after the note that the group was made");
    }

    async fn time_never_goes_back_within_a_chat(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let first = alice.post(&chat, "now").await;
        team.advance(-3_600_000);
        let second = alice.post(&chat, "an hour ago?").await;
        assert_eq!(first.timestamp, second.timestamp);
        alice.ask(edited(&second, "still")).await.unwrap();
        assert_eq!(bob.message(&chat, second.seq).await.edited_at, Some(second.timestamp));
    }

    async fn reading_moves_only_forward_and_tells_own_devices_and_the_others(db: sql::Db) {
        let team = Team::new(db).await;
        let (mut alice, bob) = (team.person("alice").await, team.person("bob").await);
        let mut phone = team.online(bob.id).await;
        let chat = alice.private(bob.id).await;
        let sent = alice.post(&chat, "hello").await;
        let read = |seq| Request::Read(SeqMark { chat_id: chat.clone(), seq });
        assert_eq!(bob.ask(read(sent.seq + 100)).await.unwrap(), Reply::Done);
        let receipt = alice.hear(|event| match event {
            Event::Receipt { receipt, .. } if receipt.user_id == bob.id => Some(*receipt),
            _ => None,
        });
        assert_eq!(receipt.await.read_seq, sent.seq, "no further than there is");
        let own = phone.hear(|event| match event {
            Event::RowChanged { row: Row::Membership(row), .. } if row.read_seq > 0 && row.chat_id == chat => {
                Some(row.read_seq)
            }
            _ => None,
        });
        assert_eq!(own.await, sent.seq);
        let before = team.fingerprint().await;
        bob.ask(read(0)).await.unwrap();
        bob.ask(read(sent.seq)).await.unwrap();
        assert_eq!(before, team.fingerprint().await);
    }

    async fn delivered_marks_reach_the_sender_and_later_syncs(db: sql::Db) {
        let team = Team::new(db).await;
        let (mut alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let sent = alice.post(&chat, "hello").await;
        let mark = Request::Delivered(SeqMark { chat_id: chat.clone(), seq: sent.seq });
        assert!(bob.ask_all(None, mark).await.is_empty(), "no reply");
        let receipt = alice.hear(|event| match event {
            Event::Receipt { receipt, .. } if receipt.user_id == bob.id => Some(*receipt),
            _ => None,
        });
        assert_eq!((receipt.await.delivered_seq, 0), (sent.seq, 0));
        let changes = alice.sync(Scope::Chat(chat), 0).await.unwrap();
        let bobs = changes.receipts.iter().find(|receipt| receipt.user_id == bob.id).unwrap();
        assert_eq!((bobs.delivered_seq, bobs.read_seq), (sent.seq, 0));
    }

    async fn a_chat_that_takes_sealed_messages_only_refuses_plaintext(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.encrypted_group(&[bob.id]).await;
        assert_eq!(alice.refused(Request::Message(text(&chat, "open"))).await, ErrorCode::PlaintextRefused);
        // Sealed for a group that is not there yet.
        let body = PostMessage { encrypt_for_recipients: true, ..text(&chat, "c2VhbGVk") };
        assert_eq!(alice.refused(Request::Message(body)).await, ErrorCode::StaleEpoch);
    }
    async fn what_one_connection_sends_at_once_keeps_its_order(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        // As a transport does it: each is polled once when it comes, and again when there is time.
        type Answer<'a> = std::pin::Pin<Box<dyn Future<Output = Result<Reply, protocol::ProtocolError>> + 'a>>;
        let mut under_way = futures_util::stream::FuturesOrdered::<Answer<'_>>::new();
        for n in 0..1_000 {
            let mut answer: Answer<'_> = Box::pin(alice.ask(Request::Message(text(&chat, &n.to_string()))));
            match futures_util::poll!(&mut answer) {
                std::task::Poll::Ready(answer) => under_way.push_back(Box::pin(std::future::ready(answer))),
                std::task::Poll::Pending => under_way.push_back(answer),
            }
        }
        let mut seq = 0;
        while let Some(answer) = futures_util::StreamExt::next(&mut under_way).await {
            let Reply::MessageAccepted(accepted) = answer.unwrap() else { panic!() };
            seq += 1;
            assert_eq!(accepted.seq, seq);
        }
        assert_eq!(bob.message(&chat, 1_000).await.content, "999");
    }
}
