//! Journeys of the API against real Dovecot and Exim: one file per journey under `tests/`.
