//! Earlier versions of a draft: shown, and gone back to. What is replaced becomes a version itself.

use posthorn_model::DraftId;
use posthorn_store::draft::{self, DraftContent};

use super::convert;
use crate::contract::{ById, Draft, DraftVersion, RestoreVersion};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;

/// Lists a draft's earlier versions, newest first.
pub(crate) async fn drafts_versions(engine: &Engine, request: ById) -> Result<Vec<DraftVersion>> {
    let id = DraftId(request.id);
    let found = engine.store().read(move |tx| draft::versions(tx, id)).await?;
    Ok(found
        .into_iter()
        .map(|version| DraftVersion {
            id: version.id,
            saved_at: version.saved_at.0,
            to: all(version.to),
            subject: version.subject,
            text: version.text,
        })
        .collect())
}

/// Goes back to an earlier version. Files stay as they are.
pub(crate) async fn drafts_restore(engine: &Engine, request: RestoreVersion) -> Result<Draft> {
    let (id, wanted) = (DraftId(request.draft), request.version);
    let claim = engine.revisions().claim(id, request.revision).await?;
    engine
        .store()
        .write(move |tx| {
            let versions = draft::versions(tx, id)?;
            let version = versions.into_iter().find(|version| version.id == wanted);
            let version = version.ok_or(posthorn_store::Error::NotFound("version"))?;
            let before = draft::get(tx, id)?;
            if before.outbox.is_some() {
                return Err(posthorn_store::Error::Invalid("this draft is being sent"));
            }
            draft::keep_version(tx, id)?;
            let content = DraftContent {
                to: version.to,
                cc: version.cc,
                bcc: version.bcc,
                subject: version.subject,
                text: version.text,
                html: version.html,
                ..before.content
            };
            draft::update(tx, id, &content)
        })
        .await?;
    claim.done();
    convert::get(engine, id).await
}
