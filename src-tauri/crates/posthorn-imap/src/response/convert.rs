//! Takes over what async-imap's parser read, where it reads without loss.
//!
//! The framing layer lets a frame pass to async-imap only if this function would understand the result; all else
//! is read by our own tokeniser. So there is one reading per kind of response, and the two agree by a test.

use async_imap::imap_proto::{
    Capability, MailboxDatum, Response, ResponseCode, Status as ProtoStatus,
};
use posthorn_model::{ModSeq, Uid, UidValidity};

use super::{Code, Condition, Reply, Status, Untagged};
use crate::UidSet;
use crate::limit::MAX_MODSEQ;

/// Returns our own form of a response; nothing where async-imap's form has lost something.
pub(crate) fn reply(response: &Response<'_>) -> Option<Reply> {
    Some(match response {
        Response::Done { tag, status: condition, outcome } => Reply::Done {
            tag: tag.0.clone(),
            status: status(condition, outcome.code.as_ref(), outcome.information.as_deref())?,
        },
        Response::Data { status: condition, outcome } => Reply::Untagged(Untagged::Status(status(
            condition,
            outcome.code.as_ref(),
            outcome.information.as_deref(),
        )?)),
        Response::Continue(outcome) if outcome.code.is_none() => {
            Reply::Continue(outcome.information.as_deref().unwrap_or_default().trim().to_owned())
        }
        Response::Capabilities(list) => {
            Reply::Untagged(Untagged::Capability(list.iter().map(capability).collect()))
        }
        Response::Expunge(number) => Reply::Untagged(Untagged::Expunge(*number)),
        Response::Vanished { earlier, uids } => {
            let ranges = uids.iter().map(|range| (*range.start(), *range.end())).collect();
            Reply::Untagged(Untagged::Vanished {
                earlier: *earlier,
                uids: UidSet::from_ranges(ranges),
            })
        }
        Response::MailboxData(MailboxDatum::Exists(count)) => {
            Reply::Untagged(Untagged::Exists(*count))
        }
        Response::MailboxData(MailboxDatum::Recent(_)) => Reply::Untagged(Untagged::Recent),
        _ => return None,
    })
}

fn status(
    condition: &ProtoStatus,
    code: Option<&ResponseCode<'_>>,
    text: Option<&str>,
) -> Option<Status> {
    let text = text.unwrap_or_default().trim();
    // A code that the parser does not know is left in the text.
    if code.is_none() && text.starts_with('[') {
        return None;
    }
    let code = match code {
        None => None,
        Some(ResponseCode::Alert) => Some(Code::Alert),
        Some(ResponseCode::ReadOnly) => Some(Code::ReadOnly),
        Some(ResponseCode::ReadWrite) => Some(Code::ReadWrite),
        Some(ResponseCode::TryCreate) => Some(Code::TryCreate),
        // What cannot be is left to our own reading, which says so.
        Some(ResponseCode::UidNext(0)) => return None,
        Some(ResponseCode::HighestModSeq(value)) if *value > MAX_MODSEQ => return None,
        Some(ResponseCode::UidNext(uid)) => Some(Code::UidNext(Uid(*uid))),
        Some(ResponseCode::UidValidity(validity)) => {
            Some(Code::UidValidity(UidValidity(*validity)))
        }
        Some(ResponseCode::HighestModSeq(modseq)) => Some(Code::HighestModSeq(ModSeq(*modseq))),
        Some(ResponseCode::Capabilities(list)) => {
            Some(Code::Capability(list.iter().map(capability).collect()))
        }
        Some(_) => return None,
    };
    let condition = match condition {
        ProtoStatus::Ok => Condition::Ok,
        ProtoStatus::No => Condition::No,
        ProtoStatus::Bad => Condition::Bad,
        ProtoStatus::Bye => Condition::Bye,
        ProtoStatus::PreAuth => Condition::PreAuth,
    };
    Some(Status { condition, code, text: text.to_owned() })
}

fn capability(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        Capability::Auth(mechanism) => format!("AUTH={}", mechanism.to_ascii_uppercase()),
        Capability::Atom(atom) => atom.to_ascii_uppercase(),
    }
}
