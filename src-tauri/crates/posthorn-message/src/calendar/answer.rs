//! Answers to invitations (RFC 5546 section 3.2.3): the calendar that goes back to the organiser.
//!
//! Invariant: what names the event (`UID`, `RECURRENCE-ID`, `SEQUENCE`, `ORGANIZER`, its times with their zones) goes back as
//! it came; of the participants only the one who answers is named.

use posthorn_model::{Address, Timestamp};

use super::Invitation;
use crate::content_line::{escape, folded};

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// Comes.
    Accepted,
    /// May come.
    Tentative,
    /// Does not come.
    Declined,
}

impl AnswerKind {
    /// Returns the value of `PARTSTAT` (RFC 5545 section 3.2.12).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Tentative => "TENTATIVE",
            Self::Declined => "DECLINED",
        }
    }
}

/// Writes the answer of `who`, whose address is the one that was invited; `comment` may be empty. `None` for an event that
/// cannot be answered: it has no `UID` or nobody who invites.
pub fn calendar_answer(
    invitation: &Invitation,
    who: &Address,
    kind: AnswerKind,
    comment: &str,
    now: Timestamp,
) -> Option<String> {
    let source = &invitation.source;
    if invitation.uid.is_empty() || source.organizer.is_empty() || !is_plain(&who.email) {
        return None;
    }
    let stamp = jiff::Timestamp::from_millisecond(now.0).ok()?.strftime("%Y%m%dT%H%M%SZ");
    let mut lines: Vec<String> =
        ["BEGIN:VCALENDAR", "PRODID:-//Posthorn//EN", "VERSION:2.0", "METHOD:REPLY"]
            .map(str::to_owned)
            .into();
    lines.extend_from_slice(&source.zones);
    lines.push("BEGIN:VEVENT".to_owned());
    lines.extend_from_slice(&source.named);
    lines.push(source.organizer.clone());
    lines.push(format!("DTSTAMP:{stamp}"));
    // A parameter knows no escapes: quotes are what it cannot hold (RFC 5545 section 3.2).
    let name: String = who.name.chars().filter(|c| !c.is_control() && *c != '"').collect();
    let name = if name.is_empty() { String::new() } else { format!(";CN=\"{name}\"") };
    lines.push(format!("ATTENDEE;PARTSTAT={}{name}:mailto:{}", kind.as_str(), who.email));
    if !comment.trim().is_empty() {
        lines.push(format!("COMMENT:{}", escape(comment.trim())));
    }
    lines.extend(["END:VEVENT", "END:VCALENDAR"].map(str::to_owned));
    Some(lines.iter().map(|line| folded(line)).collect())
}

/// Tells whether an address can stand in a line as it is.
fn is_plain(email: &str) -> bool {
    email.contains('@') && !email.chars().any(|c| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use posthorn_model::{Address, Timestamp};

    use super::{AnswerKind, calendar_answer};
    use crate::calendar::{CalendarMethod, events, invitation};

    const INVITED: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Hof\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
        BEGIN:VEVENT\r\nUID:one@cal.test\r\nSEQUENCE:2\r\nRECURRENCE-ID;TZID=Hof:20260424T090000\r\nDTSTART;TZID=Hof:20260424T100000\r\nDTEND;TZID=Hof:20260424T110000\r\nSUMMARY:Planung\\, Teil 2\r\n\
        ORGANIZER;CN=\"Lang, Mia\";SENT-BY=\"mailto:desk@cal.test\":mailto:mia@cal.test\r\nATTENDEE;CN=Lin;RSVP=TRUE:mailto:lin@cal.test\r\nATTENDEE:mailto:other@cal.test\r\nDESCRIPTION:secret\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn an_answer_names_the_event_and_nobody_else() {
        let event = invitation(INVITED).unwrap();
        let who =
            Address { name: "Lin \"L\"\r\nX: Yue".to_owned(), email: "lin@cal.test".to_owned() };
        let answer = calendar_answer(
            &event,
            &who,
            AnswerKind::Declined,
            "On leave; sorry\nLin",
            Timestamp(1_777_014_000_000),
        )
        .unwrap();
        for line in [
            "METHOD:REPLY",
            "TZID:Hof",
            "TZOFFSETTO:+0100",
            "UID:one@cal.test",
            "SEQUENCE:2",
            "RECURRENCE-ID;TZID=Hof:20260424T090000",
            "DTSTART;TZID=Hof:20260424T100000",
            "DTSTAMP:20260424T070000Z",
            "ATTENDEE;PARTSTAT=DECLINED;CN=\"Lin LX: Yue\":mailto:lin@cal.test",
            "COMMENT:On leave\\; sorry\\nLin",
        ] {
            assert!(answer.lines().any(|known| known == line), "{line} in {answer}");
        }
        assert!(answer.replace("\r\n ", "").contains(
            "ORGANIZER;CN=\"Lang, Mia\";SENT-BY=\"mailto:desk@cal.test\":mailto:mia@cal.test"
        ));
        assert!(!answer.contains("other@cal.test") && !answer.contains("secret"));
        let back = invitation(&answer).unwrap();
        assert_eq!(
            (back.method, back.uid.as_str(), back.sequence),
            (CalendarMethod::Reply, "one@cal.test", 2)
        );
        assert_eq!(
            (back.attendees[0].answer.as_str(), back.comment.as_str()),
            ("declined", "On leave; sorry\nLin")
        );
        assert_eq!(back.instance, event.instance);
        assert_eq!(events(&answer).len(), 1);
    }

    #[test]
    fn what_cannot_be_answered_is_not() {
        let who = Address::bare("lin@cal.test");
        let now = Timestamp(0);
        for calendar in [
            INVITED.replace("UID:one@cal.test\r\n", ""),
            INVITED.replace("ORGANIZER", "X-ORGANIZER"),
        ] {
            let event = invitation(&calendar).unwrap();
            assert_eq!(calendar_answer(&event, &who, AnswerKind::Accepted, "", now), None);
        }
        let event = invitation(INVITED).unwrap();
        let evil = Address::bare("lin@cal.test\r\nATTENDEE:mailto:x@y.z");
        assert_eq!(calendar_answer(&event, &evil, AnswerKind::Accepted, "", now), None);
    }
}
