/**
 * Every screen and state of the interface, and how it is reached on the synthetic mail of `ui/test/gallery`: `query` is
 * the gallery's own, `show` is given an actor (`lib/stage.mjs`) and ends when what is to be seen is there.
 */

const scene = (name, show, query = {}) => ({ name, show, query });

/** A scene in which the first message is read; `more` goes on from there. */
const reading = (name, query, more = async () => {}) =>
  scene(
    name,
    async (actor) => {
      await actor.read();
      await more(actor);
    },
    query,
  );

/** The same, of a message whose body does not come. */
const bare = (name, query, css) => ({
  ...scene(
    name,
    async (actor) => {
      await actor.read(true);
      await actor.see(css);
    },
    query,
  ),
  bare: true,
});

/** A scene in which a message is written. */
const writing = (name, query, more = async () => {}, command = 'compose.new') =>
  scene(
    name,
    async (actor) => {
      if (command === 'compose.new') await actor.list();
      else await actor.read();
      await actor.run(command);
      await actor.see('.composer .cfoot');
      await more(actor);
    },
    query,
  );

/** A scene above the list: a command and what it opens. */
const opening = (name, command, css, query = {}, more = async () => {}) =>
  scene(
    name,
    async (actor) => {
      await actor.list();
      if (!query.empty && query.rows !== '0') await actor.run('list.first');
      await actor.run(command);
      await actor.see(css);
      await more(actor);
    },
    query,
  );

/** A section of the settings, by its place in the list on the left. */
const settings = (name, at, more = async () => {}, query = {}) =>
  scene(
    name,
    async (actor) => {
      await actor.list();
      await actor.run('app.settings');
      await actor.see('.set');
      await actor.poke('.app--wide .side li > button', at);
      await more(actor);
    },
    query,
  );

/** The place of the first account in the list of the settings, and of the third, which fetches by POP3. */
const ACCOUNT = 8;
const POP = 10;
const dialog = 'dialog[open]';

/** What is on the server of the POP3 account. */
const maildrop = (name, query, css, more = async () => {}) =>
  scene(
    name,
    async (actor) => {
      await actor.list();
      await actor.run('app.maildrop');
      await actor.see(css);
      await more(actor);
    },
    query,
  );

/** A file of a message, looked at inside the window. */
const file = (name, at, css) =>
  reading(`file-${name}`, { show: 'files' }, async (actor) => {
    await actor.poke('.msg.is-open .att__open', at);
    await actor.see(`${dialog}.viewer ${css}`);
  });

/** A PDF, looked at inside the window. */
const pdf = (name, query, css) =>
  reading(`pdf-${name}`, { show: 'pdf', ...query }, async (actor) => {
    await actor.poke('.msg.is-open .att__open', 0);
    await actor.see(`${dialog}.viewer ${css}`);
  });

/** A page whose servers are asked: where it begins depends on the account that is added. */
const adding = (name, query, css) => scene(name, (actor) => actor.see(css), query);

/** All scenes, in the order of the index. */
export const SCENES = [
  // The list.
  scene('inbox', async (actor) => {
    await actor.see('.row[data-index="0"]');
    await actor.run('list.first');
    await actor.see('.msg.is-open, .app[data-pane=list]');
  }),
  scene('inbox-nothing-chosen', (actor) => actor.see('.row[data-index="0"]')),
  scene('inbox-compact', (actor) => actor.see('.row[data-index="0"]'), { density: 'compact' }),
  scene('inbox-relaxed', (actor) => actor.see('.row[data-index="0"]'), { density: 'relaxed' }),
  scene('list-empty', (actor) => actor.see('.state--big'), { rows: '0' }),
  scene('list-coming', (actor) => actor.see('[data-name=list] .state'), { show: 'coming1st' }),
  scene('list-loading', (actor) => actor.see('.row--skeleton'), { show: 'listLoading' }),
  scene('list-error', (actor) => actor.see('[data-name=list] .state'), { show: 'listError' }),
  scene('list-offline', (actor) => actor.see('[data-name=list] .state'), { show: 'offline', rows: '0' }),
  opening('list-filtered', 'list.filterUnread', '.filters'),
  opening('list-filtered-empty', 'list.filterUnread', '[data-name=list] .state', { rows: '0' }),
  opening('list-marked', 'list.select', '.row.is-checked', {}, (actor) => actor.run('list.extendDown')),
  opening('list-menu', 'list.first', '.row[data-index="1"]', {}, async (actor) => {
    await actor.back();
    await actor.click('.row[data-index="1"]', { button: 'right' });
    await actor.see('[role=menu]');
  }),
  opening('list-undo', 'message.archive', '.undo', {}, (actor) => actor.back()),
  scene('search-nothing', async (actor) => {
    await actor.see('[data-name=list] .state');
    await actor.type('[data-search]', 'from:bert 发票 larger:5M');
    await actor.see('[data-name=list] .state:not(.state--big)');
  }, { rows: '0' }),
  ...['searching', 'done', 'offline'].map((state) =>
    scene(`search-${state}`, (actor) => actor.see(`.beyond[data-beyond=${state}]`), { show: 'beyond', beyond: state, found: '12', ...(state === 'done' && { refused: '' }) }),
  ),
  scene('offline', async (actor) => {
    await actor.list();
    await actor.poke('.status__line');
    await actor.see('.popover, .app');
  }, { show: 'offline' }),
  scene('trouble', async (actor) => {
    await actor.list();
    await actor.poke('.status__line');
    await actor.see('.popover, .app');
  }, { show: 'trouble' }),

  // Folders.
  scene('folders-drawer', async (actor) => {
    await actor.list();
    await actor.poke('.only-drawer');
  }),
  scene('folder-menu', async (actor) => {
    await actor.list();
    await actor.context('.side [data-folder]', 4);
    await actor.see('[role=menu]');
  }),
  scene('folder-properties', async (actor) => {
    await actor.list();
    await actor.poke('.side [data-folder]', 4);
    await actor.list();
    await actor.run('folder.properties');
    await actor.see(`${dialog} .facts`);
  }),
  opening('folder-new', 'folder.new', `${dialog} input`),
  opening('folder-move-to', 'message.move', `${dialog} input`),
  opening('storage', 'account.storage', `${dialog} .storage__list`),
  opening('storage-free', 'account.storage', `${dialog} .storage__list`, {}, async (actor) => {
    await actor.poke(`${dialog} .seg > button`, -1);
    await actor.see(`${dialog} .storage__ask`);
  }),
  opening('palette', 'app.palette', dialog),
  opening('help', 'app.help', dialog),
  opening('question', 'message.delete', `${dialog} .btn--danger`),

  // Reading.
  reading('reader', {}),
  reading('reader-trust', { show: 'trust' }, (actor) => actor.poke('.msg.is-open .trust .lnk', -1)),
  reading('reader-notices', { show: 'notices' }),
  reading('reader-reminded', { show: 'reminded' }, (actor) => actor.see('[data-followup=waiting]')),
  reading('reader-report', { show: 'report' }, (actor) => actor.see('.facts-card')),
  reading('reader-receipts', { show: 'receipt' }, (actor) => actor.see('.receipt__line[data-fate]')),
  reading('reader-receipt-open', { show: 'receipt' }, async (actor) => {
    await actor.poke('.receipt__line .msg__more');
    await actor.poke('.receipt summary');
    await actor.see('.receipt pre');
  }),
  reading('reader-invitation', { show: 'invitation' }, (actor) => actor.see('.event__answer')),
  reading('reader-invitation-answered', { show: 'answered' }, (actor) => actor.see('.facts-card')),
  reading('reader-invitation-cancelled', { show: 'cancelled' }, (actor) => actor.see('.facts-card')),
  reading('reader-downloads', { show: 'downloads' }, (actor) => actor.see('.att .meter')),
  bare('reader-coming', { show: 'coming' }, '.coming'),
  scene('reader-loading', async (actor) => {
    await actor.list();
    await actor.run('list.first');
    await actor.run('list.open');
    await actor.see('.reader .skeleton, .reader [aria-busy], .reader .state, .reader .scroll');
  }, { show: 'threadLoading' }),
  scene('reader-error', async (actor) => {
    await actor.list();
    await actor.run('list.first');
    await actor.run('list.open');
    await actor.see('.reader .state');
  }, { show: 'threadError' }),
  bare('reader-body-loading', { show: 'bodyLoading' }, '.msg__wait'),
  bare('reader-body-error', { show: 'bodyError' }, '.msg__body .state'),
  reading('reader-details', {}, async (actor) => {
    await actor.poke('.msg.is-open .msg__to .msg__more');
    await actor.see('.msg__facts');
  }),
  reading('reader-find', {}, async (actor) => {
    await actor.run('message.find');
    await actor.type('.find input', 'spine');
  }),
  reading('reader-source', {}, async (actor) => {
    await actor.run('message.source');
    await actor.see(`${dialog} .source`);
  }),
  reading('reader-redirect', {}, async (actor) => {
    await actor.run('message.redirect');
    await actor.see(dialog);
  }),
  reading('reader-menu', {}, async (actor) => {
    await actor.poke('.reader .bar [aria-haspopup=menu]', -1);
    await actor.see('[role=menu]');
  }),
  file('message', 0, '.viewer__mail iframe'),
  file('table', 1, 'iframe'),
  file('card', 2, '[data-card]'),
  file('event', 3, '.facts-card'),
  file('text', 4, 'iframe'),
  pdf('pages', {}, '.pages__page:not(.is-coming)'),
  pdf('page-failed', { why: 'pages' }, '.pages__said button'),
  ...['locked', 'damaged', 'tooManyPages', 'tooMuch'].map((why) => pdf(`none-${why}`, { why }, '.state')),

  // Writing.
  writing('compose', {}),
  writing('compose-answer', {}, undefined, 'message.reply'),
  writing('compose-answer-below', { below: '' }, undefined, 'message.reply'),
  writing('compose-plain', {}, async (actor) => {
    await actor.run('compose.plain');
    await actor.see('.writing--plain, dialog[open]');
  }),
  writing('compose-menu', {}, async (actor) => {
    await actor.poke('.cfoot [aria-haspopup=menu]', -1);
    await actor.see('[role=menu]');
  }),
  writing('compose-from', {}, async (actor) => {
    await actor.run('compose.from');
    await actor.see('[role=menu]');
  }),
  writing('compose-later', {}, async (actor) => {
    await actor.run('compose.sendLater');
    await actor.see('[role=menu]');
  }),
  writing('compose-reminder', {}, async (actor) => {
    await actor.run('compose.followUp');
    await actor.see('[role=menu]');
  }),
  writing('compose-reminded', { remind: '' }, (actor) => actor.see('[data-followup=wish]')),
  writing('compose-versions', { show: 'versions' }, async (actor) => {
    await actor.run('compose.versions');
    await actor.see(`${dialog} .versions__one`);
  }),
  writing('compose-refused', { show: 'refusedCopy' }, (actor) => actor.see('.composer .notice')),
  writing('compose-dropping', {}, async (actor) => {
    await actor.page.evaluate(() => window.posthornFake.drop({ kind: 'over', x: 600, y: 300 }));
    await actor.see('.drop.is-over');
  }),
  scene('drop-new', async (actor) => {
    await actor.list();
    await actor.page.evaluate(() => window.posthornFake.drop({ kind: 'over', x: 600, y: 300 }));
    await actor.see('.drop.is-over');
  }),
  opening('outbox', 'go.outbox', '.orow', { show: 'outbox' }, (actor) => actor.click('.orow')),
  ...[1, 2, 3, 4].map((at) =>
    opening(`outbox-${at}`, 'go.outbox', '.orow', { show: 'outbox' }, async (actor) => {
      await actor.poke('.orow', at);
      await actor.page.evaluate(() => document.querySelector('.app')?.setAttribute('data-pane', 'reader'));
    }),
  ),
  opening('outbox-empty', 'go.outbox', '[data-name=list] .state'),
  opening('unanswered', 'go.followUps', '[data-name=list] .row', { show: 'unanswered' }, async (actor) => {
    await actor.run('list.first');
    await actor.run('list.open');
    await actor.see('[data-followup=due]');
  }),
  opening('unanswered-empty', 'go.followUps', '[data-name=list] .state', { rows: '0' }),
  opening('drafts', 'go.drafts', '.drafts .row', { show: 'drafts' }),

  // Settings.
  settings('settings-appearance', 0),
  settings('settings-reading', 1),
  settings('settings-writing', 2),
  settings('settings-template', 2, async (actor) => {
    await actor.poke('.template__acts button');
    await actor.see(dialog);
  }),
  settings('settings-people', 3),
  settings('settings-desktop', 4),
  settings('settings-network', 5),
  settings('settings-keyboard', 6),
  settings('settings-about', 7),
  settings('settings-account', ACCOUNT),
  settings('settings-account-end', ACCOUNT, (actor) => actor.end('.set')),
  settings('settings-identity', ACCOUNT, async (actor) => {
    await actor.poke('.set__in .opt .btn');
    await actor.see(dialog);
  }),
  settings('settings-signature', ACCOUNT, async (actor) => {
    await actor.into('.template__acts');
    await actor.poke('.template__acts .ib');
    await actor.see(dialog);
  }),
  settings('settings-pop', POP, (actor) => actor.into('.rules')),
  settings('settings-rule', POP, async (actor) => {
    await actor.into('.rules');
    await actor.poke('.rules [class*=acts] .ib', 2);
    await actor.see(dialog);
  }),
  settings('settings-rule-try', POP, async (actor) => {
    await actor.into('.rules');
    await actor.poke('.rules + .actions .btn', 1);
    await actor.see(`${dialog} .rules__list li`);
  }),
  settings('settings-rule-looking', POP, async (actor) => {
    await actor.into('.rules');
    await actor.poke('.rules + .actions .btn', 1);
    await actor.see(`${dialog} .rules__sums`);
  }, { show: 'ruleLooking' }),
  settings('settings-rule-failed', POP, async (actor) => {
    await actor.into('.rules');
    await actor.poke('.rules + .actions .btn', 1);
    await actor.see(`${dialog} .rules__sums .bad`);
  }, { show: 'ruleFailed' }),
  settings('settings-rule-log', POP, async (actor) => {
    await actor.into('.rules');
    await actor.poke('.rules + .actions + .opt .btn');
    await actor.see(`${dialog} .rules__list li`);
  }),

  // What servers have.
  maildrop('maildrop', {}, '.mdrop__row'),
  maildrop('maildrop-marked', {}, '.mdrop__row', async (actor) => {
    for (const at of [0, 2, 3]) await actor.poke('.mdrop__row .cb', at);
  }),
  maildrop('maildrop-preview', {}, '.mdrop__row', async (actor) => {
    await actor.poke('.mdrop__row .cb', 2);
    await actor.poke('.mdrop__bar .btn', 1);
    await actor.see(`${dialog} .mdrop__text`);
  }),
  maildrop('maildrop-free', {}, '.mdrop__row', async (actor) => {
    await actor.poke('.mdrop__sum > .btn');
    await actor.see(`${dialog} .mdrop__free`);
  }),
  maildrop('maildrop-remove', {}, '.mdrop__row', async (actor) => {
    for (const at of [0, 2, 3]) await actor.poke('.mdrop__row .cb', at);
    await actor.poke('.mdrop__bar .btn--danger');
    await actor.see(`${dialog} .btn--danger`);
  }),
  maildrop('maildrop-asking', { show: 'dropAsking' }, '.mdrop__meter'),
  maildrop('maildrop-waiting', { show: 'dropWaiting' }, '.state'),
  maildrop('maildrop-heads', { show: 'dropHeads' }, '.mdrop__row'),
  maildrop('maildrop-failed', { show: 'dropFailed' }, '.state'),
  maildrop('maildrop-empty', { show: 'dropEmpty' }, '.state'),
  opening('ledger', 'app.ledger', '.ledger tbody tr'),
  opening('ledger-line', 'app.ledger', '.ledger tbody tr', {}, async (actor) => {
    await actor.poke('.ledger__name', 1);
    await actor.see('.ledger__more');
  }),
  opening('console', 'app.console', '.line'),

  // Accounts.
  adding('first-run', { empty: '' }, 'input[name=email]'),
  scene('first-run-by-hand', async (actor) => {
    await actor.see('input[name=email]');
    await actor.poke('form .actions .btn:not(.btn--primary)');
    await actor.see('.server');
  }, { empty: '' }),
  adding('first-run-searching', { show: 'steps' }, '.live .is-now'),
  adding('first-run-sign-in', { show: 'signin' }, '.notice--form'),
  scene('first-run-signing-in', async (actor) => {
    await actor.see('.notice--form');
    await actor.poke('form .btn--primary');
    await actor.see('.prompt');
  }, { show: 'signin' }),
  adding('first-run-no-passwords', { show: 'noclient' }, '.trouble'),
  scene('unlock', (actor) => actor.see(`${dialog} input`), { show: 'locked' }),
  scene('password', (actor) => actor.see(`${dialog} input`), { show: 'password' }),
  scene('sign-in-again', (actor) => actor.see(dialog), { show: 'over' }),
  settings('certificate', ACCOUNT, async (actor) => {
    await actor.end('.set');
    await actor.poke('.said ~ .actions .btn');
    await actor.see(`${dialog} .facts`);
  }, { show: 'certificate' }),
  scene('start-failed', (actor) => actor.see('.state'), { show: 'broken' }),
];

/** Scenes that are also looked at with the longest names and with mail from the right to the left. */
export const OF_MAIL = [
  'inbox',
  'inbox-compact',
  'reader',
  'reader-details',
  'reader-invitation',
  'reader-receipt-open',
  'compose',
  'compose-answer',
  'compose-from',
  'folder-move-to',
  'folder-menu',
  'settings-account',
  'maildrop',
  'maildrop-marked',
  'ledger',
  'palette',
  'storage',
  'file-message',
];

/** How scenes are looked at. A window's size is that of its page, CSS pixels. */
export const LOOKS = {
  light: { query: { theme: 'light', lang: 'en' } },
  'dark-chinese': { query: { theme: 'dark', lang: 'zh-CN' } },
  contrast: { query: { theme: 'contrast', lang: 'en' }, width: 1000, height: 720 },
  'narrow-chinese': { query: { theme: 'light', lang: 'zh-CN' }, width: 480, height: 800 },
  'narrow-dark': { query: { theme: 'dark', lang: 'en' }, width: 480, height: 800 },
  double: { query: { theme: 'light', lang: 'en', size: '200' } },
  long: { query: { theme: 'light', lang: 'en', mail: 'long' } },
  'long-narrow': { query: { theme: 'light', lang: 'zh-CN', mail: 'long' }, width: 480, height: 800 },
  right: { query: { theme: 'light', lang: 'en', mail: 'right' } },
};

/** Looks of scenes that show no mail of other people. */
const USUAL = ['light', 'dark-chinese', 'contrast', 'narrow-chinese', 'narrow-dark', 'double'];

/** The pictures that every test run compares: `scene` and `look`. Small windows keep the set small. */
export const COMPARED = [
  ['reader', 'light'],
  ['reader', 'dark-chinese'],
  ['inbox', 'contrast'],
  ['inbox', 'narrow-chinese'],
  ['list-empty', 'narrow-dark'],
  ['list-error', 'narrow-chinese'],
  ['list-loading', 'narrow-dark'],
  ['list-offline', 'contrast'],
  ['reader', 'right'],
  ['inbox', 'long-narrow'],
  ['reader', 'double'],
  ['reader-downloads', 'narrow-dark'],
  ['reader-receipts', 'narrow-chinese'],
  ['compose-answer', 'light'],
  ['compose', 'narrow-chinese'],
  ['palette', 'narrow-dark'],
  ['settings-appearance', 'dark-chinese'],
  ['settings-rule-try', 'narrow-chinese'],
  ['maildrop', 'contrast'],
  ['ledger', 'narrow-dark'],
  ['first-run', 'light'],
];

/** Every picture: a scene in a look. */
export function pictures() {
  return SCENES.flatMap((scene) => {
    const looks = OF_MAIL.includes(scene.name) ? Object.keys(LOOKS) : USUAL;
    return looks.map((look) => ({ name: `${scene.name}.${look}`, scene, look: LOOKS[look] }));
  });
}

/** The pictures that are compared. */
export function compared() {
  const all = new Map(pictures().map((one) => [one.name, one]));
  return COMPARED.map(([scene, look]) => {
    const one = all.get(`${scene}.${look}`);
    if (!one) throw new Error(`there is no picture ${scene}.${look}`);
    return one;
  });
}
