/**
 * One sign-in through the system's browser: the engine listens, the page opens the provider's address, and the user comes
 * back. Tokens never come here; a ticket does.
 */
import { asEngineError, type Engine } from '@/ipc/engine';
import type { Error as EngineErrorData, SignedIn, SignInProvider } from '@/ipc/generated';
import { locale, t } from '@/text/text.svelte';

/** A sign-in that can be waited for, called off and begun again. */
export class BrowserSignIn {
  /** The browser is awaited. */
  waiting = $state(false);
  problem = $state.raw<EngineErrorData | null>(null);
  /** Somebody else signed in than was meant; the user says what is to be done. */
  other = $state.raw<SignedIn | null>(null);
  #url = '';
  #ticket = '';

  constructor(private readonly engine: Engine) {}

  /** Signs in; null when nobody did, and `problem` or `other` says why where there is something to say. */
  async run(provider: SignInProvider, email: string): Promise<SignedIn | null> {
    this.problem = null;
    this.other = null;
    this.waiting = true;
    try {
      const words = {
        language: locale(),
        doneTitle: t('signin-page-done'),
        doneText: t('signin-page-done-text'),
        deniedTitle: t('signin-page-denied'),
        deniedText: t('signin-page-denied-text'),
      };
      const begun = await this.engine.call('signIn.begin', { provider: provider.id, email, words });
      this.#url = begun.url;
      this.#ticket = begun.ticket;
      await this.engine.openExternal(begun.url);
      const signedIn = await this.engine.call('signIn.wait', { ticket: begun.ticket });
      if (signedIn.isMeant) return signedIn;
      this.other = signedIn;
    } catch (thrown) {
      const error = asEngineError(thrown);
      if (error.code !== 'cancelled') this.problem = error.data;
    } finally {
      this.waiting = false;
    }
    return null;
  }

  /** Opens the provider's page once more, for a browser window that was closed. */
  async openAgain(): Promise<void> {
    try {
      await this.engine.openExternal(this.#url);
    } catch (thrown) {
      this.problem = asEngineError(thrown).data;
    }
  }

  /** Calls it off. */
  async cancel(): Promise<void> {
    if (!this.waiting) return;
    try {
      await this.engine.call('signIn.cancel', { ticket: this.#ticket });
    } catch (thrown) {
      this.problem = asEngineError(thrown).data;
    }
  }
}
