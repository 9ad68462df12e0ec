//! Gmail: a message with several labels is in several folders, and comes once.

use std::time::Duration;

use posthorn_model::MailboxRole;
use posthorn_store::message;
use posthorn_sync::{State, Tuning};

use crate::lie::{script, serve, watcher};
use crate::rig::{Rig, settings, tuning};

const HEADER: &str = "From: Ann <ann@example.org>\r\nSubject: labelled\r\nMessage-ID: <l1@example.org>\r\nDate: Wed, 01 Jan 2020 10:00:00 +0000\r\n\r\n";

fn server() -> String {
    let escaped = HEADER.replace("\r\n", "\\r\\n");
    let length = HEADER.len();
    format!(
        r#"S: * OK Gimap ready for requests
C: {{z}} CAPABILITY
S: * CAPABILITY IMAP4rev1 ID X-GM-EXT-1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER
S: {{z}} OK Thats all she wrote!
C: {{a}} AUTHENTICATE PLAIN *
S: {{a}} OK [CAPABILITY IMAP4rev1 ID NAMESPACE X-GM-EXT-1 UIDPLUS MOVE] anna authenticated (Success)
C: {{i}} ID (*
C: {{n}} NAMESPACE
S: * ID ("name" "GImap" "vendor" "Google, Inc.")
S: {{i}} OK Success
S: * NAMESPACE (("" "/")) NIL NIL
S: {{n}} OK Success
C: {{b}} LIST *
C: {{l}} LSUB *
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasChildren \Noselect) "/" "[Gmail]"
S: * LIST (\All \HasNoChildren) "/" "[Gmail]/All Mail"
S: {{b}} OK Success
S: {{l}} OK Success
C: {{c}} SELECT "INBOX"
S: * 1 EXISTS
S: * OK [UIDVALIDITY 7] x
S: * OK [UIDNEXT 5] x
S: {{c}} OK [READ-WRITE] INBOX selected. (Success)
C: {{d}} UID SEARCH ALL
S: * SEARCH 4
S: {{d}} OK Success
C: {{e}} UID FETCH 4 (*X-GM-MSGID X-GM-THRID X-GM-LABELS)
S: * 1 FETCH (X-GM-THRID 12 X-GM-MSGID 1278455344230334865 X-GM-LABELS ("\\Inbox" "Work" "&ZeVnLIqe-") UID 4 RFC822.SIZE 300 INTERNALDATE "01-Jan-2020 10:00:00 +0000" FLAGS () BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 5 1 NIL NIL NIL) BODY[HEADER] {{{length}}}
S- {escaped}
S: )
S: {{e}} OK Success
C: {{f}} SELECT "[Gmail]/All Mail"
S: * 1 EXISTS
S: * OK [UIDVALIDITY 9] x
S: * OK [UIDNEXT 12] x
S: {{f}} OK [READ-WRITE] selected. (Success)
C: {{g}} UID SEARCH ALL
S: * SEARCH 11
S: {{g}} OK Success
C: {{h}} UID FETCH 11 (UID FLAGS X-GM-MSGID)
S: * 1 FETCH (X-GM-MSGID 1278455344230334865 UID 11 FLAGS (\Flagged))
S: {{h}} OK Success
!drain
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_with_two_labels_is_stored_once() {
    let port = serve(vec![script(&[&server()]), watcher()]).await;
    let long = Duration::from_hours(1);
    let slow = Tuning { poll: long, retry_first: long, retry_last: long, ..tuning() };
    // Bytes are none of this test's business: messages this old stay on the server.
    let account = posthorn_store::account::AccountSettings { keep_days: 1, ..settings(port) };
    let rig = Rig::start_as(account, slow, |_| {}).await;
    rig.settled().await;
    assert_eq!(rig.sync.status(rig.account).unwrap().state, State::UpToDate);
    let inbox = rig.role(MailboxRole::Inbox).await;
    let all = rig.role(MailboxRole::All).await;
    let here = rig.messages(inbox.id).await;
    assert_eq!(
        (here.len(), &here),
        (1, &rig.messages(all.id).await),
        "one message, two placements"
    );
    let id = here[0];
    let message = rig.read(move |tx| message::get(tx, id)).await;
    assert_eq!(message.head.subject, "labelled");
    assert_eq!(message.head.server_id.as_deref(), Some("1278455344230334865"));
    assert_eq!((inbox.unread, all.unread), (1, 1));
    rig.sync.shutdown().await;
}
