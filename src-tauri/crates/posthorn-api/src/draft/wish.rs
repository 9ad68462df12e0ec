//! What messages ask for, and what is answered to those who ask the user: never without a word of the user.

use posthorn_message::{ReadAnswer, asks_receipt, disposition};
use posthorn_model::{AccountId, Address, DraftId, MessageId};
use posthorn_store::account;
use posthorn_store::draft;
use posthorn_store::operation::{self, Action, Flag, Switch};
use posthorn_store::outbox::{self, NewOutbox};
use posthorn_store::{Origin, ReadTx, WriteTx, message, placement};

use super::begin::{identity_for, new_message_id};
use super::identity;
use crate::contract::{AnswerReceipt, Code, Error, Nothing, SetWishes, Wishes};
use crate::engine::Engine;
use crate::error::Result;
use crate::message::whole;

/// Keyword of a message whose sender was answered, or is not to be (RFC 3503).
pub(crate) const ANSWERED: &str = "$MDNSent";
/// Characters of an answer's subject and words.
const WORDS: usize = 2_000;

impl From<draft::Wishes> for Wishes {
    fn from(wishes: draft::Wishes) -> Self {
        Self { report: wishes.report, receipt: wishes.receipt }
    }
}

impl From<Wishes> for draft::Wishes {
    fn from(wishes: Wishes) -> Self {
        Self { report: wishes.report, receipt: wishes.receipt }
    }
}

/// Chooses what a draft asks for.
pub(crate) async fn drafts_set_wishes(engine: &Engine, request: SetWishes) -> Result<Nothing> {
    let id = DraftId(request.id);
    engine.store().write(move |tx| draft::set_wishes(tx, id, request.wishes.into())).await?;
    Ok(Nothing {})
}

/// Chooses what an account's messages ask for unless they are told otherwise.
pub(crate) async fn accounts_set_wishes(engine: &Engine, request: SetWishes) -> Result<Nothing> {
    let id = AccountId(request.id);
    let job = move |tx: &WriteTx<'_>| {
        account::get(tx, id)?;
        draft::set_habit(tx, id, request.wishes.into())
    };
    engine.store().write(job).await?;
    Ok(Nothing {})
}

/// Tells whether a message's sender was answered already.
pub(crate) fn is_answered(tx: &ReadTx<'_>, id: MessageId) -> posthorn_store::Result<bool> {
    let places = placement::of_message(tx, id)?;
    let has = |word: &String| word.eq_ignore_ascii_case(ANSWERED);
    Ok(places.iter().any(|place| place.flags.keywords.iter().any(has)))
}

/// Notes that a message's sender was answered, or is not to be: here, and on the server.
fn note_answered(tx: &WriteTx<'_>, id: MessageId) -> posthorn_store::Result<()> {
    let places = placement::of_message(tx, id)?;
    let targets: Vec<_> = places.iter().map(|place| (place.mailbox, id)).collect();
    let flag = Flag::Keyword(ANSWERED.to_owned());
    operation::enqueue(tx, &Action::SetFlag { flag, to: Switch::On }, &targets)?;
    Ok(())
}

/// Answers somebody who asked to be told that a message was read.
pub(crate) async fn messages_answer_receipt(
    engine: &Engine,
    request: AnswerReceipt,
) -> Result<Nothing> {
    let id = MessageId(request.message);
    if !request.send {
        engine.store().write(move |tx| note_answered(tx, id)).await?;
        return Ok(Nothing {});
    }
    let found = engine.store().read(move |tx| message::get(tx, id)).await?;
    let raw = whole(engine, id).await?;
    let to = asks_receipt(&raw).ok_or_else(|| Error::invalid("Nobody asked to be told"))?;
    let mut written_to: Vec<Address> = identity::delivered_to(&raw);
    written_to.extend(found.head.to.into_iter().chain(found.head.cc));
    let identity = identity_for(engine, found.account, &written_to).await?;
    let now = engine.clock().now();
    let instant = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    let message_id = new_message_id(&identity)?;
    let short = |text: String| text.chars().take(WORDS).collect::<String>();
    let answer = ReadAnswer {
        from: Address { name: identity.name.clone(), email: identity.email.clone() },
        to: to.clone(),
        subject: short(request.subject),
        text: short(request.text),
        date: now,
        utc_offset_minutes: jiff::tz::TimeZone::system().to_offset(instant).seconds() / 60,
        message_id: message_id.clone(),
        original: found.head.message_id,
    };
    let subject = answer.subject.clone();
    let wire = disposition(&answer)
        .map_err(|error| Error::invalid("The message cannot be written").with(error))?;
    let new = NewOutbox {
        account: found.account,
        identity: Some(identity.id),
        draft: None,
        message_id,
        // Nobody answers an answer (RFC 8098 section 3).
        sender: String::new(),
        subject,
        size: wire.len() as u64,
        body: engine.store().bodies().put(wire, Origin::Local).await?,
        bcc_line: String::new(),
        not_before: now,
        is_held: false,
        stop_on_refused: false,
        needs_filing: false,
        sent_mailbox: None,
        recipients: vec![to],
    };
    let write = engine.store().write(move |tx| {
        // Two windows, one answer.
        if is_answered(tx, id)? {
            return Err(posthorn_store::Error::Invalid("this was answered already"));
        }
        note_answered(tx, id)?;
        outbox::add(tx, &new)
    });
    write.await.map_err(|error| match error {
        posthorn_store::Error::Invalid(_) => Error::new(Code::TooLate, "This was answered already"),
        other => other.into(),
    })?;
    engine.sync().outbox_changed(found.account);
    Ok(Nothing {})
}
