//! Providers as they are (docs/PROVIDER_QUIRKS.md), where what counts is which commands they are asked: servers that are
//! not hostile, only different.

use posthorn_model::{MailboxRole, Protocol, Uid};
use posthorn_store::operation::{self, Action, MailboxRequest, OperationState};
use posthorn_store::{mailbox, message, placement};

use crate::rig::{COUNT, End, Rig, honest, settings};

async fn at(script: &str, capabilities: &str) -> Rig {
    let peer = honest(capabilities).with(script).unwrap();
    let rig = Rig::start(peer, |port| settings(Protocol::Imap, port, 1), |_, _| {}).await;
    rig.comes_to(End::UpToDate).await;
    rig
}

async fn is_done(rig: &Rig, id: posthorn_model::OperationId) {
    rig.until("it is done", || async {
        rig.read(move |tx| operation::get(tx, id)).await.state == OperationState::Done
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn icloud_is_asked_for_body_and_never_for_rfc822() {
    // FETCH RFC822 is answered without the message; BODY.PEEK[] has it.
    let script = "?\nS: * OK [CAPABILITY st-p100 XAPPLEPUSHSERVICE IMAP4 IMAP4rev1 SASL-IR AUTH=ATOKEN AUTH=PLAIN AUTH=ATOKEN2 AUTH=XOAUTH2] hello\n\
        ? $ AUTHENTICATE PLAIN *\nS: $ OK [CAPABILITY XAPPLEPUSHSERVICE IMAP4 IMAP4rev1 UIDPLUS ESEARCH CONDSTORE] user anna logged in\n\
        ? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 32] x\nS: * OK [NOMODSEQ] x\nS: $ OK\n\
        ? $ UID SEARCH *ALL\nS: * ESEARCH (TAG \"{tag}\") UID ALL 1:31\nS: $ OK\n\
        ? $ UID FETCH * (UID FLAGS INTERNALDATE*\nS: * 31 FETCH (UID 31 FLAGS () RFC822.SIZE 25 BODY[HEADER] {18}\nS- Subject: apple\\r\\n\\r\\n\nS: )\nS: $ OK\n\
        ? $ UID FETCH 31 (UID BODY.PEEK[])\nS: * 31 FETCH (UID 31 BODY[] {25}\nS- Subject: apple\\r\\n\\r\\nText.\\r\\n\nS: )\nS: $ OK\n\
        ? $ UID FETCH *RFC822)\nS: * 31 FETCH (UID 31)\nS: $ OK\n";
    let rig = at(script, "").await;
    let inbox = rig.folder(rig.account, MailboxRole::Inbox).await;
    let placed = rig.read(move |tx| placement::by_uid(tx, inbox, Uid(31))).await.unwrap();
    let found = rig.read(move |tx| message::get(tx, placed.message)).await;
    assert!(matches!(found.body, message::BodyState::Whole(_)), "{found:?}");
    let said = rig.peer.said();
    let asks = |line: &String| line.replace("RFC822.SIZE", "").contains("RFC822");
    assert!(!said.iter().any(asks), "{said:#?}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hmailserver_removes_without_uidplus_and_only_where_nothing_else_is_marked() {
    for (marked, expunges) in [("1 2 3", 1), ("1 2 3 9", 0)] {
        // Removals in another session shift the numbers meanwhile; NOT DELETED in a search is answered wrongly.
        let script = format!(
            "? $ UID SEARCH *NOT DELETED*\nS: * SEARCH\nS: $ OK\n? $ UID SEARCH *DELETED\nS: * 4 EXPUNGE\nS: * SEARCH {marked}\nS: $ OK Search completed\n\
             ? $ EXPUNGE\nS: * 1 EXPUNGE\nS: * 1 EXPUNGE\nS: * 1 EXPUNGE\nS: $ OK EXPUNGE completed\n"
        );
        let rig = at(&script, "IMAP4 CHILDREN QUOTA SORT RIGHTS=texk").await;
        let inbox = rig.folder(rig.account, MailboxRole::Inbox).await;
        let oldest: Vec<_> =
            rig.inbox().await.into_iter().rev().take(3).map(|message| (inbox, message)).collect();
        let queued =
            rig.store.write(move |tx| operation::enqueue(tx, &Action::Delete, &oldest)).await;
        is_done(&rig, *queued.unwrap().first().unwrap()).await;
        let said = rig.peer.said();
        let count = said.iter().filter(|line| line.ends_with(" EXPUNGE")).count();
        assert_eq!(count, expunges, "{said:#?}");
        assert!(said.iter().any(|line| line.contains("UID STORE 1:3 +FLAGS.SILENT (\\Deleted)")));
        assert!(
            !said.iter().any(|line| line.contains("NOT DELETED") || line.contains("UID EXPUNGE"))
        );
        assert_eq!(rig.inbox().await.len(), COUNT as usize - 3);
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn courier_keeps_new_folders_below_inbox() {
    let script = "? $ NAMESPACE\nS: * NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"#shared.\" \".\")(\"shared.\" \".\"))\nS: $ OK NAMESPACE completed.\n\
        ? $ LIST *\nS: * LIST (\\Unmarked \\HasChildren) \".\" \"INBOX\"\nS: * LIST (\\HasNoChildren) \".\" \"INBOX.Sent\"\nS: * LIST (\\HasNoChildren) \".\" \"INBOX.Trash\"\nS: * LIST (\\HasNoChildren) \".\" \"Archive\"\nS: $ OK LIST completed\n\
        ? $ SELECT \"INBOX\"\nS: * 30 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 31] x\nS: $ OK\n\
        ? $ SELECT *\nS: * 0 EXISTS\nS: * OK [UIDVALIDITY 9] x\nS: * OK [UIDNEXT 1] x\nS: $ OK\n\
        ? $ UID SEARCH *ALL\nS: * SEARCH\nS: $ OK\n\
        ? $ CREATE \"INBOX.*\nS: $ OK \"INBOX.New\" created.\n\
        ? $ CREATE *\nS: $ NO Invalid mailbox name.\n";
    let rig = at(script, "CHILDREN NAMESPACE UIDPLUS IDLE").await;
    let account = rig.account;
    let sent = rig.read(move |tx| mailbox::by_role(tx, account, MailboxRole::Sent)).await.unwrap();
    assert_eq!((sent.path.as_str(), sent.name.as_str()), ("INBOX.Sent", "Sent"));
    let prefix = rig.read(move |tx| mailbox::prefix(tx, account)).await;
    assert_eq!(prefix, "INBOX.");
    let path = format!("{prefix}New");
    let request =
        MailboxRequest::Create { path, name: "New".to_owned(), delimiter: ".".to_owned() };
    let queued = rig.store.write(move |tx| operation::enqueue_mailbox(tx, account, &request)).await;
    is_done(&rig, queued.unwrap()).await;
    assert!(rig.peer.said().iter().any(|line| line.ends_with("CREATE \"INBOX.New\"")));
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fastmail_message_with_two_labels_is_stored_once() {
    // With labels a message is in several mailboxes, under one EMAILID (RFC 8474).
    let item = "EMAILID (M1) THREADID (T1)";
    let script = format!(
        "? $ LIST *\nS: * LIST () \"/\" INBOX\nS: * LIST (\\Archive) \"/\" Archive\nS: * LIST () \"/\" Project\nS: $ OK Completed\n\
         ? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 32] x\nS: * OK [MAILBOXID (P1)] x\nS: $ OK\n\
         ? $ SELECT \"Project\"*\nS: * 1 EXISTS\nS: * OK [UIDVALIDITY 12] x\nS: * OK [UIDNEXT 6] x\nS: $ OK\n\
         ?1 $ UID SEARCH *ALL\nS: * ESEARCH (TAG \"{{tag}}\") UID ALL 5\nS: $ OK\n\
         ? $ UID FETCH 31 (UID FLAGS INTERNALDATE*\nS: * 31 FETCH (UID 31 FLAGS () RFC822.SIZE 25 {item} BODY[HEADER] {{18}}\nS- Subject: label\\r\\n\\r\\n\nS: )\nS: $ OK\n\
         ? $ UID FETCH 5 (UID FLAGS*EMAILID)\nS: * 1 FETCH (UID 5 FLAGS (\\Flagged) EMAILID (M1))\nS: $ OK\n"
    );
    let rig = at(&script, "OBJECTID ESEARCH UIDPLUS").await;
    let account = rig.account;
    let project = rig.read(move |tx| mailbox::by_path(tx, account, "Project")).await.unwrap().id;
    let there = rig.read(move |tx| placement::messages(tx, project)).await;
    let inbox = rig.inbox().await;
    assert!(there.len() == 1 && inbox.contains(there.first().unwrap()), "one message, two places");
    let said = rig.peer.said();
    assert!(!said.iter().any(|line| line.contains("UID FETCH 5 ") && line.contains("HEADER")));
    rig.finish().await;
}
