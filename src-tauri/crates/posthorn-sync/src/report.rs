//! Delivery reports and read receipts that arrive: put beside the message that they are about.
//!
//! Invariants: nothing is deleted or hidden. A report about nothing that was sent from here is ordinary mail. One that
//! matches is put into the conversation of its message; where it brings no trouble it counts as read, and where a message
//! failed or is late it stays unread: that has to be seen.

use posthorn_message::{Fate, Parsed, Report};
use posthorn_model::{MessageId, MessageIdHeader};
use posthorn_store::operation::{self, Action, Flag, Switch};
use posthorn_store::outbox::{self, DeliveryFate, NewReport};
use posthorn_store::{Error as StoreError, WriteTx, placement};

/// Reads the report in a whole message; absent where it is none. CPU work: for blocking threads.
pub(crate) fn of(bytes: &[u8], parsed: &Parsed) -> Option<Report> {
    if !posthorn_message::may_be_report(bytes) {
        return None;
    }
    posthorn_message::report(bytes, parsed)
}

/// Puts a report beside the message that it is about.
pub(crate) fn take(
    tx: &WriteTx<'_>,
    message: MessageId,
    report: &Report,
) -> Result<(), StoreError> {
    let about: Vec<MessageIdHeader> = [&report.envelope_id, &report.about]
        .into_iter()
        .filter(|id| !id.is_empty())
        .map(|id| MessageIdHeader(id.clone()))
        .collect();
    let told: Vec<NewReport> = report
        .recipients
        .iter()
        .map(|one| NewReport {
            email: one.address.clone(),
            fate: fate(one.fate),
            status: one.status.clone(),
            said: one.said.clone(),
        })
        .collect();
    let was_known = outbox::of_report(tx, message)?;
    if !outbox::note_reports(tx, message, &about, &told)? || was_known {
        return Ok(());
    }
    let is_trouble =
        told.iter().any(|one| matches!(one.fate, DeliveryFate::Failed | DeliveryFate::Delayed));
    if !is_trouble {
        let places = placement::of_message(tx, message)?;
        let targets: Vec<_> = places.iter().map(|placed| (placed.mailbox, message)).collect();
        let seen = Action::SetFlag { flag: Flag::Seen, to: Switch::On };
        operation::enqueue(tx, &seen, &targets)?;
    }
    Ok(())
}

fn fate(fate: Fate) -> DeliveryFate {
    match fate {
        Fate::Failed => DeliveryFate::Failed,
        Fate::Delayed => DeliveryFate::Delayed,
        Fate::Delivered => DeliveryFate::Delivered,
        Fate::Relayed => DeliveryFate::Relayed,
        Fate::Read => DeliveryFate::Read,
        Fate::Unread => DeliveryFate::Unread,
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn only_what_says_so_in_its_header_is_looked_through() {
        let report = "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
            Reporting-MTA: dns; m\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n--b--\r\n";
        let read = |text: &str| of(text.as_bytes(), &posthorn_message::parse(text.as_bytes()));
        assert!(read(report).is_some());
        let ordinary = report.replacen("multipart/report", "multipart/mixed", 1);
        assert!(read(&ordinary).is_none());
        let quoted = format!("Subject: a\n\nHe wrote:\n{report}");
        assert!(read(&quoted).is_none());
        assert!(read("").is_none());
    }
}
