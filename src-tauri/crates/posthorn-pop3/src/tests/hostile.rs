//! Servers that say anything at all: an answer or an error, never a panic, a hang or a message that was not whole.

use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{Fetch, Session, Settings};

/// Says `bytes`, hears everything, and hangs up.
async fn session_with(bytes: Vec<u8>) -> Option<u64> {
    let (client, mut server) = tokio::io::duplex(1 << 16);
    let talk = async move {
        let _ = server.write_all(&bytes).await;
        let _ = server.shutdown().await;
        let _ = server.read_to_end(&mut Vec::new()).await;
    };
    let listen = async {
        let mut session = Session::greet(client, Settings::default()).await.ok()?;
        session.login("ann", "secret").await.ok()?;
        session.survey().await.ok()?;
        let mut sink = Vec::new();
        let mut window = session.fetch(vec![Fetch { number: 1, size: 1 }], 50);
        let fetched = window.next(&mut sink, &mut |_| ()).await?.result.ok()?;
        assert_eq!(fetched.bytes, sink.len() as u64);
        Some(fetched.bytes)
    };
    tokio::join!(talk, listen).1
}

fn run(bytes: Vec<u8>) -> Option<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(session_with(bytes))
}

const TALK: &str = "+OK hi\r\n+OK\r\nUIDL\r\nPIPELINING\r\n.\r\n+OK\r\n+OK\r\n+OK\r\nUIDL\r\nPIPELINING\r\n.\r\n\
    +OK 1 9\r\n+OK\r\n1 9\r\n.\r\n+OK\r\n1 abc\r\n.\r\n+OK 9\r\na: b\r\n\r\nc\r\n.\r\n";

#[test]
fn the_undamaged_talk_is_understood() {
    assert_eq!(run(TALK.as_bytes().to_vec()), Some(11));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_damaged_talk_is_survived(at in 0..TALK.len(), byte in any::<u8>(), insert in any::<bool>()) {
        let mut bytes = TALK.as_bytes().to_vec();
        if insert {
            bytes.insert(at, byte);
        } else {
            bytes[at] = byte;
        }
        run(bytes);
    }

    #[test]
    fn any_talk_is_survived(lines in prop::collection::vec(prop_oneof![
        Just("+OK".to_owned()), Just(".".to_owned()), Just("-ERR [X".to_owned()), Just("1 99999999999999999999".to_owned()), "\\PC{0,20}",
    ], 0..30)) {
        run(lines.join("\r\n").into_bytes());
    }
}
