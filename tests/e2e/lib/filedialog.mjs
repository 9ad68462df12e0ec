/** The system's file dialog, used as a person does: the path is typed. */
import { waitFor } from './process.mjs';

async function dialogs(desktop) {
  const { stdout } = await desktop.run('xdotool', ['search', '--onlyvisible', '--class', 'posthorn']).catch(() => ({ stdout: '' }));
  return stdout.trim().split('\n').filter((id) => id !== '');
}

/** Chooses a file in the dialog that `open` brings up. */
export async function chooseFile(desktop, path, open) {
  const before = await dialogs(desktop);
  await open();
  const dialog = await waitFor(
    async () => (await dialogs(desktop)).find((id) => !before.includes(id)),
    'the file dialog is there',
  );
  const key = (...keys) => desktop.run('xdotool', ['windowactivate', '--sync', dialog, 'key', '--clearmodifiers', ...keys]);
  // GTK's dialog takes a path once its field is open.
  await key('ctrl+l');
  await desktop.run('xdotool', ['type', '--clearmodifiers', '--delay', '15', path]);
  await waitFor(async () => {
    await key('Return');
    return !(await dialogs(desktop)).includes(dialog);
  }, 'the file dialog is gone');
}
