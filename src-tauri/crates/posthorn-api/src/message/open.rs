//! Opening a message for reading: its frame is prepared under a fresh token, and everything beside it is said.

use std::sync::Arc;

use posthorn_message::html::{self, Clean, CleanOptions, RemoteImages};
use posthorn_message::{Disposition, Parsed};
use posthorn_model::MessageId;
use posthorn_store::maildrop::{self, Fate};
use posthorn_store::{ReadTx, message, remote_image, setting as stored_setting};

use super::{Loaded, attachment, head, lang, load, trust};
use crate::content::{Opened, OpenedFrame, Tokens};
use crate::contract::{
    MessageDesign, MessageHead, OpenMessage, OpenedMessage, ServerCopy, ServerCopyState,
};
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
}

/// Cleans HTML (or turns plain text into it) for a theme.
pub(super) fn show(parsed: &Parsed, remote: bool, theme: Theme) -> Shown {
    let remote = if remote { RemoteImages::Allow } else { RemoteImages::Block };
    let Some(source) = &parsed.html else {
        let clean = Clean { body: html::from_plain(&parsed.text), ..Clean::default() };
        return Shown { clean, designed: false };
    };
    let paper = html::clean(source, CleanOptions { remote, theme: html::Theme::Paper });
    let designed = paper.has_own_background && !(paper.supports_dark && theme != Theme::Light);
    if designed || theme == Theme::Light {
        return Shown { clean: paper, designed };
    }
    Shown {
        clean: html::clean(source, CleanOptions { remote, theme: html::Theme::Dark }),
        designed,
    }
}

/// Prepares a frame for a message that was read, and returns its token with what was shown.
fn prepare(
    engine: &Engine,
    loaded: &Loaded,
    remote: bool,
    theme: Theme,
    lang: &str,
) -> Result<(String, Shown)> {
    let shown = show(&loaded.parsed, remote, theme);
    let token = Tokens::reserve()?;
    let body = format!("<style>{}</style>{}", shown.clean.css, shown.clean.body);
    let pictures = shown.clean.inline_images.iter();
    let frame = OpenedFrame {
        message: Some(loaded.message.id),
        document: frame::document(&body, lang, shown.designed, theme),
        pictures: pictures
            .map(|id| loaded.parsed.by_content_id(id).map(|part| part.section.clone()))
            .collect(),
        remote: shown.clean.remote_images.clone(),
        remote_allowed: remote,
    };
    engine.tokens().set(&token, Opened::Message(Arc::new(frame)));
    Ok((token, shown))
}

/// What the store knows that matters for opening.
struct Known {
    head: MessageHead,
    is_remote_allowed: bool,
    attachments: Vec<message::Attachment>,
    rest_bytes: Option<u64>,
    server_copy: Option<ServerCopy>,
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
    let from = head.from.first().map(|from| from.email.clone()).unwrap_or_default();
    let everybody = setting::read(stored_setting::get(tx, setting::KEY)?.as_deref()).remote_images;
    Ok(Known {
        is_remote_allowed: everybody || remote_image::is_allowed(tx, &from)?,
        attachments: message::attachments(tx, id)?,
        rest_bytes: super::is_head_only(tx, id)?.then_some(head.size),
        server_copy: server_copy(tx, id)?,
        head,
    })
}

/// Returns the hosts of URLs, sorted, each once.
fn hosts(urls: &[String]) -> Vec<String> {
    let host = |url: &String| {
        let (_, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let authority = authority.rsplit('@').next()?;
        Some(authority.split(':').next()?.to_ascii_lowercase())
    };
    let mut hosts: Vec<String> =
        urls.iter().filter_map(host).filter(|host| !host.is_empty()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
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
        Err(error) => return Ok(without_body(known, error)),
    };
    let remote = request.remote || known.is_remote_allowed;
    let lang = lang::guess(&loaded.parsed.text, &loaded.parsed.charset);
    let (token, shown) = prepare(engine, &loaded, remote, theme, &lang)?;
    let reply_to: Vec<_> = loaded.message.head.reply_to.clone();
    let trust =
        trust::lines(&loaded.message.head.from, &reply_to, &loaded.parsed, &shown.clean.links);
    let listed = loaded.parsed.attachments.iter().enumerate();
    let attachments = if loaded.raw.is_some() {
        let is_file = |part: &posthorn_message::Attachment| {
            let is_shown =
                part.content_id.as_ref().is_some_and(|id| shown.clean.inline_images.contains(id));
            part.disposition == Disposition::Attachment || !is_shown
        };
        listed
            .filter(|(_, part)| is_file(part))
            .map(|(number, part)| {
                attachment::parsed(
                    number,
                    part,
                    &engine.content_url(&format!("{token}/part/{number}")),
                )
            })
            .collect()
    } else {
        attachment::known(&known.attachments, |number| {
            engine.content_url(&format!("{token}/part/{number}"))
        })
    };
    let blocked_hosts = if remote { Vec::new() } else { hosts(&shown.clean.remote_images) };
    Ok(OpenedMessage {
        head: known.head,
        frame_url: engine.content_url(&format!("{token}/")),
        design: if shown.designed { MessageDesign::Designed } else { MessageDesign::Plain },
        attachments,
        blocked_images: u32::try_from(shown.clean.blocked).unwrap_or(u32::MAX),
        blocked_hosts,
        remote_allowed: known.is_remote_allowed,
        trust,
        problem: None,
        rest_bytes: known.rest_bytes,
        server_copy: known.server_copy,
        unsubscribe: loaded.parsed.head.list.unsubscribe.first().cloned().unwrap_or_default(),
        lang,
        charset: loaded.charset,
    })
}

/// Says everything but the text, and why that is not here.
fn without_body(known: Known, problem: crate::contract::Error) -> OpenedMessage {
    OpenedMessage {
        attachments: attachment::known(&known.attachments, |_| String::new()),
        rest_bytes: known.rest_bytes,
        server_copy: known.server_copy,
        head: known.head,
        frame_url: String::new(),
        design: MessageDesign::Plain,
        blocked_images: 0,
        blocked_hosts: Vec::new(),
        remote_allowed: known.is_remote_allowed,
        trust: Vec::new(),
        // What waits for the user is no problem.
        problem: known.rest_bytes.is_none().then_some(problem),
        unsubscribe: String::new(),
        lang: String::new(),
        charset: None,
    }
}

#[cfg(test)]
mod tests {
    use posthorn_message::Parsed;

    use super::{hosts, show};
    use crate::frame::Theme;

    #[test]
    fn hosts_are_told_once_and_without_names_or_ports() {
        let urls = ["https://B.example/x", "http://u:p@a.example:8080/?q", "https://b.example/y"]
            .map(str::to_owned);
        assert_eq!(hosts(&urls), ["a.example", "b.example"]);
    }

    #[test]
    fn nothing_of_a_script_survives_and_remote_pictures_are_blocked() {
        let html = "<p onclick=x()>a</p><script>alert(1)</script><img src=https://t.example/p.gif><img src=cid:one>";
        let parsed = Parsed { html: Some(html.to_owned()), ..Parsed::default() };
        let shown = show(&parsed, false, Theme::Light);
        assert!(!shown.clean.body.contains("script") && !shown.clean.body.contains("onclick"));
        assert!(!shown.clean.body.contains("https://t.example"), "{}", shown.clean.body);
        assert_eq!((shown.clean.blocked, shown.clean.inline_images.len()), (1, 1));
        let allowed = show(&parsed, true, Theme::Light);
        assert!(
            allowed.clean.body.contains("remote/0"),
            "fetched by the engine: {}",
            allowed.clean.body
        );
    }
}
