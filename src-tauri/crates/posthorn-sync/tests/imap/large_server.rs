//! A server with one message that is large, which may lie about how large, or not know ranges; also about its file
//! without base64 (RFC 3516).

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
    /// It offers BINARY, and treats it so.
    Binary(Decoding),
}

/// How the server treats questions for the part without its base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoding {
    /// As RFC 3516 says.
    Honest,
    /// It cannot decode the part, and says so at once.
    Unknown,
    /// It says how large the part is, and then that it cannot decode it.
    UnknownLater,
    /// It says nothing of the size.
    NoSize,
    /// It says that the part has so many octets more or less than it has.
    Miscounts(i64),
    /// It says that the part is larger than its base64 can hold.
    TooLarge,
    /// It gives the octets of the base64.
    Encoded,
    /// It gives more than was asked for.
    GivesMore,
    /// It gives the whole part whatever range is asked for.
    IgnoresRanges,
    /// It answers with the section as it is in the message.
    AnswersBody,
    /// It closes the connection when it is asked for a piece.
    BreaksOff,
}

/// The server; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub(crate) struct LargeServer {
    said: Arc<Mutex<Vec<String>>>,
    pub(crate) port: u16,
}

/// The attachment as transferred.
pub(crate) static PART: LazyLock<String> = LazyLock::new(|| {
    let line = |at: usize| {
        format!("{at:08}QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\r\n")
    };
    (0..LINES).map(line).collect()
});

/// The attachment without its base64.
pub(crate) static DECODED: LazyLock<Vec<u8>> =
    LazyLock::new(|| PART.lines().flat_map(|line| STANDARD.decode(line).unwrap()).collect());

const HEADER: &str = "From: Ann <ann@example.org>\r\nSubject: large\r\nMessage-ID: <large@example.org>\r\n\
    Date: Thu, 01 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
const TEXT: &str = "The letter.\r\n";
const MIME: &str =
    "Content-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";

fn whole() -> String {
    format!("{HEADER}--b\r\n\r\n{TEXT}--b\r\n{MIME}{}--b--\r\n", *PART)
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
    let mut answer = b"* OK hello\r\n".to_vec();
    while writer.write_all(&answer).await.is_ok() {
        let Ok(Some(line)) = lines.next_line().await else { return };
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        said.lock().unwrap_or_else(PoisonError::into_inner).push(command.to_owned());
        let is_over = manner == Manner::Binary(Decoding::BreaksOff);
        if is_over && command.contains("BINARY.PEEK") {
            return;
        }
        answer = answered(tag, command, manner);
    }
}

fn answered(tag: &str, command: &str, manner: Manner) -> Vec<u8> {
    let mut answer = match command.split(' ').next().unwrap_or_default() {
        "CAPABILITY" if matches!(manner, Manner::Binary(_)) => {
            b"* CAPABILITY IMAP4rev1 BINARY\r\n".to_vec()
        }
        "CAPABILITY" => b"* CAPABILITY IMAP4rev1\r\n".to_vec(),
        "LIST" => b"* LIST () \"/\" INBOX\r\n".to_vec(),
        "SELECT" | "EXAMINE" => {
            b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n".to_vec()
        }
        "UID" if command.starts_with("UID SEARCH") => b"* SEARCH 1\r\n".to_vec(),
        "UID" => match fetched(command, manner) {
            Ok(items) => [b"* 1 FETCH (UID 1".as_slice(), &items, b")\r\n"].concat(),
            Err(why) => return format!("{tag} NO {why}\r\n").into_bytes(),
        },
        "LOGOUT" => b"* BYE bye\r\n".to_vec(),
        _ => Vec::new(),
    };
    answer.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
    answer
}

/// Returns offset and length of what is asked for of the file's section.
fn range(command: &str, item: &str) -> Option<(usize, usize)> {
    let (_, range) = command.split_once(&format!("{item}.PEEK[2]<"))?;
    let (offset, length) = range.trim_end_matches(['>', ')']).split_once('.')?;
    Some((offset.parse().ok()?, length.parse().ok()?))
}

fn literal(name: &str, bytes: &[u8]) -> Vec<u8> {
    // Octets of a decoded part may be NUL, which only a literal8 may hold (RFC 3516 section 4.1).
    let tilde = if name.starts_with("BINARY") { "~" } else { "" };
    [format!(" {name} {tilde}{{{}}}\r\n", bytes.len()).as_bytes(), bytes].concat()
}

fn piece(bytes: &[u8], offset: usize, length: usize) -> &[u8] {
    let begin = offset.min(bytes.len());
    let end = offset.saturating_add(length).min(bytes.len());
    bytes.get(begin..end).unwrap_or_default()
}

/// Answers a question for the part without its base64.
fn of_decoded(command: &str, how: Decoding) -> Result<Vec<u8>, &'static str> {
    const CANNOT: &str = "[UNKNOWN-CTE] no idea";
    let (bytes, encoded) = (DECODED.as_slice(), PART.as_bytes());
    if command.contains("BINARY.SIZE[2]") {
        let size = match how {
            Decoding::Unknown => return Err(CANNOT),
            Decoding::NoSize => return Ok(Vec::new()),
            Decoding::TooLarge => encoded.len(),
            Decoding::Miscounts(by) => bytes.len().saturating_add_signed(by as isize),
            _ => bytes.len(),
        };
        return Ok(format!(" BINARY.SIZE[2] {size}").into_bytes());
    }
    let Some((offset, length)) = range(command, "BINARY") else { return Err("no range") };
    let name = format!("BINARY[2]<{offset}>");
    Ok(match how {
        Decoding::UnknownLater => return Err(CANNOT),
        Decoding::Encoded => literal(&name, piece(encoded, offset, length)),
        Decoding::GivesMore => literal(&name, piece(bytes, offset, length + 10)),
        Decoding::IgnoresRanges => literal("BINARY[2]", bytes),
        Decoding::AnswersBody => {
            literal(&format!("BODY[2]<{offset}>"), piece(encoded, offset, length))
        }
        _ => literal(&name, piece(bytes, offset, length)),
    })
}

fn fetched(command: &str, manner: Manner) -> Result<Vec<u8>, &'static str> {
    if let (Manner::Binary(how), true) = (manner, command.contains("BINARY")) {
        return of_decoded(command, how);
    }
    let part = PART.as_str();
    let claimed = match manner {
        Manner::Miscounts(by) => part.len().saturating_add_signed(by as isize),
        _ => part.len(),
    };
    let structure = format!(
        " BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" {} 1 NIL NIL NIL)(\"APPLICATION\" \"ZIP\" \
         (\"NAME\" \"big.zip\") NIL NIL \"BASE64\" {claimed} NIL (\"ATTACHMENT\" NIL) NIL) \"MIXED\" NIL NIL NIL)",
        TEXT.len()
    );
    let mut items = " FLAGS () INTERNALDATE \"01-Jan-2026 10:00:00 +0000\"".to_owned();
    let is_alone = command.contains("(UID RFC822.SIZE BODYSTRUCTURE)");
    if manner == Manner::SaysNothing && is_alone {
        return Err("no structure");
    }
    write!(items, " RFC822.SIZE {}", whole().len()).unwrap();
    items += if command.contains("BODYSTRUCTURE") { &structure } else { "" };
    let mut items = items.into_bytes();
    for (name, text) in
        [("HEADER", HEADER), ("1.MIME", "\r\n"), ("1", TEXT), ("2.MIME", MIME), ("2", part)]
    {
        if command.contains(&format!("BODY.PEEK[{name}])"))
            || name == "HEADER" && command.contains("[HEADER] ")
        {
            items.extend(literal(&format!("BODY[{name}]"), text.as_bytes()));
        }
    }
    let Some((offset, length)) = range(command, "BODY") else { return Ok(items) };
    match manner {
        Manner::RefusesRanges => return Err("no ranges"),
        Manner::IgnoresRanges => items.extend(literal("BODY[2]", part.as_bytes())),
        _ => {
            let more = if manner == Manner::GivesMore { 10 } else { 0 };
            let bytes = piece(part.as_bytes(), offset, length + more);
            items.extend(literal(&format!("BODY[2]<{offset}>"), bytes));
        }
    }
    Ok(items)
}
