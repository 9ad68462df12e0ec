//! Bytes that somebody waits for, fetched on the working connection.

use posthorn_imap::{Literal, UidSet};
use posthorn_model::{BodyId, MessageId, Uid};
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::{message, placement};

use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::binary::without_base64;
use crate::imap::connect::Connection;
use crate::imap::large;
use crate::imap::step::bodies;
use crate::limit::ON_DEMAND;
use crate::problem::{Problem, ProblemKind};
use crate::request::{Piece, Request};

/// Answers a request. A broken connection is an error for both: who asked, and who owns the connection.
pub(crate) async fn serve(
    account: &Account,
    connection: &mut Connection,
    request: Request,
) -> Result<(), Failure> {
    if large::is_large(account, &request).await.unwrap_or(false) {
        account.engine.downloads.add(account, request);
        return Ok(());
    }
    let result = fetch(account, connection, request.message, &request.piece).await;
    let (answer, failure) = match result {
        Ok(Some(body)) => (Ok(body), None),
        Ok(None) => (Err(Problem::of_kind(ProblemKind::Gone)), None),
        Err(failure) => {
            let failure = failure.at(&connection.host);
            let is_over = !matches!(&failure, Failure::Imap { error, .. } if !error.is_fatal());
            (Err(failure.problem()), is_over.then_some(failure))
        }
    };
    // The one who asked may have gone.
    let _ = request.answer.send(answer);
    failure.map_or(Ok(()), Err)
}

async fn fetch(
    account: &Account,
    connection: &mut Connection,
    id: MessageId,
    piece: &Piece,
) -> Result<Option<BodyId>, Failure> {
    let places = account.store().read(move |tx| places(tx, id));
    for (mailbox, uid) in places.await? {
        if !bodies::open(connection, &mailbox).await? {
            continue;
        }
        let found = match piece {
            Piece::Whole => whole(account, connection, id, uid).await?,
            Piece::Text => text(account, connection, id, uid).await?,
            Piece::Section(section) => part(account, connection, id, uid, section).await?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

pub(crate) type Places = Vec<(Mailbox, Uid)>;

/// Returns where a message is on the server.
pub(crate) fn places(
    tx: &posthorn_store::ReadTx<'_>,
    id: MessageId,
) -> Result<Places, posthorn_store::Error> {
    let mut places = Places::new();
    for placed in placement::of_message(tx, id)? {
        if let Some(uid) = placed.uid {
            places.push((mailbox::get(tx, placed.mailbox)?, uid));
        }
    }
    Ok(places)
}

/// Fetches header and text parts.
async fn text(
    account: &Account,
    connection: &mut Connection,
    id: MessageId,
    uid: Uid,
) -> Result<Option<BodyId>, Failure> {
    let head = account.store().read(move |tx| message::get(tx, id)).await?.head;
    let wanted = message::Wanted { message: id, uid, size: head.size, received: head.received };
    bodies::sections(account, connection, &wanted).await
}

async fn whole(
    account: &Account,
    connection: &mut Connection,
    id: MessageId,
    uid: Uid,
) -> Result<Option<BodyId>, Failure> {
    let size = account
        .store()
        .read(move |tx| message::get(tx, id).map(|message| message.head.size))
        .await?;
    if size > ON_DEMAND {
        return Err(posthorn_imap::Error::Limit { what: "message", limit: ON_DEMAND }.into());
    }
    let mut found = None;
    let mut fetching = connection.session.fetch_bodies(&UidSet::from(uid)).await?;
    while let Some(mut fetched) = fetching.next().await? {
        if fetched.uid == Some(uid)
            && let Some(literal) = fetched.take_section("")
        {
            found = Some(bodies::bytes(literal)?);
        }
    }
    let Some(bytes) = found else { return Ok(None) };
    let stored = bodies::store_whole(account, vec![(id, bytes)]).await?;
    Ok(stored.first().map(|(_, body)| *body))
}

/// Fetches a part and its MIME header, without which nobody knows how it is encoded.
async fn part(
    account: &Account,
    connection: &mut Connection,
    id: MessageId,
    uid: Uid,
    section: &str,
) -> Result<Option<BodyId>, Failure> {
    let mut sections: Vec<(String, Vec<u8>)> = Vec::new();
    for name in [format!("{section}.MIME"), section.to_owned()] {
        if name == section
            && let Some((_, mime)) = sections.first()
            && let Some(plain) = without_base64(mime)
            && let Some(literal) = Box::pin(decoded(account, connection, uid, section)).await?
        {
            sections = vec![(format!("{section}.MIME"), plain), (name, bodies::bytes(literal)?)];
            break;
        }
        match connection.session.fetch_section(uid, &name, None).await {
            Ok(Some(literal)) => sections.push((name, bodies::bytes(literal)?)),
            Ok(None) => {}
            Err(error) if error.is_fatal() => return Err(error.into()),
            // `HEADER.MIME` and the like do not exist: some servers say BAD.
            Err(error) if name == section => return Err(error.into()),
            Err(_) => {}
        }
    }
    let stored = bodies::store_sections(account, id, sections).await?;
    Ok(stored.into_iter().find(|(name, _)| name == section).map(|(_, body)| body))
}

/// Fetches a part without its base64 (RFC 3516), which is a quarter less. Nothing where the server cannot, or broke off
/// over it before.
async fn decoded(
    account: &Account,
    connection: &mut Connection,
    uid: Uid,
    section: &str,
) -> Result<Option<Literal>, Failure> {
    if !connection.session.has("BINARY") || !account.binary.may(false) {
        return Ok(None);
    }
    match account.binary.ask(connection.session.fetch_binary(uid, section)).await {
        Err(error) if !error.is_fatal() => Ok(None),
        answer => Ok(answer?),
    }
}
