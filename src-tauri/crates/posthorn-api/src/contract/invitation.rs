//! Events that messages bring (RFC 5545), and answers to invitations (RFC 5546).

use super::{Address, OutboxItem, contract};

contract! {
    /// When an event begins or ends.
    #[serde(tag = "kind", rename_all_fields = "camelCase")]
    pub enum EventTime {
        /// A point in time.
        At {
            /// Which one.
            at: i64,
            /// The same by the clock of whoever wrote it: `2026-04-24T09:00`.
            clock: String,
            /// Where that clock is: `Europe/Berlin`, `UTC`.
            zone: String,
        },
        /// A whole day.
        Day {
            /// `2026-04-24`.
            day: String,
        },
        /// A time by the clock of a place that is not known.
        Local {
            /// `2026-04-24T09:00`.
            time: String,
            /// What the place is called; empty for wherever one is.
            zone: String,
        },
    }

    /// A day of the week in a rule.
    #[derive(Copy, Eq)]
    pub struct RuleDay {
        /// 1 is Monday, 7 is Sunday.
        pub weekday: u8,
        /// Which one of the month or year, counted from its end when negative; 0 for each.
        pub nth: i8,
    }

    /// How an event repeats (RFC 5545 section 3.3.10).
    pub struct Recurrence {
        /// `daily`, `weekly`, `monthly`, `yearly`, `other`.
        pub frequency: String,
        /// Each so many days, weeks, …; at least 1.
        pub interval: u32,
        /// Days of the week; empty when not said.
        pub days: Vec<RuleDay>,
        /// Days of the month, counted from its end when negative; empty when not said.
        pub month_days: Vec<i8>,
        /// Months, 1 to 12; empty when not said.
        pub months: Vec<u8>,
        /// How many times in all; null when not said.
        pub count: Option<u32>,
        /// Last time; null when not said.
        pub until: Option<EventTime>,
        /// There is more to it than this: exceptions, further dates.
        pub has_more: bool,
    }

    /// A participant of an event.
    pub struct Attendee {
        /// Who; the address may be empty.
        pub person: Address,
        /// `accepted`, `declined`, `tentative`, `needs-action`, …; empty when not said.
        pub answer: String,
        /// Need not come.
        pub optional: bool,
    }

    /// What may be answered.
    #[derive(Copy, Eq)]
    pub enum InvitationChoice {
        /// Comes.
        Accepted,
        /// May come.
        Tentative,
        /// Does not come.
        Declined,
    }

    /// Where an answer is.
    #[derive(Copy, Eq)]
    pub enum AnswerWay {
        /// In the outbox.
        Waiting,
        /// The server took it.
        Sent,
        /// The server refused it, or nobody knows: the outbox says.
        Failed,
    }

    /// What the user answered.
    pub struct GivenAnswer {
        /// What.
        pub choice: InvitationChoice,
        /// When.
        pub at: i64,
        /// Where the answer is.
        pub way: AnswerWay,
        /// The event was changed since.
        pub outdated: bool,
    }

    /// An event that a message brings. It goes into no calendar here.
    pub struct Invitation {
        /// `request`, `reply`, `counter`, `declineCounter`, `cancel` or `publish`.
        pub method: String,
        /// Title; empty when missing.
        pub summary: String,
        /// Where; empty when missing.
        pub location: String,
        /// Further words; empty when missing.
        pub description: String,
        /// What an answer says beside yes or no; empty when nothing.
        pub comment: String,
        /// Page of the event, `https:` alone; empty when missing.
        pub url: String,
        /// When it begins; null when not said.
        pub start: Option<EventTime>,
        /// When it ends; null when not said. Of whole days, the day after the last.
        pub end: Option<EventTime>,
        /// How it repeats; null when it does not.
        pub recurrence: Option<Recurrence>,
        /// The one of a repeated event that is meant, by when it would have begun; null for all of them.
        pub instance: Option<EventTime>,
        /// It is a changed version of what was sent before.
        pub updated: bool,
        /// Who invites; null when not said.
        pub organizer: Option<Address>,
        /// Who is invited, at most 200.
        pub attendees: Vec<Attendee>,
        /// Which of them the user is, by all own addresses; null when none.
        pub me: Option<Address>,
        /// It can be answered (`invitations.answer`): it is an invitation, by somebody else, of the user.
        pub can_answer: bool,
        /// What the user answered last; null when nothing.
        pub answer: Option<GivenAnswer>,
        /// Events that the same file brings beside this one.
        pub others: u32,
    }

    /// Answers an invitation.
    pub struct AnswerInvitation {
        /// The message that brings it.
        pub message: i64,
        /// What is answered.
        pub choice: InvitationChoice,
        /// Words for the organiser, at most 2,000 letters; empty = none.
        pub comment: String,
        /// Seconds in which it can be taken back (`outbox.discard`), 0 to 60.
        pub undo_seconds: u32,
    }

    /// An answer that was given.
    pub struct InvitationAnswered {
        /// The message that carries it.
        pub item: OutboxItem,
        /// The invitation as it stands now.
        pub invitation: Invitation,
    }

    /// The invitation of a message.
    pub struct InvitationOf {
        /// Null when it brings none.
        pub invitation: Option<Invitation>,
    }
}
