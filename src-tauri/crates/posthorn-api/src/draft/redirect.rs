//! A message is sent on as it came: its bytes below a block of `Resent-` fields, to other recipients.
//!
//! Invariant: blind copies of the original are in no byte that leaves, and nothing of its words is changed.

use posthorn_message::{Resent, check_address, resend};
use posthorn_model::{AccountId, Address, MessageId};
use posthorn_store::outbox::{self, NewOutbox};
use posthorn_store::{Origin, account, message};

use super::RECIPIENT_LIMIT;
use super::begin::new_message_id;
use super::send::{each_once, undo_window};
use crate::contract::{Code, Error, OutboxItem, RedirectMessage};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;
use crate::message::whole;

fn check(to: &[Address]) -> Result<()> {
    if to.is_empty() {
        return Err(Error::invalid("There is nobody to send this to"));
    }
    if to.len() > RECIPIENT_LIMIT {
        return Err(Error::new(Code::Limit, "These are too many recipients for one message"));
    }
    for address in to {
        check_address(&address.email)
            .map_err(|_| Error::invalid("An address cannot be right").with(&address.email))?;
    }
    Ok(())
}

/// Sends a message on as it came.
pub(crate) async fn messages_redirect(
    engine: &Engine,
    request: RedirectMessage,
) -> Result<OutboxItem> {
    let to = each_once(all::<_, Address>(request.to).iter());
    check(&to)?;
    let (id, account) = (MessageId(request.message), AccountId(request.account));
    let identities = engine.store().read(move |tx| account::identities(tx, account)).await?;
    let identity = identities
        .into_iter()
        .filter(|one| !one.email.is_empty())
        .find(|one| one.id == request.identity)
        .ok_or_else(|| Error::invalid("This is not an address of the account"))?;
    let subject = engine.store().read(move |tx| message::get(tx, id)).await?.head.subject;
    let raw = whole(engine, id).await?;
    let now = engine.clock().now();
    let instant = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    let message_id = new_message_id(&identity)?;
    let resent = Resent {
        from: Address { name: identity.name.clone(), email: identity.email.clone() },
        to: to.clone(),
        date: now,
        utc_offset_minutes: jiff::tz::TimeZone::system().to_offset(instant).seconds() / 60,
        message_id: message_id.clone(),
    };
    let wire = tokio::task::spawn_blocking(move || resend(&raw, &resent)).await;
    let wire = wire.map_err(|error| Error::new(Code::Internal, error.to_string()))?;
    let wire = wire.map_err(|error| Error::invalid("The message cannot be written").with(error))?;
    let new = NewOutbox {
        account,
        identity: Some(identity.id),
        draft: None,
        message_id,
        sender: posthorn_message::address_to_ascii(&identity.email).unwrap_or(identity.email),
        subject,
        size: wire.len() as u64,
        body: engine.store().bodies().put(wire, Origin::Local).await?,
        bcc_line: String::new(),
        not_before: now.plus_ms(undo_window(request.undo_seconds)),
        is_held: false,
        stop_on_refused: false,
        // The original is here already.
        needs_filing: false,
        sent_mailbox: None,
        recipients: to,
    };
    let row = engine.store().write(move |tx| {
        let row = outbox::add(tx, &new)?;
        outbox::get(tx, row)
    });
    let row = row.await?;
    engine.sync().outbox_changed(account);
    Ok(crate::outbox::convert(row))
}
