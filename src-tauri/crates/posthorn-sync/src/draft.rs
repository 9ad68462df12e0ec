//! A draft becomes bytes: to be sent, or as the copy in the Drafts folder.
//!
//! Invariant: what is sent and what is copied differ in three things alone. A copy has a Message-ID of its own per
//! version, so that each can be looked for; it has the Bcc line; and it leaves out recipients that are no addresses yet,
//! which no header can hold.

use posthorn_message::{ComposeError, Composed, DraftFile, InlinePicture, check_address};
use posthorn_model::{Address, MessageIdHeader, Timestamp};
use posthorn_store::account::{self, Identity};
use posthorn_store::draft::Draft;
use posthorn_store::{Error, Store};

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
}

/// Reads what a draft is made of.
pub async fn load(store: &Store, draft: Draft, now: Timestamp) -> Result<Outgoing, Error> {
    let (account, chosen) = (draft.content.account, draft.content.identity);
    let identities = store.read(move |tx| account::identities(tx, account)).await?;
    let place = identities.iter().position(|identity| Some(identity.id) == chosen);
    let identity = identities.into_iter().nth(place.unwrap_or_default());
    let identity = identity.ok_or(Error::NotFound("identity"))?;
    let mut files = Vec::with_capacity(draft.attachments.len());
    for file in &draft.attachments {
        files.push(store.bodies().get(file.body).await?);
    }
    Ok(Outgoing { draft, identity, files, now })
}

/// Writes the message.
pub fn compose(outgoing: Outgoing) -> Result<Composed, ComposeError> {
    let Outgoing { draft, identity, files, now } = outgoing;
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
    posthorn_message::compose(&message)
}

/// Puts the quoted original below the text, in the form of the message.
fn bodies(draft: &Draft) -> (String, Option<String>) {
    let content = &draft.content;
    let quoted_text = if content.quoted_html.is_empty() {
        String::new()
    } else {
        format!("\n\n{}", posthorn_message::text::from_html(&content.quoted_html).trim())
    };
    let text = format!("{}{quoted_text}\n", content.text.trim_end());
    let html =
        (!content.html.is_empty()).then(|| format!("{}{}", content.html, content.quoted_html));
    (text, html)
}

/// Writes the copy for the Drafts folder; returns it with its Message-ID.
pub(crate) fn compose_copy(
    mut outgoing: Outgoing,
) -> Result<(MessageIdHeader, Vec<u8>), ComposeError> {
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
    use posthorn_store::draft::{CopyState, Draft, DraftContent, DraftKind};

    use super::{Outgoing, compose, compose_copy};

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
        };
        Outgoing { draft, identity, files: Vec::new(), now: Timestamp(1_767_603_600_000) }
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
        let sent = compose(sent).unwrap().wire;
        let sent = String::from_utf8(sent).unwrap();
        assert!(sent.contains("<abc@posthorn.test>") && !sent.contains("boss@"), "{sent}");
    }
}
