//! A server with one message that is large, which may lie about how large, or not know ranges.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Lines of the attachment: 3 MB.
const LINES: usize = 40_000;

/// How the server treats ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As RFC 9051 says.
    Honest,
    /// It says that the part has so many octets more or less than it has.
    Miscounts(i64),
    /// It gives the whole part whatever range is asked for.
    IgnoresRanges,
    /// It refuses ranges.
    RefusesRanges,
    /// It gives more than was asked for.
    GivesMore,
    /// It says nothing of structure or size, for a server that cannot.
    SaysNothing,
}

/// The server; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub(crate) struct LargeServer {
    said: Arc<Mutex<Vec<String>>>,
    pub(crate) port: u16,
}

/// The attachment as transferred.
pub(crate) fn part() -> String {
    let line = |at: usize| {
        format!("{at:08}QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\r\n")
    };
    (0..LINES).map(line).collect()
}

const HEADER: &str = "From: Ann <ann@example.org>\r\nSubject: large\r\nMessage-ID: <large@example.org>\r\n\
    Date: Thu, 01 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
const TEXT: &str = "The letter.\r\n";
const MIME: &str =
    "Content-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";

fn whole() -> String {
    format!("{HEADER}--b\r\n\r\n{TEXT}--b\r\n{MIME}{}--b--\r\n", part())
}

impl LargeServer {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let own = said.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manner, own.clone()));
            }
        });
        Self { said, port }
    }

    /// Returns the commands that came and contain this.
    pub(crate) fn said(&self, text: &str) -> Vec<String> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().filter(|line| line.contains(text)).cloned().collect()
    }
}

async fn serve(stream: TcpStream, manner: Manner, said: Arc<Mutex<Vec<String>>>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut answer = "* OK [CAPABILITY IMAP4rev1] hello\r\n".to_owned();
    while writer.write_all(answer.as_bytes()).await.is_ok() {
        let Ok(Some(line)) = lines.next_line().await else { return };
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        said.lock().unwrap_or_else(PoisonError::into_inner).push(command.to_owned());
        answer = answered(tag, command, manner);
    }
}

fn answered(tag: &str, command: &str, manner: Manner) -> String {
    let untagged = match command.split(' ').next().unwrap_or_default() {
        "CAPABILITY" => "* CAPABILITY IMAP4rev1\r\n".to_owned(),
        "LIST" => "* LIST () \"/\" INBOX\r\n".to_owned(),
        "SELECT" | "EXAMINE" => {
            "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n".to_owned()
        }
        "UID" if command.starts_with("UID SEARCH") => "* SEARCH 1\r\n".to_owned(),
        "UID" => match fetched(command, manner) {
            Some(items) => format!("* 1 FETCH (UID 1{items})\r\n"),
            None => return format!("{tag} NO no ranges\r\n"),
        },
        "LOGOUT" => "* BYE bye\r\n".to_owned(),
        _ => String::new(),
    };
    format!("{untagged}{tag} OK done\r\n")
}

fn fetched(command: &str, manner: Manner) -> Option<String> {
    let part = part();
    let claimed = match manner {
        Manner::Miscounts(by) => part.len().saturating_add_signed(by as isize),
        _ => part.len(),
    };
    let structure = format!(
        " BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" {} 1 NIL NIL NIL)(\"APPLICATION\" \"ZIP\" \
         (\"NAME\" \"big.zip\") NIL NIL \"BASE64\" {claimed} NIL (\"ATTACHMENT\" NIL) NIL) \"MIXED\" NIL NIL NIL)",
        TEXT.len()
    );
    let literal = |name: &str, text: &str| format!(" BODY[{name}] {{{}}}\r\n{text}", text.len());
    let mut items = " FLAGS () INTERNALDATE \"01-Jan-2026 10:00:00 +0000\"".to_owned();
    let is_alone = command.contains("(UID RFC822.SIZE BODYSTRUCTURE)");
    if manner == Manner::SaysNothing && is_alone {
        return None;
    }
    write!(items, " RFC822.SIZE {}", whole().len()).unwrap();
    items += if command.contains("BODYSTRUCTURE") { &structure } else { "" };
    for (name, text) in
        [("HEADER", HEADER), ("1.MIME", "\r\n"), ("1", TEXT), ("2.MIME", MIME), ("2", &part)]
    {
        if command.contains(&format!("BODY.PEEK[{name}])"))
            || name == "HEADER" && command.contains("[HEADER] ")
        {
            items += &literal(name, text);
        }
    }
    let Some((_, range)) = command.split_once("BODY.PEEK[2]<") else { return Some(items) };
    let (offset, length) = range.trim_end_matches(['>', ')']).split_once('.').unwrap();
    let (offset, length): (usize, usize) = (offset.parse().unwrap(), length.parse().unwrap());
    match manner {
        Manner::RefusesRanges => return None,
        Manner::IgnoresRanges => items += &literal("2", &part),
        _ => {
            let more = if manner == Manner::GivesMore { 10 } else { 0 };
            let begin = offset.min(part.len());
            let end = (offset + length + more).min(part.len());
            let text = part.get(begin..end).unwrap();
            write!(items, " BODY[2]<{offset}> {{{}}}\r\n{text}", text.len()).unwrap();
        }
    }
    Some(items)
}
