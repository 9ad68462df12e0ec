/** The time, for countdowns: moves once a second while somebody looks. */
export class Ticking {
  /** Milliseconds since 1970. */
  now = $state(Date.now());

  /** Starts; returns what stops it. */
  start(): () => void {
    const timer = setInterval(() => (this.now = Date.now()), 1_000);
    return () => clearInterval(timer);
  }
}
