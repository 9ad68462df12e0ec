/** Which accounts and folders are folded; remembered on this computer. */

const KEY = 'posthorn-folds';

function remembered(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

class Folds {
  #names = $state.raw<ReadonlySet<string>>(new Set(remembered()));

  has(name: string): boolean {
    return this.#names.has(name);
  }

  toggle(name: string): void {
    const names = new Set(this.#names);
    if (!names.delete(name)) names.add(name);
    this.#names = names;
    localStorage.setItem(KEY, JSON.stringify([...names]));
  }
}

/** What is folded. */
export const folds = new Folds();
