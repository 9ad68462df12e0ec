//! Sending: a draft becomes bytes, and then an outbox row, in one transaction.
//!
//! Invariant: the bytes are durable before the row exists, and the row exists before anything can send them. What is
//! sent is the draft as it was read: where it changed in between, nothing is sent.

use posthorn_model::{AccountId, Address, DraftId, MailboxRole, Timestamp};
use posthorn_store::account;
use posthorn_store::draft::{self, Draft};
use posthorn_store::mailbox;
use posthorn_store::outbox::{self, NewOutbox};
use posthorn_sync::{WriteError, Written};

use super::check;
use crate::contract::{Code, Error, OutboxItem, SendDraft};
use crate::engine::Engine;
use crate::error::Result;

/// Longest undo window, seconds.
const UNDO_LIMIT: u32 = 60;

/// Longest time ahead that a message can be planned for, milliseconds: a year.
const AHEAD_LIMIT_MS: i64 = 366 * 24 * 3600 * 1000;

/// Returns the undo window in milliseconds.
pub(crate) fn undo_window(seconds: u32) -> i64 {
    i64::from(seconds.min(UNDO_LIMIT)) * 1000
}

/// Refuses a time that is too far ahead to be meant.
pub(crate) fn check_time(engine: &Engine, at: i64) -> Result<Timestamp> {
    if at > engine.clock().now().plus_ms(AHEAD_LIMIT_MS).0 {
        return Err(Error::invalid("A message can be planned for at most a year ahead"));
    }
    Ok(Timestamp(at))
}

/// Returns these addresses, each once.
pub(super) fn each_once<'a>(list: impl Iterator<Item = &'a Address>) -> Vec<Address> {
    let mut all: Vec<Address> = Vec::new();
    for address in list {
        if !all.iter().any(|known| posthorn_message::is_same_address(&known.email, &address.email))
        {
            all.push(address.clone());
        }
    }
    all
}

/// Returns everybody who gets it.
fn recipients(draft: &Draft) -> Vec<Address> {
    let content = &draft.content;
    each_once(content.to.iter().chain(&content.cc).chain(&content.bcc))
}

fn refuse(draft: &Draft) -> Result<()> {
    // The estimate of the size may be wrong, and the server has the last word on its limit.
    let check = check::check(draft, None);
    if let Some(invalid) = check.invalid.first() {
        return Err(Error::invalid("An address cannot be right").with(invalid));
    }
    if check.no_recipient {
        return Err(Error::invalid("There is nobody to send this to"));
    }
    if check.too_large {
        return Err(Error::new(Code::Limit, "This message is larger than any server takes"));
    }
    Ok(())
}

/// Fails with a question where the account has folders and none of them is known to be for sent mail: a second one is
/// never made in silence.
pub(crate) async fn ask_for_sent(engine: &Engine, id: AccountId) -> Result<()> {
    let is_asked = engine
        .store()
        .read(move |tx| {
            let has_sent = mailbox::by_role(tx, id, MailboxRole::Sent)?.is_some();
            let is_one = |one: &mailbox::Mailbox| {
                !one.is_local && one.is_selectable && one.role == MailboxRole::Other
            };
            Ok(!has_sent && mailbox::list(tx, id)?.iter().any(is_one))
        })
        .await?;
    if !is_asked {
        return Ok(());
    }
    let problem = "This account has no folder for it: choose one, or let one be made";
    Err(Error::new(Code::NeedsFolder, problem).with(format!("sent:{id}")))
}

/// Sends a draft.
pub(crate) async fn drafts_send(engine: &Engine, request: SendDraft) -> Result<OutboxItem> {
    let id = DraftId(request.id);
    // Held until the row exists: nobody saves what is being sent.
    let claim = engine.revisions().claim(id, request.revision).await?;
    let found = engine.store().read(move |tx| draft::get(tx, id)).await?;
    if found.outbox.is_some() {
        return Err(Error::new(Code::TooLate, "This draft is being sent already"));
    }
    refuse(&found)?;
    let now = engine.clock().now();
    let not_before = match request.not_before_at {
        Some(at) => check_time(engine, at)?.max(now),
        None => now.plus_ms(undo_window(request.undo_seconds)),
    };
    let outgoing = posthorn_sync::load_outgoing(engine.store(), found.clone(), now).await?;
    let identity = outgoing.identity.clone();
    let asks_report = outgoing.wishes.report;
    let written = posthorn_sync::write_outgoing(engine.store(), outgoing).await;
    let Written { body, size, bcc_line } = written.map_err(|error| match error {
        WriteError::Compose(error) => Error::invalid("The message cannot be written").with(error),
        WriteError::Store(error) => error.into(),
    })?;
    let bcc_line = String::from_utf8_lossy(&bcc_line).into_owned();
    let account = found.content.account;
    let read = engine.store().read(move |tx| {
        Ok((account::get(tx, account)?.settings, account::is_all_or_nothing(tx, account)?))
    });
    let (settings, stop_on_refused) = read.await?;
    if !settings.server_files_sent && identity.sent_mailbox.is_none() {
        ask_for_sent(engine, account).await?;
    }
    let new = NewOutbox {
        account,
        identity: Some(identity.id),
        draft: Some(id),
        message_id: found.content.message_id.clone(),
        sender: posthorn_message::address_to_ascii(&identity.email).unwrap_or(identity.email),
        subject: found.content.subject.clone(),
        body,
        bcc_line,
        size,
        not_before,
        is_held: request.hold,
        stop_on_refused,
        needs_filing: !settings.server_files_sent,
        sent_mailbox: identity.sent_mailbox,
        recipients: recipients(&found),
    };
    let row = engine
        .store()
        .write(move |tx| {
            let newest = draft::get(tx, id)?;
            // A copy that was made meanwhile changes nothing of what is sent.
            if newest.content != found.content || newest.attachments != found.attachments {
                return Err(posthorn_store::Error::Invalid(
                    "this draft changed while it was being sent",
                ));
            }
            let row = outbox::add(tx, &new)?;
            if asks_report {
                outbox::ask_for_report(tx, row)?;
            }
            outbox::get(tx, row)
        })
        .await?;
    claim.done();
    engine.sync().outbox_changed(row.request.account);
    Ok(crate::outbox::convert(row))
}
