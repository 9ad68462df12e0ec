//! The outbox as people see it: what waits, what is on its way, what failed, what nobody knows.
//!
//! Invariant: nothing here sends. A change here only lets the one sender (in posthorn-sync) look again.

mod receipt;

use posthorn_message::check_address;
use posthorn_model::{AccountId, OutboxId};
use posthorn_store::outbox::{self, OutboxState as Stored, RecipientState, Route};
use posthorn_sync::ProblemKind;

pub(crate) use receipt::{messages_receipts, outbox_receipt};

use crate::contract::{
    ById, Code, Draft, Error, HoldMessage, Nothing, OutboxItem, OutboxState, RecipientResult,
    ResendRefused, ResolveUnknown, ScheduleMessage, UnknownAnswer, Unsent,
};
use crate::engine::Engine;
use crate::error::Result;

/// A wait that is longer than this was chosen; shorter ones are undo windows. Milliseconds.
const SCHEDULED_MS: i64 = 61_000;

impl From<Stored> for OutboxState {
    fn from(state: Stored) -> Self {
        match state {
            Stored::Queued | Stored::Waiting => Self::Queued,
            Stored::Connecting => Self::Connecting,
            Stored::Recipients => Self::Recipients,
            Stored::Data => Self::Data,
            Stored::DotSent => Self::DotSent,
            Stored::Unknown => Self::Unknown,
            Stored::Accepted => Self::Accepted,
            Stored::Filed | Stored::Done | Stored::Cancelled => Self::Done,
            Stored::Failed => Self::Refused,
        }
    }
}

/// Returns the reply code at the beginning of a server's sentence (RFC 5321 section 4.2).
fn code_of(reply: &str) -> Option<u16> {
    let digits =
        reply.get(..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().filter(|code| (200..600).contains(code))
}

/// Returns what is wrong with a row; nothing while nothing is.
fn problem(row: &outbox::Outbox) -> Option<Error> {
    let (code, message) = match row.state {
        Stored::Waiting if code_of(&row.reply).is_some() => {
            (Code::Refused, "The server does not take it yet; it is tried again")
        }
        Stored::Waiting => {
            (Code::ConnectionLost, "The server could not be reached; it is tried again")
        }
        Stored::Failed => (Code::Refused, "The server refused it"),
        Stored::Unknown => {
            (Code::ConnectionLost, "The connection broke after the message was handed over")
        }
        _ => return None,
    };
    Some(Error::new(code, message).with(&row.reply))
}

pub(crate) fn convert(row: outbox::Outbox) -> OutboxItem {
    let is_accepted = matches!(row.state, Stored::Accepted | Stored::Filed | Stored::Done);
    OutboxItem {
        id: row.id.0,
        account: row.request.account.0,
        state: row.state.into(),
        problem: problem(&row),
        recipients: row
            .recipients
            .into_iter()
            .map(|recipient| RecipientResult {
                address: recipient.address.into(),
                state: match recipient.state {
                    RecipientState::Waiting => "waiting",
                    RecipientState::Accepted => "accepted",
                    RecipientState::Deferred => "delayed",
                    RecipientState::Refused => "refused",
                }
                .to_owned(),
                code: code_of(&recipient.reply),
                said: recipient.reply,
            })
            .collect(),
        subject: row.request.subject,
        message_id: row.request.message_id.0,
        size: row.request.size,
        // The store keeps steps, not bytes: `list` adds what the sender knows of an upload.
        sent_bytes: if is_accepted || row.state == Stored::DotSent { row.request.size } else { 0 },
        queued_at: row.created_at.0,
        not_before_at: row.request.not_before.0,
        // Longer than any undo window: the user chose it.
        scheduled: row.request.not_before.0 - row.created_at.0 > SCHEDULED_MS,
        held: row.request.is_held,
        tries: row.attempts,
        next_try_at: (row.state == Stored::Waiting).then_some(row.next_try.0),
        receipt: if is_accepted { row.reply } else { String::new() },
        // A row split off for refused recipients has no draft to go back to.
        can_undo: row.state.is_cancellable()
            && row.state != Stored::Unknown
            && row.request.draft.is_some(),
    }
}

/// Returns all rows that are not done, with how much of each went out.
pub(crate) async fn list(engine: &Engine) -> Result<Vec<OutboxItem>> {
    let rows = engine.store().read(outbox::list).await?;
    let mut items: Vec<(Route, OutboxItem)> =
        rows.into_iter().map(|row| (row.route, convert(row))).collect();
    let now = engine.clock().now();
    for (route, item) in &mut items {
        match item.state {
            OutboxState::Data => {
                item.sent_bytes = engine.sync().uploaded(OutboxId(item.id)).unwrap_or_default();
            }
            OutboxState::Queued if item.held => {}
            OutboxState::Queued if item.not_before_at <= now.0 => {
                if let Some(status) = engine.sync().status(AccountId(item.account)) {
                    wait_for_password(item, *route, &status);
                }
            }
            _ => {}
        }
    }
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

/// Says of a message that is due that it waits for the user, where the server that it goes through refused the password.
fn wait_for_password(item: &mut OutboxItem, route: Route, status: &posthorn_sync::Status) {
    let problem = match route {
        Route::Account => status.outgoing.as_ref(),
        Route::Identity(id) => status.identities.get(&id),
    };
    let is_refused = |problem: &&posthorn_sync::Problem| {
        matches!(problem.kind, ProblemKind::Credentials | ProblemKind::NoPassword)
    };
    if let Some(problem) = problem.filter(is_refused) {
        item.state = OutboxState::NeedsPassword;
        item.problem = Some(problem.clone().into());
        item.next_try_at = None;
    }
}

/// Lists the outbox; what is done is left out.
pub(crate) async fn outbox_list(engine: &Engine, _: Nothing) -> Result<Vec<OutboxItem>> {
    list(engine).await
}

/// Takes a message back into a draft, while it can be: until the final dot, an upload is broken off for it.
pub(crate) async fn outbox_undo(engine: &Engine, request: ById) -> Result<Draft> {
    let id = OutboxId(request.id);
    let draft = engine
        .store()
        .write(move |tx| {
            let row = outbox::get(tx, id)?;
            if row.state == Stored::Unknown {
                return Err(posthorn_store::Error::NotUndoable("it may have arrived already"));
            }
            outbox::step(tx, id, Stored::Cancelled, "")?;
            row.request.draft.ok_or(posthorn_store::Error::NotFound("draft"))
        })
        .await?;
    engine.sync().stop_upload(id);
    crate::draft::drafts_get(engine, ById { id: draft.0 }).await
}

/// Tries now.
pub(crate) async fn outbox_send_now(engine: &Engine, request: ById) -> Result<Nothing> {
    let id = OutboxId(request.id);
    let account = engine
        .store()
        .write(move |tx| {
            let row = outbox::get(tx, id)?;
            outbox::reschedule(tx, id, tx.now())?;
            Ok(row.request.account)
        })
        .await?;
    engine.sync().outbox_changed(account);
    Ok(Nothing {})
}

/// Sends what was refused once more, to corrected addresses where some are given.
pub(crate) async fn outbox_resend(engine: &Engine, request: ResendRefused) -> Result<Nothing> {
    for correction in &request.corrections {
        if let Some(to) = &correction.to {
            check_address(to).map_err(|_| Error::invalid("An address cannot be right").with(to))?;
        }
    }
    let id = OutboxId(request.id);
    let account = engine
        .store()
        .write(move |tx| {
            for correction in &request.corrections {
                outbox::correct(tx, id, &correction.from, correction.to.as_deref())?;
            }
            outbox::step(tx, id, Stored::Queued, "")?;
            outbox::reschedule(tx, id, tx.now())?;
            Ok(outbox::get(tx, id)?.request.account)
        })
        .await?;
    engine.sync().outbox_changed(account);
    Ok(Nothing {})
}

/// Holds a message back, or lets it go when its time has come.
pub(crate) async fn outbox_hold(engine: &Engine, request: HoldMessage) -> Result<Nothing> {
    let id = OutboxId(request.id);
    let account = engine
        .store()
        .write(move |tx| {
            let row = outbox::get(tx, id)?;
            if request.hold {
                outbox::hold(tx, id)?;
            } else {
                outbox::reschedule(tx, id, row.request.not_before)?;
            }
            Ok(row.request.account)
        })
        .await?;
    engine.sync().outbox_changed(account);
    Ok(Nothing {})
}

/// Chooses when a message is sent.
pub(crate) async fn outbox_schedule(engine: &Engine, request: ScheduleMessage) -> Result<Nothing> {
    let (id, at) = (OutboxId(request.id), crate::draft::check_time(engine, request.at)?);
    let account = engine
        .store()
        .write(move |tx| {
            outbox::reschedule(tx, id, at)?;
            Ok(outbox::get(tx, id)?.request.account)
        })
        .await?;
    engine.sync().outbox_changed(account);
    Ok(Nothing {})
}

/// Takes back that a message was thrown away; it is held then.
pub(crate) async fn outbox_restore(engine: &Engine, request: ById) -> Result<Nothing> {
    let id = OutboxId(request.id);
    engine.store().write(move |tx| outbox::restore(tx, id)).await?;
    Ok(Nothing {})
}

/// Throws a message of the outbox away, with its draft; for some minutes that can be taken back.
pub(crate) async fn outbox_discard(engine: &Engine, request: ById) -> Result<Nothing> {
    let id = OutboxId(request.id);
    engine.store().write(move |tx| outbox::discard(tx, id)).await?;
    Ok(Nothing {})
}

/// Says what the user knows of a message whose fate is unknown.
pub(crate) async fn outbox_resolve_unknown(
    engine: &Engine,
    request: ResolveUnknown,
) -> Result<Nothing> {
    let id = OutboxId(request.id);
    let account = engine
        .store()
        .write(move |tx| {
            let row = outbox::get(tx, id)?;
            if row.state != Stored::Unknown {
                return Err(posthorn_store::Error::Invalid("this message's fate is known"));
            }
            match request.answer {
                UnknownAnswer::SendAgain => {
                    outbox::step(tx, id, Stored::Queued, "")?;
                    outbox::reschedule(tx, id, tx.now())?;
                }
                UnknownAnswer::Arrived => {
                    outbox::step(tx, id, Stored::Accepted, "The user knows that it arrived")?;
                }
                // Whoever wakes the sender makes it look again.
                UnknownAnswer::Keep => {}
            }
            Ok(row.request.account)
        })
        .await?;
    engine.sync().outbox_changed(account);
    Ok(Nothing {})
}

/// Counts what quitting now would leave unsent. What the user holds back waits for the user, not for the program.
pub(crate) async fn outbox_unsent(engine: &Engine, _: Nothing) -> Result<Unsent> {
    let rows = engine.store().read(outbox::list).await?;
    let unsent = |row: &&outbox::Outbox| {
        !matches!(
            row.state,
            Stored::Accepted | Stored::Filed | Stored::Done | Stored::Failed | Stored::Cancelled
        ) && !row.request.is_held
    };
    Ok(Unsent { count: rows.iter().filter(unsent).count() as u64 })
}

#[cfg(test)]
mod tests {
    use super::code_of;

    #[test]
    fn reply_codes_are_read_and_never_invented() {
        for (reply, expected) in [
            ("550 5.1.1 no", Some(550)),
            ("250", Some(250)),
            ("timeout", None),
            ("999 x", None),
            ("", None),
            ("5é", None),
        ] {
            assert_eq!(code_of(reply), expected, "{reply}");
        }
    }
}
