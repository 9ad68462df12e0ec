/** Lint rules. Imports point down: app → feature → (state, command, component, text) → ipc; features never import features. */
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const code = ['src/**/*.ts', 'src/**/*.svelte', 'src/**/*.svelte.ts'];

/** Forbids a folder what lies above or beside it. */
function layer(folder, forbidden, reason) {
  const group = forbidden.flatMap((name) => [`@/${name}`, `@/${name}/**`]);
  return {
    files: code.map((pattern) => pattern.replace('src/', `src/${folder}/`)),
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group, message: reason },
            { group: ['../../*', '../*/*'], message: 'Name what lies outside of this folder from the root: @/…' },
            ...(folder === 'ipc'
              ? []
              : [{ group: ['@tauri-apps/*', '@/ipc/tauri', '@/ipc/web'], message: 'Only ipc/ knows the transports.' }]),
          ],
        },
      ],
    },
  };
}

export default ts.config(
  { ignores: ['dist', 'src/ipc/generated.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'svelte/no-at-html-tags': 'error',
      // Slots of the recycled list and short fixed lists have no key.
      'svelte/require-each-key': 'off',
      // Collections are immutable values here, replaced as a whole.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    files: code,
    ignores: ['src/ipc/**'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
    },
  },
  layer('ipc', ['app', 'feature', 'state', 'command', 'component', 'text'], 'ipc/ imports nothing of ours.'),
  layer('component', ['app', 'feature', 'state', 'command', 'text', 'ipc'], 'component/ imports nothing but styles.'),
  layer('text', ['app', 'feature', 'state', 'command', 'component'], 'text/ imports ipc/ alone.'),
  layer('command', ['app', 'feature', 'state', 'component'], 'command/ imports text/ and ipc/ alone.'),
  layer('state', ['app', 'feature', 'component'], 'state/ imports command/, text/ and ipc/ alone.'),
  layer('feature', ['app', 'feature'], 'Features import neither app/ nor each other.'),
);
