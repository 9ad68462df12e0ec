//! Bodies too large for one answer, fetched in pieces on the working connection: one piece, then whatever else is to be
//! done, then the next.
//!
//! Invariants:
//! * Each piece is durable before the next is asked for; after a break only what is missing is.
//! * What is stored is what the server has from the first byte to the last: at the size that it named nothing more may
//!   come, and nothing less before. A server that answers otherwise, or does not know ranges, is asked for the whole.
//! * A part in base64 comes without it where the server offers that ([`form`]); the two forms are never mixed. A server that
//!   gives something else than it said is asked for the part as it is in the message, from the beginning.
//! * The first piece is small and the next grow while they come quickly, so that on a slow line others wait seconds.

mod form;

use std::time::Duration;

use posthorn_imap::{Chunk, Form, Literal};
use posthorn_model::{BodyId, Uid};
use posthorn_store::mailbox::Mailbox;
use posthorn_store::{Origin, Partial, PartialSource, message};
use tokio::time::Instant;

use crate::download::Ticket;
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::serve::places;
use crate::imap::step::bodies;
use crate::limit::{
    CHUNK_FIRST, CHUNK_LARGEST, CHUNK_LEAST, CHUNK_TIME, CHUNKED_ABOVE, PROGRESS_MS, SPOOLED,
};
use crate::problem::{Problem, ProblemKind};
use crate::reading;
use crate::request::{Piece, Request};

/// How often it is looked how much of an answer came: as often as progress is told.
const LOOK: Duration = Duration::from_millis(PROGRESS_MS.unsigned_abs());

/// Tells whether what is asked for is fetched in pieces.
pub(crate) async fn is_large(account: &Account, request: &Request) -> Result<bool, Failure> {
    let id = request.message;
    let found = account.store().read(move |tx| message::get(tx, id)).await?;
    if found.head.size <= CHUNKED_ABOVE {
        return Ok(false);
    }
    Ok(match &request.piece {
        Piece::Whole => true,
        Piece::Text => false,
        Piece::Section(section) => {
            let mut files = found.head.attachments.iter();
            // Known is the size of the file; what comes is a third more.
            files
                .find(|file| file.section == *section)
                .is_none_or(|file| file.size > CHUNKED_ABOVE / 4 * 3)
        }
    })
}

/// The download that this connection works on.
#[derive(Debug)]
pub(crate) struct Large {
    ticket: Ticket,
    mailbox: Mailbox,
    uid: Uid,
    partial: Partial,
    /// The part's own header where it comes without its transfer encoding, which it does not name any more; absent where
    /// it comes as it is in the message.
    plain_header: Option<Vec<u8>>,
    /// Octets to ask for next.
    chunk: u64,
}

/// What became of a step.
enum Step {
    /// More is to come.
    More,
    /// All of it is in the file.
    Whole,
    /// The server's ranges are not to be believed.
    Doubted,
}

/// Does one step of the account's next download. Returns false when there is none.
pub(crate) async fn step(
    account: &Account,
    connection: &mut Connection,
    current: &mut Option<Large>,
) -> Result<bool, Failure> {
    let downloads = &account.engine.downloads;
    let Some(ticket) = downloads.next(account.id) else {
        *current = None;
        return Ok(false);
    };
    let result = match current.take().filter(|large| large.is(&ticket)) {
        // On the heap: seldom under way, and everything that calls this would carry it along.
        Some(large) => Box::pin(go_on(account, connection, large)).await,
        None => Box::pin(begin(account, connection, &ticket)).await,
    };
    match result {
        Ok(more) => *current = more,
        Err(failure) => {
            let failure = failure.at(&connection.host);
            let is_over = !matches!(&failure, Failure::Imap { error, .. } if !error.is_fatal());
            if is_over && !matches!(failure, Failure::Store(_) | Failure::Local(_)) {
                return Err(failure);
            }
            downloads.finish(account, &ticket, &Err(failure.problem()));
        }
    }
    // A long listing looks up after its window.
    account.signals.raise(|wanted| wanted.asked = true);
    Ok(true)
}

/// Finds the message on the server, and what is here of it.
async fn begin(
    account: &Account,
    connection: &mut Connection,
    ticket: &Ticket,
) -> Result<Option<Large>, Failure> {
    let id = ticket.message;
    let mut is_renumbered = false;
    for (mailbox, uid) in account.store().read(move |tx| places(tx, id)).await? {
        if !bodies::open(connection, &mailbox).await? {
            is_renumbered = true;
            account.signals.raise(|wanted| wanted.opened.extend([mailbox.id]));
            continue;
        }
        let Some(size) = size_of(connection, uid, &ticket.section).await? else { continue };
        if size > SPOOLED {
            let problem = Problem::of_kind(ProblemKind::Limit);
            account.engine.downloads.finish(account, ticket, &Err(problem));
            return Ok(None);
        }
        let plain = form::plain(account, connection, ticket, uid, size).await?;
        let (plain_header, size) = match plain {
            Some(plain) => (Some(plain.header), plain.size),
            None => (None, size),
        };
        let source = source(ticket, &mailbox, uid, plain_header.is_some(), size)?;
        let partial = account.store().bodies().partial(source).await?;
        account.engine.downloads.progress(account, ticket, partial.len(), size);
        let ticket = ticket.clone();
        let chunk = CHUNK_FIRST;
        return Ok(Some(Large { ticket, mailbox, uid, partial, plain_header, chunk }));
    }
    let downloads = &account.engine.downloads;
    if is_renumbered {
        // The folder is compared first; then the message has another uid.
        downloads.stumbled(account, &Problem::of_kind(ProblemKind::Gone));
    } else {
        downloads.finish(account, ticket, &Err(Problem::of_kind(ProblemKind::Gone)));
    }
    Ok(None)
}

fn source(
    ticket: &Ticket,
    mailbox: &Mailbox,
    uid: Uid,
    is_decoded: bool,
    size: u64,
) -> Result<PartialSource, Failure> {
    Ok(PartialSource {
        message: ticket.message,
        section: ticket.section.clone(),
        mailbox: mailbox.id,
        // It was just opened under this one.
        validity: mailbox.sync.uid_validity.ok_or(Failure::Interrupted)?,
        uid,
        is_decoded,
        size,
    })
}

/// Returns the octets of a section as the server counts them, 0 where it does not say; absent where the message is gone.
async fn size_of(
    connection: &mut Connection,
    uid: Uid,
    section: &str,
) -> Result<Option<u64>, Failure> {
    let (structure, size) = match connection.session.fetch_structure(uid).await {
        // Some servers cannot describe what they can give.
        Err(error) if !error.is_fatal() => return Ok(Some(0)),
        answer => answer?,
    };
    if structure.is_none() && size.is_none() {
        return Ok(None);
    }
    if section.is_empty() {
        return Ok(Some(size.unwrap_or(0)));
    }
    let parts = structure.as_ref().map(posthorn_imap::BodyStructure::parts).unwrap_or_default();
    Ok(Some(parts.iter().find(|part| part.section == section).map_or(0, |part| part.size)))
}

impl Large {
    fn is(&self, ticket: &Ticket) -> bool {
        self.ticket.message == ticket.message && self.ticket.section == ticket.section
    }

    fn total(&self) -> u64 {
        self.partial.source().size
    }

    fn form(&self) -> Form {
        if self.plain_header.is_some() { Form::Decoded } else { Form::Encoded }
    }
}

async fn go_on(
    account: &Account,
    connection: &mut Connection,
    large: Large,
) -> Result<Option<Large>, Failure> {
    let downloads = &account.engine.downloads;
    if !bodies::open(connection, &large.mailbox).await? {
        account.signals.raise(|wanted| wanted.opened.extend([large.mailbox.id]));
        downloads.stumbled(account, &Problem::of_kind(ProblemKind::Gone));
        return Ok(None);
    }
    if !bodies::has_room(account) {
        let problem = Problem::of_kind(ProblemKind::DiskFull);
        downloads.finish(account, &large.ticket, &Err(problem));
        return Ok(None);
    }
    let (large, step) = chunk(account, connection, large).await?;
    downloads.progress(account, &large.ticket, large.partial.len(), large.total());
    let body = match step {
        Step::More => return Ok(Some(large)),
        Step::Whole => {
            let reader = large.partial.reader()?;
            let put = account.store().bodies().put_stream(reader, Origin::Imap(account.id));
            Some(put.await?.id)
        }
        Step::Doubted if large.form() == Form::Decoded => {
            tracing::info!(
                message = large.ticket.message.0,
                "a server's decoded part was not believed"
            );
            account.binary.doubt();
            let Large { ticket, partial, .. } = large;
            partial.remove();
            return Box::pin(begin(account, connection, &ticket)).await;
        }
        Step::Doubted => at_once(account, connection, &large).await?,
    };
    let result = match body {
        None => Err(Problem::of_kind(ProblemKind::Gone)),
        Some(body) => {
            keep(account, connection, &large, body).await?;
            Ok(body)
        }
    };
    let Large { ticket, partial, .. } = large;
    partial.remove();
    downloads.finish(account, &ticket, &result);
    Ok(None)
}

/// Fetches the next piece.
async fn chunk(
    account: &Account,
    connection: &mut Connection,
    mut large: Large,
) -> Result<(Large, Step), Failure> {
    let (here, total) = (large.partial.len(), large.total());
    // At the size that was named one octet is asked for: honest servers have none.
    let wanted = match total {
        0 => large.chunk,
        total => total.saturating_sub(here).clamp(1, large.chunk),
    };
    let is_at_end = total == here && total > 0;
    let began = Instant::now();
    let (section, form) = (&large.ticket.section, large.form());
    let asking = connection.session.fetch_chunk(large.uid, section, form, here, wanted);
    let answer = match form {
        Form::Encoded => asking.await,
        Form::Decoded => account.binary.ask(asking).await,
    };
    let answer = match answer {
        // Some refuse a range that begins behind the end.
        Err(error) if !error.is_fatal() && is_at_end => Chunk::Absent,
        Err(error) if !error.is_fatal() => return Ok((large, Step::Doubted)),
        answer => answer?,
    };
    let (bytes, is_whole) = match answer {
        Chunk::Part(bytes) if bytes.is_empty() => (None, is_at_end || total == 0 && here > 0),
        Chunk::Absent => (None, is_at_end),
        Chunk::Part(_) if is_at_end => (None, false),
        Chunk::Part(bytes) if bytes.len() <= wanted => (Some(bytes), false),
        // It gave everything: no need to ask for it again.
        Chunk::Whole(bytes) if total == 0 || bytes.len() == total => {
            large.partial.restart()?;
            (Some(bytes), true)
        }
        Chunk::Part(_) | Chunk::Whole(_) => (None, false),
    };
    let Some(bytes) = bytes else {
        return Ok((large, if is_whole { Step::Whole } else { Step::Doubted }));
    };
    let mut large = append(large, bytes).await?;
    large.chunk = paced(large.chunk, began.elapsed());
    Ok((large, if is_whole { Step::Whole } else { Step::More }))
}

/// Makes a piece durable.
async fn append(large: Large, bytes: Literal) -> Result<Large, Failure> {
    let Large { ticket, mailbox, uid, mut partial, plain_header, chunk } = large;
    let writing = tokio::task::spawn_blocking(move || {
        let mut reader = bytes.into_reader()?;
        partial.append(&mut reader)?;
        Ok::<_, posthorn_store::Error>(partial)
    });
    let partial = writing.await.map_err(|_| Failure::Interrupted)??;
    Ok(Large { ticket, mailbox, uid, partial, plain_header, chunk })
}

/// Returns how much to ask for after a piece that took so long.
fn paced(chunk: u64, took: Duration) -> u64 {
    let next = if took < CHUNK_TIME {
        chunk * 2
    } else if took > CHUNK_TIME * 4 {
        chunk / 2
    } else {
        chunk
    };
    next.clamp(CHUNK_LEAST, CHUNK_LARGEST)
}

/// Fetches all of it with one command, and tells what came of it; absent where the server does not have it. Cancelled, it ends the connection:
/// nothing else stops an answer that is on its way.
async fn at_once(
    account: &Account,
    connection: &mut Connection,
    large: &Large,
) -> Result<Option<BodyId>, Failure> {
    tracing::info!(message = large.ticket.message.0, "a server's ranges were not believed");
    let (uid, section) = (large.uid, large.ticket.section.as_str());
    let (traffic, total) = (connection.session.traffic(), large.total());
    let before = traffic.octets();
    let mut looks = tokio::time::interval(LOOK);
    let mut fetching = std::pin::pin!(connection.session.fetch_section(uid, section, None));
    let fetched = loop {
        tokio::select! {
            () = large.ticket.cancel.cancelled() => return Err(Failure::Interrupted),
            fetched = &mut fetching => break fetched?,
            _ = looks.tick() => {
                // A little of it is the answer's frame.
                let came = traffic.octets() - before;
                let done = if total > 0 { came.min(total) } else { came };
                account.engine.downloads.progress(account, &large.ticket, done, total);
            }
        }
    };
    let Some(literal) = fetched else { return Ok(None) };
    let reader = literal.into_reader().map_err(|error| Failure::Local(error.to_string()))?;
    let put = account.store().bodies().put_stream(reader, Origin::Imap(account.id)).await?;
    Ok(Some(put.id))
}

/// Tells the index of a body that is durable.
async fn keep(
    account: &Account,
    connection: &mut Connection,
    large: &Large,
    body: BodyId,
) -> Result<(), Failure> {
    let (id, section) = (large.ticket.message, large.ticket.section.clone());
    if section.is_empty() {
        let source = account.store().bodies().open(body).await?;
        let read = tokio::task::spawn_blocking(move || {
            let skim = reading::skim(source)?;
            Ok::<_, std::io::Error>(reading::contents_of(skim.parse(None)))
        });
        let contents = read
            .await
            .map_err(|_| Failure::Interrupted)?
            .map_err(|error| Failure::Local(error.to_string()))?;
        let write = account.store().write(move |tx| message::set_body(tx, id, body, &contents));
        return known(write.await);
    }
    let name = form::header_name(&section);
    let mime = match &large.plain_header {
        Some(plain) => Some(plain.clone()),
        None => form::header(connection, large.uid, &section).await?,
    };
    let mime = match mime {
        Some(bytes) => Some(account.store().bodies().put(bytes, Origin::Imap(account.id)).await?),
        None => None,
    };
    let write = account.store().write(move |tx| {
        if let Some(mime) = mime {
            message::set_section(tx, id, &name, mime)?;
        }
        message::set_section(tx, id, &section, body)
    });
    known(write.await)
}

/// A message that vanished meanwhile needs no bytes.
fn known(result: posthorn_store::Result<()>) -> Result<(), Failure> {
    match result {
        Ok(()) | Err(posthorn_store::Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::paced;
    use crate::limit::{CHUNK_FIRST, CHUNK_LARGEST, CHUNK_LEAST};

    #[test]
    fn pieces_follow_the_line() {
        let (quick, fair, slow) =
            (Duration::from_millis(100), Duration::from_secs(2), Duration::from_secs(20));
        assert_eq!(paced(CHUNK_FIRST, quick), CHUNK_FIRST * 2);
        assert_eq!(paced(CHUNK_FIRST, fair), CHUNK_FIRST);
        assert_eq!(paced(CHUNK_FIRST, slow), CHUNK_FIRST / 2);
        assert_eq!(paced(CHUNK_LARGEST, quick), CHUNK_LARGEST);
        assert_eq!(paced(CHUNK_LEAST, slow), CHUNK_LEAST);
    }
}
