//! The states of a message on its way out, and the steps between them.

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutboxState {
    /// It waits for its time (undo window, schedule) or its turn.
    Queued,
    /// It waits for the next try after a transient failure.
    Waiting,
    /// The server is being reached.
    Connecting,
    /// Recipients are being told.
    Recipients,
    /// The text is being sent.
    Data,
    /// The final dot was (or may have been) sent.
    DotSent,
    /// The connection broke after the dot: nobody knows.
    Unknown,
    /// The server took it.
    Accepted,
    /// The copy is in Sent.
    Filed,
    /// All is over.
    Done,
    /// The server refused it for good, or the tries are over.
    Failed,
    /// The user took it back.
    Cancelled,
}

impl OutboxState {
    /// All states.
    pub const ALL: [Self; 12] = [
        Self::Queued,
        Self::Waiting,
        Self::Connecting,
        Self::Recipients,
        Self::Data,
        Self::DotSent,
        Self::Unknown,
        Self::Accepted,
        Self::Filed,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Returns the state's word in the index database; never changed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Waiting => "waiting",
            Self::Connecting => "connecting",
            Self::Recipients => "recipients",
            Self::Data => "data",
            Self::DotSent => "dot-sent",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Filed => "filed",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads a word of [`Self::as_str`]. A word that is not known means the state that sends nothing by itself.
    pub(crate) fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Unknown)
    }

    /// Returns whether this step is allowed.
    pub fn may_become(self, to: Self) -> bool {
        self.next().contains(&to)
    }

    fn next(self) -> &'static [Self] {
        use OutboxState as S;
        match self {
            S::Queued => &[S::Connecting, S::Waiting, S::Failed, S::Cancelled],
            S::Waiting => &[S::Connecting, S::Queued, S::Waiting, S::Failed, S::Cancelled],
            // Back to the queue: the program stopped, and nothing was sent. Taken back while it is under way, it cannot
            // take the next step: the dot is not sent.
            S::Connecting => &[S::Recipients, S::Waiting, S::Failed, S::Queued, S::Cancelled],
            S::Recipients => &[S::Data, S::Waiting, S::Failed, S::Queued, S::Cancelled],
            S::Data => &[S::DotSent, S::Waiting, S::Failed, S::Queued, S::Cancelled],
            S::DotSent => &[S::Accepted, S::Waiting, S::Failed, S::Unknown],
            // Found in Sent, or the user said so; sent again only because the user asked.
            S::Unknown => &[S::Accepted, S::Queued, S::Cancelled],
            S::Accepted => &[S::Filed, S::Done],
            S::Filed => &[S::Done],
            S::Failed => &[S::Queued, S::Cancelled],
            S::Done | S::Cancelled => &[],
        }
    }

    /// Returns whether a connection is working on it.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Connecting | Self::Recipients | Self::Data | Self::DotSent)
    }

    /// Returns whether it may still be taken back.
    pub fn is_cancellable(self) -> bool {
        self.may_become(Self::Cancelled)
    }
}
