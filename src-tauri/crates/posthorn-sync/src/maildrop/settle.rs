//! What an account says between two looks into its maildrop.

use posthorn_store::operation;

use super::Looked;
use crate::board::Part;
use crate::engine::Account;
use crate::status::State;

/// Says how things stand after a look that began when `mark` was wanted.
pub(super) fn settle(account: &Account, mark: u64, looked: &Looked) {
    let now = account.now();
    let next =
        looked.next.map(|next| now.plus_ms(i64::try_from(next.as_millis()).unwrap_or(i64::MAX)));
    account.update(|status| {
        match &looked.problem {
            None => {
                status.enter(State::UpToDate);
                // A maildrop is left after each look: nothing is held open.
                status.disconnect();
                if looked.has_looked {
                    status.last_complete = Some(now);
                }
            }
            Some(problem) => {
                status.enter(State::Waiting);
                status.problem = Some(problem.clone());
            }
        }
        status.next_try = next;
    });
    account.engine.board.served(account.id, Part::Incoming, mark);
}

/// Answers the signals that a maildrop has nothing to do for: they concern servers that have folders and flags. Returns
/// true where one asks for a look.
///
/// Operations are done by the store itself; should one wait all the same, it is not hidden.
pub(super) async fn is_asked_to_look(account: &Account) -> bool {
    let (board, id) = (&account.engine.board, account.id);
    loop {
        let mark = board.wanted(id, Part::Incoming);
        if account.signals.take().check {
            return true;
        }
        if let Ok(count) = account.store().read(move |tx| operation::count_under_way(tx, id)).await
        {
            account.update(|status| status.pending_operations = count);
        }
        board.served(id, Part::Incoming, mark);
        // A signal that came in between was taken with the others.
        if board.wanted(id, Part::Incoming) == mark {
            return false;
        }
    }
}
