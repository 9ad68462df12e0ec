//! Whatever an IMAP server says: a whole session ends, in the same way however its bytes are cut.
#![no_main]

use std::fmt::Write as _;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use posthorn_fuzz::Peer;
use posthorn_imap::{
    Fetching, Literal, MailboxName, Options, Result, Search, SelectMode, Session, StoreMode, UidSet,
};
use posthorn_model::{Flags, ModSeq, Uid, UidValidity};

/// Notes what a `FETCH` gave. Literals are compared by their octets: files have names of their own.
async fn all(what: Result<Fetching<'_, Peer>>, notes: &mut String) {
    let Ok(mut fetching) = what else { return };
    while let Ok(Some(mut message)) = fetching.next().await {
        for section in message.sections.drain(..) {
            let octets = section.data.as_ref().map(Literal::len);
            let _ = write!(notes, "{octets:?} ");
        }
        let _ = write!(notes, "{message:?}");
    }
    let _ = write!(notes, "{:?} {}", fetching.vanished(), fetching.is_complete());
}

async fn journey(peer: Peer) -> String {
    let mut notes = String::new();
    let mut session = match Session::open(peer, &Options::default()).await {
        Ok(session) => session,
        Err(error) => return format!("{error:?}"),
    };
    let inbox = MailboxName::inbox();
    let uids = UidSet::range(Uid(1), Uid(40));
    let _ = write!(notes, "{:?}", session.login("ann", "secret").await);
    let _ = write!(notes, "{:?}", session.identify(&[("name", "Posthorn")]).await);
    let _ = write!(notes, "{:?} {:?}", session.list().await, session.namespaces().await);
    let _ = write!(notes, "{:?}", session.status(&inbox).await);
    let changed = SelectMode::QResync { uid_validity: UidValidity(7), modseq: ModSeq(9), known: None };
    let _ = write!(notes, "{:?}", session.select(&inbox, changed).await);
    let _ = write!(notes, "{:?}", session.search(&Search::All).await);
    all(session.fetch_flags(&uids, Some(ModSeq(3))).await, &mut notes).await;
    all(session.fetch_heads(&uids).await, &mut notes).await;
    all(session.fetch_bodies(&uids).await, &mut notes).await;
    let seen = Flags { seen: true, ..Flags::default() };
    let stored = session.store(&uids, StoreMode::Add, &seen, None).await;
    let _ = write!(notes, "{:?}", stored.map(|stored| (stored.modified, stored.changed.len())));
    let _ = write!(notes, "{:?}", session.copy(&uids, &inbox).await);
    if let Ok(mut idle) = session.idle().await {
        let _ = write!(notes, "{:?}", idle.wait(Duration::from_secs(9)).await.is_ok());
        let _ = write!(notes, "{:?}", idle.done().await);
    }
    let _ = write!(notes, "{:?} {:?}", session.take_events(), session.logout().await);
    notes
}

fuzz_target!(|input: &[u8]| posthorn_fuzz::run(input, journey));
