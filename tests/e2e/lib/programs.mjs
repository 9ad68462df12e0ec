/** Where the programs under test are; `cargo xtask e2e` builds them and says so in the environment. */
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

function program(variable) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set: run this through cargo xtask e2e`);
  return path;
}

/** The application. */
export const application = () => program('POSTHORN_APP');
/** The development server. */
export const devserver = () => program('POSTHORN_DEVSERVER');
/** Dovecot and Exim from a folder. */
export const servers = () => program('POSTHORN_SERVERS');
/** tauri-driver. */
export const driver = () => program('TAURI_DRIVER');

/** Folder for pictures and logs. */
export function artefacts(name = '') {
  const folder = resolve(process.env.POSTHORN_ARTEFACTS ?? resolve(root, 'target/e2e'), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
