//! Receipts of what was sent: for the outbox, and on the sent message.
//!
//! Invariant: a receipt says what was written down when it happened; nothing of it is worked out later.

use std::fmt::Write as _;

use posthorn_model::{MessageId, OutboxId};
use posthorn_store::outbox::{
    self, DeliveryFate, DeliveryReport, Handover, Outbox, OutboxEvent, OutboxState,
};
use posthorn_store::{ReadTx, message};

use crate::contract::{ById, ReceiptLine, ReceiptStep, ReportFate, ReportedFate, SendReceipt};
use crate::engine::Engine;
use crate::error::Result;

/// What is stored of one receipt.
struct Stored {
    row: Outbox,
    handover: Handover,
    events: Vec<OutboxEvent>,
    reports: Vec<DeliveryReport>,
}

fn read(tx: &ReadTx<'_>, row: Outbox) -> posthorn_store::Result<Stored> {
    let events = outbox::events(tx, row.id)?;
    let handover = outbox::handover(tx, row.id)?.unwrap_or_default();
    let reports = outbox::reports(tx, row.id)?;
    Ok(Stored { row, handover, events, reports })
}

fn fate(report: DeliveryReport) -> ReportedFate {
    let said = match report.said {
        said if said.is_empty() => report.status,
        said => said,
    };
    ReportedFate {
        address: report.email,
        fate: match report.fate {
            DeliveryFate::Failed => ReportFate::Failed,
            DeliveryFate::Delayed => ReportFate::Delayed,
            DeliveryFate::Delivered => ReportFate::Delivered,
            DeliveryFate::Relayed => ReportFate::Relayed,
            DeliveryFate::Read => ReportFate::Read,
            DeliveryFate::Unread => ReportFate::Unread,
        },
        said,
        at: report.at.0,
        message: report.message.map(|id| id.0),
    }
}

fn convert(Stored { row, handover, events, reports }: Stored) -> SendReceipt {
    let accepted = events.iter().rev().find(|event| event.state == OutboxState::Accepted);
    let accepted_at = accepted.map(|event| event.at.0);
    let steps = events.into_iter().map(|event| ReceiptStep {
        at: event.at.0,
        step: event.state.as_str().to_owned(),
        said: event.reply,
    });
    let lines = handover.dialogue.lines().filter_map(|line| {
        let (at, line) = line.split_once(' ')?;
        Some(ReceiptLine { at: at.parse().ok()?, line: line.to_owned() })
    });
    let (steps, lines) = (steps.collect(), lines.collect());
    let asked = match (row.asks_report, handover.is_report_asked) {
        (false, _) => "none",
        (true, true) => "asked",
        // Before a server was reached nobody knows what it offers.
        (true, false) if handover.server.is_empty() => "asked",
        (true, false) => "notOffered",
    };
    let (id, sender, queue_id) = (row.id.0, row.request.sender.clone(), row.queue_id.clone());
    let item = super::convert(row);
    let mut receipt = SendReceipt {
        id,
        message_id: item.message_id,
        sender,
        size: item.size,
        sha256: handover.sha256,
        server: handover.server,
        address: handover.address,
        security: handover.security,
        certificate: handover.certificate,
        queue_id,
        accepted_at,
        recipients: item.recipients,
        reports: asked.to_owned(),
        fates: reports.into_iter().map(fate).collect(),
        steps,
        lines,
        text: String::new(),
    };
    receipt.text = text(&receipt);
    receipt
}

/// Writes a time with its zone, to the millisecond.
fn time(at: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default()
}

/// Writes a receipt as text. In English, as the servers' sentences are: it is shown to those who run them.
fn text(receipt: &SendReceipt) -> String {
    let (security, certificate) = match receipt.security.as_str() {
        "" if receipt.server.is_empty() => ("", ""),
        "" => ("none", "none"),
        words => (words, receipt.certificate.as_str()),
    };
    let accepted = receipt.accepted_at.map(|at| time(at).to_string()).unwrap_or_default();
    let mut text = String::new();
    for (name, value) in [
        ("Message-ID", format!("<{}>", receipt.message_id).as_str()),
        ("Envelope sender", &receipt.sender),
        ("Size", &format!("{} bytes", receipt.size)),
        ("SHA-256", &receipt.sha256),
        ("Server", &receipt.server),
        ("Address", &receipt.address),
        ("Encryption", security),
        ("Certificate SHA-256", certificate),
        ("Accepted", &accepted),
        ("Queue ID", &receipt.queue_id),
    ] {
        if !value.is_empty() {
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    for recipient in &receipt.recipients {
        let (to, state, said) = (&recipient.address.email, &recipient.state, &recipient.said);
        let _ = writeln!(text, "{}", format!("Recipient: {to} {state} {said}").trim_end());
    }
    for fate in &receipt.fates {
        let word = serde_json::to_value(fate.fate).ok();
        let word = word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
        let line = format!("Reported: {} {word} {} {}", fate.address, time(fate.at), fate.said);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    for step in &receipt.steps {
        let _ = writeln!(
            text,
            "{}",
            format!("{} {} {}", time(step.at), step.step, step.said).trim_end()
        );
    }
    for line in &receipt.lines {
        let _ = writeln!(text, "{} {}", time(line.at), line.line);
    }
    text
}

/// Gives the receipt of a message of the outbox.
pub(crate) async fn outbox_receipt(engine: &Engine, request: ById) -> Result<SendReceipt> {
    let id = OutboxId(request.id);
    let stored = engine.store().read(move |tx| read(tx, outbox::get(tx, id)?));
    Ok(convert(stored.await?))
}

/// Gives the receipts of a message that was sent from here; none where it was sent elsewhere.
pub(crate) async fn messages_receipts(engine: &Engine, request: ById) -> Result<Vec<SendReceipt>> {
    let id = MessageId(request.id);
    let stored = engine.store().read(move |tx| {
        let found = message::get(tx, id)?;
        let Some(message_id) = found.head.message_id else { return Ok(Vec::new()) };
        let mut rows = outbox::of_message_id(tx, &message_id)?;
        // Another account here may have received it: the receipt is the sender's.
        rows.retain(|row| row.request.account == found.account);
        rows.into_iter().map(|row| read(tx, row)).collect::<Result<Vec<_>, _>>()
    });
    Ok(stored.await?.into_iter().map(convert).collect())
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::contract::{
        Address, ReceiptLine, ReceiptStep, RecipientResult, ReportFate, ReportedFate, SendReceipt,
    };

    fn receipt() -> SendReceipt {
        let step = |at, step: &str, said: &str| ReceiptStep {
            at,
            step: step.to_owned(),
            said: said.to_owned(),
        };
        SendReceipt {
            id: 1,
            message_id: "a@b.example".to_owned(),
            sender: "anna@b.example".to_owned(),
            size: 7,
            sha256: "ab12".to_owned(),
            server: "mail.b.example".to_owned(),
            address: "192.0.2.1:465".to_owned(),
            security: String::new(),
            certificate: String::new(),
            queue_id: "4Q".to_owned(),
            accepted_at: Some(1_500),
            recipients: vec![RecipientResult {
                address: Address { name: "Bert".to_owned(), email: "bert@c.example".to_owned() },
                state: "accepted".to_owned(),
                code: Some(250),
                said: "250 fine".to_owned(),
            }],
            reports: "asked".to_owned(),
            fates: vec![ReportedFate {
                address: "bert@c.example".to_owned(),
                fate: ReportFate::Delivered,
                said: String::new(),
                at: 2_000,
                message: None,
            }],
            steps: vec![step(0, "queued", ""), step(1_500, "accepted", "250 queued as 4Q")],
            lines: vec![ReceiptLine { at: 1_000, line: "S: 220 hello".to_owned() }],
            text: String::new(),
        }
    }

    #[test]
    fn a_receipt_says_what_is_known_and_what_was_absent() {
        let expected = "Message-ID: <a@b.example>\nEnvelope sender: anna@b.example\nSize: 7 bytes\n\
            SHA-256: ab12\nServer: mail.b.example\nAddress: 192.0.2.1:465\nEncryption: none\nCertificate SHA-256: none\n\
            Accepted: 1970-01-01T00:00:01.5Z\nQueue ID: 4Q\n\
            Recipient: bert@c.example accepted 250 fine\nReported: bert@c.example delivered 1970-01-01T00:00:02Z\n1970-01-01T00:00:00Z queued\n\
            1970-01-01T00:00:01.5Z accepted 250 queued as 4Q\n1970-01-01T00:00:01Z S: 220 hello\n";
        assert_eq!(text(&receipt()), expected);
        let protected = SendReceipt {
            security: "TLS 1.3".to_owned(),
            certificate: "cd".to_owned(),
            ..receipt()
        };
        assert!(text(&protected).contains("Encryption: TLS 1.3\nCertificate SHA-256: cd\n"));
        let unsent = SendReceipt { server: String::new(), ..receipt() };
        assert!(
            !text(&unsent).contains("Encryption"),
            "nobody was asked: nothing is said of a way"
        );
    }
}
