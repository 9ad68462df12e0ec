/** What an icon is: a Lucide icon, imported one by one, or a drawing of ours that takes the same. */
import type { Component } from 'svelte';

export type Shape = Component<{ class?: string; 'aria-hidden'?: 'true' }>;
