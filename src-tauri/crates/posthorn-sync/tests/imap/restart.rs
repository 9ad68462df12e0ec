//! What a restart with nothing new costs, counted in the commands that a proxy saw.

use posthorn_model::MailboxRole;
use posthorn_testkit::{Dovecot, DovecotOptions, Proxy};

use crate::rig::{Rig, mail};

/// Folders with mail besides those that Dovecot makes by itself.
const FOLDERS: [&str; 3] = ["INBOX", "Work", "Work/2026"];

async fn filled(capability: Option<&str>) -> (Dovecot, Proxy) {
    let options = DovecotOptions {
        imap_capability: capability.map(str::to_owned),
        ..DovecotOptions::default()
    };
    let server = Dovecot::start(options).unwrap();
    for (at, folder) in FOLDERS.iter().enumerate() {
        let mails: Vec<_> = (0..5).map(|number| mail(at * 10 + number)).collect();
        server.mailbox("anna", folder).fill(&mails).unwrap();
    }
    let proxy = Proxy::start(server.imap_port()).await.unwrap();
    (server, proxy)
}

/// Commands of the working connection (the first one made) after the restart, without tags.
fn commands(proxy: &Proxy, first: u64) -> Vec<String> {
    let said = proxy.said().into_iter().filter(|(connection, _)| *connection == first);
    said.filter_map(|(_, line)| Some(line.split_once(' ')?.1.to_owned())).collect()
}

fn count(commands: &[String], verb: &str) -> usize {
    commands.iter().filter(|command| command.starts_with(verb)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_new_it_costs_at_most_one_round_trip_a_folder() {
    // What is offered; opened folders, questions for counts, questions for flags that are allowed per folder.
    let table = [
        // The list brings the counts, and they prove everything: no folder costs anything.
        (None, 0, 0, 0),
        (Some("IMAP4rev1 ENABLE QRESYNC CONDSTORE LIST-EXTENDED LIST-STATUS UIDPLUS"), 0, 0, 0),
        // Counts are asked for, all in one flight.
        (Some("IMAP4rev1 ENABLE QRESYNC CONDSTORE UIDPLUS"), 0, 1, 0),
        (Some("IMAP4rev1 CONDSTORE UIDPLUS"), 0, 1, 0),
        // Nothing proves anything: each folder is opened and its newest flags are compared.
        (Some("IMAP4rev1"), 1, 0, 1),
    ];
    for (capability, opened, counted, compared) in table {
        let (server, proxy) = filled(capability).await;
        let rig = Rig::start(proxy.port()).await;
        rig.settled().await;
        let before = proxy.connections();
        proxy.forget_said();
        let rig = rig.restart().await;
        rig.settled().await;
        let said = commands(&proxy, before + 1);
        let with_mail = FOLDERS.len();
        // INBOX may be opened once more where the watching connection cannot know that nothing came.
        let extra = usize::from(opened > 0);
        // Dovecot makes five more folders, which are empty.
        let all = with_mail + 5;
        assert!(count(&said, "SELECT") <= opened * (all + extra), "{capability:?} {said:#?}");
        assert!(count(&said, "STATUS") <= counted * all, "{capability:?} {said:#?}");
        let flags = compared * (with_mail + extra);
        assert!(count(&said, "UID FETCH") <= flags, "{capability:?} {said:#?}");
        assert_eq!(count(&said, "UID SEARCH"), 0, "{capability:?} {said:#?}");
        assert_eq!(count(&said, "LIST"), 1, "{capability:?} {said:#?}");
        rig.sync.shutdown().await;
        drop(server);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_meanwhile_comes_with_the_opening() {
    let (server, proxy) = filled(None).await;
    let rig = Rig::start(proxy.port()).await;
    rig.settled().await;
    rig.sync.set_offline(true);
    let mut other = crate::rig::other_client(server.imap_port(), "Work").await;
    let uid = |number| posthorn_imap::UidSet::from(posthorn_model::Uid(number));
    let flags = |name: &str| posthorn_model::Flags::from_names([name]);
    let add = posthorn_imap::StoreMode::Add;
    other.store(&uid(1), add, &flags("\\Flagged"), None).await.unwrap();
    other.store(&uid(2), add, &flags("\\Deleted"), None).await.unwrap();
    other.expunge(&uid(2)).await.unwrap();
    other.logout().await.unwrap();
    let before = proxy.connections();
    proxy.forget_said();
    let rig = rig.restart().await;
    rig.settled().await;
    let said = commands(&proxy, before + 1);
    // One folder has news: opening it brings the flag and what vanished, and nothing else is asked.
    assert_eq!(count(&said, "SELECT"), 1, "{said:#?}");
    assert_eq!(count(&said, "UID"), 0, "{said:#?}");
    let work = rig.mailbox("Work").await;
    assert_eq!(work.total, 4);
    let id = work.id;
    let row =
        rig.read(move |tx| posthorn_store::placement::by_uid(tx, id, posthorn_model::Uid(1))).await;
    assert!(row.unwrap().flags.flagged);
    assert_eq!(rig.role(MailboxRole::Inbox).await.total, 5);
    rig.sync.shutdown().await;
}
