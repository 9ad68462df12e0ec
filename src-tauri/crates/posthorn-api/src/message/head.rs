//! Heads of messages, and the conversations that they form.

use std::collections::HashSet;

use posthorn_model::{MailboxId, MailboxRole, MessageId};
use posthorn_store::message::{BodyState as Stored, Message};
use posthorn_store::{ReadTx, account, draft, mailbox, message, placement, thread as threads};

use crate::contract::{BodyState, Conversation, MessageHead, OpenConversation};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;

fn body_state(state: Stored) -> BodyState {
    match state {
        Stored::Missing => BodyState::Missing,
        Stored::Sections => BodyState::Sections,
        Stored::Whole(_) => BodyState::Whole,
    }
}

/// Returns a message's head with the flags of where it stands. `own` are the account's own addresses in lower case.
pub(super) fn convert(
    tx: &ReadTx<'_>,
    found: Message,
    own: &[String],
) -> posthorn_store::Result<MessageHead> {
    let places = placement::of_message(tx, found.id)?;
    let places: Vec<_> =
        places.into_iter().filter(|place| !place.is_leaving && !place.flags.deleted).collect();
    let head = found.head;
    Ok(MessageHead {
        id: found.id.0,
        thread: found.thread.0,
        account: found.account.0,
        mailboxes: places.iter().map(|place| place.mailbox.0).collect(),
        own: head.from.iter().any(|from| own.contains(&from.email.to_lowercase())),
        from: all(head.from),
        to: all(head.to),
        cc: all(head.cc),
        bcc: all(head.bcc),
        reply_to: all(head.reply_to),
        subject: head.subject,
        preview: head.preview,
        at: head.received.0,
        sent_at: head.date.map(|date| date.0),
        unread: places.iter().any(|place| !place.flags.seen),
        starred: places.iter().any(|place| place.flags.flagged),
        answered: places.iter().any(|place| place.flags.answered),
        size: head.size,
        attachments: head.has_attachments,
        body: body_state(found.body),
        message_id: head.message_id.map(|id| id.0).unwrap_or_default(),
    })
}

/// Returns one message's head.
pub(super) fn one(tx: &ReadTx<'_>, id: MessageId) -> posthorn_store::Result<MessageHead> {
    let found = message::get(tx, id)?;
    let own = account::own_addresses(tx, found.account)?;
    convert(tx, found, &own)
}

/// Tells whether a message stands only in folders that a conversation leaves out.
fn is_put_away(tx: &ReadTx<'_>, head: &MessageHead) -> posthorn_store::Result<bool> {
    for id in &head.mailboxes {
        let role = mailbox::get(tx, MailboxId(*id))?.role;
        if !matches!(role, MailboxRole::Trash | MailboxRole::Junk) {
            return Ok(false);
        }
    }
    Ok(!head.mailboxes.is_empty())
}

/// Returns a conversation with the heads of its messages.
pub(super) fn conversation(
    tx: &ReadTx<'_>,
    request: &OpenConversation,
) -> posthorn_store::Result<Conversation> {
    let id = MessageId(request.message);
    let clicked = message::get(tx, id)?;
    let own = account::own_addresses(tx, clicked.account)?;
    let thread = clicked.thread;
    let clicked = convert(tx, clicked, &own)?;
    let subject = posthorn_message::base_subject(&clicked.subject).text;
    let with_put_away = is_put_away(tx, &clicked)?;
    let mut messages = Vec::new();
    if request.single {
        messages.push(clicked);
    } else {
        for found in message::in_thread(tx, thread)? {
            let head = convert(tx, found, &own)?;
            // A draft that answers one of these is offered below them; its copy on the server is not one more message.
            let is_copy = draft::of_copy(tx, MessageId(head.id))?.is_some();
            if !is_copy && (with_put_away || !is_put_away(tx, &head)?) {
                messages.push(head);
            }
        }
        if !messages.iter().any(|head| head.id == clicked.id) {
            messages.push(clicked);
            messages.sort_by_key(|head| head.at);
        }
    }
    let shown: HashSet<i64> = messages.iter().map(|head| head.id).collect();
    let is_below = |draft: &draft::Draft| {
        draft.content.original.is_some_and(|id| shown.contains(&id.0))
            && draft.saved_message.is_none_or(|copy| !shown.contains(&copy.0))
    };
    let drafts = draft::list(tx)?.into_iter().filter(is_below);
    let arranged = threads::arranged(tx, thread)?.filter(|_| !request.single);
    Ok(Conversation {
        thread: thread.0,
        subject,
        messages,
        drafts: drafts.map(|draft| draft.id.0).collect(),
        arranged: arranged.map(Into::into),
    })
}

/// Opens a conversation.
pub(crate) async fn threads_open(
    engine: &Engine,
    request: OpenConversation,
) -> Result<Conversation> {
    Ok(engine.store().read(move |tx| conversation(tx, &request)).await?)
}
