//! Bytes that somebody waits for: a message of which only the header came.

use posthorn_model::{BodyId, MessageId};
use posthorn_net::Stream;
use posthorn_pop3::{Error, Session};
use posthorn_store::{Origin, maildrop, message};

use super::identity::Verified;
use super::keep;
use super::listing::{self, Listing};
use super::spool::Spool;
use super::{connect, remove};
use crate::engine::Account;
use crate::failure::Failure;
use crate::limit::SPOOLED;
use crate::problem::{Problem, ProblemKind};
use crate::request::{Piece, Request};

/// Answers a request in a session of its own.
pub(super) async fn alone(
    account: &Account,
    verified: &mut Verified,
    request: Request,
) -> Result<(), Failure> {
    connect::until_allowed(account).await;
    let _gate = account.browser.gate().await;
    let opened = async {
        let mut connection = connect::connect(account).await?;
        let listing = listing::list(account, &mut connection.session, verified).await?;
        Ok::<_, Failure>((connection, listing))
    };
    match opened.await {
        Ok((mut connection, listing)) => {
            serve(account, &mut connection.session, &listing, request).await?;
            remove::leave(account, connection).await
        }
        Err(failure) => {
            // The one who asked may have gone.
            let _ = request.answer.send(Err(failure.problem()));
            Err(failure)
        }
    }
}

/// Answers a request in this session. A broken session is an error for both: who asked, and who owns the session.
pub(super) async fn serve(
    account: &Account,
    session: &mut Session<Stream>,
    listing: &Listing,
    request: Request,
) -> Result<(), Failure> {
    let result = match request.piece {
        Piece::Whole | Piece::Text => whole(account, session, listing, request.message).await,
        // Nothing but the whole can be asked of this server; the part is taken out of it.
        Piece::Section(section) => match whole(account, session, listing, request.message).await {
            Ok(Ok(body)) => part(account, request.message, body, section).await,
            other => other,
        },
    };
    let (answer, failure) = match result {
        Ok(answer) => (answer, None),
        Err(failure) => (Err(failure.problem()), Some(failure)),
    };
    let _ = request.answer.send(answer);
    failure.map_or(Ok(()), Err)
}

pub(super) async fn whole(
    account: &Account,
    session: &mut Session<Stream>,
    listing: &Listing,
    message: MessageId,
) -> Result<Result<BodyId, Problem>, Failure> {
    let id = account.id;
    let rows = account.store().read(move |tx| maildrop::list(tx, id)).await?;
    let row = rows.into_iter().find(|row| row.message == Some(message));
    let found = row
        .and_then(|row| listing.numbers.get(&row.uidl).map(|number| (row.uidl.clone(), *number)));
    let Some((uidl, number)) = found else { return Ok(Err(Problem::of_kind(ProblemKind::Gone))) };
    let size = listing.sizes.get(&number).copied().unwrap_or_default();
    if size > SPOOLED {
        return Ok(Err(Problem::of_kind(ProblemKind::Limit)));
    }
    let mut spool = Spool::new(account.store().bodies(), account.id, size);
    match session.retr(number, &mut spool, SPOOLED, &mut |_| ()).await {
        Ok(_) => {
            let content = spool.finish().await?;
            Ok(Ok(keep::complete(account, message, uidl, content).await?))
        }
        Err(Error::TooLarge { .. }) => Ok(Err(Problem::of_kind(ProblemKind::Limit))),
        Err(error @ Error::Refused { .. }) => Ok(Err(crate::failure::of_pop3(&error))),
        Err(Error::Sink(_)) => Err(spool.failure().await),
        Err(error) => Err(error.into()),
    }
}

/// Takes a part out of a message that is whole, as it was transferred.
async fn part(
    account: &Account,
    message: MessageId,
    body: BodyId,
    section: String,
) -> Result<Result<BodyId, Problem>, Failure> {
    let bodies = account.store().bodies();
    let (raw, wanted) = (bodies.get(body).await?, section.clone());
    let read = tokio::task::spawn_blocking(move || {
        posthorn_message::raw_part(&raw, &wanted).map(<[u8]>::to_vec)
    });
    let Some(bytes) = read.await.map_err(|_| Failure::Interrupted)? else {
        return Ok(Err(Problem::of_kind(ProblemKind::Gone)));
    };
    let part = bodies.put(bytes, Origin::Local).await?;
    let write = account.store().write(move |tx| message::set_section(tx, message, &section, part));
    write.await?;
    Ok(Ok(part))
}
