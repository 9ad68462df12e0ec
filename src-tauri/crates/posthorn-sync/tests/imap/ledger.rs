//! The ledger: a proof finds what no count shows, mends it, says so, and can be stopped.

use posthorn_model::{Flags, MailboxRole, Uid};
use posthorn_store::ledger::{self, Proof};
use posthorn_store::message::Head;
use posthorn_store::placement::{self, Arrival, FlagUpdate};
use posthorn_sync::{ProblemKind, SyncEvent};
use posthorn_testkit::{Dovecot, DovecotOptions};

use crate::rig::{PATIENCE, Rig, mail};

impl Rig {
    /// Proves all folders, and returns what was found in INBOX.
    async fn proof(&self) -> Proof {
        let mut events = self.sync.subscribe();
        self.sync.prove(self.account, None).await.unwrap();
        let over = async {
            loop {
                if let SyncEvent::Proof { progress: None, .. } = events.recv().await.unwrap() {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, over).await.expect("the proof ends");
        let (account, inbox) = (self.account, self.role(MailboxRole::Inbox).await.id);
        let mut entries = self.read(move |tx| ledger::entries(tx, account)).await;
        entries.remove(&inbox).and_then(|entry| entry.proof).expect("it is written down")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_finds_and_mends_what_no_count_shows() {
    for capability in [None, Some("IMAP4rev1")] {
        let options = DovecotOptions {
            imap_capability: capability.map(str::to_owned),
            ..DovecotOptions::default()
        };
        let server = Dovecot::start(options).unwrap();
        server.mailbox("anna", "INBOX").fill(&(0..10).map(mail).collect::<Vec<_>>()).unwrap();
        let rig = Rig::start(server.imap_port()).await;
        rig.settled().await;
        let before = rig.subjects("INBOX").await;
        let equal = rig.proof().await;
        assert!(equal.is_equal(), "{equal:?}");
        assert_eq!((equal.compared, equal.missing, equal.gone, equal.flags), (10, 0, 0, 0));

        // One is lost here, one was never there, one has other flags, two have each other's numbers.
        let inbox = rig.role(MailboxRole::Inbox).await.id;
        rig.store
            .write(move |tx| {
                placement::vanish(tx, inbox, &[Uid(1)])?;
                let head = Head { subject: "never there".to_owned(), ..Head::default() };
                let arrival = Arrival { uid: Some(Uid(99)), head, ..Arrival::default() };
                placement::arrive(tx, inbox, &[arrival])?;
                let flags = Flags { answered: true, ..Flags::default() };
                let update = FlagUpdate { uid: Uid(2), flags, modseq: None };
                placement::update_flags(tx, inbox, &[update])?;
                let [one, other] =
                    [Uid(3), Uid(4)].map(|uid| placement::by_uid(tx, inbox, uid).unwrap().unwrap());
                placement::forget_these(tx, inbox, &[Uid(3), Uid(4)])?;
                placement::set_uid(tx, inbox, one.message, Uid(4))?;
                placement::set_uid(tx, inbox, other.message, Uid(3))?;
                let mut sync = posthorn_store::mailbox::get(tx, inbox)?.sync;
                sync.is_complete = true;
                posthorn_store::mailbox::set_sync(tx, inbox, &sync)
            })
            .await
            .unwrap();
        let found = rig.proof().await;
        assert!(found.is_equal(), "{capability:?} {found:?}");
        assert_eq!(
            (found.missing, found.gone, found.flags, found.other),
            (1, 1, 1, 2),
            "{capability:?} {found:?}"
        );
        rig.settled().await;
        assert_eq!(rig.subjects("INBOX").await, before, "{capability:?}");
        let again = rig.proof().await;
        assert_eq!(
            (again.missing, again.gone, again.flags, again.other, again.remaining),
            (0, 0, 0, 0, 0),
            "{capability:?}"
        );
        let account = rig.account;
        let entries = rig.read(move |tx| ledger::entries(tx, account)).await;
        assert_eq!(entries.get(&inbox).and_then(|entry| entry.there), Some(10));
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_proof_runs_at_a_time_and_can_be_stopped() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&(0..10).map(mail).collect::<Vec<_>>()).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    let mut events = rig.sync.subscribe();
    rig.sync.prove(rig.account, None).await.unwrap();
    let second = rig.sync.prove(rig.account, None).await;
    assert_eq!(second.unwrap_err().kind, ProblemKind::InUse);
    rig.sync.cancel_proof(rig.account);
    let over = async {
        while !matches!(events.recv().await.unwrap(), SyncEvent::Proof { progress: None, .. }) {}
    };
    tokio::time::timeout(PATIENCE, over).await.expect("it ends");
    assert_eq!(rig.sync.proofs(), []);
    assert_eq!(rig.subjects("INBOX").await.len(), 10, "nothing is lost by stopping");
    rig.sync.set_offline(true);
    assert!(rig.sync.prove(rig.account, None).await.is_err(), "nobody to compare with");
    rig.sync.shutdown().await;
}
