//! Whom a draft is from: guessed from the original's addressees, and changed with the signature and the blind copies that
//! came with it.
//!
//! Invariant: nothing that somebody typed is lost by another choice. A signature that was edited stays, and so do blind
//! copies that were added by hand.

use posthorn_message::html::SIGNATURE_CLASS;
use posthorn_message::{is_plus_address_of, is_same_address};
use posthorn_model::{AccountId, Address, DraftId};
use posthorn_store::account::{self, Identity};
use posthorn_store::draft::{self, DraftContent};

use super::convert;
use crate::contract::{ChooseIdentity, Draft};
use crate::engine::Engine;
use crate::error::Result;

/// Fields in which servers write for whom a message was, in lower case: for blind copies and aliases.
const DELIVERED: [&str; 3] = ["delivered-to", "x-original-to", "envelope-to"];
/// Bytes at the beginning of a message in which these are looked for.
const DELIVERED_WITHIN: usize = 64 * 1024;

/// Returns the addresses that servers wrote down as a message's own, from its raw bytes.
pub(super) fn delivered_to(raw: &[u8]) -> Vec<Address> {
    let head = raw.get(..raw.len().min(DELIVERED_WITHIN)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let fields = head.lines().take_while(|line| !line.is_empty());
    let told = fields.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_told = DELIVERED.iter().any(|known| name.trim().eq_ignore_ascii_case(known));
        is_told.then(|| Address::bare(value.trim().trim_matches(['<', '>']).to_owned()))
    });
    told.collect()
}

/// Returns which of these identities was written to: the one with exactly an addressee's address, else one whose address
/// has something behind a plus there, else the first. Earlier addressees count more.
pub(super) fn guess(identities: &[Identity], written_to: &[Address]) -> usize {
    let by = |is_match: fn(&str, &str) -> bool| {
        written_to
            .iter()
            .find_map(|to| identities.iter().position(|one| is_match(&to.email, &one.email)))
    };
    by(is_same_address).or_else(|| by(is_plus_address_of)).unwrap_or_default()
}

/// Returns the account's own addresses, and those of the addressees that are such a one with something behind a plus.
pub(super) fn own_among(own: &[String], written_to: &[Address]) -> Vec<String> {
    let is_plus = |to: &&Address| own.iter().any(|known| is_plus_address_of(&to.email, known));
    let plus = written_to.iter().filter(is_plus).map(|to| to.email.to_lowercase());
    own.iter().cloned().chain(plus).collect()
}

/// Writes a signature below a text; an empty one is nothing.
pub(super) fn sign_text(signature: &str) -> String {
    let text = posthorn_message::text::from_html(signature);
    match text.trim_end() {
        "" => String::new(),
        text => format!("\n\n-- \n{text}"),
    }
}

/// Writes a signature below HTML; an empty one is nothing.
pub(super) fn sign_html(signature: &str) -> String {
    if signature.is_empty() {
        return String::new();
    }
    format!("<div><br></div><div class=\"{SIGNATURE_CLASS}\">{signature}</div>")
}

/// Puts another signature in the place of `old`, where that still stands as it was; an edited one stays.
fn resign(content: &mut DraftContent, old: &str, new: &str) {
    let (old_text, new_text) = (sign_text(old), sign_text(new));
    let text = content.text.trim_end();
    if let Some(own) = text.strip_suffix(old_text.trim_end()) {
        content.text = format!("{own}{new_text}");
    }
    if content.html.is_empty() {
        return;
    }
    if old.is_empty() {
        content.html.push_str(&sign_html(new));
        return;
    }
    let Some((start, inner, end)) = signature_in(&content.html) else { return };
    if plain(inner) != plain(old) {
        return;
    }
    let (before, after) = (content.html.get(..start), content.html.get(end..));
    let (Some(before), Some(after)) = (before, after) else { return };
    let block = sign_html(new);
    // The empty line above it is there already.
    let block = block.strip_prefix("<div><br></div>").unwrap_or_default();
    content.html = format!("{before}{block}{after}");
}

fn plain(html: &str) -> String {
    posthorn_message::text::from_html(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Finds the signature's block: where it begins, what is in it, where it ends.
fn signature_in(html: &str) -> Option<(usize, &str, usize)> {
    let class = html.find(&format!("class=\"{SIGNATURE_CLASS}\""))?;
    let start = html.get(..class)?.rfind("<div")?;
    let inner = class + html.get(class..)?.find('>')? + 1;
    let (mut at, mut depth) = (inner, 1_usize);
    while depth > 0 {
        let rest = html.get(at..)?;
        let close = rest.find("</div>")?;
        if let Some(open) = rest.find("<div").filter(|open| *open < close) {
            (at, depth) = (at + open + "<div".len(), depth + 1);
        } else {
            (at, depth) = (at + close + "</div>".len(), depth - 1);
        }
    }
    Some((start, html.get(inner..at.checked_sub("</div>".len())?)?, at))
}

/// Puts other default blind copies in the place of the old ones; what was added by hand stays.
fn recopy(bcc: &mut Vec<Address>, old: &[Address], new: &[Address]) {
    let is_in = |list: &[Address], one: &Address| {
        list.iter().any(|known| is_same_address(&known.email, &one.email))
    };
    bcc.retain(|one| !is_in(old, one));
    let added: Vec<Address> = new.iter().filter(|one| !is_in(bcc, one)).cloned().collect();
    bcc.extend(added);
}

/// Writes a draft as somebody else.
pub(crate) async fn drafts_choose_identity(
    engine: &Engine,
    request: ChooseIdentity,
) -> Result<Draft> {
    let (id, account) = (DraftId(request.draft), AccountId(request.account));
    let claim = engine.revisions().claim(id, request.revision).await?;
    engine
        .store()
        .write(move |tx| {
            let before = draft::get(tx, id)?;
            if before.outbox.is_some() {
                return Err(posthorn_store::Error::Invalid("this draft is being sent"));
            }
            let mut content = before.content;
            let old = account::identities(tx, content.account)?;
            let chosen = content.identity;
            let place = old.iter().position(|one| Some(one.id) == chosen).unwrap_or_default();
            let old = old.into_iter().nth(place);
            let new = account::identities(tx, account)?.into_iter();
            let new =
                new.filter(|one| !one.email.is_empty()).find(|one| one.id == request.identity);
            let new = new.ok_or(posthorn_store::Error::NotFound("identity"))?;
            let (signature, bcc) = old.map(|old| (old.signature, old.bcc)).unwrap_or_default();
            resign(&mut content, &signature, &new.signature);
            recopy(&mut content.bcc, &bcc, &new.bcc);
            (content.account, content.identity) = (account, Some(new.id));
            draft::keep_version(tx, id)?;
            draft::update(tx, id, &content)
        })
        .await?;
    claim.done();
    convert::get(engine, id).await
}

#[cfg(test)]
mod tests {
    use posthorn_model::{AccountId, Address, MessageIdHeader};
    use posthorn_store::account::Identity;
    use posthorn_store::draft::{DraftContent, DraftKind};

    use super::{delivered_to, guess, own_among, recopy, resign, sign_html, sign_text};

    fn identity(email: &str) -> Identity {
        Identity {
            id: 1,
            account: AccountId(1),
            name: String::new(),
            email: email.to_owned(),
            reply_to: String::new(),
            signature: String::new(),
            bcc: Vec::new(),
            sent_mailbox: None,
        }
    }

    fn list(emails: &[&str]) -> Vec<Address> {
        emails.iter().map(|email| Address::bare((*email).to_owned())).collect()
    }

    #[test]
    fn the_identity_that_was_written_to_answers() {
        let known: Vec<Identity> =
            ["anna@a.test", "info@a.test", "anna@b.test"].map(identity).into();
        let table: [(&[&str], usize); 7] = [
            (&["INFO@a.test"], 1),
            (&["bob@a.test", "anna@b.test"], 2),
            (&["anna+shop@b.test"], 2),
            // Exactly an address counts more than one with a plus, wherever it stands.
            (&["anna+shop@b.test", "info@a.test"], 1),
            (&["annas@b.test", "+x@b.test"], 0),
            (&["stranger@c.test"], 0),
            (&[], 0),
        ];
        for (to, expected) in table {
            assert_eq!(guess(&known, &list(to)), expected, "{to:?}");
        }
        let own = own_among(&["anna@a.test".to_owned()], &list(&["Anna+List@a.test", "b@a.test"]));
        assert_eq!(own, ["anna@a.test", "anna+list@a.test"]);
    }

    #[test]
    fn servers_say_for_whom_a_blind_copy_was() {
        let raw = b"Return-Path: <x@y>\r\nDelivered-To: <info@a.test>\r\nX-Original-To: anna+x@a.test\r\n\r\nDelivered-To: no@a.test\r\n";
        assert_eq!(delivered_to(raw), list(&["info@a.test", "anna+x@a.test"]));
        assert_eq!(delivered_to(b""), []);
    }

    fn content(words: &str, signature: &str, is_plain: bool) -> DraftContent {
        DraftContent {
            account: AccountId(1),
            identity: None,
            kind: DraftKind::New,
            original: None,
            message_id: MessageIdHeader(String::new()),
            in_reply_to: None,
            references: Vec::new(),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            text: format!("{words}{}", sign_text(signature)),
            html: if is_plain {
                String::new()
            } else {
                format!("<div>{words}</div>{}", sign_html(signature))
            },
            quoted_html: String::new(),
            is_quote_first: false,
        }
    }

    #[test]
    fn a_signature_follows_the_choice_and_an_edited_one_stays() {
        for is_plain in [false, true] {
            for (old, new) in [("Anna<br>Desk &amp; Co", "A."), ("", "A."), ("A.", ""), ("", "")] {
                let mut changed = content("Words", old, is_plain);
                resign(&mut changed, old, new);
                let expected = content("Words", new, is_plain);
                assert_eq!(changed.text.trim_end(), expected.text.trim_end(), "{old} to {new}");
                let bare = |html: &str| html.replace("<div><br></div>", "");
                assert_eq!(bare(&changed.html), bare(&expected.html), "{old} to {new}");
            }
        }
        let edited = DraftContent {
            text: "Words\n\n-- \nAnna, on holiday".to_owned(),
            html: "<div>Words</div><div class=\"mail-signature\"><div>Anna, on</div> holiday</div><div>PS</div>".to_owned(),
            ..content("", "", false)
        };
        let mut changed = edited.clone();
        resign(&mut changed, "Anna", "B.");
        assert_eq!(changed, edited);
    }

    #[test]
    fn blind_copies_follow_the_choice_and_those_by_hand_stay() {
        let mut bcc = list(&["archive@a.test", "boss@a.test"]);
        recopy(&mut bcc, &list(&["Archive@a.test"]), &list(&["crm@b.test", "boss@a.test"]));
        assert_eq!(bcc, list(&["boss@a.test", "crm@b.test"]));
    }
}
