//! Replies and forwarded messages: whom they go to, what they are called, and what they quote.

use posthorn_model::{Address, MessageIdHeader};

use crate::address::is_same;
use crate::head::Head;
use crate::html::{
    self, ATTRIBUTION_CLASS, CleanOptions, QUOTE_CLASS, RemoteImages, Theme, tag::escape,
};
use crate::message::Parsed;
use crate::thread::base_subject;

/// Whom a reply goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReplyTo {
    /// The sender, or where the sender wants answers.
    Sender,
    /// Everybody who was written to, without ourselves.
    All,
}

/// What an answer needs to know beside the original.
#[derive(Clone, Copy, Debug)]
pub struct AnswerContext<'a> {
    /// All addresses of the user; never written to by a reply to all.
    pub own: &'a [String],
    /// What stands above the quote, in the user's language: one line for a reply (`On …, Anna wrote:`), several for a
    /// forwarded message (its title, from, date, subject, to).
    pub attribution: &'a str,
}

/// The beginning of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// `To`. Empty for a forwarded message.
    pub to: Vec<Address>,
    /// `Cc`.
    pub cc: Vec<Address>,
    /// Subject with one prefix.
    pub subject: String,
    /// `In-Reply-To`. `None` for a forwarded message, or when the original has no id.
    pub in_reply_to: Option<MessageIdHeader>,
    /// `References`, oldest first, the original last.
    pub references: Vec<MessageIdHeader>,
    /// The quote as plain text, after an empty line.
    pub text: String,
    /// The quote as HTML: an island (`blockquote.mail-quote`) that is kept as it is, cleaned, pictures with their own URLs.
    pub html: String,
}

/// Begins a reply.
pub fn reply(original: &Parsed, to: ReplyTo, context: &AnswerContext<'_>) -> Answer {
    let head = &original.head;
    let (to, cc) = recipients(head, to, context.own);
    let quoted: String = without_signature(&original.text).lines().map(quote_line).collect();
    Answer {
        to,
        cc,
        subject: reply_subject(&head.subject),
        in_reply_to: head.message_id.clone(),
        references: references(head),
        text: format!("\n\n{}\n{quoted}", context.attribution.trim()),
        html: island(original, context.attribution, Island::Reply),
    }
}

/// Begins a forwarded message. The caller adds the original's attachments.
pub fn forward(original: &Parsed, context: &AnswerContext<'_>) -> Answer {
    Answer {
        subject: forward_subject(&original.head.subject),
        references: references(&original.head),
        text: format!("\n\n{}\n\n{}", context.attribution.trim(), original.text),
        html: island(original, context.attribution, Island::Forward),
        ..Answer::default()
    }
}

/// Returns the subject of a reply: one `Re:`, however many there were.
pub fn reply_subject(subject: &str) -> String {
    format!("Re: {}", base_subject(subject).text).trim_end().to_owned()
}

/// Returns the subject of a forwarded message: one `Fwd:`, however many there were.
pub fn forward_subject(subject: &str) -> String {
    format!("Fwd: {}", base_subject(subject).text).trim_end().to_owned()
}

/// The ids before the original, and the original.
fn references(head: &Head) -> Vec<MessageIdHeader> {
    let mut chain = head.thread_keys().ancestors;
    chain.extend(head.message_id.clone());
    chain
}

fn recipients(head: &Head, to: ReplyTo, own: &[String]) -> (Vec<Address>, Vec<Address>) {
    let is_own = |address: &Address| own.iter().any(|known| is_same(known, &address.email));
    let is_from_us = head.from.iter().any(is_own);
    let target = match () {
        // Answering our own message goes on with those whom it went to.
        () if is_from_us && !head.to.is_empty() => &head.to,
        () if to == ReplyTo::All && !head.followup_to.is_empty() => &head.followup_to,
        () if !head.reply_to.is_empty() => &head.reply_to,
        () => &head.from,
    };
    let mut first = Vec::new();
    add(&mut first, target, |_| true);
    if to == ReplyTo::Sender {
        return (first, Vec::new());
    }
    let follows_list = !is_from_us && !head.followup_to.is_empty();
    if !follows_list {
        add(&mut first, &head.to, |address| !is_own(address));
    }
    if first.len() > 1 {
        first.retain(|address| !is_own(address));
    }
    let mut copies = Vec::new();
    if !follows_list {
        add(&mut copies, &head.cc, |address| !is_own(address) && !contains(&first, address));
    }
    (first, copies)
}

fn contains(list: &[Address], address: &Address) -> bool {
    list.iter().any(|known| is_same(&known.email, &address.email))
}

fn add(list: &mut Vec<Address>, more: &[Address], fits: impl Fn(&Address) -> bool) {
    for address in more {
        if address.email.contains('@') && fits(address) && !contains(list, address) {
            list.push(address.clone());
        }
    }
}

fn quote_line(line: &str) -> String {
    let space = if line.is_empty() || line.starts_with('>') { "" } else { " " };
    format!(">{space}{line}\n")
}

fn without_signature(text: &str) -> &str {
    text.find("\n-- \n").and_then(|at| text.get(..at)).unwrap_or(text)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Island {
    Reply,
    Forward,
}

fn island(original: &Parsed, attribution: &str, kind: Island) -> String {
    let source = original.html.clone().unwrap_or_else(|| html::from_plain(&original.text));
    let clean =
        html::clean(&source, CleanOptions { remote: RemoteImages::Keep, theme: Theme::Paper });
    let attribution = attribution.trim().lines().map(escape).collect::<Vec<_>>().join("<br>");
    let (open, close) = match kind {
        Island::Reply => {
            (format!("<blockquote type=\"cite\" class=\"{QUOTE_CLASS}\">"), "</blockquote>")
        }
        Island::Forward => (format!("<div class=\"{QUOTE_CLASS}\">"), "</div>"),
    };
    format!(
        "<div><br></div><div class=\"{ATTRIBUTION_CLASS}\">{attribution}</div>{open}{}{close}",
        clean.body
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    const OWN: &[&str] = &["me@example.org", "me@work.example"];

    fn context(own: &[String]) -> AnswerContext<'_> {
        AnswerContext { own, attribution: "Anna wrote:" }
    }

    fn recipients_of(header: &str, to: ReplyTo) -> (Vec<String>, Vec<String>) {
        let own: Vec<String> = OWN.iter().map(|email| (*email).to_owned()).collect();
        let answer = reply(&parse(header.as_bytes()), to, &context(&own));
        let emails = |list: Vec<Address>| list.into_iter().map(|address| address.email).collect();
        (emails(answer.to), emails(answer.cc))
    }

    #[test]
    fn replies_go_where_people_expect() {
        for (header, to, expected_to, expected_cc) in [
            (
                "From: a@x.example\nTo: me@example.org\n",
                ReplyTo::Sender,
                &["a@x.example"] as &[&str],
                &[] as &[&str],
            ),
            (
                "From: a@x.example\nReply-To: b@x.example\nTo: me@example.org\n",
                ReplyTo::Sender,
                &["b@x.example"],
                &[],
            ),
            (
                "From: a@x.example\nTo: ME@example.org, c@x.example\nCc: d@x.example, a@x.example\n",
                ReplyTo::All,
                &["a@x.example", "c@x.example"],
                &["d@x.example"],
            ),
            (
                "From: me@example.org\nTo: b@x.example\nCc: c@x.example\n",
                ReplyTo::Sender,
                &["b@x.example"],
                &[],
            ),
            (
                "From: me@example.org\nTo: b@x.example\nCc: c@x.example\n",
                ReplyTo::All,
                &["b@x.example"],
                &["c@x.example"],
            ),
            (
                "From: a@x.example\nTo: l@list.example\nMail-Followup-To: l@list.example\n",
                ReplyTo::All,
                &["l@list.example"],
                &[],
            ),
            (
                "From: me@example.org\nTo: me@work.example\n",
                ReplyTo::All,
                &["me@work.example"],
                &[],
            ),
            ("From: nobody\n", ReplyTo::All, &[], &[]),
        ] {
            let (to, cc) = recipients_of(header, to);
            assert_eq!(
                (to, cc),
                (
                    expected_to.iter().map(ToString::to_string).collect(),
                    expected_cc.iter().map(ToString::to_string).collect()
                ),
                "{header}"
            );
        }
    }

    #[test]
    fn prefixes_never_stack() {
        for (subject, expected) in [
            ("x", "Re: x"),
            ("Re: x", "Re: x"),
            ("RE: AW: 回复：x", "Re: x"),
            ("", "Re:"),
            ("Fwd: x", "Re: x"),
        ] {
            assert_eq!(reply_subject(subject), expected);
        }
        assert_eq!(forward_subject("转发：Fwd: 通知"), "Fwd: 通知");
    }

    #[test]
    fn quotes_carry_the_original_and_the_chain() {
        let original = parse(b"From: a@x.example\nMessage-ID: <2@x>\nReferences: <1@x>\nSubject: s\n\nHello\n> old\n-- \nAnna\n");
        let answer = reply(&original, ReplyTo::Sender, &context(&[]));
        assert_eq!(answer.text, "\n\nAnna wrote:\n> Hello\n>> old\n");
        assert_eq!(
            answer.references.iter().map(|id| id.0.as_str()).collect::<Vec<_>>(),
            ["1@x", "2@x"]
        );
        assert_eq!(answer.in_reply_to.unwrap().0, "2@x");
        let html = parse(b"From: a@x.example\nContent-Type: text/html\n\n<p onclick=x()>Hi <img src='https://p.example/i.png'><img src='cid:1@x'></p><script>y</script>");
        let answer = forward(&html, &context(&[]));
        assert!(answer.html.contains("https://p.example/i.png") && answer.html.contains("cid:1@x"));
        assert!(!answer.html.contains("script") && !answer.html.contains("onclick"));
    }
}
