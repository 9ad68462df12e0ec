//! Sending and POP3 against real Exim and Dovecot, through a cutting proxy, and against servers that lie.

mod crash;
mod cut;
mod pop_break;
mod pop_fetch;
mod pop_odd;
mod rig;
mod send;
mod unknown;
