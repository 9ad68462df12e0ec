/** From a message into the address book, into a group, and to everybody in it; another signature never takes what was typed. */
import assert from 'node:assert/strict';
import { openBrowser, startDevserver } from '../lib/browser.mjs';
import { waitFor } from '../lib/process.mjs';
import { startServers } from '../lib/servers.mjs';

export const name = 'somebody is kept from a message, a group is written to, and a signature is exchanged below what was typed';

const CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Paul Card\r\nEMAIL;TYPE=work:paul@posthorn.test\r\nEND:VCARD';

async function keepPeople(page, server) {
  await page.locator('.row[data-index]', { hasText: 'Proofs' }).click();
  await page.locator('.msg.is-open .msg__more').click();
  await page.locator('.msg__facts .person', { hasText: 'Bert Okoro' }).click();
  await page.locator('[role=menuitem]', { hasText: 'Add to contacts' }).click();
  await page.locator('.undo', { hasText: 'Bert Okoro is in your contacts' }).waitFor();
  await page.locator('.facts-card', { hasText: 'Paul Card' }).locator('[data-keep]').click();
  await page.locator('.undo', { hasText: 'Paul Card is in your contacts' }).waitFor();
  const { people } = await server.call('people.search', { text: '', limit: 10 });
  assert.deepEqual(people.map((one) => [one.name, one.emails[0].value]), [
    ['Bert Okoro', 'bert@posthorn.test'],
    ['Paul Card', 'paul@posthorn.test'],
  ]);
  // Who is there is changed, not added twice.
  await page.locator('.msg__facts .person', { hasText: 'Bert Okoro' }).click();
  await page.locator('[role=menuitem]', { hasText: 'Edit contact' }).click();
  await page.locator('dialog[open] textarea').fill('Proofs on Mondays');
  await page.locator('dialog[open] .btn--primary').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
}

async function makeGroup(page, server) {
  await page.keyboard.press('Control+,');
  await page.locator('.nav__item', { hasText: 'Contacts' }).click();
  await page.locator('.opt', { hasText: 'Bert Okoro' }).waitFor();
  await page.locator('.people__tools .btn', { hasText: 'New group' }).click();
  await page.locator('dialog[open] input[maxlength="80"]').fill('校对组');
  const more = page.locator('dialog[open] [role=combobox]');
  for (const typed of ['ber', 'pau']) {
    await more.pressSequentially(typed);
    await page.locator('dialog[open] [role=option].is-active').first().waitFor();
    await page.keyboard.press('Enter');
  }
  assert.equal(await page.locator('dialog[open] .members .chip').count(), 2);
  await page.locator('dialog[open] .btn--primary').click();
  await page.locator('.opt', { hasText: '校对组' }).waitFor();
  const [group] = await server.call('groups.list');
  assert.deepEqual(group.members.map((one) => one.email), ['bert@posthorn.test', 'paul@posthorn.test']);
  // Gone and back.
  await page.locator('.opt', { hasText: '校对组' }).locator('button').last().click();
  await page.locator('.undo .btn').click();
  await page.locator('.opt', { hasText: '校对组' }).waitFor();
  await page.locator('.side__back').click();
}

async function sign(page, server) {
  const [account] = await server.call('accounts.list');
  const identity = account.identities[0].id;
  const words = { id: 0, identity, name: '', text: '', plain: '' };
  await server.call('signatures.save', { ...words, html: '<div>Anna <b>Lee</b></div><div>Harbour Press</div>' });
  await server.call('signatures.save', { ...words, name: 'Short', html: 'A.', text: 'Plain A.' });
}

async function writeToGroup(page, server) {
  await page.keyboard.press('c');
  const to = page.locator('.composer [data-field=to]');
  await to.pressSequentially('jdz');
  await page.locator('[role=option]', { hasText: '校对组' }).waitFor();
  await page.keyboard.press('Enter');
  await waitFor(async () => (await page.locator('[data-drop-field=to] .chip').count()) === 2, 'all members are there');
  await page.locator('[data-field=subject]').fill('To the group');
  const text = page.locator('.composer .writing');
  await text.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('Here they are.');
  const choose = async (label) => {
    await page.locator('.composer [aria-label=Signature]').click();
    await page.locator('[role^=menuitem]', { hasText: label }).click();
  };
  await choose('Short');
  await waitFor(async () => (await text.innerText()).includes('A.'), 'the other signature is there');
  const said = await text.innerText();
  assert.ok(said.includes('Here they are.') && !said.includes('Harbour'), said);
  const draft = async () => (await server.call('drafts.list'))[0];
  assert.match((await draft()).text, /^Here they are\.\n\n-- \nPlain A\.$/);
  // What was typed into a signature is the user's: it stays when another one is asked for.
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' on leave');
  await choose('Anna Lee');
  await waitFor(async () => (await text.innerText()).includes('Harbour Press'), 'the first is there again');
  assert.match(await text.innerText(), /A\. on leave[\s\S]*Anna Lee\s+Harbour Press/);
  await page.locator('.composer [data-send]').click();
}

export async function test() {
  const servers = await startServers();
  const server = await startDevserver(servers, { seed: await servers.seed('anna') });
  try {
    const headers = ['Content-Type: multipart/mixed; boundary=b'];
    const text = `--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n--b\r\nContent-Type: text/vcard; name=paul.vcf\r\nContent-Disposition: attachment; filename=paul.vcf\r\n\r\n${CARD}\r\n--b--`;
    await servers.deliver('anna', { from: 'Bert Okoro <bert@posthorn.test>', subject: 'Proofs', text, headers });
    await server.call('accounts.checkNow', { account: null });
    await server.call('sync.wait', { account: null, timeoutMs: 60_000 });
    const settings = await server.call('settings.get');
    await server.call('settings.set', { ...settings, undoSendSeconds: 0 });
    const before = await Promise.all(['bert', 'paul'].map((user) => servers.tell(`count ${user} INBOX`)));
    const { browser, page } = await openBrowser(server);
    try {
      await keepPeople(page, server);
      await makeGroup(page, server);
      await sign(page, server);
      await writeToGroup(page, server);
      const now = () => Promise.all(['bert', 'paul'].map((user) => servers.tell(`count ${user} INBOX`)));
      await waitFor(async () => (await now()).every((count, at) => count === before[at] + 1), 'every member got it once');
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await servers.stop();
  }
}
