//! Searching at servers, where not everything is here.

use posthorn_model::AccountId;
use posthorn_store::account;
use posthorn_store::search::Search;

use super::Sync;
use crate::imap::look::{self, Look, Looked};
use crate::limit::LOOK_TIME;
use crate::problem::{Problem, ProblemKind};

/// What one server is to be asked of a search.
#[derive(Clone, Debug)]
pub struct SearchPlan {
    /// Whose server it is.
    pub account: AccountId,
    /// Its host.
    pub host: String,
    look: Look,
}

impl Sync {
    /// Returns which servers know more about a search than this computer; none where everything that it asks about is
    /// here. Maildrops cannot be searched.
    pub async fn search_plans(&self, search: &Search) -> Result<Vec<SearchPlan>, Problem> {
        let running: Vec<AccountId> = self
            .running()
            .iter()
            .filter(|(_, running)| running.is_imap)
            .map(|(id, _)| *id)
            .collect();
        let search = search.clone();
        let read = self.engine().store.read(move |tx| {
            let mut plans = Vec::new();
            for account in running {
                let stored = account::get(tx, account)?;
                if let Some(look) = look::plan(tx, &stored, &search.query, search.now)? {
                    let host = stored.settings.incoming.server.host.clone();
                    plans.push(SearchPlan { account, host, look });
                }
            }
            Ok(plans)
        });
        read.await.map_err(|error| Problem::of_store(&error))
    }

    /// Asks a server, on a connection of its own; dropped, it ends that. `found` hears what was found so far, after each
    /// folder.
    pub async fn search_server(
        &self,
        plan: SearchPlan,
        found: impl Fn(&Looked),
    ) -> Result<Looked, Problem> {
        let context = self.running().get(&plan.account).map(|running| running.context.clone());
        let Some(context) = context else {
            return Err(self.not_here(plan.account));
        };
        if self.is_offline() {
            return Err(Problem::of_kind(ProblemKind::NotHere));
        }
        let asking = look::run(&context, plan.look, found);
        tokio::select! {
            () = context.cancel.cancelled() => Err(Problem::of_kind(ProblemKind::NotHere)),
            () = context.offline() => Err(Problem::of_kind(ProblemKind::NotHere)),
            asked = tokio::time::timeout(LOOK_TIME, Box::pin(asking)) => match asked {
                Ok(asked) => asked.map_err(|failure| failure.problem()),
                Err(_) => Err(Problem::of_kind(ProblemKind::Timeout)),
            },
        }
    }
}
