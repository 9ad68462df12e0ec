//! What joins messages to a conversation: ids first, then a careful subject rule.

use posthorn_model::MessageIdHeader;

use crate::head::Head;

/// Prefixes of answers, in lower case, without the colon.
const REPLY_PREFIXES: &[&str] = &[
    "re",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "ref",
    "rif",
    "res",
    "odp",
    "ynt",
    "atb",
    "na",
    "vá",
    "bls",
    "r",
    "отв",
    "ответ",
    "απ",
    "σχετ",
    "تم",
    "返信",
    "返",
    "회신",
];
/// Prefixes of forwarded messages.
const FORWARD_PREFIXES: &[&str] = &[
    "fwd",
    "fw",
    "转发",
    "轉寄",
    "轉發",
    "wg",
    "weitergeleitet",
    "tr",
    "rv",
    "enc",
    "i",
    "vb",
    "vl",
    "vidarebefordrat",
    "doorst",
    "pd",
    "ilt",
    "továbbítás",
    "пересл",
    "転送",
    "전달",
];
/// Prefixes taken off one subject; nobody answers a hundred times without a loop being the cause.
const MAX_PREFIXES: usize = 100;

/// A subject without what mail programs put before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseSubject {
    /// The subject without prefixes, white space folded, in lower case: equal for a question and its answers.
    pub key: String,
    /// The same as written.
    pub text: String,
    /// There was a prefix of an answer (`Re:`, `回复：`).
    pub is_reply: bool,
    /// There was a prefix of a forwarded message (`Fwd:`, `转发：`).
    pub is_forward: bool,
}

/// Takes all prefixes off a subject, in any order and depth.
pub fn base_subject(subject: &str) -> BaseSubject {
    let mut base = BaseSubject::default();
    let mut rest = subject.trim();
    for _ in 0..MAX_PREFIXES {
        let Some((prefix, after)) = split_prefix(rest) else { break };
        let is_reply = REPLY_PREFIXES.contains(&prefix.as_str());
        if !is_reply && !FORWARD_PREFIXES.contains(&prefix.as_str()) {
            break;
        }
        base.is_reply |= is_reply;
        base.is_forward |= !is_reply;
        rest = after.trim_start();
    }
    // `subject (fwd)` is how old programs marked it.
    let without_mark = rest
        .get(..rest.len().saturating_sub(5))
        .filter(|_| rest.to_ascii_lowercase().ends_with("(fwd)"));
    if let Some(without) = without_mark {
        base.is_forward = true;
        rest = without.trim_end();
    }
    base.text = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    base.key = base.text.to_lowercase();
    base
}

/// Splits `Re[2]: rest`, `Re: rest`, `回复：rest`, `Re (3): rest` into the word and what follows the colon.
fn split_prefix(text: &str) -> Option<(String, &str)> {
    let (at, colon) = text.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let word = text.get(..at)?.trim();
    let after = text.get(at + colon.len_utf8()..)?;
    let word = match word.find(['[', '(', '^', '*', '【', '（']) {
        Some(bracket) => {
            let count = word
                .get(bracket..)?
                .trim_matches(['[', ']', '(', ')', '^', '*', '【', '】', '（', '）', ' ']);
            if !count.chars().all(|c| c.is_ascii_digit()) {
                return None;
            }
            word.get(..bracket)?.trim()
        }
        None => word,
    };
    (!word.is_empty()).then(|| (word.to_lowercase(), after))
}

/// What the store joins conversations by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadKeys {
    /// The message's own id. `None` when it has none: it then joins by subject alone.
    pub message_id: Option<MessageIdHeader>,
    /// Ids of the messages before it, oldest first, the direct parent last; without its own id and without doubles.
    pub ancestors: Vec<MessageIdHeader>,
    /// The subject without prefixes.
    pub subject: BaseSubject,
    /// May join a conversation of the same subject although no id says so: it claims to be an answer, names no parent,
    /// and its subject says something.
    pub joins_by_subject: bool,
}

impl ThreadKeys {
    /// Returns the keys of a head.
    pub fn of(head: &Head) -> Self {
        let mut ancestors: Vec<MessageIdHeader> = Vec::new();
        // Some programs list several ids in In-Reply-To: only the first is surely the parent.
        let parent = head.in_reply_to.first().filter(|id| head.references.last() != Some(*id));
        for id in head.references.iter().chain(parent) {
            if head.message_id.as_ref() == Some(id) {
                continue;
            }
            ancestors.retain(|known| known != id);
            ancestors.push(id.clone());
        }
        let subject = base_subject(&head.subject);
        // "Hi" and "hello" join strangers.
        let says_something =
            subject.key.chars().filter(|c| c.is_alphanumeric()).map(weight).sum::<usize>() >= 8;
        let joins_by_subject =
            subject.is_reply && ancestors.is_empty() && says_something && head.list.id.is_empty();
        Self { message_id: head.message_id.clone(), ancestors, subject, joins_by_subject }
    }
}

/// A Chinese letter says as much as two or three Latin ones.
fn weight(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_taken_off_in_any_language_and_depth() {
        for (subject, key, is_reply, is_forward) in [
            ("Hello", "hello", false, false),
            ("Re: Hello", "hello", true, false),
            ("RE: re: Fwd: AW: Hello", "hello", true, true),
            ("回复：会议安排", "会议安排", true, false),
            ("答复: 转发：回复: 会议安排", "会议安排", true, true),
            ("Re[2]: Hello", "hello", true, false),
            ("Re (3): Hello", "hello", true, false),
            ("Re:Hello   World", "hello world", true, false),
            ("Hello (fwd)", "hello", false, true),
            ("Note: read this", "note: read this", false, false),
            ("Re", "re", false, false),
            ("Re:", "", true, false),
            ("", "", false, false),
            ("转寄: x", "转寄: x", false, false),
        ] {
            let base = base_subject(subject);
            assert_eq!(
                (base.key.as_str(), base.is_reply, base.is_forward),
                (key, is_reply, is_forward),
                "{subject}"
            );
        }
    }

    #[test]
    fn ancestors_end_with_the_parent() {
        let id = |text: &str| MessageIdHeader(text.to_owned());
        let head = Head {
            message_id: Some(id("me")),
            references: vec![id("a"), id("b"), id("me")],
            in_reply_to: vec![id("c")],
            ..Head::default()
        };
        assert_eq!(head.thread_keys().ancestors, [id("a"), id("b"), id("c")]);
        let head = Head {
            references: vec![id("a"), id("b")],
            in_reply_to: vec![id("a")],
            ..Head::default()
        };
        assert_eq!(head.thread_keys().ancestors, [id("b"), id("a")]);
    }

    #[test]
    fn only_answers_with_a_telling_subject_join_by_it() {
        let joins = |subject: &str| {
            Head { subject: subject.to_owned(), ..Head::default() }.thread_keys().joins_by_subject
        };
        assert!(joins("Re: quarterly report"));
        assert!(joins("回复：会议安排"));
        assert!(!joins("quarterly report"));
        assert!(!joins("Re: hi"));
    }
}
