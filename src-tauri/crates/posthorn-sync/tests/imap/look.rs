//! Where not everything is here, search goes on at the server.

use std::time::Duration;

use posthorn_model::{MailboxRole, Uid, UidValidity};
use posthorn_query::{Now, parse};
use posthorn_store::keep::{self, Keep};
use posthorn_store::mailbox::{self, Listed};
use posthorn_store::message::{self, Head};
use posthorn_store::placement::{self, Arrival};
use posthorn_store::search::{self, Search, Told};
use posthorn_store::{WriteTx, account};
use posthorn_sync::{Looked, Problem, ProblemKind, Tuning};
use posthorn_testkit::{Dovecot, DovecotOptions, Peer, Proxy};

use crate::rig::{Rig, mail, tuning};

fn asked(text: &str) -> Search {
    let now = Now { at: posthorn_model::Timestamp(1_767_700_000_000), utc_offset_seconds: 0 };
    Search { told: Some(Told::default()), ..Search::new(parse(text, now).query, now) }
}

fn on_demand(tx: &WriteTx<'_>) {
    let account = account::list(tx).unwrap().first().unwrap().id;
    let never = Keep { is_on_demand: true, ..Keep::default() };
    keep::choose(tx, account, None, Some(never)).unwrap();
}

impl Rig {
    /// Subjects of what a search finds on this computer, sorted.
    async fn found(&self, search: &Search) -> Vec<String> {
        let search = search.clone();
        let read = self.read(move |tx| {
            let mut subjects = Vec::new();
            for position in search::positions(tx, &search, 100)? {
                let id = message::at(tx, position)?.unwrap();
                subjects.push(message::get(tx, id)?.head.subject);
            }
            subjects.sort();
            Ok(subjects)
        });
        read.await
    }

    /// Asks the servers; what they say joins the search.
    async fn ask(&self, search: &Search) -> Result<Option<Looked>, Problem> {
        let mut plans = self.sync.search_plans(search).await?;
        let Some(plan) = plans.pop() else { return Ok(None) };
        assert_eq!((plans.len(), plan.host.as_str()), (0, "127.0.0.1"));
        let told = search.told.clone().unwrap();
        let heard = |looked: &Looked| drop(told.add(&looked.positions));
        self.sync.search_server(plan, heard).await.map(Some)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_are_not_here_are_searched_at_the_server() {
    let everything = None;
    for capability in [everything, Some("IMAP4rev1")] {
        let options = DovecotOptions {
            imap_capability: capability.map(str::to_owned),
            ..DovecotOptions::default()
        };
        let server = Dovecot::start(options).unwrap();
        server.mailbox("anna", "INBOX").fill(&(0..30).map(mail).collect::<Vec<_>>()).unwrap();
        server.mailbox("anna", "Trash").fill(&[mail(17)]).unwrap();
        let proxy = Proxy::start(server.imap_port()).await.unwrap();
        let long = Duration::from_hours(1);
        let slow = Tuning { poll: long, round: long, ..tuning() };
        let rig = Rig::start_with(proxy.port(), slow, on_demand).await;
        rig.settled().await;

        let subject = asked("subject:00017");
        assert_eq!(rig.ask(&subject).await.unwrap(), None, "heads are all here");
        // Words of texts, with conditions that each side judges, and in letters that are not ASCII.
        let table: [(&str, &[&str]); 8] = [
            ("number17", &["number 00017"]),
            ("\"text of number17\" larger:10", &["number 00017"]),
            ("number17 is:starred", &[]),
            ("number17 subject:00017", &["number 00017"]),
            ("number17 subject:00018", &[]),
            ("number17 in:trash", &["number 00017"]),
            ("世界 from:bob subject:00021", &["number 00021"]),
            ("(number3 OR number4) -number4 subject:00003", &["number 00003"]),
        ];
        for (text, wanted) in table {
            let search = asked(text);
            assert!(rig.found(&search).await.is_empty(), "{text}: its text is not here");
            rig.ask(&search).await.unwrap().unwrap();
            assert_eq!(rig.found(&search).await, wanted, "{text} with {capability:?}");
        }
        let bodies = proxy.said().iter().filter(|(_, line)| line.contains("BODY.PEEK[])")).count();
        assert_eq!(bodies, 0, "nothing was downloaded");

        // What nobody told of yet comes with its head.
        server.mailbox("anna", "INBOX").deliver(&mail(77)).unwrap();
        let search = asked("number77");
        rig.ask(&search).await.unwrap().unwrap();
        assert_eq!(rig.found(&search).await, ["number 00077"]);

        // Where everything is here nobody is asked.
        let account = rig.account;
        rig.store.write(move |tx| keep::choose(tx, account, None, None)).await.unwrap();
        rig.sync.bodies_wanted(account);
        rig.until("all bodies are here", || async {
            let coverage = rig.read(search::coverage).await;
            coverage.bodies == coverage.messages && coverage.waiting == 0
        })
        .await;
        let search = asked("number17");
        assert_eq!(rig.ask(&search).await.unwrap(), None);
        assert_eq!(rig.found(&search).await, ["number 00017"]);
        rig.sync.shutdown().await;
    }
}

/// Two messages whose heads are here, and their texts not.
fn two_heads(tx: &WriteTx<'_>) {
    on_demand(tx);
    let account = account::list(tx).unwrap().first().unwrap().id;
    let listed = Listed {
        path: "INBOX".to_owned(),
        name: "INBOX".to_owned(),
        delimiter: "/".to_owned(),
        role: MailboxRole::Inbox,
        is_selectable: true,
        is_subscribed: true,
    };
    let id = mailbox::upsert(tx, account, &listed).unwrap();
    let arrival = |uid: u32| Arrival {
        uid: Some(Uid(uid)),
        head: Head { subject: format!("head {uid}"), size: 5_000, ..Head::default() },
        ..Arrival::default()
    };
    placement::arrive(tx, id, &[arrival(1), arrival(2)]).unwrap();
    let mut state = mailbox::get(tx, id).unwrap().sync;
    (state.uid_validity, state.uid_next) = (Some(UidValidity(7)), Some(Uid(3)));
    (state.is_complete, state.audited_at) = (true, Some(tx.now()));
    mailbox::set_sync(tx, id, &state).unwrap();
}

/// An honest server with two messages; what it says to searches is put in front.
const HONEST: &str = r#"?
S: * OK [CAPABILITY IMAP4rev1] hello
? $ LOGIN *
S: $ OK [CAPABILITY IMAP4rev1] in
? $ LIST *
S: * LIST () "/" INBOX
S: $ OK listed
? $ LSUB *
S: $ OK listed
? $ SELECT *
S: * 2 EXISTS
S: * OK [UIDVALIDITY 7] x
S: * OK [UIDNEXT 3] x
S: $ OK selected
? $ UID SEARCH ALL
S: * SEARCH 1 2
S: $ OK searched
? $ UID FETCH 1:2 (UID FLAGS)
S: * 1 FETCH (UID 1 FLAGS ())
S: * 2 FETCH (UID 2 FLAGS ())
S: $ OK fetched
? $ UID FETCH 2 *BODYSTRUCTURE*
S: * 2 FETCH (UID 2 FLAGS () INTERNALDATE "01-Jan-2026 10:00:00 +0000" RFC822.SIZE 5000 BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "8BIT" 13 1 NIL NIL NIL) BODY[HEADER] {69}
S- Subject: head 2\r\nContent-Type: text/plain; charset=utf-8\r\nA: 1234\r\n\r\n
S: )
S: $ OK fetched
? $ UID FETCH 2 (UID BODY.PEEK[1.MIME])
S: * 2 FETCH (UID 2 BODY[1.MIME] {43}
S- Content-Type: text/plain; charset=utf-8\r\n\r\n
S: )
S: $ OK fetched
? $ UID FETCH 2 (UID BODY.PEEK[1])
S: * 2 FETCH (UID 2 BODY[1] {13}
S- \xe4\xbd\xa0\xe5\xa5\xbd horn\r\n
S: )
S: $ OK fetched
? $ NOOP
S: $ OK
? $ LOGOUT
S: * BYE bye
S: $ OK
"#;

async fn scene(front: &str) -> Rig {
    let peer = Peer::parse(HONEST).unwrap().with(front).unwrap().listen().await.unwrap();
    let long = Duration::from_hours(1);
    let slow = Tuning { poll: long, round: long, ..tuning() };
    let rig = Rig::start_with(peer.port(), slow, two_heads).await;
    // The server lives as long as the test.
    Box::leak(Box::new(peer));
    rig.settled().await;
    rig
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_know_the_letters_is_asked_for_the_rest() {
    let front = "? $ UID SEARCH CHARSET UTF-8 *\nS: $ NO [BADCHARSET (US-ASCII)] no such letters\n\
        ? $ UID SEARCH *BODY \"horn\"*\nS: * SEARCH 2\nS: $ OK searched\n";
    let rig = scene(front).await;
    let search = asked("horn 你好");
    let looked = rig.ask(&search).await.unwrap().unwrap();
    assert_eq!((looked.positions.len(), looked.texts), (0, 1), "its text was fetched instead");
    rig.until("it is found here", || async { rig.found(&search).await == ["head 2"] }).await;
    // Nothing is left that the server could be asked.
    let search = asked("你好");
    let problem = rig.ask(&search).await.unwrap_err();
    assert_eq!(
        (problem.kind, problem.server_said.as_str()),
        (ProblemKind::Refused, "no such letters")
    );
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refuses_or_invents_is_told_and_bounded() {
    let rig = scene("? $ UID SEARCH *BODY*\nS: $ NO searching is off today\n").await;
    let problem = rig.ask(&asked("horn")).await.unwrap_err();
    assert_eq!(problem.server_said, "searching is off today");
    rig.sync.shutdown().await;

    let front = "? $ UID SEARCH *BODY*\nS: * SEARCH 2 2 4711\nS: $ OK searched\n\
        ? $ UID FETCH 4711 *\nS: $ OK nothing\n";
    let rig = scene(front).await;
    assert_eq!(rig.ask(&asked("horn")).await.unwrap().unwrap().positions.len(), 1);
    rig.sync.shutdown().await;

    let rig = scene("? $ UID SEARCH *BODY*\nS: * SEARCH 1:4294967295\nS: $ OK searched\n").await;
    assert_eq!(rig.ask(&asked("horn")).await.unwrap_err().kind, ProblemKind::Protocol);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_the_account_goes_on_while_a_server_searches() {
    let rig = scene("? $ UID SEARCH *BODY*\n!stall\n").await;
    let search = asked("horn");
    let plan = rig.sync.search_plans(&search).await.unwrap().pop().unwrap();
    let searching = rig.sync.search_server(plan, |_| {});
    let working = async {
        rig.sync.check_now(Some(rig.account));
        rig.settled().await;
    };
    tokio::select! {
        looked = searching => panic!("the server never answers: {looked:?}"),
        () = working => {}
    }
    rig.sync.shutdown().await;
}
