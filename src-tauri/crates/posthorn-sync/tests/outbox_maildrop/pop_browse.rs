//! The maildrop browser on a real server: what it shows is there, what it deletes is gone there and only there.

use std::collections::BTreeMap;
use std::time::Duration;

use posthorn_model::{MailboxRole, Protocol, Uidl};
use posthorn_store::account::{self, AccountSettings, PopPolicy};
use posthorn_store::maildrop::{DropState, Fate};
use posthorn_sync::{BrowseChanges, BrowseRow, BrowseState, Here, ProblemKind, Tuning};
use posthorn_testkit::{Dovecot, DovecotOptions, maildir::Delivery};

use crate::rig::{PATIENCE, Rig, mail, serve, settings, tuning};

/// A browser that is looked at.
struct Look<'a> {
    rig: &'a Rig,
    after: u64,
    rows: BTreeMap<Uidl, BrowseRow>,
}

impl<'a> Look<'a> {
    fn at(rig: &'a Rig) -> Self {
        Self { rig, after: 0, rows: BTreeMap::new() }
    }

    async fn read(&mut self) -> BrowseChanges {
        let patience = Duration::from_millis(500);
        let read = self.rig.sync.browse_changes(self.rig.account, self.after, patience);
        let changes = read.await.unwrap();
        self.after = changes.version;
        if changes.is_anew {
            self.rows.clear();
        }
        for row in &changes.rows {
            self.rows.insert(row.uidl.clone(), row.clone());
        }
        for uidl in &changes.gone {
            self.rows.remove(uidl);
        }
        changes
    }

    /// Reads until the browser is in a state.
    async fn until(&mut self, state: BrowseState) -> BrowseChanges {
        let read = async {
            loop {
                let changes = self.read().await;
                if changes.state == state {
                    return changes;
                }
                assert_ne!(changes.state, BrowseState::Failed, "{:?}", changes.problem);
            }
        };
        tokio::time::timeout(PATIENCE, read).await.unwrap()
    }

    async fn look(&mut self) -> BrowseChanges {
        self.rig.sync.browse_look(self.rig.account).unwrap();
        self.until(BrowseState::Done).await
    }

    fn named(&self, subject: &str) -> &BrowseRow {
        let is_it =
            |row: &&BrowseRow| row.head.as_ref().is_some_and(|head| head.subject == subject);
        self.rows.values().find(is_it).unwrap_or_else(|| panic!("{subject}: {:?}", self.rows))
    }

    fn uidls(&self, subjects: &[&str]) -> Vec<Uidl> {
        subjects.iter().map(|subject| self.named(subject).uidl.clone()).collect()
    }
}

fn pop(server: &Dovecot) -> AccountSettings {
    settings(Protocol::Pop3, server.pop3_port(), 1)
}

async fn policy(rig: &Rig, policy: PopPolicy) {
    let id = rig.account;
    rig.write(move |tx| {
        let mut settings = account::get(tx, id)?.settings;
        settings.pop_policy = policy;
        account::update(tx, id, &settings)
    })
    .await;
}

fn all(range: std::ops::Range<usize>) -> Vec<Delivery> {
    range.map(mail).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_there_stays_here_and_what_is_kept_stays_there() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let inbox = server.mailbox("anna", "INBOX");
    inbox.fill(&all(0..5)).unwrap();
    let rig = Rig::start(pop(&server)).await;
    rig.settled().await;
    let mut look = Look::at(&rig);
    let seen = look.look().await;
    assert_eq!((seen.count, look.rows.len()), (5, 5));
    assert!(look.rows.values().all(|row| row.here == Here::Whole && row.fate == Fate::Stays));

    rig.sync.browse_keep(rig.account, look.uidls(&["number 00001"]), true).await.unwrap();
    look.read().await;
    assert!(look.named("number 00001").is_kept);
    let asked = look.uidls(&["number 00000", "number 00001", "number 00002"]);
    rig.sync.browse_remove(rig.account, asked).unwrap();
    let outcome = look.until(BrowseState::Done).await.outcome.unwrap();
    assert_eq!((outcome.is_removal, outcome.asked, outcome.done), (true, 3, 2));
    assert_eq!((inbox.count().unwrap(), look.rows.len()), (3, 3));
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 5, "all of it stays here");

    // The policy takes the rest, and not what is kept.
    policy(&rig, PopPolicy::AtOnce).await;
    rig.check().await;
    rig.check().await;
    assert_eq!(inbox.count().unwrap(), 1);
    rig.sync.browse_keep(rig.account, look.uidls(&["number 00001"]), false).await.unwrap();
    rig.check().await;
    assert_eq!(inbox.count().unwrap(), 0);
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 5);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_come_by_themselves_and_the_rest_when_asked() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let inbox = server.mailbox("anna", "INBOX");
    let rig = Rig::start(AccountSettings { pop_size_limit: 1, ..pop(&server) }).await;
    rig.settled().await;
    inbox.fill(&all(0..3)).unwrap();
    let mut look = Look::at(&rig);
    look.look().await;
    let new = look.named("number 00002");
    assert_eq!((new.here, new.message), (Here::Nothing, None), "looking fetches nothing");
    assert_eq!(new.head.as_ref().unwrap().from.email, "bob@posthorn.test");
    let uidl = new.uidl.clone();
    let preview = rig.sync.browse_preview(rig.account, uidl.clone()).await.unwrap();
    assert!(posthorn_message::parse(&preview).text.contains("the text of number2"));
    look.until(BrowseState::Done).await;

    // One that was never fetched goes without being downloaded; one comes whole, whatever its size.
    rig.sync.browse_remove(rig.account, look.uidls(&["number 00001"])).unwrap();
    assert_eq!(look.until(BrowseState::Done).await.outcome.unwrap().done, 1);
    rig.sync.browse_download(rig.account, vec![uidl]).unwrap();
    let outcome = look.until(BrowseState::Done).await.outcome.unwrap();
    assert_eq!((outcome.is_removal, outcome.done), (false, 1));
    assert_eq!(look.named("number 00002").here, Here::Whole);
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, ["number 00000", "number 00002"]);
    // Of the other the head came with the look; its rest comes when asked.
    look.look().await;
    assert_eq!(look.named("number 00000").here, Here::Head);
    rig.sync.browse_download(rig.account, look.uidls(&["number 00000"])).unwrap();
    look.until(BrowseState::Done).await;
    assert_eq!(look.named("number 00000").here, Here::Whole);
    assert_eq!((inbox.count().unwrap(), rig.messages(MailboxRole::Inbox).await.len()), (2, 2));
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_deletes_nothing() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let inbox = server.mailbox("anna", "INBOX");
    inbox.fill(&all(0..2)).unwrap();
    let rig = Rig::start(AccountSettings { pop_policy: PopPolicy::Never, ..pop(&server) }).await;
    rig.settled().await;
    let mut look = Look::at(&rig);
    look.look().await;
    rig.sync.browse_remove(rig.account, look.uidls(&["number 00000"])).unwrap();
    assert_eq!(look.until(BrowseState::Done).await.outcome.unwrap().done, 0);
    policy(&rig, PopPolicy::Leave).await;
    rig.check().await;
    assert_eq!(inbox.count().unwrap(), 2, "no mark was left behind");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildrop_in_use_is_said_and_waited_for() {
    const LOGIN: &str = "S: +OK hello\nC: CAPA\nS: -ERR what\nC: USER *\nS: +OK\nC: PASS *\n";
    const NOTHING: &str = "S: +OK\nC: CAPA\nS: -ERR what\nC: STAT\nS: +OK 0 0\nC: LIST\nS: +OK\nS: .\n\
        C: UIDL\nS: +OK\nS: .\nC: QUIT\nS: +OK bye\n";
    let busy = format!("{LOGIN}S: -ERR [IN-USE] another session has it\n!drain\n");
    let free = format!("{LOGIN}{NOTHING}");
    let port = serve(&[free.clone(), busy.clone(), busy, free]).await;
    // Long enough for it to be seen that it waits.
    let pause = Duration::from_secs(1);
    let patient = Tuning { retry_first: pause, retry_last: pause, ..tuning() };
    let rig = Rig::start_with(settings(Protocol::Pop3, port, 1), patient, false).await;
    rig.settled().await;
    let mut look = Look::at(&rig);
    rig.sync.browse_look(rig.account).unwrap();
    let waiting = look.until(BrowseState::Waiting).await;
    assert_eq!(waiting.problem.map(|problem| problem.kind), Some(ProblemKind::InUse));
    assert_eq!(look.until(BrowseState::Done).await.problem, None);
    rig.sync.browse_close(rig.account);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_is_stopped_before_the_server_hears_of_it_happens_never() {
    const LOGIN: &str = "S: +OK hello\nC: CAPA\nS: -ERR what\nC: USER *\nS: +OK\nC: PASS *\nS: +OK\n\
        C: CAPA\nS: -ERR what\nC: STAT\n";
    let empty = format!(
        "{LOGIN}S: +OK 0 0\nC: LIST\nS: +OK\nS: .\nC: UIDL\nS: +OK\nS: .\nC: QUIT\nS: +OK bye\n"
    );
    let one = format!(
        "{LOGIN}S: +OK 1 90\nC: LIST\nS: +OK\nS: 1 90\nS: .\nC: UIDL\nS: +OK\nS: 1 one\nS: .\n\
         C: TOP *\nS: +OK\nS: Subject: number\nS: \nS: .\nC: QUIT\nS: +OK bye\n"
    );
    let silent = format!("{LOGIN}!drain\n");
    let port = serve(&[empty, one, silent]).await;
    let rig = Rig::start(settings(Protocol::Pop3, port, 1)).await;
    rig.settled().await;
    let mut look = Look::at(&rig);
    look.look().await;
    let uidls = look.uidls(&["number"]);
    let (id, uidl) = (rig.account, uidls[0].clone());
    let is = async |state| {
        let uidl = uidl.clone();
        let row = rig.read(move |tx| posthorn_store::maildrop::get(tx, id, &uidl)).await;
        row.is_some_and(|row| row.state == state)
    };
    rig.sync.browse_remove(rig.account, uidls).unwrap();
    rig.until("it is marked", || is(DropState::Marked)).await;
    rig.sync.browse_stop(rig.account);
    rig.until("the mark is taken back", || is(DropState::Known)).await;
    look.until(BrowseState::Stopped).await;
    assert_eq!(look.rows.len(), 1);
    rig.sync.shutdown().await;
}
