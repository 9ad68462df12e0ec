//! Copies, and moves between accounts: at once here, and each half only when the other is safe.

use posthorn_model::{BodyId, MailboxId, MessageId, OperationId, Uid};
use posthorn_store::operation::{self, Action, Copied, OperationState};
use posthorn_store::placement::{self, Arrival};
use posthorn_store::{Error, mailbox, message, testing};

use crate::fixture::{Fixture, arrival, fixture, head};

impl Fixture {
    /// A message whose bytes are here.
    async fn whole(&self, mailbox: MailboxId, name: &str, uid: u32) -> MessageId {
        let body = self.store.bodies().put(name.as_bytes().to_vec(), posthorn_store::Origin::Local);
        let body: BodyId = body.await.unwrap();
        let arrival = Arrival {
            body: Some(body),
            ..arrival(uid, head(name, &[], name, "ann", i64::from(uid)))
        };
        self.arrive(mailbox, vec![arrival]).await[0].message
    }

    /// A second account; returns its inbox.
    async fn other(&self) -> MailboxId {
        self.store.write(|tx| testing::add_account(tx, "other@example.org")).await.unwrap().1[0]
    }

    async fn bring(&self, action: Action, message: MessageId) -> Vec<OperationId> {
        let inbox = self.inbox;
        let write =
            self.store.write(move |tx| operation::enqueue(tx, &action, &[(inbox, message)]));
        write.await.unwrap()
    }

    async fn state(&self, id: OperationId) -> OperationState {
        self.store.read(move |tx| operation::get(tx, id)).await.unwrap().state
    }

    async fn next_of(&self, mailbox: MailboxId) -> Option<OperationId> {
        let read = self.store.read(move |tx| {
            let account = mailbox::get(tx, mailbox)?.account;
            Ok(operation::next(tx, account)?.map(|next| next.id))
        });
        read.await.unwrap()
    }

    /// Does what the engine does when the server took a message.
    async fn proven(&self, id: OperationId, mailbox: MailboxId, uid: u32) {
        let write = self.store.write(move |tx| {
            operation::mark_sent(tx, id)?;
            for target in operation::get(tx, id)?.targets {
                operation::appended(tx, id, target.message, mailbox, Uid(uid))?;
            }
            operation::done(tx, id, &[])
        });
        write.await.unwrap();
    }
}

#[tokio::test]
async fn a_copy_is_in_both_folders_and_undo_takes_only_the_copy() {
    let fixture = fixture().await;
    let (inbox, archive) = (fixture.inbox, fixture.archive);
    let message = fixture.one(inbox, "a@x", 5).await;
    let id = fixture.bring(Action::Copy { to: archive }, message).await[0];
    assert_eq!((fixture.counts(inbox).await, fixture.counts(archive).await), ((1, 1), (1, 1)));
    let copied = vec![Copied { from: inbox, uid: Uid(5), new_uid: Uid(40) }];
    fixture.store.write(move |tx| operation::mark_sent(tx, id)).await.unwrap();
    fixture.store.write(move |tx| operation::done(tx, id, &copied)).await.unwrap();
    let again = fixture.bring(Action::Copy { to: archive }, message).await;
    assert_eq!(again, [], "it is there already");
    let back = fixture.store.write(move |tx| operation::undo(tx, &[id])).await.unwrap();
    assert_eq!((fixture.counts(inbox).await, fixture.counts(archive).await), ((1, 1), (0, 0)));
    let removal = back[0];
    let removal = fixture.store.read(move |tx| operation::get(tx, removal)).await.unwrap();
    assert_eq!((removal.action, removal.targets[0].uid), (Action::Delete, Some(Uid(40))));
}

#[tokio::test]
async fn the_original_goes_only_after_the_copy_is_proven() {
    let fixture = fixture().await;
    let inbox = fixture.inbox;
    let other = fixture.other().await;
    let message = fixture.whole(inbox, "a@x", 5).await;
    let ids = fixture.bring(Action::Move { to: other }, message).await;
    let (append, removal) = (ids[0], ids[1]);
    assert_eq!((fixture.counts(inbox).await, fixture.counts(other).await), ((0, 0), (1, 1)));
    assert_eq!(fixture.next_of(inbox).await, None, "the removal waits");
    assert_eq!(fixture.next_of(other).await, Some(append));
    fixture.proven(append, other, 9).await;
    assert_eq!(fixture.next_of(inbox).await, Some(removal));
    fixture.store.write(move |tx| operation::done(tx, removal, &[])).await.unwrap();
    let copy =
        fixture.store.read(move |tx| placement::by_uid(tx, other, Uid(9))).await.unwrap().unwrap();
    let (from, to) = fixture
        .store
        .read(move |tx| Ok((message::get(tx, message)?, message::get(tx, copy.message)?)))
        .await
        .unwrap();
    assert_ne!(from.account, to.account);
    assert_eq!(
        (from.body, &from.head.subject),
        (to.body, &to.head.subject),
        "the same bytes, stored once"
    );

    // Undo brings it back the same way round.
    let back =
        fixture.store.write(move |tx| operation::undo(tx, &[append, removal])).await.unwrap();
    assert_eq!(back.len(), 2);
    assert_eq!((fixture.counts(inbox).await, fixture.counts(other).await), ((1, 1), (0, 0)));
    assert_eq!(fixture.next_of(other).await, None, "the copy stays until the original is back");
    fixture.proven(back[0], inbox, 77).await;
    assert_eq!(fixture.next_of(other).await, Some(back[1]));
}

#[tokio::test]
async fn what_the_target_refuses_stays_where_it_was() {
    let fixture = fixture().await;
    let inbox = fixture.inbox;
    let other = fixture.other().await;
    let (one, two) = (fixture.whole(inbox, "a@x", 5).await, fixture.whole(inbox, "b@x", 6).await);
    let targets = vec![(inbox, one), (inbox, two)];
    let ids = fixture
        .store
        .write(move |tx| operation::enqueue(tx, &Action::Move { to: other }, &targets))
        .await
        .unwrap();
    let (append, removal) = (ids[0], ids[1]);
    let copies = fixture.store.read(move |tx| operation::get(tx, append)).await.unwrap().targets;
    let refused: Vec<_> = copies
        .iter()
        .filter(|target| target.origin == Some(two))
        .map(|target| (target.mailbox, target.message))
        .collect();
    let part = fixture
        .store
        .write(move |tx| operation::refuse_part(tx, append, &refused, "NO [OVERQUOTA]"))
        .await
        .unwrap()
        .unwrap();
    assert_ne!(part, append);
    assert_eq!(fixture.state(part).await, OperationState::Refused);
    assert_eq!((fixture.counts(inbox).await, fixture.counts(other).await), ((1, 1), (1, 1)));
    let left = fixture.store.read(move |tx| operation::get(tx, removal)).await.unwrap().targets;
    assert_eq!(left.iter().map(|target| target.message).collect::<Vec<_>>(), [one]);
    fixture.store.write(move |tx| operation::refuse(tx, append, "NO")).await.unwrap();
    assert_eq!(fixture.state(removal).await, OperationState::Refused);
    assert_eq!((fixture.counts(inbox).await, fixture.counts(other).await), ((2, 2), (0, 0)));
}

#[tokio::test]
async fn undo_before_anything_was_sent_leaves_nothing_to_do() {
    let fixture = fixture().await;
    let inbox = fixture.inbox;
    let other = fixture.other().await;
    let message = fixture.whole(inbox, "a@x", 5).await;
    let ids = fixture.bring(Action::Move { to: other }, message).await;
    let back = fixture.store.write(move |tx| operation::undo(tx, &ids)).await.unwrap();
    assert_eq!(back, []);
    assert_eq!((fixture.counts(inbox).await, fixture.counts(other).await), ((1, 1), (0, 0)));
    assert_eq!((fixture.next_of(inbox).await, fixture.next_of(other).await), (None, None));
}

#[tokio::test]
async fn what_is_not_here_whole_does_not_go_to_another_account() {
    let fixture = fixture().await;
    let inbox = fixture.inbox;
    let other = fixture.other().await;
    let message = fixture.one(inbox, "a@x", 5).await;
    let target = vec![(inbox, message)];
    let refused = fixture
        .store
        .write(move |tx| operation::enqueue(tx, &Action::Move { to: other }, &target))
        .await;
    assert!(matches!(refused, Err(Error::NotFound("body"))));
    assert_eq!((fixture.counts(inbox).await, fixture.counts(other).await), ((1, 1), (0, 0)));
}

#[tokio::test]
async fn what_is_held_back_lets_others_pass_and_can_be_taken_back() {
    let fixture = fixture().await;
    let inbox = fixture.inbox;
    let (one, two) = (fixture.one(inbox, "a@x", 5).await, fixture.one(inbox, "b@x", 6).await);
    let held = fixture.bring(Action::Delete, one).await[0];
    let hold =
        fixture.store.write(move |tx| operation::hold(tx, &[held], tx.now().plus_ms(10_000)));
    hold.await.unwrap();
    let star = Action::SetFlag { flag: operation::Flag::Flagged, to: operation::Switch::On };
    let passing = fixture.bring(star, two).await[0];
    assert_eq!(fixture.next_of(inbox).await, Some(passing));
    fixture.store.write(move |tx| operation::done(tx, passing, &[])).await.unwrap();
    assert_eq!(fixture.next_of(inbox).await, None, "its time has not come");
    fixture.clock.advance_ms(10_001);
    assert_eq!(fixture.next_of(inbox).await, Some(held));
    let back = fixture.store.write(move |tx| operation::undo(tx, &[held])).await.unwrap();
    assert_eq!((back, fixture.counts(inbox).await), (vec![], (2, 2)));
}

#[tokio::test]
async fn a_role_belongs_to_one_folder() {
    let fixture = fixture().await;
    let (inbox, archive) = (fixture.inbox, fixture.archive);
    let role = posthorn_model::MailboxRole::Archive;
    let made = fixture
        .store
        .write(move |tx| {
            let account = mailbox::get(tx, inbox)?.account;
            let listed = mailbox::Listed {
                path: "Old".to_owned(),
                name: "Old".to_owned(),
                delimiter: "/".to_owned(),
                role: posthorn_model::MailboxRole::Other,
                is_selectable: true,
                is_subscribed: true,
            };
            let made = mailbox::upsert(tx, account, &listed)?;
            mailbox::choose_role(tx, made, Some(role))?;
            Ok(made)
        })
        .await
        .unwrap();
    let roles = fixture
        .store
        .read(move |tx| {
            let account = mailbox::get(tx, inbox)?.account;
            let owner = mailbox::by_role(tx, account, role)?.map(|owner| owner.id);
            Ok((owner, mailbox::get(tx, archive)?.role))
        })
        .await
        .unwrap();
    assert_eq!(roles, (Some(made), posthorn_model::MailboxRole::Other));
}
