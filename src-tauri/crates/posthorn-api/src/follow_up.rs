//! Reminders of sent messages that nobody answers: chosen while writing or later, put off, ended.

use posthorn_model::{DraftId, MessageId, Timestamp};
use posthorn_store::follow_up::{self, When};
use posthorn_store::{ReadTx, message};

use crate::contract::{
    ById, Error, Event, FollowUp, FollowUpWhen, Nothing, SetDraftFollowUp, SetFollowUp, Unanswered,
};
use crate::engine::Engine;
use crate::error::Result;

/// Shortest and longest time until a reminder, milliseconds: a minute and a year.
const WAIT_MS: std::ops::RangeInclusive<i64> = 60_000..=366 * 86_400_000;
/// Messages in one event.
const DUE_LIMIT: usize = 20;
/// Recipients named in a notification.
const NAMED: usize = 3;

impl From<When> for FollowUpWhen {
    fn from(when: When) -> Self {
        match when {
            When::After(wait) => Self::After { wait },
            When::At(at) => Self::At { at: at.0 },
        }
    }
}

impl From<follow_up::FollowUp> for FollowUp {
    fn from(found: follow_up::FollowUp) -> Self {
        Self { message: found.message.0, at: found.due.0, due: found.is_due }
    }
}

fn check_time(engine: &Engine, at: i64) -> Result<Timestamp> {
    if at > engine.clock().now().plus_ms(*WAIT_MS.end()).0 {
        return Err(Error::invalid("A reminder can be at most a year ahead"));
    }
    Ok(Timestamp(at))
}

/// Chooses when the user is reminded of a draft's message.
pub(crate) async fn drafts_set_follow_up(
    engine: &Engine,
    request: SetDraftFollowUp,
) -> Result<Nothing> {
    let when = match request.when {
        None => None,
        Some(FollowUpWhen::After { wait }) if WAIT_MS.contains(&wait) => Some(When::After(wait)),
        Some(FollowUpWhen::After { .. }) => {
            return Err(Error::invalid("A reminder can be at most a year ahead"));
        }
        Some(FollowUpWhen::At { at }) => Some(When::At(check_time(engine, at)?)),
    };
    let id = DraftId(request.id);
    engine.store().write(move |tx| follow_up::set_wish(tx, id, when)).await?;
    Ok(Nothing {})
}

/// Reminds of a sent message, or at another time.
pub(crate) async fn follow_ups_set(engine: &Engine, request: SetFollowUp) -> Result<Nothing> {
    let (id, at) = (MessageId(request.message), check_time(engine, request.at)?);
    let set = engine.store().write(move |tx| follow_up::set(tx, id, at)).await;
    set.map_err(|error| match error {
        posthorn_store::Error::Invalid(_) => {
            Error::invalid("Nobody could answer this message so that it is recognised")
        }
        other => other.into(),
    })?;
    Ok(Nothing {})
}

/// Ends a reminder.
pub(crate) async fn follow_ups_remove(engine: &Engine, request: ById) -> Result<Nothing> {
    let id = MessageId(request.id);
    engine.store().write(move |tx| follow_up::remove(tx, id)).await?;
    Ok(Nothing {})
}

/// Lists the reminders whose message is here.
pub(crate) async fn follow_ups_list(engine: &Engine, _: Nothing) -> Result<Vec<FollowUp>> {
    let found = engine.store().read(follow_up::list).await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// Says what a notification shows of messages that nobody answered.
pub(crate) async fn unanswered(engine: &Engine, messages: Vec<MessageId>) -> Result<Event> {
    let job = move |tx: &ReadTx<'_>| {
        let mut unanswered = Vec::new();
        for id in messages.into_iter().take(DUE_LIMIT) {
            // What was thrown away meanwhile is not spoken of.
            let Ok(message::Message { head, .. }) = message::get(tx, id) else { continue };
            let to: Vec<&str> =
                head.to.iter().take(NAMED).map(posthorn_model::Address::display).collect();
            unanswered.push(Unanswered { message: id.0, to: to.join(", "), subject: head.subject });
        }
        Ok(unanswered)
    };
    Ok(Event::FollowUpsDue { unanswered: engine.store().read(job).await? })
}
