/** Events of our own on elements: `fold` is sent to a line of a tree by the arrow keys. */
import 'svelte/elements';

declare module 'svelte/elements' {
  interface HTMLAttributes<T extends EventTarget> {
    onfold?: (event: CustomEvent<undefined> & { currentTarget: T }) => void;
  }
}
