//! Bytes that somebody waits for: a message of which only the header came.

use posthorn_model::{BodyId, MessageId};
use posthorn_net::Stream;
use posthorn_pop3::{Error, Session};
use posthorn_store::maildrop;

use super::identity::Verified;
use super::keep;
use super::listing::{self, Listing};
use super::{connect, remove};
use crate::engine::Account;
use crate::failure::Failure;
use crate::limit::ON_DEMAND;
use crate::problem::{Problem, ProblemKind};
use crate::request::{Piece, Request};

/// Answers a request in a session of its own.
pub(super) async fn alone(
    account: &Account,
    verified: &mut Verified,
    request: Request,
) -> Result<(), Failure> {
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
        Piece::Whole => whole(account, session, listing, request.message).await,
        // Parts come with the whole: nothing else can be asked of this server.
        Piece::Section(_) => Ok(Err(Problem::of_kind(ProblemKind::Unsupported))),
    };
    let (answer, failure) = match result {
        Ok(answer) => (answer, None),
        Err(failure) => (Err(failure.problem()), Some(failure)),
    };
    let _ = request.answer.send(answer);
    failure.map_or(Ok(()), Err)
}

async fn whole(
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
    if listing.sizes.get(&number).is_some_and(|size| *size > ON_DEMAND) {
        return Ok(Err(Problem::of_kind(ProblemKind::Limit)));
    }
    let mut bytes = Vec::new();
    match session.retr(number, &mut bytes, ON_DEMAND, &mut |_| ()).await {
        Ok(_) => Ok(Ok(keep::complete(account, message, uidl, bytes).await?)),
        Err(Error::TooLarge { .. }) => Ok(Err(Problem::of_kind(ProblemKind::Limit))),
        Err(error @ Error::Refused { .. }) => Ok(Err(crate::failure::of_pop3(&error))),
        Err(error) => Err(error.into()),
    }
}
