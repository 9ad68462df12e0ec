/** Build and unit-test settings. The result in `dist/` is what the shell serves; nothing is fetched from elsewhere. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const engine = process.env['POSTHORN_DEVSERVER'];

export default defineConfig({
  plugins: [svelte()],
  base: './',
  resolve: {
    alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) },
    ...(process.env['VITEST'] ? { conditions: ['browser'] } : {}),
  },
  build: { target: 'safari16', assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    ...(engine ? { proxy: { '/api': engine, '/events': { target: engine, ws: true } } } : {}),
  },
  test: {
    environment: 'happy-dom',
    // Generous: other builds may have both cores.
    testTimeout: 60_000,
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/reporter.ts'],
  },
});
