//! The store from outside, through its public functions.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what these tests share is only ever a test"
)]

#[path = "it/arrange.rs"]
mod arrange;
#[path = "it/body.rs"]
mod body;
#[path = "it/fixture.rs"]
mod fixture;
#[path = "it/follow_up.rs"]
mod follow_up;
#[path = "it/invitation.rs"]
mod invitation;
#[path = "it/maildrop.rs"]
mod maildrop;
#[path = "it/open.rs"]
mod open;
#[path = "it/operation.rs"]
mod operation;
#[path = "it/outbox.rs"]
mod outbox;
#[path = "it/people.rs"]
mod people;
#[path = "it/placement.rs"]
mod placement;
#[path = "it/route.rs"]
mod route;
#[path = "it/search.rs"]
mod search;
#[path = "it/sender.rs"]
mod sender;
#[path = "it/thread.rs"]
mod thread;
#[path = "it/transfer.rs"]
mod transfer;
#[path = "it/view.rs"]
mod view;
