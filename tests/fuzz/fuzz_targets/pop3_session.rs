//! Whatever a POP3 server says: a whole session ends, in the same way however its bytes are cut.
#![no_main]

use std::fmt::Write as _;

use libfuzzer_sys::fuzz_target;
use posthorn_fuzz::Peer;
use posthorn_pop3::{Fetch, Session, Settings};

/// Largest message that the journey takes, small enough to be met.
const LIMIT: u64 = 4000;

async fn journey(peer: Peer) -> String {
    let mut notes = String::new();
    let mut session = match Session::greet(peer, Settings::default()).await {
        Ok(session) => session,
        Err(error) => return format!("{error:?}"),
    };
    let _ = write!(notes, "{:?} ", session.login("ann", "secret").await);
    let maildrop = session.survey().await;
    let _ = write!(notes, "{:?} {maildrop:?} ", session.capabilities());
    let wanted: Vec<Fetch> = maildrop
        .into_iter()
        .flat_map(|maildrop| maildrop.sizes)
        .take(20)
        .map(|entry| Fetch { number: entry.number, size: entry.size })
        .collect();
    let mut fetching = session.fetch(wanted, LIMIT);
    let mut bytes = Vec::new();
    while let Some(fetched) = fetching.next(&mut bytes, &mut |_| ()).await {
        let _ = write!(notes, "{fetched:?} ");
    }
    let mut head = Vec::new();
    let _ = write!(notes, "{:?} ", session.top(1, 0, &mut head, LIMIT).await);
    let _ = write!(notes, "{:?} {:?} ", session.dele_all(&[1, 2]).await, session.quit().await);
    let _ = write!(notes, "{bytes:?} {head:?}");
    notes
}

fuzz_target!(|input: &[u8]| posthorn_fuzz::run(input, journey));
