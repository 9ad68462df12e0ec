//! How drafts begin: blank, from a link, as an answer, as a forwarded message, or going on with one of the Drafts folder.

use posthorn_message::html::{self, CleanOptions, RemoteImages};
use posthorn_message::{message_id, part};
use posthorn_model::{AccountId, Address, DraftId, MessageId};
use posthorn_store::Origin;
use posthorn_store::account::{self, Identity};
use posthorn_store::draft::{self, DraftContent, DraftKind};

use super::attach::{self, NewFile};
use super::{convert, forward, identity, mailto, quote, signature};
use crate::contract::{Code, Draft, Error, NewDraft, Nothing};
use crate::engine::Engine;
use crate::error::Result;
use crate::message::{Loaded, load, whole};
use crate::setting::settings_get;

/// Returns the account for a draft that names none: the first that is switched on.
async fn default_account(engine: &Engine) -> Result<AccountId> {
    let mut accounts = engine.store().read(account::list).await?;
    accounts.retain(|one| !one.is_local());
    let first = accounts.iter().find(|one| one.settings.is_enabled).or(accounts.first());
    first.map(|one| one.id).ok_or_else(|| Error::invalid("There is no account to send from"))
}

/// Returns the account that can send for a message of this one: itself, or where it has no server, the one that was
/// written to, else the first.
pub(super) async fn sender_for(
    engine: &Engine,
    id: AccountId,
    written_to: &[Address],
) -> Result<AccountId> {
    let accounts = engine.store().read(account::list).await?;
    if accounts.iter().any(|one| one.id == id && !one.is_local()) {
        return Ok(id);
    }
    for one in accounts.iter().filter(|one| !one.is_local() && one.settings.is_enabled) {
        let id = one.id;
        let own = engine.store().read(move |tx| account::own_addresses(tx, id)).await?;
        if written_to.iter().any(|to| own.contains(&to.email.to_lowercase())) {
            return Ok(id);
        }
    }
    default_account(engine).await
}

/// Returns the identity that was written to, else the account's own.
pub(super) async fn identity_for(
    engine: &Engine,
    id: AccountId,
    written_to: &[Address],
) -> Result<Identity> {
    let identities = engine.store().read(move |tx| account::identities(tx, id)).await?;
    let chosen = identity::guess(&identities, written_to);
    identities
        .into_iter()
        .nth(chosen)
        .ok_or_else(|| Error::invalid("The account has no address to send as"))
}

pub(crate) fn new_message_id(identity: &Identity) -> Result<posthorn_model::MessageIdHeader> {
    let mut random = [0_u8; 16];
    let filled = getrandom::fill(&mut random);
    filled.map_err(|error| {
        Error::new(Code::Internal, "The system gives no random bytes").with(error)
    })?;
    Ok(message_id(random, &Address::bare(identity.email.clone())))
}

/// Text with a signature below it, in both forms. The HTML form is empty in plain-text mode.
pub(super) async fn texts(
    engine: &Engine,
    text: &str,
    identity: &Identity,
    kind: DraftKind,
) -> Result<(String, String)> {
    let plain = settings_get(engine, Nothing {}).await?.compose_plain;
    let id = identity.id;
    let signature = engine.store().read(move |tx| signature::of_kind(tx, id, kind)).await?;
    let below = signature.below_text();
    if plain {
        return Ok((format!("{text}{below}"), String::new()));
    }
    let paragraphs: Vec<String> =
        text.lines().map(|line| format!("<div>{}</div>", escape(line))).collect();
    let paragraphs = paragraphs.concat();
    let paragraphs = if paragraphs.is_empty() { "<div><br></div>".to_owned() } else { paragraphs };
    let signed = signature.below_html();
    Ok((format!("{text}{below}"), format!("{paragraphs}{signed}")))
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if text.is_empty() { "<br>".to_owned() } else { text }
}

pub(super) fn blank(
    account: AccountId,
    identity: &Identity,
    kind: DraftKind,
) -> Result<DraftContent> {
    Ok(DraftContent {
        account,
        identity: Some(identity.id),
        kind,
        original: None,
        message_id: new_message_id(identity)?,
        in_reply_to: None,
        references: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        bcc: identity.bcc.clone(),
        subject: String::new(),
        text: String::new(),
        html: String::new(),
        quoted_html: String::new(),
        is_quote_first: false,
        is_signature_last: false,
    })
}

pub(super) async fn add(engine: &Engine, content: DraftContent) -> Result<DraftId> {
    let write = engine.store().write(move |tx| {
        let id = draft::add(tx, &content)?;
        signature::attach_pictures(tx, id)?;
        // Nobody has changed it yet.
        draft::begun(tx, id, None)?;
        Ok(id)
    });
    Ok(write.await?)
}

/// Begins a draft.
pub(crate) async fn drafts_create(engine: &Engine, request: NewDraft) -> Result<Draft> {
    let id = match request {
        NewDraft::Blank { account, to } => {
            if to.len() > super::RECIPIENT_LIMIT {
                let words = "These are too many recipients for one message";
                return Err(Error::new(Code::Limit, words));
            }
            let to = mailto::Mailto { to: crate::convert::all(to), ..mailto::Mailto::default() };
            new(engine, account.map(AccountId), to).await?
        }
        NewDraft::Mailto { url } => new(engine, None, mailto::parse(&url)?).await?,
        NewDraft::Reply { message, all, quote } => {
            let kind = if all { DraftKind::ReplyAll } else { DraftKind::Reply };
            answer(engine, MessageId(message), kind, quote).await?
        }
        NewDraft::ReplyToList { message } => answer_to_list(engine, MessageId(message)).await?,
        NewDraft::Forward { message } => {
            answer(engine, MessageId(message), DraftKind::Forward, None).await?
        }
        NewDraft::ForwardAttached { selection } => forward::attached(engine, selection).await?,
        NewDraft::Again { message } => again(engine, MessageId(message)).await?,
        NewDraft::Continue { message } => go_on(engine, MessageId(message)).await?,
    };
    convert::get(engine, id).await
}

async fn new(engine: &Engine, account: Option<AccountId>, link: mailto::Mailto) -> Result<DraftId> {
    let account = match account {
        Some(account) => sender_for(engine, account, &[]).await?,
        None => default_account(engine).await?,
    };
    let identity = identity_for(engine, account, &[]).await?;
    let (text, html) = texts(engine, &link.body, &identity, DraftKind::New).await?;
    let mut content = blank(account, &identity, DraftKind::New)?;
    (content.to, content.cc) = (link.to, link.cc);
    content.bcc.extend(link.bcc);
    (content.subject, content.text, content.html) = (link.subject, text, html);
    add(engine, content).await
}

/// Begins an answer or a forwarded message. `part`: HTML of the part that is quoted; absent = all of it.
async fn answer(
    engine: &Engine,
    id: MessageId,
    kind: DraftKind,
    part: Option<String>,
) -> Result<DraftId> {
    let mut loaded = load(engine, id).await?;
    if let Some(part) = part {
        if part.len() > super::TEXT_LIMIT {
            return Err(Error::new(Code::Limit, "This is too much text to be quoted"));
        }
        // A page's words like any other HTML: the quote cleans them.
        loaded.parsed.text = posthorn_message::text::from_html(&part);
        loaded.parsed.html = Some(part);
    }
    let head = &loaded.message.head;
    let told = loaded.raw.as_deref().map(identity::delivered_to).unwrap_or_default();
    // At last who wrote it: an answer to one's own message comes from the same address.
    let written_to: Vec<Address> =
        head.to.iter().chain(&head.cc).cloned().chain(told).chain(head.from.clone()).collect();
    let account = sender_for(engine, loaded.message.account, &written_to).await?;
    let identity = identity_for(engine, account, &written_to).await?;
    let own = engine.store().read(move |tx| account::own_addresses(tx, account)).await?;
    let own = identity::own_among(&own, &written_to);
    let origin = quote::Origin {
        from: head.from.first().cloned(),
        to: head.to.clone(),
        subject: head.subject.clone(),
        at: head.date.unwrap_or(head.received),
    };
    let attribution = quote::attribution(
        kind,
        &origin,
        quote::is_chinese(engine).await,
        &jiff::tz::TimeZone::system(),
    );
    let begun = quote::answer(kind, &loaded.parsed, &own, &attribution);
    let (text, html) = texts(engine, "", &identity, kind).await?;
    let content = DraftContent {
        original: Some(id),
        in_reply_to: begun.in_reply_to,
        references: begun.references,
        to: begun.to,
        cc: begun.cc,
        subject: begun.subject,
        text,
        html,
        quoted_html: begun.html.clone(),
        is_quote_first: kind != DraftKind::Forward && is_answered_below(engine).await?,
        is_signature_last: is_signed_last(engine).await?,
        ..blank(account, &identity, kind)?
    };
    let files = files_of(engine, &loaded, kind, &begun.html).await?;
    let draft = add(engine, content).await?;
    attach::add(engine, draft, files).await?;
    engine.store().write(move |tx| draft::begun(tx, draft, None)).await?;
    Ok(draft)
}

/// Tells whether the user answers below the original.
async fn is_answered_below(engine: &Engine) -> Result<bool> {
    Ok(settings_get(engine, Nothing {}).await?.answer_place == "below")
}

/// Tells whether the user signs below the original. Whoever answers below it does so in any case.
async fn is_signed_last(engine: &Engine) -> Result<bool> {
    Ok(settings_get(engine, Nothing {}).await?.signature_place == "quote")
}

/// Begins an answer to the list that a message came through (RFC 2369 section 3.4).
async fn answer_to_list(engine: &Engine, id: MessageId) -> Result<DraftId> {
    let loaded = load(engine, id).await?;
    let post = loaded.parsed.head.list.post.filter(|url| url.starts_with("mailto:"));
    let post = post.ok_or_else(|| {
        Error::new(Code::NotFound, "This message does not say where its list takes answers")
    })?;
    let to = mailto::parse(&post)?.to;
    let draft = answer(engine, id, DraftKind::ReplyAll, None).await?;
    let write = move |tx: &posthorn_store::WriteTx<'_>| {
        let mut content = draft::get(tx, draft)?.content;
        (content.to, content.cc) = (to, Vec::new());
        draft::update(tx, draft, &content)
    };
    engine.store().write(write).await?;
    Ok(draft)
}

/// Copies the parts of an original that go along: pictures that the quote shows, and of a forwarded message its files.
async fn files_of(
    engine: &Engine,
    loaded: &Loaded,
    kind: DraftKind,
    quoted: &str,
) -> Result<Vec<NewFile>> {
    let is_shown = |found: &posthorn_message::Attachment| {
        found.content_id.as_ref().is_some_and(|id| quoted.contains(&format!("cid:{id}")))
    };
    let wanted = |found: &&posthorn_message::Attachment| {
        kind == DraftKind::Forward || kind == DraftKind::Edit || is_shown(found)
    };
    let listed: Vec<_> = loaded.parsed.attachments.iter().filter(wanted).cloned().collect();
    if listed.is_empty() && loaded.raw.is_some() {
        return Ok(Vec::new());
    }
    let raw = match &loaded.raw {
        Some(raw) => raw.clone(),
        // Its files are not here yet: they are fetched now, or the draft does not begin without them.
        None if kind != DraftKind::Reply && kind != DraftKind::ReplyAll => {
            whole(engine, loaded.message.id).await?
        }
        None => return Ok(Vec::new()),
    };
    let listed =
        if loaded.raw.is_some() { listed } else { posthorn_message::parse(&raw).attachments };
    let mut files = Vec::new();
    for found in listed {
        let Some(read) = part(&raw, &found.section) else { continue };
        let bytes = read.bytes.into_owned();
        let size = bytes.len() as u64;
        let is_inline = is_shown(&found);
        let body = engine.store().bodies().put(bytes, Origin::Local).await?;
        files.push(NewFile {
            name: found.name,
            mime: found.content_type,
            size,
            content_id: if is_inline {
                found.content_id.unwrap_or_default()
            } else {
                String::new()
            },
            is_inline,
            body,
        });
    }
    Ok(files)
}

/// Goes on with a message of the Drafts folder. A second time gives the same draft.
async fn go_on(engine: &Engine, id: MessageId) -> Result<DraftId> {
    if let Some(known) = engine.store().read(move |tx| draft::of_copy(tx, id)).await? {
        return match known.outbox {
            None => Ok(known.id),
            Some(_) => Err(Error::new(Code::TooLate, "This draft is being sent")),
        };
    }
    let loaded = load(engine, id).await?;
    let content = rewritten(engine, &loaded, DraftKind::Edit).await?;
    let files = files_of(engine, &loaded, DraftKind::Edit, &content.html).await?;
    let draft = add(engine, content).await?;
    attach::add(engine, draft, files).await?;
    engine.store().write(move |tx| draft::begun(tx, draft, Some(id))).await?;
    Ok(draft)
}

/// Begins a new message with everything of one that was sent: to be sent again, with a Message-ID of its own.
async fn again(engine: &Engine, id: MessageId) -> Result<DraftId> {
    let loaded = load(engine, id).await?;
    let content = rewritten(engine, &loaded, DraftKind::New).await?;
    // Its files are those of a message that is written on: all of them.
    let files = files_of(engine, &loaded, DraftKind::Edit, &content.html).await?;
    let draft = add(engine, content).await?;
    attach::add(engine, draft, files).await?;
    engine.store().write(move |tx| draft::begun(tx, draft, None)).await?;
    Ok(draft)
}

/// Returns what a message says as something to write on.
async fn rewritten(engine: &Engine, loaded: &Loaded, kind: DraftKind) -> Result<DraftContent> {
    let head = &loaded.parsed.head;
    let account = sender_for(engine, loaded.message.account, &head.from).await?;
    let identity = identity_for(engine, account, &head.from).await?;
    // It may have been written by anybody: nothing of it reaches the editor uncleaned.
    let keep = CleanOptions { remote: RemoteImages::Keep, ..CleanOptions::default() };
    let html = loaded
        .parsed
        .html
        .as_ref()
        .map(|source| html::clean(source, keep).body)
        .unwrap_or_default();
    Ok(DraftContent {
        in_reply_to: head.in_reply_to.first().cloned(),
        references: head.references.clone(),
        to: head.to.clone(),
        cc: head.cc.clone(),
        bcc: head.bcc.clone(),
        subject: head.subject.clone(),
        text: loaded.parsed.text.clone(),
        html,
        ..blank(account, &identity, kind)?
    })
}
