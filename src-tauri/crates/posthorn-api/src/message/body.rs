//! A message's bytes: from the store, or fetched now; whole, or the parts that are here.

use std::sync::Arc;
use std::time::Duration;

use posthorn_message::{Parsed, parse_as};
use posthorn_model::{BodyId, MessageId};
use posthorn_store::message::{self, BodyState, Message};
use posthorn_store::{BodyReader, ReadTx, maildrop, sender_charset};
use posthorn_sync::limit::TEXT_PART;

use super::not_here;
use crate::contract::{ById, Code, Error, Nothing, SetCharset};
use crate::engine::Engine;
use crate::error::Result;

/// How long a reader waits for bytes before it says that they are not here.
const FETCH_TIME: Duration = Duration::from_secs(30);
/// Boundary of a message that is put together from parts; no real one has it, and nothing breaks where one does.
const BOUNDARY: &str = "=_posthorn_parts_that_are_here";

/// A message that was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// What the store knows.
    pub(crate) message: Message,
    /// What its bytes say.
    pub(crate) parsed: Parsed,
    /// The whole bytes; absent when only parts are here.
    pub(crate) raw: Option<Arc<[u8]>>,
    /// What it is read in by itself.
    pub(crate) own_charset: String,
    /// What it is read in because the user chose so for its sender; absent = by itself.
    pub(crate) charset: Option<String>,
}

async fn fetch(engine: &Engine, id: MessageId) -> Result<BodyId> {
    within(engine.sync().fetch_body(id)).await
}

/// Waits as long as a reader does. What is asked for goes on coming.
async fn within<T>(fetching: impl Future<Output = Result<T, posthorn_sync::Problem>>) -> Result<T> {
    match tokio::time::timeout(FETCH_TIME, fetching).await {
        Ok(fetched) => Ok(fetched?),
        Err(_) => Err(Error::new(
            Code::Timeout,
            "The message did not come in time; it is asked for again when it is opened",
        )),
    }
}

async fn bytes(engine: &Engine, body: BodyId) -> Result<Arc<[u8]>> {
    Ok(engine.store().bodies().get(body).await?.into())
}

/// Returns the whole bytes of a message, fetched where they are not here.
pub(crate) async fn whole(engine: &Engine, id: MessageId) -> Result<Arc<[u8]>> {
    let found = engine.store().read(move |tx| message::get(tx, id)).await?;
    let body = match found.body {
        BodyState::Whole(body) => body,
        _ => fetch(engine, id).await?,
    };
    bytes(engine, body).await
}

/// Returns a reader of the whole bytes of a message, fetched where they are not here; waits as long as it takes.
pub(crate) async fn whole_reader(engine: &Engine, id: MessageId) -> Result<BodyReader> {
    let body = engine.sync().fetch_body(id).await?;
    Ok(engine.store().bodies().open(body).await?)
}

/// Tells whether only the head of a message is here, and a POP3 server has the rest: all of it, or nothing, can be fetched.
pub(crate) fn is_head_only(tx: &ReadTx<'_>, id: MessageId) -> posthorn_store::Result<bool> {
    let found = message::get(tx, id)?;
    Ok(found.body == BodyState::Sections && maildrop::of_message(tx, id)?.is_some())
}

/// Fetches the rest of a message of which only the head is here; waits as long as it takes.
pub(crate) async fn messages_fetch_rest(engine: &Engine, request: ById) -> Result<Nothing> {
    engine.sync().fetch_body(MessageId(request.id)).await?;
    Ok(Nothing {})
}

/// Returns what a reader shows of a message that is not here whole, fetched where it is not here, and whether that is all
/// of it: of a large one the text, and files come when they are asked for.
async fn readable(engine: &Engine, id: MessageId) -> Result<(Arc<[u8]>, bool)> {
    let fetched = within(engine.sync().fetch_readable(id)).await;
    let state = engine.store().read(move |tx| message::get(tx, id)).await?.body;
    match (state, fetched) {
        (BodyState::Whole(body), _) => Ok((bytes(engine, body).await?, true)),
        (BodyState::Sections, _) => {
            if let Ok(raw) = together(engine, id).await {
                return Ok((raw, false));
            }
            // Its text is too long to come by itself.
            let body = fetch(engine, id).await?;
            Ok((bytes(engine, body).await?, true))
        }
        (BodyState::Missing, Err(error)) => Err(error),
        (BodyState::Missing, Ok(())) => Err(not_here(BodyState::Missing)),
    }
}

/// Reads a message, in the encoding that the user chose for its sender where there is a choice.
pub(crate) async fn load(engine: &Engine, id: MessageId) -> Result<Loaded> {
    let read = engine.store().read(move |tx| {
        let found = message::get(tx, id)?;
        let choices = sender_charset::of_sender(tx, sender(&found))?;
        Ok((found, is_head_only(tx, id)?, choices))
    });
    let (message, is_on_maildrop, choices) = read.await?;
    if is_on_maildrop {
        // The user chose a size above which nothing comes unasked.
        return Err(not_here(BodyState::Sections));
    }
    let (raw, is_whole) = match message.body {
        BodyState::Whole(body) => (bytes(engine, body).await?, true),
        _ => readable(engine, id).await?,
    };
    let for_parser = Arc::clone(&raw);
    let read = tokio::task::spawn_blocking(move || {
        let parsed = parse_as(&for_parser, None);
        let own_charset = parsed.charset.clone();
        let chosen = choices.into_iter().find(|one| one.own.eq_ignore_ascii_case(&own_charset));
        match chosen {
            None => (parsed, own_charset, None),
            Some(chosen) => {
                (parse_as(&for_parser, Some(&chosen.charset)), own_charset, Some(chosen.charset))
            }
        }
    });
    let (parsed, own_charset, charset) = read
        .await
        .map_err(|error| Error::new(Code::Internal, "A message could not be read").with(error))?;
    Ok(Loaded { message, parsed, raw: is_whole.then_some(raw), own_charset, charset })
}

/// The address that a message comes from; empty where it names none.
fn sender(message: &Message) -> &str {
    message.head.from.first().map_or("", |from| from.email.as_str())
}

/// Remembers in which encoding mail like this message is read, or forgets it.
pub(crate) async fn messages_set_charset(engine: &Engine, request: SetCharset) -> Result<Nothing> {
    let loaded = load(engine, MessageId(request.message)).await?;
    let email = sender(&loaded.message).to_owned();
    let own = loaded.own_charset;
    let write = engine.store().write(move |tx| match request.charset {
        Some(charset) => sender_charset::set(tx, &email, &sender_charset::Choice { own, charset }),
        None => sender_charset::forget(tx, &email, &own),
    });
    write.await?;
    Ok(Nothing {})
}

/// Puts the text parts that are here into one message, for the parser.
async fn together(engine: &Engine, id: MessageId) -> Result<Arc<[u8]>> {
    let known = engine.store().read(move |tx| message::sections(tx, id)).await?;
    let sizes = engine.store().bodies().sizes(known.iter().map(|(_, id)| *id).collect()).await?;
    // Files that somebody fetched are sections too, of any size.
    let known = known.into_iter().zip(sizes);
    let texts = known.filter(|(_, size)| size.is_some_and(|size| size <= TEXT_PART));
    let (names, ids): (Vec<String>, Vec<BodyId>) = texts.map(|(known, _)| known).unzip();
    let bodies = engine.store().bodies().get_all(ids).await?;
    let found: Vec<(String, Vec<u8>)> =
        names.into_iter().zip(bodies).filter_map(|(name, body)| Some((name, body?))).collect();
    let part =
        |name: &str| found.iter().find(|(known, _)| known == name).map(|(_, body)| body.as_slice());
    let texts: Vec<(&[u8], &[u8])> = found
        .iter()
        .filter_map(|(name, body)| Some((part(&format!("{name}.MIME"))?, body.as_slice())))
        .filter(|(mime, _)| is_text(mime))
        .collect();
    if texts.is_empty() {
        return Err(not_here(BodyState::Sections));
    }
    // Two forms of one text as a rule; more are pieces of a longer one.
    let kind = if texts.len() == 2 { "alternative" } else { "mixed" };
    let mut whole = part("HEADER").map(<[u8]>::to_vec).map_or_else(Vec::new, without_content);
    whole.extend_from_slice(
        format!("Content-Type: multipart/{kind}; boundary=\"{BOUNDARY}\"\r\n\r\n").as_bytes(),
    );
    for (mime, body) in texts {
        whole.extend_from_slice(format!("--{BOUNDARY}\r\n").as_bytes());
        whole.extend_from_slice(mime.trim_ascii_end());
        whole.extend_from_slice(b"\r\n\r\n");
        whole.extend_from_slice(body);
        whole.extend_from_slice(b"\r\n");
    }
    whole.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    Ok(whole.into())
}

fn is_text(mime: &[u8]) -> bool {
    let head = String::from_utf8_lossy(mime).to_ascii_lowercase();
    let declared = head
        .lines()
        .find_map(|line| line.strip_prefix("content-type:").map(str::trim).map(str::to_owned));
    let is_file = head.contains("content-disposition: attachment");
    !is_file
        && declared.is_none_or(|declared| {
            declared.starts_with("text/plain") || declared.starts_with("text/html")
        })
}

/// Takes the fields away that would contradict the new structure; keeps everything else as it is.
fn without_content(header: Vec<u8>) -> Vec<u8> {
    let mut kept = Vec::with_capacity(header.len());
    let mut is_skipping = false;
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        let is_folded = line.first().is_some_and(|byte| *byte == b' ' || *byte == b'\t');
        if !is_folded {
            let start = line.get(..8).unwrap_or_default();
            is_skipping = start.eq_ignore_ascii_case(b"content-") || line.trim_ascii().is_empty();
        }
        if !is_skipping {
            kept.extend_from_slice(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{is_text, without_content};

    #[test]
    fn only_shown_text_is_put_together() {
        assert!(is_text(b"Content-Type: text/html; charset=utf-8\r\n"));
        assert!(!is_text(b"Content-Type: application/pdf\r\n"));
        assert!(!is_text(b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n"));
    }

    #[test]
    fn the_old_structure_goes_and_folded_lines_with_it() {
        let header = b"Subject: a\r\n b\r\nContent-Type: multipart/mixed;\r\n\tboundary=x\r\nList-Id: <l>\r\n\r\n".to_vec();
        assert_eq!(without_content(header), b"Subject: a\r\n b\r\nList-Id: <l>\r\n");
    }
}
