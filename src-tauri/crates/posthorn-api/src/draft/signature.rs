//! Signatures below drafts: put there when a draft begins, and put in each other's place.
//!
//! Invariant: nothing that somebody typed is lost by another choice. A signature that was edited stays as it is when
//! somebody else writes; when another signature is asked for, the edited words stay above it as text.

use posthorn_message::html::{SIGNATURE_CLASS, signature_block};
use posthorn_message::text::from_html;
use posthorn_model::{AttachmentId, DraftId};
use posthorn_store::account::{self, Signature};
use posthorn_store::draft::{self, DraftAttachment, DraftContent, DraftKind};
use posthorn_store::{ReadTx, WriteTx};

use super::convert;
use crate::account::{plain_signature, shown_signature, text_to_html};
use crate::contract::{ById, ChooseDraftSignature, Draft, DraftSignatures};
use crate::engine::Engine;
use crate::error::Result;

/// Between a plain text and the signature below it (RFC 3676 section 4.3).
const SEPARATOR: &str = "\n-- \n";
/// The empty line between a text and the signature below it.
const ABOVE: &str = "<div><br></div>";

/// A signature in both forms; both empty = none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// For formatted text.
    pub(super) html: String,
    /// For plain text.
    pub(super) text: String,
}

impl From<&Signature> for Words {
    fn from(signature: &Signature) -> Self {
        let text = plain_signature(signature);
        let html =
            if signature.html.is_empty() { text_to_html(&text) } else { signature.html.clone() };
        Self { html, text }
    }
}

impl Words {
    fn is_none(&self) -> bool {
        self.html.is_empty()
    }

    /// Returns it as it stands below a plain text; nothing where there is none.
    pub(super) fn below_text(&self) -> String {
        match self.text.trim_end() {
            "" => String::new(),
            text => format!("\n{SEPARATOR}{text}"),
        }
    }

    /// Returns it as it stands below formatted text; nothing where there is none.
    pub(super) fn below_html(&self) -> String {
        if self.is_none() { String::new() } else { format!("{ABOVE}{}", self.block()) }
    }

    fn block(&self) -> String {
        format!("<div class=\"{SIGNATURE_CLASS}\">{}</div>", self.html)
    }
}

/// Returns what an identity signs a draft of this kind with.
pub(super) fn of_kind(
    tx: &ReadTx<'_>,
    identity: i64,
    kind: DraftKind,
) -> posthorn_store::Result<Words> {
    let signs = account::signs(tx, identity)?;
    let is_answer = matches!(kind, DraftKind::Reply | DraftKind::ReplyAll | DraftKind::Forward);
    let chosen = if is_answer { signs.answers } else { signs.new };
    let known = account::signatures(tx, identity)?;
    Ok(known.iter().find(|one| Some(one.id) == chosen).map(Words::from).unwrap_or_default())
}

/// What is to happen where no known signature stands below a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Otherwise {
    /// The new one is put there, unless there is an edited one: the old identity signed with nothing.
    Add,
    /// All stays as it is: it was edited or taken out.
    Stay,
    /// The new one is put there in any case; an edited one becomes text.
    Insist,
}

/// Puts a signature in the place of one of the known ones, where that still stands as it was.
pub(super) fn resign(content: &mut DraftContent, known: &[Words], new: &Words, or: Otherwise) {
    if content.html.is_empty() {
        content.text = resigned_text(&content.text, known, new, or);
        return;
    }
    let Some(block) = signature_block(&content.html) else {
        if or != Otherwise::Stay {
            content.html = format!("{}{}", content.html, new.below_html());
            content.text = format!("{}{}", content.text.trim_end(), new.below_text());
        }
        return;
    };
    let stands = known.iter().any(|one| folded(&one.html) == folded(block.inner));
    let (above, below) = (block.before.strip_suffix(ABOVE).unwrap_or(block.before), block.after);
    let html = match (stands, or) {
        (true, _) => format!("{above}{}{below}", new.below_html()),
        (false, Otherwise::Insist) => {
            format!("{}<div>{}</div>{below}{}", block.before, block.inner, new.below_html())
        }
        (false, _) => return,
    };
    content.text = match signature_block(&html) {
        Some(block) => {
            let after = from_html(block.after);
            let after = after.trim();
            let gap = if after.is_empty() { "" } else { "\n\n" };
            let above = from_html(block.before);
            format!("{}{}{gap}{after}", above.trim_end(), new.below_text())
        }
        None => from_html(&html).trim_end().to_owned(),
    };
    content.html = html;
}

fn resigned_text(text: &str, known: &[Words], new: &Words, or: Otherwise) -> String {
    let bare = text.trim_end();
    let below = |one: &Words| one.below_text().trim_end().to_owned();
    let standing = known.iter().filter(|one| !one.text.trim().is_empty());
    let own = standing.filter_map(|one| bare.strip_suffix(below(one).as_str()));
    // Of two of which one ends with the other, the longer one stands there.
    if let Some(own) = own.min_by_key(|own| own.len()) {
        return format!("{own}{}", new.below_text());
    }
    let edited = text.rfind(SEPARATOR);
    match (or, edited) {
        (Otherwise::Stay, _) | (Otherwise::Add, Some(_)) => text.to_owned(),
        (Otherwise::Insist, Some(at)) => {
            let (above, rest) = text.split_at_checked(at).unwrap_or((text, ""));
            let words = rest.strip_prefix(SEPARATOR).unwrap_or(rest);
            format!("{above}\n{}{}", words.trim_end(), new.below_text())
        }
        (_, None) => format!("{bare}{}", new.below_text()),
    }
}

/// Returns which of these stands below a draft as it was.
fn standing(content: &DraftContent, known: &[Words]) -> Option<usize> {
    if let Some(block) = signature_block(&content.html) {
        return known.iter().position(|one| folded(&one.html) == folded(block.inner));
    }
    if !content.html.is_empty() {
        return None;
    }
    let text = content.text.trim_end();
    let fits =
        |one: &Words| !one.text.trim().is_empty() && text.ends_with(one.below_text().trim_end());
    let found = known.iter().enumerate().filter(|(_, one)| fits(one));
    found.max_by_key(|(_, one)| one.text.len()).map(|(at, _)| at)
}

/// Puts the pictures that a draft's signature shows among the draft's files, where they are not yet.
pub(super) fn attach_pictures(tx: &WriteTx<'_>, id: DraftId) -> posthorn_store::Result<()> {
    let found = draft::get(tx, id)?;
    if !found.content.html.contains("cid:") {
        return Ok(());
    }
    let signatures = account::signatures(tx, identity_of(tx, &found.content)?)?;
    for picture in signatures.into_iter().flat_map(|one| one.pictures) {
        let is_here =
            draft::attachments(tx, id)?.iter().any(|file| file.content_id == picture.content_id);
        if is_here || !picture.is_shown(&found.content.html) {
            continue;
        }
        let file = DraftAttachment {
            id: AttachmentId(0),
            name: picture.name,
            mime: picture.mime,
            size: picture.size,
            content_id: picture.content_id,
            is_inline: true,
            body: picture.body,
        };
        draft::attach(tx, id, &file)?;
    }
    Ok(())
}

/// Tells whether any signature stands below a draft, also one that was edited.
pub(super) fn stands(content: &DraftContent) -> bool {
    if content.html.is_empty() {
        return content.text.contains(SEPARATOR);
    }
    signature_block(&content.html).is_some()
}

/// Returns the words alone, for comparing what an editor may have written otherwise.
fn folded(html: &str) -> String {
    from_html(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the identity that a draft is written as: its own, else the account's first.
fn identity_of(tx: &ReadTx<'_>, content: &DraftContent) -> posthorn_store::Result<i64> {
    let known = account::identities(tx, content.account)?;
    let own = known.iter().find(|one| Some(one.id) == content.identity).or(known.first());
    own.map(|one| one.id).ok_or(posthorn_store::Error::NotFound("identity"))
}

/// Says which signatures a draft can have.
pub(crate) async fn drafts_signatures(engine: &Engine, request: ById) -> Result<DraftSignatures> {
    let id = DraftId(request.id);
    let job = move |tx: &ReadTx<'_>| {
        let content = draft::get(tx, id)?.content;
        let list = account::signatures(tx, identity_of(tx, &content)?)?;
        let words: Vec<Words> = list.iter().map(Words::from).collect();
        let current = standing(&content, &words).and_then(|at| list.get(at)).map(|one| one.id);
        let list = list.into_iter().map(shown_signature).collect();
        Ok(DraftSignatures { list, current })
    };
    Ok(engine.store().read(job).await?)
}

/// Puts another signature below a draft.
pub(crate) async fn drafts_choose_signature(
    engine: &Engine,
    request: ChooseDraftSignature,
) -> Result<Draft> {
    let id = DraftId(request.draft);
    let claim = engine.revisions().claim(id, request.revision).await?;
    let job = move |tx: &WriteTx<'_>| {
        let before = draft::get(tx, id)?;
        if before.outbox.is_some() {
            return Err(posthorn_store::Error::Invalid("this draft is being sent"));
        }
        let mut content = before.content;
        let list = account::signatures(tx, identity_of(tx, &content)?)?;
        let known: Vec<Words> = list.iter().map(Words::from).collect();
        let new = match request.signature {
            None => Words::default(),
            Some(chosen) => {
                let found = list.iter().position(|one| one.id == chosen);
                let found = found.and_then(|at| known.get(at)).cloned();
                found.ok_or(posthorn_store::Error::NotFound("signature"))?
            }
        };
        // Without one, an edited one is nobody's to take away.
        let or = if new.is_none() { Otherwise::Stay } else { Otherwise::Insist };
        resign(&mut content, &known, &new, or);
        draft::keep_version(tx, id)?;
        draft::update(tx, id, &content)?;
        attach_pictures(tx, id)
    };
    engine.store().write(job).await?;
    claim.done();
    convert::get(engine, id).await
}

#[cfg(test)]
mod tests {
    use posthorn_model::{AccountId, MessageIdHeader};
    use posthorn_store::account::Signature;
    use posthorn_store::draft::{DraftContent, DraftKind};

    use super::{Otherwise, Words, resign, standing};

    fn words(html: &str, text: &str) -> Words {
        let (html, text) = (html.to_owned(), text.to_owned());
        Words::from(&Signature { id: 1, identity: 1, html, text, ..Signature::default() })
    }

    fn content(said: &str, signature: &Words, is_plain: bool) -> DraftContent {
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
            text: format!("{said}{}", signature.below_text()),
            html: if is_plain {
                String::new()
            } else {
                format!("<div>{said}</div>{}", signature.below_html())
            },
            quoted_html: String::new(),
            is_quote_first: false,
            is_signature_last: false,
        }
    }

    #[test]
    fn one_signature_takes_the_place_of_another() {
        let list = [
            words("Anna<br>Desk &amp; Co", ""),
            words("<b>A.</b>", "A. (plain)"),
            words("", "Only\ntext"),
        ];
        let none = Words::default();
        for is_plain in [false, true] {
            for old in list.iter().chain([&none]) {
                for new in list.iter().chain([&none]) {
                    let mut changed = content("Words", old, is_plain);
                    let or = if old == &none { Otherwise::Add } else { Otherwise::Stay };
                    resign(&mut changed, &list, new, or);
                    assert_eq!(changed, content("Words", new, is_plain), "{old:?} to {new:?}");
                    let at = list.iter().position(|one| one == new);
                    assert_eq!(standing(&changed, &list), at, "{new:?}");
                }
            }
        }
        let both = [words("Lee", ""), words("Anna<br>-- <br>Lee", "")];
        let mut text = content("Hi", &both[1], true);
        assert_eq!(standing(&text, &both), Some(1));
        resign(&mut text, &both, &Words::default(), Otherwise::Stay);
        assert_eq!(text.text, "Hi", "the longer one stood there");
    }

    #[test]
    fn what_was_typed_into_a_signature_is_never_lost() {
        let (anna, bert) = (words("Anna", ""), words("Bert", ""));
        let edited = DraftContent {
            text: "Words\n\n-- \nAnna, on holiday".to_owned(),
            html: "<div>Words</div><div class=\"mail-signature\"><div>Anna, on</div> holiday</div><div>PS</div>"
                .to_owned(),
            ..content("", &Words::default(), false)
        };
        let known = [anna, bert.clone()];
        for or in [Otherwise::Stay, Otherwise::Add] {
            let mut changed = edited.clone();
            resign(&mut changed, &known, &bert, or);
            assert_eq!(changed, edited, "{or:?}");
        }
        let mut changed = edited.clone();
        resign(&mut changed, &known, &bert, Otherwise::Insist);
        assert_eq!(
            changed.html,
            "<div>Words</div><div><div>Anna, on</div> holiday</div><div>PS</div><div><br></div><div class=\"mail-signature\">Bert</div>"
        );
        assert!(
            changed.text.contains("holiday") && changed.text.ends_with("\n\n-- \nBert"),
            "{}",
            changed.text
        );
        assert_eq!(changed.text.matches("-- ").count(), 1);
        let mut plain = DraftContent { html: String::new(), ..edited };
        resign(&mut plain, &known, &bert, Otherwise::Insist);
        assert_eq!(plain.text, "Words\n\nAnna, on holiday\n\n-- \nBert");
        // Taken out by hand: it stays out until one is asked for.
        let mut bare = content("Words", &Words::default(), false);
        resign(&mut bare, &known, &bert, Otherwise::Stay);
        assert_eq!(bare, content("Words", &Words::default(), false));
        resign(&mut bare, &known, &bert, Otherwise::Insist);
        assert_eq!(bare, content("Words", &bert, false));
    }
}
