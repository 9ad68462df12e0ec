/** What is said on connections, read while somebody looks: a call that waits for the next lines, again and again. */
import type { Engine } from '@/ipc/engine';
import type { ConsoleConnection, ConsoleLine } from '@/ipc/generated';

/** Lines that the page keeps: as many as the engine. */
const KEPT = 5000;
/** How long one call waits for a line. */
const WAIT_MS = 10_000;
/** How long after a failed call the next one is made. */
const AGAIN_MS = 2000;

/** The console of the page. */
export class Console {
  lines = $state.raw<readonly ConsoleLine[]>([]);
  connections = $state.raw<readonly ConsoleConnection[]>([]);
  /** Lines that came too fast to be kept. */
  lost = $state(0);
  /** What is shown stands still; new lines are kept. */
  paused = $state.raw<readonly ConsoleLine[] | null>(null);
  #open = false;

  constructor(private readonly engine: Engine) {}

  /** Opens the console; returns the function that closes it. */
  open(): () => void {
    this.#open = true;
    void this.#listen();
    return () => {
      this.#open = false;
      void this.engine.call('console.close', {}).catch(() => undefined);
    };
  }

  /** Lets what is shown stand still, or goes on. */
  togglePause(): void {
    this.paused = this.paused ? null : this.lines;
  }

  get shown(): readonly ConsoleLine[] {
    return this.paused ?? this.lines;
  }

  /** Lines that came since it stands still. */
  get behind(): number {
    const last = this.paused?.at(-1)?.number ?? 0;
    return this.paused ? this.lines.filter((line) => line.number > last).length : 0;
  }

  async #listen(): Promise<void> {
    let after = 0;
    let first = true;
    while (this.#open) {
      try {
        // The first call tells the connections at once, also where nobody speaks.
        const read = await this.engine.call('console.read', { after, waitMs: first ? 0 : WAIT_MS });
        if (!this.#open) return;
        if (!first) this.lost += read.lost;
        first = false;
        after = read.last;
        this.connections = read.connections;
        if (read.lines.length > 0) this.lines = [...this.lines, ...read.lines].slice(-KEPT);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }
}

/** Returns lines of some connections that contain words. */
export function filtered(
  lines: readonly ConsoleLine[],
  connections: ReadonlySet<number>,
  words: string,
): readonly ConsoleLine[] {
  const wanted = words.trim().toLowerCase();
  return lines.filter(
    (line) => connections.has(line.connection) && (wanted === '' || line.text.toLowerCase().includes(wanted)),
  );
}

/** Returns a time to the millisecond. */
export function stamp(at: number): string {
  const date = new Date(at);
  const two = (value: number, digits = 2) => String(value).padStart(digits, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`;
}
