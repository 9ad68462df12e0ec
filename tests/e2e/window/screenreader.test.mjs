/** What a screen reader is told of the list, a message and the composer, by the real window: names, roles, states, order. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../lib/process.mjs';
import { artefacts } from '../lib/programs.mjs';
import { inWorld } from '../lib/world.mjs';

export const name = 'a screen reader is told the list, the message and the composer, in order and by name';

const SCRIPT = fileURLToPath(new URL('../lib/accessible.py', import.meta.url));

/** All nodes of a tree, in the order in which they are read. */
function nodes(tree) {
  return [tree, ...tree.children.flatMap(nodes)];
}

/** Everything that is said of a node and of what is in it. */
function words(tree) {
  return nodes(tree)
    .flatMap((one) => [one.name, one.text, one.description])
    .filter((text) => text.replaceAll('\ufffc', '').trim() !== '')
    .join(' | ');
}

/** Nodes whose role of the web is this; an engine's own names of roles differ by version. */
const withRole = (tree, role) => nodes(tree).filter((one) => (one.attributes['xml-roles'] ?? '').split(' ').includes(role));
const called = (list, name) => list.find((one) => one.name === name);

export async function test() {
  await inWorld(
    'screen-reader',
    async ({ desktop, servers, open }) => {
      const page = await open('anna');
      await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'For your ears', text: 'Every word of it is heard. 每个字都听得见。' });
      await page.findText('.row__subj', 'For your ears');
      let last;
      /** Waits until the tree is as it is to be; the last one is kept when that was in vain. */
      const told = async (what, probe) => {
        try {
          return await waitFor(
            async () => {
              last = JSON.parse((await desktop.run('/usr/bin/python3', [SCRIPT, 'posthorn'])).stdout);
              return probe(last);
            },
            what,
            60_000,
          );
        } catch (error) {
          await writeFile(join(artefacts('screen-reader'), 'tree.json'), JSON.stringify(last ?? null, null, 1));
          throw error;
        }
      };

      // The list: named, counted, each row with people and subject, unread in words.
      const grid = await told('the list and its newest row', (tree) => {
        const list = called(withRole(tree, 'grid'), 'All inboxes');
        return list && words(list).includes('For your ears') ? list : null;
      });
      const row = withRole(grid, 'row').find((one) => words(one).includes('For your ears'));
      assert.ok(row, 'the row is one');
      const places = ['Bert Okoro', 'For your ears'].map((part) => words(row).indexOf(part));
      assert.ok(words(row).includes('Unread'), `it is told unread in words: ${words(row)}`);
      assert.ok(0 <= places[0] && places[0] < places[1], `by whom, then about what: ${words(row)}`);

      // The message: a region of its own, the subject as a heading, the author's article, and its words.
      await page.clickText('.row__subj', 'For your ears');
      await page.find('.msg.is-open iframe');
      const article = await told('the message and its words', (tree) => {
        const reader = nodes(tree).find((one) => one.name === 'Conversation' && words(one).includes('Every word of it is heard'));
        if (!reader) return null;
        const heading = nodes(reader).find((one) => one.role === 'heading' && words(one).includes('For your ears'));
        return heading && nodes(reader).find((one) => one.name.includes('Bert Okoro') && words(one).includes('每个字都听得见'));
      });
      assert.ok(article, 'it is the article of its author');
      const selected = await told('the row is chosen', (tree) =>
        withRole(tree, 'row').find((one) => one.states.includes('selected') && words(one).includes('For your ears')),
      );
      assert.ok(selected);

      // The composer: every field by name, the text in focus, the button last.
      await page.press('r');
      await page.find('.composer .writing');
      const composer = await told('the composer and its text in focus', (tree) => {
        const one = nodes(tree).find((node) => node.name === 'Reply' && nodes(node).some((inner) => inner.name === 'Message'));
        const text = one && nodes(one).find((inner) => inner.name === 'Message');
        return text?.states.includes('focused') ? one : null;
      });
      const order = nodes(composer).map((one) => one.name);
      const fields = ['To', 'Subject', 'Message', 'Send'].map((field) => order.indexOf(field));
      assert.ok(fields.every((place) => place >= 0), `every field has its name: ${JSON.stringify(order.filter(Boolean))}`);
      assert.deepEqual(fields, [...fields].sort((a, b) => a - b), 'and they are read in the order in which they stand');
      const text = nodes(composer).find((one) => one.name === 'Message');
      assert.ok(text.states.includes('editable') && text.states.includes('multiline'), `the text can be written in: ${text.states}`);
      await page.press('Escape');
      await page.gone('.composer');
      await page.quit();
    },
    { readers: true },
  );
}
