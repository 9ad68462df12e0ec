//! POP3: nothing here vanishes because a listing is silent, and nothing there goes before it is durable here.

use posthorn_model::{AccountId, MailboxId, MailboxRole, MessageId, Protocol, Uidl};
use posthorn_store::account::{self, PopPolicy};
use posthorn_store::maildrop::{self, DropState, Fate, Rule, RuleAction, RuleCondition, Ruling};
use posthorn_store::operation::{self, Action};
use posthorn_store::{Origin, mailbox, testing};

use crate::fixture::{Fixture, arrival, fixture, head};

const DAY_MS: i64 = 86_400_000;

fn uidl(text: &str) -> Uidl {
    Uidl(text.into())
}

impl Fixture {
    async fn pop(&self, policy: PopPolicy) -> (AccountId, MailboxId, MailboxId) {
        self.store
            .write(move |tx| {
                let mut settings = testing::account_settings("pop@example.org", Protocol::Pop3);
                settings.pop_policy = policy;
                let account = account::add(tx, &settings)?;
                let inbox = mailbox::add_local(tx, account, "Inbox", MailboxRole::Inbox)?;
                Ok((account, inbox, mailbox::add_local(tx, account, "Trash", MailboxRole::Trash)?))
            })
            .await
            .unwrap()
    }

    async fn fetched(
        &self,
        account: AccountId,
        inbox: MailboxId,
        name: &str,
        state: DropState,
    ) -> MessageId {
        let bytes = name.as_bytes().to_vec();
        let body = self.store.bodies().put(bytes, Origin::Pop3(account)).await.unwrap();
        let mut new = arrival(1, head(name, &[], name, "ann", 0));
        new.uid = None;
        new.body = (state == DropState::Downloaded).then_some(body);
        let uidl = uidl(name);
        self.store
            .write(move |tx| {
                maildrop::note_listed(tx, account, &[(uidl.clone(), 10)])?;
                let message = posthorn_store::placement::arrive(tx, inbox, &[new])?[0].message;
                maildrop::note_fetched(tx, account, &uidl, message, "hash", state)?;
                Ok(message)
            })
            .await
            .unwrap()
    }

    async fn due(&self, account: AccountId, policy: PopPolicy) -> Vec<String> {
        let due = self
            .store
            .read(move |tx| maildrop::due_for_removal(tx, account, policy, false))
            .await
            .unwrap();
        due.into_iter().map(|entry| entry.uidl.0.to_string()).collect()
    }
}

#[tokio::test]
async fn only_what_is_durable_and_due_is_removed_from_the_server() {
    let fixture = fixture().await;
    let (account, inbox, _) = fixture.pop(PopPolicy::Leave).await;
    fixture.fetched(account, inbox, "whole", DropState::Downloaded).await;
    fixture.fetched(account, inbox, "header", DropState::Headers).await;
    let known = [(uidl("unread"), 5)];
    fixture.store.write(move |tx| maildrop::note_listed(tx, account, &known)).await.unwrap();
    let policies =
        [PopPolicy::Leave, PopPolicy::AfterDays(7), PopPolicy::WhenDeleted, PopPolicy::Never];
    for policy in policies {
        assert_eq!(fixture.due(account, policy).await, Vec::<String>::new(), "{policy:?}");
    }
    assert_eq!(fixture.due(account, PopPolicy::AtOnce).await, ["whole"]);
    fixture.clock.advance_ms(8 * DAY_MS);
    assert_eq!(fixture.due(account, PopPolicy::AfterDays(7)).await, ["whole"]);
    assert_eq!(fixture.due(account, PopPolicy::Never).await, Vec::<String>::new());
    let mark = move |state| {
        move |tx: &posthorn_store::WriteTx<'_>| {
            maildrop::set_state(tx, account, &uidl("whole"), state)
        }
    };
    fixture.store.write(mark(DropState::Marked)).await.unwrap();
    assert_eq!(
        fixture.due(account, PopPolicy::Leave).await,
        ["whole"],
        "what was not confirmed is told again"
    );
    fixture.store.write(mark(DropState::Deleted)).await.unwrap();
    assert_eq!(fixture.due(account, PopPolicy::AtOnce).await, Vec::<String>::new());
    assert_eq!(fixture.messages(inbox).await.len(), 2);
}

#[tokio::test]
async fn deletion_here_marks_there_only_where_the_policy_says_so_and_can_be_undone() {
    for (policy, expected) in [(PopPolicy::WhenDeleted, vec!["mail"]), (PopPolicy::Leave, vec![])] {
        let fixture = fixture().await;
        let (account, inbox, trash) = fixture.pop(policy).await;
        let message = fixture.fetched(account, inbox, "mail", DropState::Downloaded).await;
        let action = Action::Move { to: trash };
        let ids = fixture
            .store
            .write(move |tx| operation::enqueue(tx, &action, &[(inbox, message)]))
            .await
            .unwrap();
        assert_eq!(fixture.due(account, policy).await, expected, "{policy:?}");
        fixture.store.write(move |tx| operation::undo(tx, &ids)).await.unwrap();
        assert_eq!(fixture.due(account, policy).await, Vec::<String>::new());
        assert_eq!(fixture.messages(inbox).await, [message]);
    }
}

#[tokio::test]
async fn renumbered_message_is_known_by_its_content() {
    let fixture = fixture().await;
    let (account, inbox, _) = fixture.pop(PopPolicy::Leave).await;
    let message = fixture.fetched(account, inbox, "old", DropState::Downloaded).await;
    let found =
        fixture.store.read(move |tx| maildrop::by_content(tx, account, 10, "hash")).await.unwrap();
    assert_eq!(found.len(), 1);
    fixture
        .store
        .write(move |tx| {
            maildrop::note_listed(tx, account, &[(uidl("new"), 10)])?;
            maildrop::renumber(tx, account, &uidl("old"), &uidl("new"))
        })
        .await
        .unwrap();
    let list = fixture.store.read(move |tx| maildrop::list(tx, account)).await.unwrap();
    let rows: Vec<_> =
        list.iter().map(|entry| (&*entry.uidl.0, entry.message, entry.state)).collect();
    assert_eq!(rows, [("new", Some(message), DropState::Downloaded)]);
}

#[tokio::test]
async fn a_policy_tells_beforehand_what_it_will_do_and_of_each_message_when_it_leaves() {
    let fixture = fixture().await;
    let (account, inbox, _) = fixture.pop(PopPolicy::Leave).await;
    let old = fixture.fetched(account, inbox, "old", DropState::Downloaded).await;
    let starred = fixture.fetched(account, inbox, "starred", DropState::Downloaded).await;
    let head = fixture.fetched(account, inbox, "head", DropState::Headers).await;
    fixture.clock.advance_ms(10 * DAY_MS);
    let young = fixture.fetched(account, inbox, "young", DropState::Downloaded).await;
    let star = Action::SetFlag { flag: operation::Flag::Flagged, to: operation::Switch::On };
    let targets = [(inbox, starred)];
    fixture.store.write(move |tx| operation::enqueue(tx, &star, &targets)).await.unwrap();

    let table = [
        (PopPolicy::Leave, false, (0, 0, 4)),
        (PopPolicy::WhenMoved, false, (0, 0, 4)),
        (PopPolicy::Never, false, (0, 0, 4)),
        (PopPolicy::AtOnce, false, (3, 0, 1)),
        (PopPolicy::AtOnce, true, (2, 0, 2)),
        (PopPolicy::AfterDays(7), false, (2, 1, 1)),
        (PopPolicy::AfterDays(7), true, (1, 1, 2)),
        (PopPolicy::AfterDays(30), false, (0, 3, 1)),
    ];
    for (policy, keep_starred, expected) in table {
        let preview = fixture
            .store
            .read(move |tx| maildrop::preview(tx, account, policy, keep_starred))
            .await
            .unwrap();
        let seen = (preview.now, preview.later, preview.stay);
        assert_eq!(seen, expected, "{policy:?} {keep_starred}");
        assert_eq!((preview.now_bytes, preview.not_here), (preview.now * 10, 1));
        assert_eq!(preview.first_at.is_some(), preview.later > 0);
        assert_eq!(preview.oldest.is_some(), preview.now > 0);
    }

    fixture
        .store
        .write(move |tx| {
            let mut settings = account::get(tx, account)?.settings;
            settings.pop_policy = PopPolicy::AfterDays(7);
            settings.pop_keep_starred = true;
            account::update(tx, account, &settings)
        })
        .await
        .unwrap();
    let now = fixture.store.read(|tx| Ok(tx.now())).await.unwrap();
    let fates = [
        (old, Fate::LeavesNext),
        (starred, Fate::Stays),
        (head, Fate::Stays),
        (young, Fate::LeavesAt(now.plus_ms(7 * DAY_MS))),
    ];
    for (message, expected) in fates {
        let fate = fixture.store.read(move |tx| maildrop::fate(tx, message)).await.unwrap();
        assert_eq!(fate, Some(expected));
    }
    let gone = uidl("old");
    let write = move |tx: &posthorn_store::WriteTx<'_>| {
        maildrop::set_state(tx, account, &gone, DropState::Deleted)
    };
    fixture.store.write(write).await.unwrap();
    let fate = fixture.store.read(move |tx| maildrop::fate(tx, old)).await.unwrap();
    assert_eq!(fate, Some(Fate::Left(now)));
}

#[tokio::test]
async fn what_leaves_the_inbox_is_marked_where_the_policy_says_so_and_only_when_it_is_here() {
    for (policy, state, expected) in [
        (PopPolicy::WhenMoved, DropState::Downloaded, vec!["mail"]),
        (PopPolicy::WhenMoved, DropState::Headers, vec![]),
        (PopPolicy::WhenDeleted, DropState::Downloaded, vec![]),
        (PopPolicy::Leave, DropState::Downloaded, vec![]),
    ] {
        let fixture = fixture().await;
        let (account, inbox, _) = fixture.pop(policy).await;
        let message = fixture.fetched(account, inbox, "mail", state).await;
        let archive = fixture
            .store
            .write(move |tx| mailbox::add_local(tx, account, "Archive", MailboxRole::Archive))
            .await
            .unwrap();
        let action = Action::Move { to: archive };
        let ids = fixture
            .store
            .write(move |tx| operation::enqueue(tx, &action, &[(inbox, message)]))
            .await
            .unwrap();
        assert_eq!(fixture.due(account, policy).await, expected, "{policy:?} {state:?}");
        fixture.store.write(move |tx| operation::undo(tx, &ids)).await.unwrap();
        assert_eq!(fixture.due(account, policy).await, Vec::<String>::new());
        let rows = fixture.store.read(move |tx| maildrop::list(tx, account)).await.unwrap();
        assert_eq!(rows.first().map(|row| row.state), Some(state), "as it was");
    }
}

/// What a rule decided of a message that nobody has downloaded.
fn ruling(name: &str, action: RuleAction) -> Ruling {
    Ruling {
        uidl: uidl(name),
        rule: Rule { is_on: true, condition: RuleCondition::LargerThan(5), action },
        size: 10,
        header_hash: "seen".to_owned(),
        from: posthorn_model::Address::bare("a@b.example"),
        subject: name.to_owned(),
        received: None,
        decided_at: posthorn_model::Timestamp::default(),
        removed_at: None,
    }
}

#[tokio::test]
async fn rules_keep_their_order_and_what_they_decide_is_told_until_the_user_decides_otherwise() {
    let fixture = fixture().await;
    let (account, ..) = fixture.pop(PopPolicy::Leave).await;
    let all = [
        RuleCondition::OlderThan(30),
        RuleCondition::From("b.example".to_owned()),
        RuleCondition::SubjectContains("发票".to_owned()),
        RuleCondition::SmallerThan(7),
        RuleCondition::LargerThan(u64::MAX >> 1),
    ];
    let actions =
        [RuleAction::Delete, RuleAction::Skip, RuleAction::HeadOnly, RuleAction::Download];
    let rules: Vec<Rule> = all
        .into_iter()
        .zip(actions.into_iter().cycle())
        .enumerate()
        .map(|(at, (condition, action))| Rule { is_on: at % 2 == 0, condition, action })
        .collect();
    let write =
        |rules: Vec<Rule>| fixture.store.write(move |tx| maildrop::set_rules(tx, account, &rules));
    write(Vec::new()).await.unwrap();
    write(rules.clone()).await.unwrap();
    assert_eq!(fixture.store.read(move |tx| maildrop::rules(tx, account)).await.unwrap(), rules);
    let names = ["left", "gone", "kept", "again", "waits"];
    fixture
        .store
        .write(move |tx| {
            maildrop::set_kept(tx, account, &[(uidl("kept"), 10)], true)?;
            let decided = names.map(|name| {
                ruling(name, if name == "left" { RuleAction::Skip } else { RuleAction::Delete })
            });
            maildrop::note_rulings(tx, account, &decided)?;
            maildrop::set_state(tx, account, &uidl("gone"), DropState::Deleted)?;
            maildrop::take_again(tx, account, &[uidl("again")])
        })
        .await
        .unwrap();
    let ruled = move |tx: &posthorn_store::ReadTx<'_>| maildrop::ruled_out(tx, account, 10);
    let (ruled, left) = fixture
        .store
        .read(move |tx| Ok((ruled(tx)?, maildrop::left_there(tx, account)?)))
        .await
        .unwrap();
    let newest: Vec<(&str, bool)> =
        ruled.newest.iter().map(|one| (one.subject.as_str(), one.removed_at.is_some())).collect();
    assert_eq!(newest, [("waits", false), ("gone", true)]);
    assert_eq!((ruled.count, ruled.bytes), (1, 10));
    assert_eq!(left.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(), ["left"]);
    // What a rule marked and the user keeps is as new, and so is what is decided anew.
    let states = fixture
        .store
        .write(move |tx| {
            maildrop::set_kept(tx, account, &[(uidl("waits"), 10)], true)?;
            maildrop::decide_again(tx, account, &maildrop::undecided(tx, account)?)?;
            names
                .iter()
                .map(|name| Ok(maildrop::get(tx, account, &uidl(name))?.map(|row| row.state)))
                .collect()
        })
        .await;
    let states: Vec<Option<DropState>> = states.unwrap();
    assert_eq!(states, [Some(DropState::Known); 5], "none of them was downloaded");
}

#[tokio::test]
async fn a_lock_holds_back_what_rules_would_delete() {
    let fixture = fixture().await;
    let (account, ..) = fixture.pop(PopPolicy::Never).await;
    let ruled = fixture
        .store
        .write(move |tx| {
            maildrop::note_rulings(tx, account, &[ruling("one", RuleAction::Delete)])?;
            maildrop::ruled_out(tx, account, 10)
        })
        .await
        .unwrap();
    assert_eq!(ruled, maildrop::Ruled::default());
}
