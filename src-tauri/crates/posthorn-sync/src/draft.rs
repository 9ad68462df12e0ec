//! A draft becomes bytes: to be sent, or as the copy in the Drafts folder.
//!
//! Invariant: what is sent and what is copied differ in three things alone. A copy has a Message-ID of its own per
//! version, so that each can be looked for; it has the Bcc line; and it leaves out recipients that are no addresses yet,
//! which no header can hold.

use std::io::{Cursor, Read};

use posthorn_message::{
    Base64Lines, ComposeError, Composed, DraftFile, InlinePicture, MAX_MESSAGE_BYTES,
    check_address, cut, encoded_len, stand_in,
};
use posthorn_model::{Address, BodyId, MessageIdHeader, Timestamp};
use posthorn_store::account::{self, Identity};
use posthorn_store::draft::{self, Draft, Wishes};
use posthorn_store::{Error, Origin, Store};

/// Files larger than this are not held in memory while a message is written, bytes.
const LARGE: u64 = 256 * 1024;

/// Between a plain text and the signature below it (RFC 3676 section 4.3).
const SIGNATURE_SEPARATOR: &str = "\n-- \n";
/// The empty line between formatted text and the signature below it.
const EMPTY_LINE: &str = "<div><br></div>";

/// What a message is made of.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The draft.
    pub draft: Draft,
    /// Who it is from.
    pub identity: Identity,
    /// The bytes of its files, in their order.
    pub files: Vec<Vec<u8>>,
    /// Its date.
    pub now: Timestamp,
    /// What it asks of those who get it.
    pub wishes: Wishes,
    /// Files of which `files` has a stand-in alone.
    large: Vec<Large>,
}

/// A file that is not in memory.
#[derive(Clone, Debug)]
struct Large {
    stand_in: Vec<u8>,
    body: BodyId,
    size: u64,
}

/// A message whose bytes are durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The bytes for the wire.
    pub body: BodyId,
    /// How many they are.
    pub size: u64,
    /// The `Bcc` field with its line end, which goes before them in the copy for Sent; empty = none.
    pub bcc_line: Vec<u8>,
}

/// Why a message was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The draft cannot become one.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// Its files could not be read, or its bytes not be stored.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Reads what a draft is made of.
pub async fn load(store: &Store, draft: Draft, now: Timestamp) -> Result<Outgoing, Error> {
    let (account, chosen) = (draft.content.account, draft.content.identity);
    let id = draft.id;
    let read =
        store.read(move |tx| Ok((account::identities(tx, account)?, draft::wishes(tx, id)?)));
    let (identities, wishes) = read.await?;
    let place = identities.iter().position(|identity| Some(identity.id) == chosen);
    let identity = identities.into_iter().nth(place.unwrap_or_default());
    let identity = identity.ok_or(Error::NotFound("identity"))?;
    let mut files = Vec::with_capacity(draft.attachments.len());
    let mut large = Vec::new();
    for (number, file) in (0_u32..).zip(&draft.attachments) {
        // A message goes as it is or encoded, which only its bytes tell; a picture that the text no longer shows does not
        // go at all.
        if file.size > LARGE && !file.is_inline && !file.mime.eq_ignore_ascii_case("message/rfc822")
        {
            let stand_in = stand_in(&draft.content.message_id, number);
            files.push(stand_in.clone());
            large.push(Large { stand_in, body: file.body, size: file.size });
        } else {
            files.push(store.bodies().get(file.body).await?);
        }
    }
    Ok(Outgoing { draft, identity, files, now, wishes, large })
}

/// Writes the message and makes its bytes durable. Large files go from disk to disk.
pub async fn write(store: &Store, mut outgoing: Outgoing) -> Result<Written, WriteError> {
    let large = std::mem::take(&mut outgoing.large);
    check_size(&large)?;
    let composed = tokio::task::spawn_blocking(move || compose(outgoing)).await;
    let Composed { wire, bcc_line } = composed.map_err(|_| Error::Closed)??;
    let (body, size) = put(store, wire, large).await?;
    Ok(Written { body, size, bcc_line })
}

fn check_size(large: &[Large]) -> Result<(), ComposeError> {
    let sum: u64 = large.iter().map(|file| file.size).sum();
    if sum > MAX_MESSAGE_BYTES as u64 { Err(ComposeError::TooLarge) } else { Ok(()) }
}

/// Stores a message, with its large files where their stand-ins are.
async fn put(store: &Store, wire: Vec<u8>, large: Vec<Large>) -> Result<(BodyId, u64), Error> {
    let bodies = store.bodies();
    if large.is_empty() {
        let size = wire.len() as u64;
        return Ok((bodies.put(wire, Origin::Local).await?, size));
    }
    let stand_ins: Vec<Vec<u8>> = large.iter().map(|file| file.stand_in.clone()).collect();
    // Nothing is sent without one of its files.
    let pieces = cut(&wire, &stand_ins).ok_or(Error::Invalid("a file has no place in it"))?;
    drop(wire);
    let mut source: Box<dyn Read + Send> = Box::new(std::io::empty());
    let mut size = 0;
    for (piece, number) in pieces {
        size += piece.len() as u64;
        source = Box::new(source.chain(Cursor::new(piece)));
        if let Some(file) = number.and_then(|number| large.get(number)) {
            size += encoded_len(file.size);
            source = Box::new(source.chain(Base64Lines::new(bodies.open(file.body).await?)));
        }
    }
    let put = bodies.put_stream(source, Origin::Local).await?;
    if put.size == size { Ok((put.id, size)) } else { Err(Error::BodyDamaged) }
}

/// Writes the message in memory.
fn compose(outgoing: Outgoing) -> Result<Composed, ComposeError> {
    let Outgoing { draft, identity, files, now, wishes, large: _ } = outgoing;
    let (text, html) = bodies(&draft);
    let content = &draft.content;
    let from = Address { name: identity.name, email: identity.email };
    let mut message = posthorn_message::Draft::new(from, content.message_id.clone(), now);
    let instant = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    message.utc_offset_minutes = jiff::tz::TimeZone::system().to_offset(instant).seconds() / 60;
    if !identity.reply_to.is_empty() {
        message.reply_to = vec![Address::bare(identity.reply_to)];
    }
    (message.to, message.cc, message.bcc) =
        (content.to.clone(), content.cc.clone(), content.bcc.clone());
    message.subject.clone_from(&content.subject);
    (message.in_reply_to, message.references) =
        (content.in_reply_to.clone(), content.references.clone());
    for (file, bytes) in draft.attachments.iter().zip(files) {
        let id = &file.content_id;
        let is_shown =
            !id.is_empty() && html.as_ref().is_some_and(|html| html.contains(&format!("cid:{id}")));
        let written = DraftFile { name: file.name.clone(), content_type: file.mime.clone(), bytes };
        if is_shown {
            message.pictures.push(InlinePicture { content_id: id.clone(), file: written });
        } else if !file.is_inline {
            message.files.push(written);
        }
    }
    (message.text, message.html) = (text, html);
    message.asks_receipt = wishes.receipt;
    posthorn_message::compose(&message)
}

/// Puts the quoted original below or above the text, or between it and the signature, in the form of the message.
fn bodies(draft: &Draft) -> (String, Option<String>) {
    let content = &draft.content;
    let quoted = posthorn_message::text::from_html(&content.quoted_html);
    let (own, quoted) = (content.text.trim_end(), quoted.trim());
    let is_signed_last = content.is_signature_last && !content.is_quote_first;
    let text = match (quoted.is_empty(), content.is_quote_first) {
        (true, _) => format!("{own}\n"),
        (false, true) => format!("{quoted}\n\n{}\n", own.trim_start_matches('\n')),
        (false, false) => match own.rsplit_once(SIGNATURE_SEPARATOR).filter(|_| is_signed_last) {
            Some((own, signature)) => {
                format!("{}\n\n{quoted}\n{SIGNATURE_SEPARATOR}{signature}\n", own.trim_end())
            }
            None => format!("{own}\n\n{quoted}\n"),
        },
    };
    let html = (!content.html.is_empty()).then(|| {
        let (own, quoted) = (&content.html, &content.quoted_html);
        if content.is_quote_first {
            return format!("{quoted}{own}");
        }
        match posthorn_message::html::signature_block(own)
            .filter(|_| is_signed_last && !quoted.is_empty())
        {
            Some(block) => {
                let above = block.before.strip_suffix(EMPTY_LINE).unwrap_or(block.before);
                format!("{above}{}{quoted}{EMPTY_LINE}{}", block.after, block.whole)
            }
            None => format!("{own}{quoted}"),
        }
    });
    (text, html)
}

/// Writes the copy for the Drafts folder and makes its bytes durable; returns it with its Message-ID.
pub(crate) async fn write_copy(
    store: &Store,
    mut outgoing: Outgoing,
) -> Result<(MessageIdHeader, BodyId, u64), WriteError> {
    let large = std::mem::take(&mut outgoing.large);
    check_size(&large)?;
    let composed = tokio::task::spawn_blocking(move || compose_copy(outgoing)).await;
    let (id, bytes) = composed.map_err(|_| Error::Closed)??;
    let (body, size) = put(store, bytes, large).await?;
    Ok((id, body, size))
}

fn compose_copy(mut outgoing: Outgoing) -> Result<(MessageIdHeader, Vec<u8>), ComposeError> {
    let draft = &mut outgoing.draft;
    let id = copy_id(draft);
    draft.content.message_id = id.clone();
    let content = &mut draft.content;
    for list in [&mut content.to, &mut content.cc, &mut content.bcc] {
        list.retain(|address| check_address(&address.email).is_ok());
    }
    Ok((id, compose(outgoing)?.sent_copy()))
}

/// Returns the Message-ID of a version's copy: no other version of any draft has it.
fn copy_id(draft: &Draft) -> MessageIdHeader {
    MessageIdHeader(format!("v{}.{}", draft.updated_at.0, draft.content.message_id.0))
}

#[cfg(test)]
mod tests {
    use posthorn_model::{AccountId, Address, DraftId, MessageIdHeader, Timestamp};
    use posthorn_store::account::Identity;
    use posthorn_store::draft::{CopyState, Draft, DraftContent, DraftKind, Wishes};

    use super::{Outgoing, bodies, compose, compose_copy};

    fn outgoing(updated_at: i64) -> Outgoing {
        let content = DraftContent {
            account: AccountId(1),
            identity: None,
            kind: DraftKind::New,
            original: None,
            message_id: MessageIdHeader("abc@posthorn.test".to_owned()),
            in_reply_to: Some(MessageIdHeader("first@posthorn.test".to_owned())),
            references: Vec::new(),
            to: vec![Address::bare("bert@posthorn.test"), Address::bare("half a na")],
            cc: Vec::new(),
            bcc: vec![Address::bare("boss@posthorn.test")],
            subject: "Plan".to_owned(),
            text: "Words".to_owned(),
            html: String::new(),
            quoted_html: String::new(),
            is_quote_first: false,
            is_signature_last: false,
        };
        let draft = Draft {
            id: DraftId(1),
            content,
            attachments: Vec::new(),
            saved_message: None,
            outbox: None,
            updated_at: Timestamp(updated_at),
            copy: CopyState::default(),
            diverged_at: None,
        };
        let identity = Identity {
            id: 1,
            account: AccountId(1),
            name: "Anna".to_owned(),
            email: "anna@posthorn.test".to_owned(),
            reply_to: String::new(),
            signature: String::new(),
            bcc: Vec::new(),
            sent_mailbox: None,
            server: None,
        };
        Outgoing {
            draft,
            identity,
            files: Vec::new(),
            now: Timestamp(1_767_603_600_000),
            wishes: Wishes { report: true, receipt: true },
            large: Vec::new(),
        }
    }

    #[test]
    fn the_original_stands_where_the_user_wants_it() {
        for (is_quote_first, text, html) in [
            (false, "Words\n\nBert wrote: Plan?\n", "<div>Words</div><p>Bert wrote: Plan?</p>"),
            (true, "Bert wrote: Plan?\n\nWords\n", "<p>Bert wrote: Plan?</p><div>Words</div>"),
        ] {
            let mut draft = outgoing(7).draft;
            draft.content.html = "<div>Words</div>".to_owned();
            draft.content.quoted_html = "<p>Bert wrote: Plan?</p>".to_owned();
            draft.content.is_quote_first = is_quote_first;
            assert_eq!(bodies(&draft), (text.to_owned(), Some(html.to_owned())));
        }
    }

    #[test]
    fn the_signature_stands_where_the_user_wants_it() {
        let signed = "<div>Words</div><div><br></div><div class=\"mail-signature\">Anna</div>";
        let quote = "<p>Bert wrote: Plan?</p>";
        let own = "Words\n\n-- \nAnna";
        for (is_quote_first, is_signature_last, text, html) in [
            (false, false, format!("{own}\n\nBert wrote: Plan?\n"), format!("{signed}{quote}")),
            (
                false,
                true,
                "Words\n\nBert wrote: Plan?\n\n-- \nAnna\n".to_owned(),
                format!(
                    "<div>Words</div>{quote}<div><br></div><div class=\"mail-signature\">Anna</div>"
                ),
            ),
            (true, true, format!("Bert wrote: Plan?\n\n{own}\n"), format!("{quote}{signed}")),
        ] {
            let mut draft = outgoing(7).draft;
            (draft.content.text, draft.content.html) = (own.to_owned(), signed.to_owned());
            draft.content.quoted_html = quote.to_owned();
            draft.content.is_quote_first = is_quote_first;
            draft.content.is_signature_last = is_signature_last;
            assert_eq!(bodies(&draft), (text, Some(html)));
            // Without an original, or without a signature, there is nothing to be put elsewhere.
            draft.content.quoted_html.clear();
            assert_eq!(bodies(&draft), (format!("{own}\n"), Some(signed.to_owned())));
            (draft.content.text, draft.content.html) = ("Words".to_owned(), "Words".to_owned());
            draft.content.quoted_html = quote.to_owned();
            assert!(bodies(&draft).0.contains("Words"));
        }
    }

    #[test]
    fn a_copy_has_an_id_of_its_own_per_version_and_what_is_sent_has_none_of_it() {
        let (one, bytes) = compose_copy(outgoing(7)).unwrap();
        let (other, _) = compose_copy(outgoing(8)).unwrap();
        assert_eq!(one.0, "v7.abc@posthorn.test");
        assert_ne!(one, other);
        let parsed = posthorn_message::parse(&bytes);
        assert_eq!(
            parsed.head.to,
            [Address::bare("bert@posthorn.test")],
            "what is no address yet stays here"
        );
        assert_eq!(parsed.head.bcc, [Address::bare("boss@posthorn.test")]);
        assert_eq!(parsed.head.message_id, Some(one));
        assert_eq!(parsed.text.trim(), "Words");
        let mut sent = outgoing(7);
        sent.draft.content.to.truncate(1);
        sent.wishes.receipt = false;
        let silent = String::from_utf8(compose(sent.clone()).unwrap().wire).unwrap();
        assert!(!silent.contains("Disposition-Notification-To"), "{silent}");
        sent.wishes.receipt = true;
        let sent = compose(sent).unwrap().wire;
        let sent = String::from_utf8(sent).unwrap();
        let asked = "\r\nDisposition-Notification-To: \"Anna\" <anna@posthorn.test>\r\n";
        assert!(sent.contains(asked), "{sent}");
        assert!(sent.contains("<abc@posthorn.test>") && !sent.contains("boss@"), "{sent}");
    }
}
