//! Our tokeniser and async-imap's parser read the same in what both can read.

use async_imap::imap_proto::Response;

use crate::frame::Framer;
use crate::response::{convert, parse};

fn own(line: &str) -> String {
    let (_, frame) = Framer::new(None).push(format!("{line}\r\n").as_bytes()).unwrap();
    format!("{:?}", parse(frame.unwrap()).unwrap())
}

fn theirs(line: &str) -> Option<String> {
    let line = format!("{line}\r\n");
    let (_, response) = Response::parse(line.as_bytes()).unwrap();
    convert(&response).map(|reply| format!("{reply:?}"))
}

#[test]
fn both_readings_agree() {
    let lines = [
        "* OK hello",
        "* OK [ALERT] look",
        "* OK [UIDVALIDITY 7] valid",
        "* OK [UIDNEXT 9] next",
        "* OK [HIGHESTMODSEQ 715194045007] mod",
        "* NO [TRYCREATE] none",
        "* BYE bye",
        "* PREAUTH in",
        "* CAPABILITY IMAP4rev1 AUTH=PLAIN idle",
        "* OK [CAPABILITY IMAP4rev1 IDLE] ready",
        "* 7 EXISTS",
        "* 0 RECENT",
        "* 3 EXPUNGE",
        "* VANISHED (EARLIER) 41,43:116",
        "* VANISHED 405",
        "A0003 OK [READ-ONLY] open",
        "A0004 NO no",
        "A0005 BAD bad",
        "+ Y2hhbGxlbmdl",
        "+ idling",
    ];
    for line in lines {
        assert_eq!(theirs(line), Some(own(line)), "{line}");
    }
}

#[test]
fn what_async_imap_would_lose_is_left_to_us() {
    let lines = [
        "A1 OK [MODIFIED 7,9] some",
        "A1 OK [COPYUID 1 2 3] done",
        "A1 NO [OVERQUOTA] full",
        "* OK [NOMODSEQ] none",
        "* OK [PERMANENTFLAGS (\\Seen \\*)] these",
        "* SEARCH 1 2",
        "* FLAGS (\\Seen)",
        "* LIST () \"/\" x",
    ];
    for line in lines {
        assert_eq!(theirs(line), None, "{line}");
        assert!(!own(line).is_empty());
    }
}
