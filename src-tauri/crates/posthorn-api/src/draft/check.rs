//! What stands between a draft and its sending: the page asks, the user decides.

use posthorn_message::check_address;
use posthorn_model::DraftId;
use posthorn_store::draft::{self, Draft};

use super::typo;
use crate::contract::{ById, SendCheck};
use crate::engine::Engine;
use crate::error::Result;

/// Words by which people promise a file, in lower case.
const WORDS: [&str; 22] = [
    "attached",
    "attachment",
    "attachments",
    "attaching",
    "i attach",
    "enclosed",
    "see the file",
    "pdf file",
    "附件",
    "附上",
    "附档",
    "附檔",
    "附图",
    "附圖",
    "附表",
    "随信附",
    "隨信附",
    "见附",
    "見附",
    "请查收附",
    "已附",
    "夾檔",
];

/// Returns the word by which a text promises a file; empty where none does. Quoted lines and the signature promise nothing.
fn promise(text: &str) -> &'static str {
    let own = text.split("\n-- \n").next().unwrap_or_default();
    let own: Vec<String> = own
        .lines()
        .filter(|line| !line.trim_start().starts_with('>'))
        .map(str::to_lowercase)
        .collect();
    let own = own.join("\n");
    let is_word = |word: &str| {
        own.match_indices(word).any(|(at, found)| {
            let before = own.get(..at).and_then(|before| before.chars().next_back());
            let after = own.get(at + found.len()..).and_then(|after| after.chars().next());
            let is_letter =
                |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
            !word.is_ascii() || (!is_letter(before) && !is_letter(after))
        })
    };
    WORDS.into_iter().find(|word| is_word(word)).unwrap_or_default()
}

/// Bytes of a message as sent, roughly: text may be encoded, files are base64 in lines of 78 bytes for 57 (RFC 2045 section
/// 6.8).
pub(super) fn encoded_size(draft: &Draft) -> u64 {
    let files: u64 = draft.attachments.iter().map(|file| file.size.div_ceil(57) * 78 + 300).sum();
    let text = (draft.content.text.len()
        + draft.content.html.len()
        + draft.content.quoted_html.len()) as u64;
    1_000 + text / 2 * 3 + files
}

/// Says what stands between a draft and its sending. `limit`: the largest message that the server takes, where known.
pub(super) fn check(draft: &Draft, limit: Option<u64>) -> SendCheck {
    let content = &draft.content;
    let recipients = || content.to.iter().chain(&content.cc).chain(&content.bcc);
    let has_file = draft.attachments.iter().any(|file| !file.is_inline);
    SendCheck {
        invalid: recipients()
            .filter(|to| check_address(&to.email).is_err())
            .map(|to| to.email.clone())
            .collect(),
        typos: recipients().filter_map(|to| typo::typo(&to.email)).collect(),
        no_recipient: recipients().next().is_none(),
        empty_subject: content.subject.trim().is_empty(),
        forgotten_attachment: if has_file {
            String::new()
        } else {
            promise(&content.text).to_owned()
        },
        too_large: encoded_size(draft)
            > limit.unwrap_or(u64::MAX).min(posthorn_message::MAX_MESSAGE_BYTES as u64),
    }
}

/// Says what stands between a draft and its sending.
pub(crate) async fn drafts_check(engine: &Engine, request: ById) -> Result<SendCheck> {
    let id = DraftId(request.id);
    let (draft, limit) = engine
        .store()
        .read(move |tx| {
            let draft = draft::get(tx, id)?;
            let (account, sender) = (draft.content.account, draft.content.identity);
            let limit = posthorn_sync::message_size_limit(tx, account, sender)?;
            Ok((draft, limit))
        })
        .await?;
    Ok(check(&draft, limit))
}

#[cfg(test)]
mod tests {
    use super::promise;

    #[test]
    fn promises_are_found_in_own_words_alone() {
        for (text, expected) in [
            ("Please see the attached report", "attached"),
            ("请见附件。", "附件"),
            ("> see attachment\nNo.", ""),
            ("Thanks\n-- \nattachment desk", ""),
            ("unattached", ""),
            ("", ""),
        ] {
            assert_eq!(promise(text), expected, "{text}");
        }
    }
}
