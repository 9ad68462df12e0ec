//! What the header of a message says: the head that lists, conversations and replies are made of.
//!
//! Total: any bytes give a head; what is missing is empty.

mod date;
mod list;

use posthorn_model::{Address, MessageIdHeader, Timestamp};

use crate::address::parse_header_list;
use crate::charset;
use crate::encoded_word::{MAX_FIELD_BYTES, decode_header};
use crate::field::{Fields, split};
use crate::parameter::Parameterized;
use crate::thread::ThreadKeys;

pub use date::SentDate;
pub use list::ListHeaders;

/// Ids of one `References` field that are kept: the first one and the newest ones.
pub const MAX_REFERENCES: usize = 100;
/// Bytes of a Message-ID that are kept; RFC 5322 lines have at most 998.
const MAX_MESSAGE_ID_BYTES: usize = 998;

/// The decoded header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `Subject`, decoded, on one line. Empty when missing.
    pub subject: String,
    /// `From`. Empty when missing.
    pub from: Vec<Address>,
    /// `Sender`, where it differs from the first `From`.
    pub sender: Option<Address>,
    /// `Reply-To`. Empty when missing.
    pub reply_to: Vec<Address>,
    /// `Mail-Followup-To`: where a mailing list wants answers. Empty when missing.
    pub followup_to: Vec<Address>,
    /// `To`.
    pub to: Vec<Address>,
    /// `Cc`.
    pub cc: Vec<Address>,
    /// `Bcc`: only in our own copies.
    pub bcc: Vec<Address>,
    /// `Date` with the sender's offset. `None` when missing or no date.
    pub date: Option<SentDate>,
    /// Time in the newest `Received` field (RFC 5321 section 4.4). `None` when there is none.
    pub received: Option<Timestamp>,
    /// `Message-ID`. `None` when missing.
    pub message_id: Option<MessageIdHeader>,
    /// `In-Reply-To`, all ids in it.
    pub in_reply_to: Vec<MessageIdHeader>,
    /// `References`, oldest first, at most [`MAX_REFERENCES`].
    pub references: Vec<MessageIdHeader>,
    /// What a mailing list says about itself.
    pub list: ListHeaders,
    /// `Authentication-Results` (RFC 8601), unfolded, newest first. Only the one that the user's own server wrote can be believed.
    pub authentication_results: Vec<String>,
    /// Written by a program: `Auto-Submitted` other than `no`, or `Precedence: bulk|junk|list` (RFC 3834).
    pub is_automatic: bool,
    /// It answers without a person having read anything: a report, a receipt, an absence note, what a program sends of its
    /// own accord (RFC 3834 section 5; older fields beside it). What people send through mailing lists is none of it.
    pub is_automatic_answer: bool,
    /// `Content-Type` of the whole, in lower case without parameters. Empty when missing.
    pub content_type: String,
}

impl Head {
    /// Returns what joins the message to a conversation.
    pub fn thread_keys(&self) -> ThreadKeys {
        ThreadKeys::of(self)
    }
}

/// Reads a header block (also one that is followed by a body).
pub fn parse_head(raw: &[u8]) -> Head {
    let (end, _) = split(raw);
    head_of(&Fields::parse(raw.get(..end).unwrap_or(raw)))
}

/// The same without what only an opened message shows: what a mailing list says of itself, how its sender was checked,
/// whether a program wrote it. For lists and conversations, which read heads by the thousand.
pub fn parse_listed_head(raw: &[u8]) -> Head {
    let (end, _) = split(raw);
    listed_head(&Fields::parse(raw.get(..end).unwrap_or(raw)))
}

pub(crate) fn head_of(fields: &Fields<'_>) -> Head {
    let content_type = Parameterized::parse(fields.first("Content-Type").unwrap_or_default());
    let label = content_type.raw("charset").map(|raw| String::from_utf8_lossy(raw).into_owned());
    Head {
        list: ListHeaders::of(fields, label.as_deref()),
        authentication_results: fields
            .all("Authentication-Results")
            .take(10)
            .map(|raw| decode_header(raw, None))
            .collect(),
        is_automatic: is_automatic(fields),
        ..listed_head(fields)
    }
}

fn listed_head(fields: &Fields<'_>) -> Head {
    let content_type = Parameterized::parse(fields.first("Content-Type").unwrap_or_default());
    let label = content_type.raw("charset").map(|raw| String::from_utf8_lossy(raw).into_owned());
    let hint = label.as_deref();
    let addresses = |name: &str| -> Vec<Address> {
        fields.all(name).flat_map(|raw| parse_header_list(&text_of(raw, hint), hint)).collect()
    };
    let from = addresses("From");
    let sender = addresses("Sender").into_iter().next();
    let sender = sender.filter(|sender| {
        from.first().is_none_or(|from| !from.email.eq_ignore_ascii_case(&sender.email))
    });
    let head = Head {
        subject: decode_header(fields.first("Subject").unwrap_or_default(), hint),
        sender,
        from,
        reply_to: addresses("Reply-To"),
        followup_to: addresses("Mail-Followup-To"),
        to: addresses("To"),
        cc: addresses("Cc"),
        bcc: addresses("Bcc"),
        date: fields.first("Date").and_then(SentDate::parse),
        received: fields.first("Received").and_then(date::received),
        message_id: fields.first("Message-ID").and_then(|raw| ids(raw).into_iter().next()),
        in_reply_to: fields.first("In-Reply-To").map(ids).unwrap_or_default(),
        references: fields.all("References").flat_map(ids).fold(Vec::new(), keep_reference),
        content_type: content_type.value,
        ..Head::default()
    };
    Head { is_automatic_answer: is_automatic_answer(fields, &head), ..head }
}

/// Fields by which programs said that they answer by themselves, before RFC 3834 and beside it.
const AUTOMATIC_FIELDS: &[&str] = &[
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Autogenerated",
    "X-Failed-Recipients",
    "X-Mail-Autoreply",
    "X-Vacation",
];

fn is_automatic_answer(fields: &Fields<'_>, head: &Head) -> bool {
    let submitted = word(fields, "Auto-Submitted");
    let precedence = word(fields, "Precedence");
    // People's answers come through lists, which are `bulk` too.
    let is_list = fields.first("List-Id").is_some() || fields.first("List-Post").is_some();
    let says_so = |name: &&str| !matches!(word(fields, name).as_str(), "" | "no");
    let is_daemon = |from: &Address| {
        from.email.split('@').next().unwrap_or_default().eq_ignore_ascii_case("mailer-daemon")
    };
    head.content_type == "multipart/report"
        || head.from.first().is_some_and(is_daemon)
        || !submitted.is_empty() && submitted != "no"
        || precedence == "auto_reply"
        || !is_list && matches!(precedence.as_str(), "bulk" | "junk")
        // The empty sender is for what nobody is to answer (RFC 5321 section 4.5.5).
        || word(fields, "Return-Path") == "<>"
        || AUTOMATIC_FIELDS.iter().any(says_so)
}

/// Returns the first word-like value of a field, in lower case without parameters; empty when missing.
fn word(fields: &Fields<'_>, name: &str) -> String {
    let value =
        String::from_utf8_lossy(fields.first(name).unwrap_or_default()).to_ascii_lowercase();
    value.split(';').next().unwrap_or_default().trim().to_owned()
}

/// Returns raw bytes as text with the encoded words still standing, so that their commas separate nothing.
fn text_of(raw: &[u8], hint: Option<&str>) -> String {
    let raw = raw.get(..MAX_FIELD_BYTES).unwrap_or(raw);
    let text = charset::text_of(raw, hint);
    if text.contains(['\r', '\n', '\t']) { text.replace(['\r', '\n', '\t'], " ") } else { text }
}

fn is_automatic(fields: &Fields<'_>) -> bool {
    let submitted = word(fields, "Auto-Submitted");
    !submitted.is_empty() && submitted != "no"
        || matches!(word(fields, "Precedence").as_str(), "bulk" | "junk" | "list")
}

/// Keeps the first reference, which names the conversation, and the newest ones.
fn keep_reference(mut kept: Vec<MessageIdHeader>, id: MessageIdHeader) -> Vec<MessageIdHeader> {
    if !kept.contains(&id) {
        if kept.len() >= MAX_REFERENCES {
            kept.remove(1);
        }
        kept.push(id);
    }
    kept
}

/// Reads the ids of a field: what stands in angle brackets, or else words that look like ids.
pub(crate) fn ids(raw: &[u8]) -> Vec<MessageIdHeader> {
    let raw = raw.get(..MAX_FIELD_BYTES).unwrap_or(raw);
    let text = String::from_utf8_lossy(raw);
    let clean = |id: &str| -> Option<MessageIdHeader> {
        let id: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        (!id.is_empty() && id.len() <= MAX_MESSAGE_ID_BYTES).then_some(MessageIdHeader(id))
    };
    if text.contains('<') {
        let in_brackets = text.split('<').skip(1).filter_map(|piece| piece.split('>').next());
        return in_brackets.filter_map(clean).collect();
    }
    text.split_whitespace().filter(|word| word.contains('@')).filter_map(clean).collect()
}

#[cfg(test)]
mod tests;
