//! Invitations: found in a message, told with what was answered, and answered by a message to whoever invites.
//!
//! Invariants: an answer leaves through the outbox like all mail, and is remembered in the same transaction; it names the
//! address that was invited and comes from the identity that has it; nobody but the organiser gets it.

mod answer;

use posthorn_message as read;
use posthorn_message::{Parsed, is_plus_address_of, is_same_address};
use posthorn_model::{AccountId, MessageId};
use posthorn_store::ReadTx;
use posthorn_store::account::{self, Identity};
use posthorn_store::invitation::{self, EventKey};
use posthorn_store::outbox::OutboxState as Stored;

pub(crate) use answer::{invitations_answer, invitations_read};

use super::Loaded;
use crate::contract::{
    Address, AnswerWay, Attendee, EventTime, GivenAnswer, Invitation, InvitationChoice, Recurrence,
    RuleDay,
};
use crate::engine::Engine;
use crate::error::Result;

/// What of a message is a calendar, decoded; absent where nothing is.
fn calendar(raw: &[u8], parsed: &Parsed) -> Option<String> {
    let is_calendar = |found: &&read::Attachment| is_calendar(&found.content_type, &found.name);
    let found = parsed.attachments.iter().find(is_calendar)?;
    let part = read::part(raw, &found.section)?;
    Some(read::charset::decode(&part.bytes, None, None).text)
}

/// Tells whether a file is a calendar, by its type or name.
pub(super) fn is_calendar(content_type: &str, name: &str) -> bool {
    matches!(content_type, "text/calendar" | "application/ics")
        || name.to_ascii_lowercase().ends_with(".ics")
}

/// An event of a message and who of the invited the user is.
pub(super) struct Found {
    event: read::Invitation,
    others: u32,
    /// The address as it was invited, and the identity that has it.
    me: Option<(Address, Identity)>,
}

/// Finds the first event of a message that was read, and the user among the invited.
pub(super) async fn find(engine: &Engine, loaded: &Loaded) -> Result<Option<Found>> {
    let Some(raw) = loaded.raw.as_deref() else { return Ok(None) };
    let Some(text) = calendar(raw, &loaded.parsed) else { return Ok(None) };
    let mut events = read::events(&text).into_iter();
    let Some(event) = events.next() else { return Ok(None) };
    let account = loaded.message.account;
    let invited: Vec<Address> = event.attendees.iter().cloned().map(person).collect();
    let me = engine.store().read(move |tx| me(tx, account, &invited)).await?;
    Ok(Some(Found { event, others: u32::try_from(events.count()).unwrap_or(u32::MAX), me }))
}

/// Finds the user among the invited: by the account that the message came to, then by all others; exactly an address
/// counts more than one with something behind a plus.
fn me(
    tx: &ReadTx<'_>,
    first: AccountId,
    invited: &[Address],
) -> posthorn_store::Result<Option<(Address, Identity)>> {
    let mut accounts = account::list(tx)?;
    accounts.retain(|one| !one.is_local());
    accounts.sort_by_key(|one| one.id != first);
    let kinds: [fn(&str, &str) -> bool; 2] = [is_same_address, is_plus_address_of];
    for is_match in kinds {
        for one in &accounts {
            let identities = account::identities(tx, one.id)?;
            for identity in identities.into_iter().filter(|one| !one.email.is_empty()) {
                let found = invited.iter().find(|who| is_match(&who.email, &identity.email));
                if let Some(found) = found {
                    return Ok(Some((found.clone(), identity)));
                }
            }
        }
    }
    Ok(None)
}

impl Found {
    fn key(&self) -> EventKey {
        EventKey { uid: self.event.uid.clone(), instance: self.event.instance_key.clone() }
    }

    fn can_answer(&self) -> bool {
        let organizer = self.event.organizer.as_ref().map(|one| one.email.as_str());
        let is_by_other = match (organizer.filter(|email| email.contains('@')), &self.me) {
            (Some(organizer), Some((_, identity))) => !is_same_address(organizer, &identity.email),
            _ => false,
        };
        self.event.method == read::CalendarMethod::Request
            && !self.event.is_cancelled
            && !self.event.uid.is_empty()
            && is_by_other
    }
}

/// Tells an event with what was answered.
pub(super) async fn told(engine: &Engine, found: Found) -> Result<Invitation> {
    let key = found.key();
    let known = engine.store().read(move |tx| invitation::answer(tx, &key)).await?;
    let (sequence, is_known) = (found.event.sequence, !found.event.uid.is_empty());
    let answer = known.filter(|_| is_known).map(|known| given(&known, sequence));
    let can_answer = found.can_answer();
    let me = found.me.map(|(who, _)| who);
    Ok(Invitation { me, can_answer, answer, others: found.others, ..shown(found.event) })
}

fn given(known: &invitation::Answer, sequence: u32) -> GivenAnswer {
    let way = match known.outbox {
        None | Some(Stored::Accepted | Stored::Filed | Stored::Done) => AnswerWay::Sent,
        Some(Stored::Failed | Stored::Unknown | Stored::Cancelled) => AnswerWay::Failed,
        Some(_) => AnswerWay::Waiting,
    };
    let choice = match known.answer.as_str() {
        "accepted" => InvitationChoice::Accepted,
        "declined" => InvitationChoice::Declined,
        _ => InvitationChoice::Tentative,
    };
    GivenAnswer { choice, at: known.at.0, way, outdated: known.sequence < sequence }
}

/// Tells an event by itself: of a file, or before it is known who the user is in it.
pub(super) fn shown(found: read::Invitation) -> Invitation {
    let method = match found.method {
        _ if found.is_cancelled => "cancel",
        read::CalendarMethod::Request => "request",
        read::CalendarMethod::Reply => "reply",
        read::CalendarMethod::Counter => "counter",
        read::CalendarMethod::DeclineCounter => "declineCounter",
        read::CalendarMethod::Cancel => "cancel",
        read::CalendarMethod::Publish => "publish",
    };
    let attendees = found.attendees.into_iter().map(|one| Attendee {
        answer: one.answer.clone(),
        optional: one.is_optional,
        person: person(one),
    });
    Invitation {
        method: method.to_owned(),
        summary: found.summary,
        location: found.location,
        description: found.description,
        comment: found.comment,
        url: found.url,
        start: found.start.map(time),
        end: found.end.map(time),
        recurrence: found.recurrence.map(recurrence),
        instance: found.instance.map(time),
        updated: found.method == read::CalendarMethod::Request && found.sequence > 0,
        organizer: found.organizer.map(person),
        attendees: attendees.collect(),
        me: None,
        can_answer: false,
        answer: None,
        others: 0,
    }
}

fn person(one: read::Attendee) -> Address {
    Address { name: one.name, email: one.email }
}

fn time(time: read::EventTime) -> EventTime {
    match time {
        read::EventTime::At { at, clock, zone } => EventTime::At { at: at.0, clock, zone },
        read::EventTime::Day(year, month, day) => {
            EventTime::Day { day: format!("{year:04}-{month:02}-{day:02}") }
        }
        read::EventTime::Local(time, zone) => EventTime::Local { time, zone },
    }
}

fn recurrence(rule: read::Recurrence) -> Recurrence {
    let frequency = match rule.frequency {
        read::Frequency::Daily => "daily",
        read::Frequency::Weekly => "weekly",
        read::Frequency::Monthly => "monthly",
        read::Frequency::Yearly => "yearly",
        read::Frequency::Other => "other",
    };
    let day = |one: read::RuleDay| RuleDay { weekday: one.weekday, nth: one.nth };
    Recurrence {
        frequency: frequency.to_owned(),
        interval: rule.interval,
        days: rule.days.into_iter().map(day).collect(),
        month_days: rule.month_days,
        months: rule.months,
        count: rule.count,
        until: rule.until.map(time),
        has_more: rule.has_more,
    }
}

/// Reads a message for its invitation.
async fn of_message(engine: &Engine, id: MessageId) -> Result<(Loaded, Option<Found>)> {
    let loaded = super::load(engine, id).await?;
    let found = find(engine, &loaded).await?;
    Ok((loaded, found))
}

#[cfg(test)]
mod tests {
    use posthorn_testkit::corpus;

    use super::{calendar, shown};
    use crate::contract::EventTime;

    #[test]
    fn events_of_the_corpus_are_told() {
        let sample = |name: &str| {
            let all = corpus::own().unwrap();
            let name = format!("messages/{name}.eml");
            all.into_iter().find(|sample| sample.name == name).unwrap().bytes
        };
        let raw = sample("calendar-invitation");
        let text = calendar(&raw, &posthorn_message::parse(&raw)).unwrap();
        let event = shown(posthorn_message::invitation(&text).unwrap());
        assert_eq!((event.method.as_str(), event.summary.as_str()), ("request", "Planning"));
        assert!(matches!(event.start, Some(EventTime::At { at: 1_775_826_000_000, .. })));
        let raw = sample("attachment-pdf-png");
        assert!(calendar(&raw, &posthorn_message::parse(&raw)).is_none());
    }
}
