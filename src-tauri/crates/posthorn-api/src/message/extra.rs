//! What a message reports of another one. In words alone: nothing here changes anything.

use posthorn_message as read;
use posthorn_message::Parsed;

use crate::contract::{DeliveryReport, ReportFate, ReportReason, ReportedRecipient};

/// Returns what a message reports of another one.
pub(super) fn report(raw: &[u8], parsed: &Parsed) -> Option<DeliveryReport> {
    let found = read::report(raw, parsed)?;
    let recipient = |one: read::ReportedRecipient| ReportedRecipient {
        address: one.address,
        fate: match one.fate {
            read::Fate::Failed => ReportFate::Failed,
            read::Fate::Delayed => ReportFate::Delayed,
            read::Fate::Delivered => ReportFate::Delivered,
            read::Fate::Relayed => ReportFate::Relayed,
            read::Fate::Read => ReportFate::Read,
            read::Fate::Unread => ReportFate::Unread,
        },
        reason: match one.reason {
            read::Reason::NoSuchAddress => ReportReason::NoSuchAddress,
            read::Reason::Full => ReportReason::Full,
            read::Reason::TooLarge => ReportReason::TooLarge,
            read::Reason::Refused => ReportReason::Refused,
            read::Reason::Unreachable => ReportReason::Unreachable,
            read::Reason::Unknown => ReportReason::Unknown,
        },
        said: if one.said.is_empty() { one.status } else { one.said },
    };
    let recipients = found.recipients.into_iter().map(recipient).collect();
    Some(DeliveryReport { recipients, subject: found.subject })
}

#[cfg(test)]
mod tests {
    use posthorn_testkit::corpus;

    use super::report;
    use crate::contract::{ReportFate, ReportReason};

    #[test]
    fn reports_of_the_corpus_are_told() {
        let sample = |name: &str| {
            let all = corpus::own().unwrap();
            let name = format!("messages/{name}.eml");
            all.into_iter().find(|sample| sample.name == name).unwrap().bytes
        };
        let raw = sample("delivery-report");
        let told = report(&raw, &posthorn_message::parse(&raw)).unwrap();
        assert_eq!(
            (told.recipients[0].fate, told.recipients[0].reason),
            (ReportFate::Failed, ReportReason::NoSuchAddress)
        );
        assert_eq!((told.recipients[0].said.as_str(), told.subject.as_str()), ("5.1.1", "Hello"));
        let raw = sample("attachment-pdf-png");
        assert!(report(&raw, &posthorn_message::parse(&raw)).is_none());
    }
}
