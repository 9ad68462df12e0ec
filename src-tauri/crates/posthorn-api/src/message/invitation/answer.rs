//! The message that answers an invitation: a sentence for people, a calendar for programs (RFC 6047).

use jiff::tz::TimeZone;
use posthorn_message as read;
use posthorn_message::{AnswerKind, CalendarText, Draft, calendar_answer, check_address};
use posthorn_model::{Address, MessageId};
use posthorn_store::Origin;
use posthorn_store::account::{self, Identity};
use posthorn_store::invitation::remember;
use posthorn_store::outbox::{self, NewOutbox};

use super::{Found, find, of_message, told};
use crate::contract::{
    AnswerInvitation, ById, Code, Error, InvitationAnswered, InvitationChoice, InvitationOf,
};
use crate::draft;
use crate::engine::Engine;
use crate::error::Result;
use crate::message::Loaded;

/// Letters of a comment: it goes into one line of a calendar.
const COMMENT_LETTERS: usize = 2_000;

/// Gives the invitation of a message as it stands now.
pub(crate) async fn invitations_read(engine: &Engine, request: ById) -> Result<InvitationOf> {
    let (_, found) = of_message(engine, MessageId(request.id)).await?;
    let invitation = match found {
        Some(found) => Some(told(engine, found).await?),
        None => None,
    };
    Ok(InvitationOf { invitation })
}

fn kind(choice: InvitationChoice) -> AnswerKind {
    match choice {
        InvitationChoice::Accepted => AnswerKind::Accepted,
        InvitationChoice::Tentative => AnswerKind::Tentative,
        InvitationChoice::Declined => AnswerKind::Declined,
    }
}

/// Answers an invitation: the answer is in the outbox, and remembered, or neither.
pub(crate) async fn invitations_answer(
    engine: &Engine,
    request: AnswerInvitation,
) -> Result<InvitationAnswered> {
    if request.comment.chars().count() > COMMENT_LETTERS {
        return Err(Error::new(Code::Limit, "This is too much text for an answer"));
    }
    let (loaded, found) = of_message(engine, MessageId(request.message)).await?;
    let found =
        found.ok_or_else(|| Error::new(Code::NotFound, "This message invites to nothing"))?;
    let (true, Some((who, identity))) = (found.can_answer(), found.me.clone()) else {
        return Err(Error::invalid("This invitation is not for an address of yours"));
    };
    let who: Address = who.into();
    let new = written(engine, &request, &loaded, &found, &who, &identity).await?;
    let (key, invited, sequence) = (found.key(), who.email, found.event.sequence);
    let word = kind(request.choice).as_str().to_ascii_lowercase();
    let row = engine
        .store()
        .write(move |tx| {
            let id = outbox::add(tx, &new)?;
            remember(tx, &key, &invited, &word, sequence, id)?;
            outbox::get(tx, id)
        })
        .await?;
    engine.sync().outbox_changed(row.request.account);
    let found = find(engine, &loaded).await?;
    let found =
        found.ok_or_else(|| Error::new(Code::NotFound, "This message invites to nothing"))?;
    Ok(InvitationAnswered {
        item: crate::outbox::convert(row),
        invitation: told(engine, found).await?,
    })
}

/// Writes the message; its bytes are durable when this answers.
async fn written(
    engine: &Engine,
    request: &AnswerInvitation,
    loaded: &Loaded,
    found: &Found,
    who: &Address,
    identity: &Identity,
) -> Result<NewOutbox> {
    let now = engine.clock().now();
    let organizer = found.event.organizer.clone().unwrap_or_default();
    let to = Address { name: organizer.name, email: organizer.email };
    check_address(&to.email)
        .map_err(|_| Error::invalid("An address cannot be right").with(&to.email))?;
    let named = Address { name: identity.name.clone(), email: who.email.clone() };
    let calendar =
        calendar_answer(&found.event, &named, kind(request.choice), &request.comment, now)
            .ok_or_else(|| Error::invalid("This invitation cannot be answered"))?;
    let is_chinese = draft::is_chinese(engine).await;
    let words = Words { event: &found.event, who: &named, choice: request.choice, is_chinese };
    let from = Address { name: identity.name.clone(), email: identity.email.clone() };
    let mut message = Draft::new(from, draft::new_message_id(identity)?, now);
    let instant = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    message.utc_offset_minutes = TimeZone::system().to_offset(instant).seconds() / 60;
    message.to = vec![to.clone()];
    message.subject = words.subject();
    message.text = words.text(&request.comment);
    message.in_reply_to.clone_from(&loaded.parsed.head.message_id);
    message.references = loaded.parsed.head.message_id.iter().cloned().collect();
    message.calendar = Some(CalendarText { method: "REPLY", text: calendar });
    let (message_id, subject) = (message.message_id.clone(), message.subject.clone());
    let wire = read::compose(&message)
        .map_err(|error| Error::invalid("The message cannot be written").with(error))?
        .wire;
    let id = identity.account;
    let settings = engine.store().read(move |tx| account::get(tx, id)).await?.settings;
    if !settings.server_files_sent && identity.sent_mailbox.is_none() {
        draft::ask_for_sent(engine, id).await?;
    }
    let sender = read::address_to_ascii(&identity.email).unwrap_or_else(|_| identity.email.clone());
    Ok(NewOutbox {
        account: id,
        identity: Some(identity.id),
        draft: None,
        message_id,
        sender,
        subject,
        size: wire.len() as u64,
        body: engine.store().bodies().put(wire, Origin::Local).await?,
        bcc_line: String::new(),
        not_before: now.plus_ms(draft::undo_window(request.undo_seconds)),
        is_held: false,
        stop_on_refused: false,
        needs_filing: !settings.server_files_sent,
        sent_mailbox: identity.sent_mailbox,
        recipients: vec![to],
    })
}

/// What the answer says to people.
struct Words<'a> {
    event: &'a read::Invitation,
    who: &'a Address,
    choice: InvitationChoice,
    is_chinese: bool,
}

impl Words<'_> {
    fn subject(&self) -> String {
        let word = match (self.choice, self.is_chinese) {
            (InvitationChoice::Accepted, false) => "Accepted: ",
            (InvitationChoice::Tentative, false) => "Tentative: ",
            (InvitationChoice::Declined, false) => "Declined: ",
            (InvitationChoice::Accepted, true) => "已接受：",
            (InvitationChoice::Tentative, true) => "暂定：",
            (InvitationChoice::Declined, true) => "已谢绝：",
        };
        format!("{word}{}", self.event.summary.replace('\n', " "))
    }

    fn text(&self, comment: &str) -> String {
        let name = if self.who.name.is_empty() { &self.who.email } else { &self.who.name };
        let title = self.event.summary.replace('\n', " ");
        let sentence = match (self.choice, self.is_chinese) {
            (InvitationChoice::Accepted, false) => {
                format!("{name} accepts the invitation: {title}")
            }
            (InvitationChoice::Tentative, false) => format!("{name} may come: {title}"),
            (InvitationChoice::Declined, false) => {
                format!("{name} declines the invitation: {title}")
            }
            (InvitationChoice::Accepted, true) => format!("{name}接受了邀请：{title}"),
            (InvitationChoice::Tentative, true) => format!("{name}可能参加：{title}"),
            (InvitationChoice::Declined, true) => format!("{name}谢绝了邀请：{title}"),
        };
        let pieces = [sentence, self.when(), comment.trim().to_owned()];
        let filled: Vec<String> = pieces.into_iter().filter(|one| !one.is_empty()).collect();
        format!("{}\n", filled.join("\n\n"))
    }

    /// When it begins, by the organiser's clock: that is whom it is told.
    fn when(&self) -> String {
        match &self.event.start {
            None => String::new(),
            Some(read::EventTime::At { clock, zone, .. }) => {
                format!("{} ({zone})", clock.replace('T', " "))
            }
            Some(read::EventTime::Day(year, month, day)) => {
                format!("{year:04}-{month:02}-{day:02}")
            }
            Some(read::EventTime::Local(clock, zone)) if zone.is_empty() => clock.replace('T', " "),
            Some(read::EventTime::Local(clock, zone)) => {
                format!("{} ({zone})", clock.replace('T', " "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use posthorn_message::{EventTime, Invitation};
    use posthorn_model::Address;

    use super::Words;
    use crate::contract::InvitationChoice;

    #[test]
    fn an_answer_says_in_words_what_it_says_to_programs() {
        let mut event = Invitation::default();
        event.summary = "Planning,\nsecond part".to_owned();
        event.start = Some(EventTime::Local("2026-04-24T09:00".to_owned(), "Hof".to_owned()));
        let who = Address { name: "林悦".to_owned(), email: "yue@a.test".to_owned() };
        let words = |choice, is_chinese| Words { event: &event, who: &who, choice, is_chinese };
        let yes = words(InvitationChoice::Accepted, false);
        assert_eq!(yes.subject(), "Accepted: Planning, second part");
        assert_eq!(
            yes.text(" See you "),
            "林悦 accepts the invitation: Planning, second part\n\n2026-04-24 09:00 (Hof)\n\nSee you\n"
        );
        let no = words(InvitationChoice::Declined, true);
        assert_eq!(no.subject(), "已谢绝：Planning, second part");
        assert!(no.text("").ends_with("(Hof)\n"));
    }
}
