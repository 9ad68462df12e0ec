//! The IMAP worker against a real Dovecot, through a cutting proxy, and against servers that lie.

mod break_off;
mod first;
mod lie;
mod live;
mod operation;
mod rig;
