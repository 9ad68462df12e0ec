//! Full text: what the search index holds, and questions to it.

use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::writer::Writer;

/// The search database's writer.
#[derive(Debug)]
pub(crate) struct Index(Mutex<Option<Writer>>);

impl Index {
    pub(crate) fn new(writer: Writer) -> Self {
        Self(Mutex::new(Some(writer)))
    }

    pub(crate) fn writer(&self) -> Result<Writer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Error::Closed)
    }

    pub(crate) fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
