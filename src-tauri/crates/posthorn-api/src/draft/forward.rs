//! Forwarding messages as files: each goes along byte for byte as it came, and can be opened by whoever gets it.
//!
//! Invariant: all of them or none; a message that is not here yet is fetched first, or the draft does not begin.

use posthorn_message::{base_subject, forward_subject, safe_name};
use posthorn_model::{Address, DraftId, MessageId};
use posthorn_store::draft::{self, DraftContent, DraftKind};
use posthorn_store::message::{self, Message};
use posthorn_store::{Origin, ReadTx};

use super::attach::{self, NewFile};
use super::{begin, quote};
use crate::contract::{Code, Error, Selection};
use crate::engine::Engine;
use crate::error::Result;
use crate::message::whole;
use crate::operation::messages_of;

/// Messages in one draft: more are for an export, and most servers would refuse them for their size.
const MESSAGE_LIMIT: usize = 100;
/// Letters of a subject in a file name.
const NAME_LETTERS: usize = 80;

/// Begins a draft with messages as files.
pub(super) async fn attached(engine: &Engine, selection: Selection) -> Result<DraftId> {
    let ids = messages_of(engine, selection).await?;
    if ids.len() > MESSAGE_LIMIT {
        let words = "These are too many messages for one mail; export them instead";
        return Err(Error::new(Code::Limit, words));
    }
    let messages = engine.store().read(move |tx| read(tx, &ids)).await?;
    let first = messages
        .first()
        .ok_or_else(|| Error::new(Code::NotFound, "These messages are not there any more"))?;
    let written_to: Vec<Address> = first.head.to.iter().chain(&first.head.cc).cloned().collect();
    let account = begin::sender_for(engine, first.account, &written_to).await?;
    let identity = begin::identity_for(engine, account, &written_to).await?;
    let subjects: Vec<&str> = messages.iter().map(|one| one.head.subject.as_str()).collect();
    let subject = subject(&subjects, quote::is_chinese(engine).await);
    let mut files = Vec::new();
    for one in &messages {
        files.push(file(engine, one).await?);
    }
    let (text, html) = begin::texts(engine, "", &identity, DraftKind::Forward).await?;
    let blank = begin::blank(account, &identity, DraftKind::Forward)?;
    let draft = begin::add(engine, DraftContent { subject, text, html, ..blank }).await?;
    attach::add(engine, draft, files).await?;
    let originals: Vec<MessageId> = messages.iter().map(|one| one.id).collect();
    engine
        .store()
        .write(move |tx| {
            // They were attached in this order, to a draft that had no files.
            for (file, original) in draft::attachments(tx, draft)?.iter().zip(originals) {
                draft::is_message(tx, file.id, original)?;
            }
            draft::begun(tx, draft, None)
        })
        .await?;
    Ok(draft)
}

fn read(tx: &ReadTx<'_>, ids: &[MessageId]) -> posthorn_store::Result<Vec<Message>> {
    ids.iter().map(|id| message::get(tx, *id)).collect()
}

/// Returns the subject: that of the message or conversation, else how many there are.
fn subject(subjects: &[&str], is_chinese: bool) -> String {
    let first = subjects.first().copied().unwrap_or_default();
    let key = base_subject(first).key;
    if subjects.iter().all(|one| base_subject(one).key == key) {
        return forward_subject(first);
    }
    let count = subjects.len();
    if is_chinese { format!("Fwd: {count} 封邮件") } else { format!("Fwd: {count} messages") }
}

/// Copies one message's bytes.
async fn file(engine: &Engine, message: &Message) -> Result<NewFile> {
    let bytes = whole(engine, message.id).await?.to_vec();
    let size = bytes.len() as u64;
    let body = engine.store().bodies().put(bytes, Origin::Local).await?;
    Ok(NewFile {
        name: name(&message.head.subject),
        mime: "message/rfc822".to_owned(),
        size,
        content_id: String::new(),
        is_inline: false,
        body,
    })
}

fn name(subject: &str) -> String {
    let short: String = subject.chars().take(NAME_LETTERS).collect();
    let stem = safe_name(short.trim());
    let stem = if stem.is_empty() { "message" } else { stem.as_str() };
    format!("{stem}.eml")
}

#[cfg(test)]
mod tests {
    use super::{name, subject};

    #[test]
    fn the_subject_says_what_is_attached() {
        for (subjects, chinese, expected) in [
            (&["Plan"] as &[&str], false, "Fwd: Plan"),
            (&["Re: AW: Plan", "回复：plan"], true, "Fwd: Plan"),
            (&["Plan", "Lunch", "Re: Plan"], false, "Fwd: 3 messages"),
            (&["Plan", "Lunch"], true, "Fwd: 2 封邮件"),
            (&[""], false, "Fwd:"),
        ] {
            assert_eq!(subject(subjects, chinese), expected, "{subjects:?}");
        }
    }

    #[test]
    fn files_have_safe_names() {
        for (subject, expected) in [
            ("Quarterly report", "Quarterly report.eml"),
            ("", "message.eml"),
            ("季度报告", "季度报告.eml"),
        ] {
            assert_eq!(name(subject), expected);
        }
        assert!(!name("../../etc/passwd\u{202e}").contains('/'));
        assert!(name(&"很".repeat(500)).chars().count() <= 84);
    }
}
