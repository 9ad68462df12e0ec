//! One sign-in through the browser, from its address to its tokens.

use std::time::Duration;

use posthorn_net::{Dialer, Secret};
use url::Url;

use crate::exchange::{client, redeem};
use crate::redirect::{Pages, Redirect};
use crate::{Error, Grant, Provider, random};

/// How long the user may take in the browser: a password, a second factor on another device, a consent.
pub(crate) const LIMIT: Duration = Duration::from_mins(10);

/// A sign-in that waits for the browser. Dropping it closes the listener.
#[derive(Debug)]
pub struct SignIn {
    provider: Provider,
    url: Url,
    state: String,
    verifier: Secret,
    redirect: Redirect,
}

impl SignIn {
    /// Opens the listener. `hint` is the address that is meant; the provider may fill it in.
    pub async fn begin(provider: &Provider, hint: Option<&str>) -> Result<Self, Error> {
        let client = client(provider)?;
        let (state, verifier) = (random::word()?, Secret::new(random::word()?));
        let redirect = Redirect::open(provider.redirect_host).await?;
        let mut url = provider.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", &redirect.address())
            .append_pair("scope", &provider.scopes.join(" "))
            .append_pair("state", &state)
            .append_pair("code_challenge", &random::challenge(&verifier))
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(&provider.extra)
            .extend_pairs(hint.map(|hint| ("login_hint", hint)));
        Ok(Self { provider: provider.clone(), url, state, verifier, redirect })
    }

    /// Returns the address that the system's browser is to open.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Waits for the browser, at most ten minutes, and gets the tokens. Dropped, it leaves nothing behind.
    pub async fn finish(self, dialer: &Dialer, pages: &Pages) -> Result<Grant, Error> {
        let address = self.redirect.address();
        let waiting = self.redirect.wait(&self.state, pages);
        let code = match tokio::time::timeout(LIMIT, waiting).await {
            Ok(code) => code?,
            Err(_) => return Err(Error::TimedOut(LIMIT)),
        };
        let given = redeem(dialer, &self.provider, &code, &self.verifier, &address).await;
        let given = given.map_err(|error| match error {
            // The code is new: what is over is this attempt, not a sign-in of before.
            Error::Revoked(said) => Error::Refused { said, is_transient: false },
            other => other,
        })?;
        let refresh =
            given.refresh.ok_or(Error::Malformed("it gives no refresh token (offline access)"))?;
        Ok(Grant {
            provider: self.provider.id,
            access: given.access,
            life: given.life,
            refresh,
            address: given.address,
        })
    }
}
