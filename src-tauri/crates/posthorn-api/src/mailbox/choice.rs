//! What the user chooses for a folder (role, look, order, subscription), and what is known of it.

use posthorn_model::{MailboxId, MailboxRole, Timestamp};
use posthorn_store::mailbox::{self, Look};
use posthorn_store::operation::{MailboxRequest, Switch};

use super::{convert, enqueue, shown};
use crate::contract::{
    ById, Error, MailboxLook, MailboxOrder, MailboxProperties, MailboxRoleChoice, Nothing,
    SubscribeMailbox, Undoable,
};
use crate::engine::Engine;
use crate::error::Result;

/// Colours of the palette.
const COLOURS: u8 = 6;
/// Folders that are ordered at once: more have one parent only by mistake.
const ORDER_LIMIT: usize = 10_000;

/// Subscribes to a folder, or ends that.
pub(crate) async fn mailboxes_set_subscribed(
    engine: &Engine,
    request: SubscribeMailbox,
) -> Result<Undoable> {
    let id = MailboxId(request.id);
    let old = engine.store().read(move |tx| mailbox::get(tx, id)).await?;
    let (word, to) =
        if request.value { ("subscribe", Switch::On) } else { ("unsubscribe", Switch::Off) };
    let request = MailboxRequest::Subscribe { mailbox: id, to };
    enqueue(engine, old.account, word, shown(&old.name), request).await
}

/// Says what a folder is for.
pub(crate) async fn mailboxes_set_role(
    engine: &Engine,
    request: MailboxRoleChoice,
) -> Result<Nothing> {
    let id = MailboxId(request.id);
    let role: Option<MailboxRole> = request.role.map(Into::into);
    engine
        .store()
        .write(move |tx| {
            let is_inbox = mailbox::get(tx, id)?.role == MailboxRole::Inbox;
            if is_inbox || role == Some(MailboxRole::Inbox) {
                return Err(posthorn_store::Error::Invalid("the inbox is where new mail arrives"));
            }
            mailbox::choose_role(tx, id, role)
        })
        .await?;
    Ok(Nothing {})
}

/// Changes how a folder looks here.
pub(crate) async fn mailboxes_set_look(engine: &Engine, request: MailboxLook) -> Result<Nothing> {
    let id = MailboxId(request.id);
    if request.colour.is_some_and(|colour| colour > COLOURS) {
        return Err(Error::invalid("There is no such colour"));
    }
    let color = |colour: u8| if colour == 0 { String::new() } else { colour.to_string() };
    let looks: Vec<Look> = request
        .favourite
        .map(Look::Favourite)
        .into_iter()
        .chain(request.colour.map(|colour| Look::Color(color(colour))))
        .collect();
    engine
        .store()
        .write(move |tx| {
            mailbox::get(tx, id)?;
            looks.iter().try_for_each(|look| mailbox::set_look(tx, id, look))
        })
        .await?;
    Ok(Nothing {})
}

/// Orders folders of one parent.
pub(crate) async fn mailboxes_order(engine: &Engine, request: MailboxOrder) -> Result<Nothing> {
    if request.ids.len() > ORDER_LIMIT {
        return Err(Error::invalid("These are too many folders"));
    }
    engine
        .store()
        .write(move |tx| {
            for (place, id) in (1_u32..).zip(&request.ids) {
                let place = (!request.by_name).then_some(place);
                mailbox::set_look(tx, MailboxId(*id), &Look::Place(place))?;
            }
            Ok(())
        })
        .await?;
    Ok(Nothing {})
}

/// Gives what is known of a folder.
pub(crate) async fn mailboxes_properties(
    engine: &Engine,
    request: ById,
) -> Result<MailboxProperties> {
    let id = MailboxId(request.id);
    let (own, all, held, below) = engine
        .store()
        .read(move |tx| {
            let own = mailbox::get(tx, id)?;
            let all = mailbox::list(tx, own.account)?;
            let below = mailbox::subtree(tx, id)?.len().saturating_sub(1);
            Ok((own, all, mailbox::holdings(tx, id)?, below))
        })
        .await?;
    let time = |at: Option<Timestamp>| at.map(|at| at.0);
    let found = convert(all).into_iter().find(|one| one.id == own.id.0);
    Ok(MailboxProperties {
        mailbox: found.ok_or(posthorn_store::Error::NotFound("folder"))?,
        server_path: shown(&own.path),
        bytes: held.bytes,
        stored: held.stored,
        oldest: time(held.oldest),
        newest: time(held.newest),
        pending: held.pending,
        checked_at: time(own.sync.synced_at),
        audited_at: time(own.sync.audited_at),
        below: u32::try_from(below).unwrap_or(u32::MAX),
    })
}
