//! Splitting and merging conversations by hand: steps of the log that no server hears of.
//!
//! They are done at once, and taken back like any other step. What they mean is in [`crate::thread`].

use std::collections::BTreeSet;

use posthorn_model::{MessageId, OperationId};
use serde_json::{Value, json};

use super::{Action, effect};
use crate::error::{Error, Result};
use crate::thread::part::{self, Plan};
use crate::thread::{self, Arranged, PartId, PartMove, SplitReach};
use crate::tx::WriteTx;

/// What the user did to conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arrangement {
    /// Split messages off.
    Split,
    /// Made several one.
    Merge,
    /// Put back what was split off.
    Rejoin,
    /// Put apart what was merged.
    Separate,
}

impl Arrangement {
    const ALL: [Self; 4] = [Self::Split, Self::Merge, Self::Rejoin, Self::Separate];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Rejoin => "rejoin",
            Self::Separate => "separate",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What is to be done to conversations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrange {
    /// A message, or it and what came after it, becomes a conversation of its own.
    Split {
        /// The message.
        message: MessageId,
        /// How much.
        reach: SplitReach,
    },
    /// The conversations of these messages become one.
    Merge {
        /// One message of each; two of one conversation count once.
        messages: Vec<MessageId>,
    },
    /// What the user did to the conversation of this message is taken back.
    Restore {
        /// The message.
        message: MessageId,
    },
}

/// Does it, and returns the step of the log with what it was.
pub fn arrange(tx: &WriteTx<'_>, wanted: &Arrange) -> Result<(OperationId, Arrangement, u64)> {
    let (what, plan) = match wanted {
        Arrange::Split { message, reach } => {
            (Arrangement::Split, part::split(tx, *message, *reach)?)
        }
        Arrange::Merge { messages } => {
            let threads = messages.iter().map(|id| thread::of_message(tx, *id));
            let threads = threads.collect::<Result<BTreeSet<_>>>()?;
            (Arrangement::Merge, part::merge(tx, &threads)?)
        }
        Arrange::Restore { message } => {
            let (before, plan) = part::restore(tx, thread::of_message(tx, *message)?)?;
            let is_merged = before == Arranged::Merged;
            (if is_merged { Arrangement::Separate } else { Arrangement::Rejoin }, plan)
        }
    };
    let Plan { account, moves, count } = plan;
    part::shift(tx, account, &moves)?;
    let id = effect::add(tx, account, &Action::Arrange { what, count, moves })?;
    super::done(tx, id, &[])?;
    Ok((id, what, count))
}

/// Takes a step back.
pub(super) fn take_back(
    tx: &WriteTx<'_>,
    account: posthorn_model::AccountId,
    moves: &[PartMove],
) -> Result<()> {
    let back = |step: &PartMove| PartMove { part: step.part, from: step.to, to: step.from };
    let moves: Vec<PartMove> = moves.iter().map(back).collect();
    if moves.is_empty() {
        return Err(Error::NotUndoable("nothing was changed"));
    }
    part::shift(tx, account, &moves)
}

pub(super) fn moves_text(moves: &[PartMove]) -> Value {
    let id = |part: Option<PartId>| part.map_or(0, |part| part.0);
    moves.iter().map(|step| json!([step.part.0, id(step.from), id(step.to)])).collect()
}

pub(super) fn moves_from(value: &Value) -> Option<Vec<PartMove>> {
    let part = |id: i64| (id != 0).then_some(PartId(id));
    let one = |step: &Value| {
        let id = |at: usize| step.get(at).and_then(Value::as_i64);
        Some(PartMove { part: PartId(id(0)?), from: part(id(1)?), to: part(id(2)?) })
    };
    value.as_array()?.iter().map(one).collect()
}
