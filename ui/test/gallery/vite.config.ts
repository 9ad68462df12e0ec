/** Builds the gallery into `target/gallery` of the checkout, for the pictures of `cargo xtask shots`. No package contains it. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const below = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: below('.'),
  plugins: [svelte({ configFile: below('../../svelte.config.js') })],
  base: './',
  resolve: { alias: { '@': below('../../src') } },
  build: {
    target: 'safari16',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2_000,
    minify: false,
    outDir: below('../../../target/gallery'),
    emptyOutDir: true,
  },
});
