//! What the user does: at once here, then on the server, and back.

use posthorn_model::{Flags, OperationId, Uid};
use posthorn_store::operation::{
    self, Action, Copied, Flag, MailboxRequest, OperationState, Switch,
};
use posthorn_store::placement::{self, FlagUpdate};
use posthorn_store::{Error, mailbox, testing};

use crate::fixture::{Fixture, arrival, fixture, head};

fn seen() -> Action {
    Action::SetFlag { flag: Flag::Seen, to: Switch::On }
}

impl Fixture {
    async fn enqueue(
        &self,
        action: Action,
        targets: Vec<(posthorn_model::MailboxId, posthorn_model::MessageId)>,
    ) -> OperationId {
        let ids =
            self.store.write(move |tx| operation::enqueue(tx, &action, &targets)).await.unwrap();
        assert_eq!(ids.len(), 1);
        ids[0]
    }

    async fn undo(&self, id: OperationId) -> Result<Vec<OperationId>, Error> {
        self.store.write(move |tx| operation::undo(tx, &[id])).await
    }

    async fn done(&self, id: OperationId, copied: Vec<Copied>) {
        self.store.write(move |tx| operation::mark_sent(tx, id)).await.unwrap();
        self.store.write(move |tx| operation::done(tx, id, &copied)).await.unwrap();
    }
}

#[tokio::test]
async fn flag_is_set_at_once_and_guarded_until_the_server_knows() {
    let fixture = fixture().await;
    let (inbox, account) = (fixture.inbox, fixture.account);
    let message = fixture.one(inbox, "a@x", 1).await;
    let id = fixture.enqueue(seen(), vec![(inbox, message)]).await;
    assert_eq!(fixture.counts(inbox).await, (1, 0));
    let stale = [FlagUpdate { uid: Uid(1), flags: Flags::default(), modseq: None }];
    let update = stale.clone();
    fixture.store.write(move |tx| placement::update_flags(tx, inbox, &update)).await.unwrap();
    assert!(fixture.flags(inbox, message).await.seen, "the server does not know yet");
    let next = fixture.store.read(move |tx| operation::next(tx, account)).await.unwrap().unwrap();
    assert_eq!((next.id, next.targets[0].uid), (id, Some(Uid(1))));
    fixture.done(id, vec![]).await;
    fixture.store.write(move |tx| placement::update_flags(tx, inbox, &stale)).await.unwrap();
    assert!(!fixture.flags(inbox, message).await.seen, "now the server's word counts");
    assert_eq!(fixture.store.read(move |tx| operation::next(tx, account)).await.unwrap(), None);
}

#[tokio::test]
async fn refused_flag_goes_back_with_the_servers_sentence() {
    let fixture = fixture().await;
    let message = fixture.one(fixture.inbox, "a@x", 1).await;
    let id = fixture.enqueue(seen(), vec![(fixture.inbox, message)]).await;
    fixture.store.write(move |tx| operation::refuse(tx, id, "NO read-only")).await.unwrap();
    assert_eq!(fixture.counts(fixture.inbox).await, (1, 1));
    let stored = fixture.store.read(move |tx| operation::get(tx, id)).await.unwrap();
    assert_eq!((stored.state, stored.error.as_str()), (OperationState::Refused, "NO read-only"));
    assert!(matches!(fixture.undo(id).await, Err(Error::NotUndoable(_))));
}

#[tokio::test]
async fn move_hides_here_shows_there_and_learns_the_new_uid() {
    let fixture = fixture().await;
    let (inbox, archive) = (fixture.inbox, fixture.archive);
    let message = fixture.one(inbox, "a@x", 5).await;
    let id = fixture.enqueue(Action::Move { to: archive }, vec![(inbox, message)]).await;
    assert_eq!((fixture.counts(inbox).await, fixture.counts(archive).await), ((0, 0), (1, 1)));
    // The server still lists it in the old place: it does not come back.
    let listed = fixture.arrive(inbox, vec![arrival(5, head("a@x", &[], "a@x", "ann", 5))]).await;
    assert!(!listed[0].is_new_here);
    assert_eq!(fixture.counts(inbox).await, (0, 0));
    fixture.done(id, vec![Copied { from: inbox, uid: Uid(5), new_uid: Uid(40) }]).await;
    let placed = fixture.store.read(move |tx| placement::of_message(tx, message)).await.unwrap();
    assert_eq!(placed.len(), 1);
    assert_eq!(
        (placed[0].mailbox, placed[0].uid, placed[0].is_pending),
        (archive, Some(Uid(40)), false)
    );
}

#[tokio::test]
async fn moved_message_without_copyuid_is_known_when_it_is_listed() {
    let fixture = fixture().await;
    let (inbox, archive) = (fixture.inbox, fixture.archive);
    let message = fixture.one(inbox, "a@x", 5).await;
    let id = fixture.enqueue(Action::Move { to: archive }, vec![(inbox, message)]).await;
    let listed =
        fixture.arrive(archive, vec![arrival(40, head("a@x", &[], "a@x", "ann", 5))]).await;
    assert_eq!((listed[0].message, listed[0].is_new_here), (message, false));
    fixture.done(id, vec![]).await;
    assert_eq!(fixture.counts(archive).await, (1, 1));
}

#[tokio::test]
async fn refused_move_and_deletion_bring_messages_back() {
    let fixture = fixture().await;
    let (inbox, archive) = (fixture.inbox, fixture.archive);
    let message = fixture.one(inbox, "a@x", 5).await;
    for action in [Action::Move { to: archive }, Action::Delete] {
        let id = fixture.enqueue(action, vec![(inbox, message)]).await;
        assert_eq!(fixture.counts(inbox).await, (0, 0));
        fixture.store.write(move |tx| operation::refuse(tx, id, "NO")).await.unwrap();
        assert_eq!((fixture.counts(inbox).await, fixture.counts(archive).await), ((1, 1), (0, 0)));
        let placed =
            fixture.store.read(move |tx| placement::of_message(tx, message)).await.unwrap();
        assert_eq!((placed.len(), placed[0].uid, placed[0].is_pending), (1, Some(Uid(5)), false));
    }
}

#[tokio::test]
async fn undo_before_sending_leaves_nothing_to_do() {
    let fixture = fixture().await;
    let message = fixture.one(fixture.inbox, "a@x", 5).await;
    let account = fixture.account;
    for action in [seen(), Action::Move { to: fixture.archive }, Action::Delete] {
        let id = fixture.enqueue(action, vec![(fixture.inbox, message)]).await;
        assert_eq!(fixture.undo(id).await.unwrap(), []);
        assert_eq!(fixture.counts(fixture.inbox).await, (1, 1));
        assert_eq!(fixture.store.read(move |tx| operation::next(tx, account)).await.unwrap(), None);
        assert!(matches!(fixture.undo(id).await, Err(Error::NotUndoable(_))), "once is enough");
    }
}

#[tokio::test]
async fn undo_after_the_server_did_it_is_the_opposite_under_the_new_uid() {
    let fixture = fixture().await;
    let (inbox, archive, account) = (fixture.inbox, fixture.archive, fixture.account);
    let message = fixture.one(inbox, "a@x", 5).await;
    let id = fixture.enqueue(Action::Move { to: archive }, vec![(inbox, message)]).await;
    fixture.done(id, vec![Copied { from: inbox, uid: Uid(5), new_uid: Uid(40) }]).await;
    let back = fixture.undo(id).await.unwrap();
    assert_eq!(fixture.counts(inbox).await, (1, 1));
    let next = fixture.store.read(move |tx| operation::next(tx, account)).await.unwrap().unwrap();
    assert_eq!((next.id, next.action), (back[0], Action::Move { to: inbox }));
    assert_eq!((next.targets[0].mailbox, next.targets[0].uid), (archive, Some(Uid(40))));
}

#[tokio::test]
async fn undo_while_the_move_is_on_its_way_loses_nothing() {
    let fixture = fixture().await;
    let (inbox, archive, account) = (fixture.inbox, fixture.archive, fixture.account);
    let message = fixture.one(inbox, "a@x", 5).await;
    let id = fixture.enqueue(Action::Move { to: archive }, vec![(inbox, message)]).await;
    fixture.store.write(move |tx| operation::mark_sent(tx, id)).await.unwrap();
    let back = fixture.undo(id).await.unwrap()[0];
    assert_eq!(fixture.counts(inbox).await, (1, 1));
    // The old uid disappears on the server, because the first move was done.
    fixture.store.write(move |tx| placement::vanish(tx, inbox, &[Uid(5)])).await.unwrap();
    let told = [Copied { from: inbox, uid: Uid(5), new_uid: Uid(40) }];
    fixture.store.write(move |tx| operation::done(tx, id, &told)).await.unwrap();
    let next = fixture.store.read(move |tx| operation::next(tx, account)).await.unwrap().unwrap();
    assert_eq!((next.id, next.targets[0].uid), (back, Some(Uid(40))));
    fixture.done(back, vec![Copied { from: archive, uid: Uid(40), new_uid: Uid(6) }]).await;
    let placed = fixture.store.read(move |tx| placement::of_message(tx, message)).await.unwrap();
    assert_eq!(placed.len(), 1);
    assert_eq!(
        (placed[0].mailbox, placed[0].uid, placed[0].is_pending),
        (inbox, Some(Uid(6)), false)
    );
    assert_eq!((fixture.counts(inbox).await, fixture.counts(archive).await), ((1, 1), (0, 0)));
}

#[tokio::test]
async fn operation_under_way_does_not_use_uids_of_an_older_validity() {
    let fixture = fixture().await;
    let (inbox, account) = (fixture.inbox, fixture.account);
    let message = fixture.one(inbox, "a@x", 5).await;
    fixture.enqueue(seen(), vec![(inbox, message)]).await;
    fixture.store.write(move |tx| placement::forget_uids(tx, inbox)).await.unwrap();
    let next = move |tx: &posthorn_store::ReadTx<'_>| operation::next(tx, account);
    assert_eq!(fixture.store.read(next).await.unwrap().unwrap().targets[0].uid, None);
    fixture.arrive(inbox, vec![arrival(77, head("a@x", &[], "a@x", "ann", 5))]).await;
    assert_eq!(fixture.store.read(next).await.unwrap().unwrap().targets[0].uid, Some(Uid(77)));
}

#[tokio::test]
async fn folders_are_made_renamed_deleted_and_undone() {
    let fixture = fixture().await;
    let (account, archive) = (fixture.account, fixture.archive);
    let request = MailboxRequest::Create {
        path: "Work".to_owned(),
        name: "Work".to_owned(),
        delimiter: "/".to_owned(),
    };
    let made = fixture
        .store
        .write(move |tx| operation::enqueue_mailbox(tx, account, &request))
        .await
        .unwrap();
    let names = || async {
        let all = fixture.store.read(move |tx| mailbox::list(tx, account)).await.unwrap();
        all.into_iter().map(|found| found.path).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Archive", "INBOX", "Sent", "Trash", "Work"]);
    fixture.undo(made).await.unwrap();
    let request =
        MailboxRequest::Rename { mailbox: archive, path: "Old".to_owned(), name: "Old".to_owned() };
    let renamed = fixture
        .store
        .write(move |tx| operation::enqueue_mailbox(tx, account, &request))
        .await
        .unwrap();
    assert_eq!(names().await, ["INBOX", "Old", "Sent", "Trash"]);
    // A listing from before says nothing about a folder that is being renamed.
    let listed: Vec<_> = ["Archive", "INBOX", "Sent", "Trash"]
        .map(|path| mailbox::Listed {
            path: path.to_owned(),
            name: path.to_owned(),
            delimiter: "/".to_owned(),
            role: posthorn_model::MailboxRole::Other,
            is_selectable: true,
            is_subscribed: true,
        })
        .into();
    fixture.store.write(move |tx| mailbox::apply_list(tx, account, &listed)).await.unwrap();
    assert_eq!(names().await, ["INBOX", "Old", "Sent", "Trash"]);
    fixture.undo(renamed).await.unwrap();
    assert_eq!(names().await, ["Archive", "INBOX", "Sent", "Trash"]);
    let request = MailboxRequest::Delete { mailbox: archive };
    let deleted = fixture
        .store
        .write(move |tx| operation::enqueue_mailbox(tx, account, &request))
        .await
        .unwrap();
    assert_eq!(names().await, ["INBOX", "Sent", "Trash"]);
    fixture.store.write(move |tx| operation::refuse(tx, deleted, "NO not empty")).await.unwrap();
    assert_eq!(names().await, ["Archive", "INBOX", "Sent", "Trash"]);
}

#[tokio::test]
async fn pop3_folders_change_at_once_and_deletion_can_be_undone() {
    let fixture = fixture().await;
    let (account, inbox, trash) = fixture
        .store
        .write(|tx| {
            let settings =
                testing::account_settings("pop@example.org", posthorn_model::Protocol::Pop3);
            let account = posthorn_store::account::add(tx, &settings)?;
            let inbox =
                mailbox::add_local(tx, account, "Inbox", posthorn_model::MailboxRole::Inbox)?;
            Ok((
                account,
                inbox,
                mailbox::add_local(tx, account, "Trash", posthorn_model::MailboxRole::Trash)?,
            ))
        })
        .await
        .unwrap();
    let mut local = arrival(1, head("a@x", &[], "a", "ann", 0));
    local.uid = None;
    let message = fixture.arrive(inbox, vec![local]).await[0].message;
    let id = fixture.enqueue(Action::Move { to: trash }, vec![(inbox, message)]).await;
    assert_eq!((fixture.counts(inbox).await, fixture.counts(trash).await), ((0, 0), (1, 1)));
    assert!(!fixture.store.read(move |tx| operation::is_under_way(tx, account)).await.unwrap());
    fixture.undo(id).await.unwrap();
    assert_eq!((fixture.counts(inbox).await, fixture.counts(trash).await), ((1, 1), (0, 0)));
    let id = fixture.enqueue(Action::Delete, vec![(inbox, message)]).await;
    assert_eq!(fixture.counts(inbox).await, (0, 0));
    fixture.undo(id).await.unwrap();
    assert_eq!(fixture.messages(inbox).await, [message]);
}
