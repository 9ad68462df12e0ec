//! Opening a message for reading: its frame is prepared under a fresh token, and everything beside it is said.

mod remote;

use std::sync::Arc;

use posthorn_message::Parsed;
use posthorn_message::html::{self, Clean, CleanOptions, RemoteImages};
use posthorn_model::MessageId;
use posthorn_store::maildrop::{self, Fate};
use posthorn_store::{ReadTx, message, remote_image, sender, setting as stored_setting};

use self::remote::{counters, remote_domain, seen_hosts};
use super::{Loaded, attachment, extra, head, invitation, lang, list, load, preview, trust};
use crate::content::{Opened, OpenedFrame, Tokens};
use crate::contract::{
    Address, Download, MessageDesign, MessageHead, MessageLook, Nothing, OpenMessage,
    OpenedMessage, ServerCopy, ServerCopyState, SetLook,
};
use crate::download;
use crate::engine::Engine;
use crate::error::Result;
use crate::frame::{self, Theme};
use crate::setting;

/// A message's HTML, cleaned for a theme.
pub(super) struct Shown {
    /// What survived the cleaning.
    pub(super) clean: Clean,
    /// It has a design of its own.
    pub(super) designed: bool,
    /// What its frame stands on.
    pub(super) theme: Theme,
}

/// Cleans HTML (or turns plain text into it) for a theme, in the look that the user wants.
pub(super) fn show(parsed: &Parsed, remote: bool, theme: Theme, look: MessageLook) -> Shown {
    let remote = if remote { RemoteImages::Allow } else { RemoteImages::Block };
    let Some(source) = parsed.html.as_ref().filter(|_| look != MessageLook::Simple) else {
        return Shown { clean: html::clean_plain(&parsed.text), designed: false, theme };
    };
    if look == MessageLook::Dark {
        let theme = if theme == Theme::Light { Theme::Dark } else { theme };
        let clean = html::clean(source, CleanOptions { remote, theme: html::Theme::Dark });
        return Shown { clean, designed: false, theme };
    }
    let paper = html::clean(source, CleanOptions { remote, theme: html::Theme::Paper });
    let designed = paper.has_own_background && !(paper.supports_dark && theme != Theme::Light);
    if designed || theme == Theme::Light {
        return Shown { clean: paper, designed, theme };
    }
    Shown {
        clean: html::clean(source, CleanOptions { remote, theme: html::Theme::Dark }),
        designed,
        theme,
    }
}

/// Returns the whole document of a frame.
pub(super) fn document_of(shown: &Shown, lang: &str) -> String {
    let body = format!("<style>{}</style>{}", shown.clean.css, shown.clean.body);
    frame::document(&body, lang, shown.designed, shown.theme)
}

/// Prepares a frame for a message that was read, and returns its token.
fn prepare(
    engine: &Engine,
    loaded: &Loaded,
    shown: &Shown,
    remote: bool,
    lang: &str,
) -> Result<String> {
    let token = Tokens::reserve()?;
    let pictures = shown.clean.inline_images.iter();
    let frame = OpenedFrame {
        message: Some(loaded.message.id),
        document: document_of(shown, lang),
        pictures: pictures
            .map(|id| loaded.parsed.by_content_id(id).map(|part| part.section.clone()))
            .collect(),
        remote: shown.clean.remote_images.clone(),
        remote_allowed: remote,
        ..OpenedFrame::default()
    };
    engine.tokens().set(&token, Opened::Message(Arc::new(frame)));
    Ok(token)
}

/// What the store knows that matters for opening.
struct Known {
    head: MessageHead,
    is_remote_allowed: bool,
    attachments: Vec<message::Attachment>,
    /// Parts that are here.
    sections: Vec<String>,
    rest_bytes: Option<u64>,
    server_copy: Option<ServerCopy>,
    sender: trust::Known,
    look: MessageLook,
    /// Who asks to be told that it was read may be answered.
    may_answer: bool,
}

/// Tells whether a message lies where nobody is to be answered from.
fn is_put_away(tx: &ReadTx<'_>, head: &MessageHead) -> posthorn_store::Result<bool> {
    use posthorn_model::MailboxRole as R;
    for id in &head.mailboxes {
        let role = posthorn_store::mailbox::get(tx, posthorn_model::MailboxId(*id))?.role;
        if matches!(role, R::Junk | R::Trash | R::Drafts | R::Sent) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tells whether nothing that the account's own server found speaks against the sender.
pub(super) async fn is_confirmed(engine: &Engine, id: MessageId, parsed: &Parsed) -> Result<bool> {
    let known = engine.store().read(move |tx| known(tx, id)).await?;
    Ok(trust::failed_check(parsed, &known.sender).is_none())
}

/// Returns what becomes of a message's copy on the POP3 server.
fn server_copy(tx: &ReadTx<'_>, id: MessageId) -> posthorn_store::Result<Option<ServerCopy>> {
    let told = |state, at| Some(ServerCopy { state, at });
    Ok(match maildrop::fate(tx, id)? {
        None => None,
        Some(Fate::Stays) => told(ServerCopyState::Stays, None),
        Some(Fate::LeavesNext) => told(ServerCopyState::Leaves, None),
        Some(Fate::LeavesAt(at)) => told(ServerCopyState::Leaves, Some(at.0)),
        Some(Fate::Left(at)) => told(ServerCopyState::Left, Some(at.0)),
    })
}

fn known(tx: &ReadTx<'_>, id: MessageId) -> posthorn_store::Result<Known> {
    let head = head::one(tx, id)?;
    let found = message::get(tx, id)?;
    let trusted = trust::known(tx, found.account, found.head.from.first(), head.own)?;
    let from = head.from.first().map(|from| from.email.clone()).unwrap_or_default();
    let settings = setting::read(stored_setting::get(tx, setting::KEY)?.as_deref());
    let everybody = settings.remote_images;
    let is_asked = settings.read_receipts == "ask" && !head.own;
    let may_answer = is_asked && !is_put_away(tx, &head)? && !crate::draft::is_answered(tx, id)?;
    Ok(Known {
        is_remote_allowed: everybody || remote_image::is_allowed(tx, &from)?,
        attachments: message::attachments(tx, id)?,
        sections: message::sections(tx, id)?.into_iter().map(|(name, _)| name).collect(),
        rest_bytes: super::is_head_only(tx, id)?.then_some(head.size),
        server_copy: server_copy(tx, id)?,
        sender: trusted,
        may_answer,
        look: look(sender::choice(tx, &from, LOOK)?.as_deref()),
        head,
    })
}

/// Name under which the store keeps how mail of a sender is shown.
const LOOK: &str = "look";

/// Reads what the store keeps; what is unknown is the message's own.
fn look(word: Option<&str>) -> MessageLook {
    match word {
        Some("dark") => MessageLook::Dark,
        Some("simple") => MessageLook::Simple,
        _ => MessageLook::Own,
    }
}

/// Remembers how mail of a sender is shown.
pub(crate) async fn messages_set_look(engine: &Engine, request: SetLook) -> Result<Nothing> {
    let id = MessageId(request.message);
    let word = match request.look {
        MessageLook::Own => None,
        MessageLook::Dark => Some("dark"),
        MessageLook::Simple => Some("simple"),
    };
    engine
        .store()
        .write(move |tx| {
            let from = message::get(tx, id)?.head.from.into_iter().next();
            let from = from.ok_or(posthorn_store::Error::NotFound("sender"))?;
            sender::choose(tx, &from.email, LOOK, word)
        })
        .await?;
    Ok(Nothing {})
}

/// Opens a message for reading.
pub(crate) async fn messages_open(engine: &Engine, request: OpenMessage) -> Result<OpenedMessage> {
    let id = MessageId(request.id);
    let theme = Theme::parse(&request.theme);
    let loaded = load(engine, id).await;
    // Read after the bytes came: what was fetched just now is known.
    let known = engine.store().read(move |tx| known(tx, id)).await?;
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            return Ok(without_body(known, download::of_message(engine, id).await?, error));
        }
    };
    // A permission is for the one who wrote, not for everybody who takes the name.
    let is_confirmed = trust::failed_check(&loaded.parsed, &known.sender).is_none();
    let remote = request.remote || known.is_remote_allowed && is_confirmed;
    let lang = lang::guess(&loaded.parsed.text, &loaded.parsed.charset);
    let look = request.look.unwrap_or(known.look);
    let shown = show(&loaded.parsed, remote, theme, look);
    let token = prepare(engine, &loaded, &shown, remote, &lang)?;
    let reply_to: Vec<_> = loaded.message.head.reply_to.clone();
    let from = &loaded.message.head.from;
    let trust = trust::lines(from, &reply_to, &loaded.parsed, &shown.clean.links, &known.sender);
    let url = |number: usize| engine.content_url(&format!("{token}/part/{number}"));
    let attachments = if loaded.raw.is_some() {
        preview::files(&loaded.parsed, &shown.clean, url)
    } else {
        attachment::known(&known.attachments, &known.sections, url)
    };
    let invitation = match invitation::find(engine, &loaded).await? {
        Some(found) => Some(invitation::told(engine, found).await?),
        None => None,
    };
    let raw = loaded.raw.as_deref();
    let downloads = download::of_message(engine, id).await?;
    let blocked_hosts = if remote { Vec::new() } else { seen_hosts(&shown.clean) };
    Ok(OpenedMessage {
        head: known.head,
        frame_url: engine.content_url(&format!("{token}/")),
        design: if shown.designed { MessageDesign::Designed } else { MessageDesign::Plain },
        look,
        has_design: loaded.parsed.html.is_some(),
        attachments,
        blocked_images: u32::try_from(shown.clean.blocked).unwrap_or(u32::MAX),
        blocked_hosts,
        remote_allowed: known.is_remote_allowed,
        remote_domain: remote_domain(loaded.message.head.from.first()),
        pixels: counters(&shown.clean),
        trust,
        downloads,
        problem: None,
        rest_bytes: known.rest_bytes,
        server_copy: known.server_copy,
        sent_offset: loaded.parsed.head.date.map(|date| date.utc_offset_minutes),
        list: list::facts(&loaded.parsed.head.list, is_confirmed),
        invitation,
        report: raw.and_then(|raw| extra::report(raw, &loaded.parsed)),
        receipt_to: asks_receipt(raw, known.may_answer && is_confirmed),
        lang,
        charset: loaded.charset,
    })
}

/// Returns who asks to be told. A sender who may be somebody else is told nothing.
fn asks_receipt(raw: Option<&[u8]>, may_answer: bool) -> Option<Address> {
    let asked = raw.filter(|_| may_answer).and_then(posthorn_message::asks_receipt);
    asked.map(Address::from)
}

/// Says everything but the text, and why that is not here.
fn without_body(
    known: Known,
    downloads: Vec<Download>,
    problem: crate::contract::Error,
) -> OpenedMessage {
    OpenedMessage {
        downloads,
        attachments: attachment::known(&known.attachments, &known.sections, |_| String::new()),
        rest_bytes: known.rest_bytes,
        server_copy: known.server_copy,
        head: known.head,
        frame_url: String::new(),
        design: MessageDesign::Plain,
        look: known.look,
        has_design: false,
        blocked_images: 0,
        blocked_hosts: Vec::new(),
        remote_allowed: known.is_remote_allowed,
        remote_domain: String::new(),
        pixels: Vec::new(),
        trust: Vec::new(),
        // What waits for the user is no problem.
        problem: known.rest_bytes.is_none().then_some(problem),
        sent_offset: None,
        list: None,
        invitation: None,
        report: None,
        receipt_to: None,
        lang: String::new(),
        charset: None,
    }
}

#[cfg(test)]
mod tests {
    use posthorn_message::Parsed;

    use super::show;
    use crate::contract::MessageLook;
    use crate::frame::Theme;

    #[test]
    fn nothing_of_a_script_survives_and_remote_pictures_are_blocked() {
        let html = "<p onclick=x()>a</p><script>alert(1)</script><img src=https://t.example/p.gif><img src=cid:one>";
        let parsed = Parsed { html: Some(html.to_owned()), ..Parsed::default() };
        let shown = show(&parsed, false, Theme::Light, MessageLook::Own);
        assert!(!shown.clean.body.contains("script") && !shown.clean.body.contains("onclick"));
        assert!(!shown.clean.body.contains("https://t.example"), "{}", shown.clean.body);
        assert_eq!((shown.clean.blocked, shown.clean.inline_images.len()), (1, 1));
        let allowed = show(&parsed, true, Theme::Light, MessageLook::Own);
        assert!(
            allowed.clean.body.contains("remote/0"),
            "fetched by the engine: {}",
            allowed.clean.body
        );
    }

    #[test]
    fn designed_mail_is_shown_as_the_user_wants_it() {
        let html =
            "<body bgcolor=white><p style='color:#333;background:#fff'>a</p><img src=cid:x></body>";
        let parsed =
            Parsed { html: Some(html.to_owned()), text: "a".to_owned(), ..Parsed::default() };
        let own = show(&parsed, false, Theme::Dark, MessageLook::Own);
        assert!(own.designed && own.clean.body.contains("color:#333"), "on paper");
        let dark = show(&parsed, false, Theme::Light, MessageLook::Dark);
        assert!(!dark.designed && dark.theme == Theme::Dark);
        assert!(dark.clean.body.contains("background:#1c1c1c"), "{}", dark.clean.body);
        let simple = show(&parsed, false, Theme::Light, MessageLook::Simple);
        assert!(simple.clean.inline_images.is_empty() && !simple.clean.body.contains("color"));
    }
}
