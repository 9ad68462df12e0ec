/** Invitations and files for tests and for looking at the interface. */
import type { Attachment, Invitation, PreviewedFile, Recurrence } from '@/ipc/generated';
import { NOW } from './mail';

const HOUR = 3_600_000;

/** A rule that says no more than how often. */
export const WEEKLY: Recurrence = {
  frequency: 'weekly',
  interval: 1,
  days: [],
  monthDays: [],
  months: [],
  count: null,
  until: null,
  hasMore: false,
};

/** An invitation that can be answered. */
export const INVITATION: Invitation = {
  method: 'request',
  summary: 'Proof reading, spring catalogue',
  location: 'Papier & Fils, 14 rue des Arts, 2nd floor',
  description: 'Bring the colour bars.',
  comment: '',
  url: 'https://meet.papier-fils.example/proofs',
  start: { kind: 'at', at: NOW + 72 * HOUR, clock: '2026-11-24T16:00', zone: 'Europe/Paris' },
  end: { kind: 'at', at: NOW + 73 * HOUR, clock: '2026-11-24T17:00', zone: 'Europe/Paris' },
  recurrence: { ...WEEKLY, interval: 2, days: [{ weekday: 2, nth: 0 }], count: 6 },
  instance: null,
  updated: false,
  organizer: { name: 'Élise Marchand', email: 'elise@papier-fils.example' },
  attendees: [
    { person: { name: 'Yue Lin', email: 'yue@harbour.example' }, answer: 'needs-action', optional: false },
    { person: { name: 'Tomas Herrera', email: 'tomas@harbour.example' }, answer: 'accepted', optional: false },
    { person: { name: '张伟', email: 'zhang.wei@suzhou.example' }, answer: 'tentative', optional: true },
  ],
  me: { name: 'Yue Lin', email: 'yue@harbour.example' },
  canAnswer: true,
  answer: null,
  others: 0,
};

/** A file of a message. */
export function file(part: number, name: string, contentType: string, size = 4_000): Attachment {
  return { part, section: `${part}`, name, contentType, size, here: true, dangerous: false, url: '' };
}

/** Files of every kind that is looked at. */
export const FILES: Attachment[] = [
  file(2, 'Re_ Lease 2026.eml', 'message/rfc822', 18_000),
  file(3, 'print-runs.csv', 'text/csv', 2_100),
  file(4, 'Élise Marchand.vcf', 'text/vcard', 900),
  file(5, 'spring.ics', 'text/calendar', 1_200),
  file(6, 'notes.txt', 'text/plain', 5_300),
  file(7, 'Spring-catalogue_proof-3.pdf', 'application/pdf', 4_200_000),
];

/** A page of a file as a picture; what follows it in a URL changes nothing. */
const PAPER = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 595 842">
<rect width="595" height="842" fill="#fff"/><rect x="60" y="150" width="475" height="220" fill="#D9E5DC"/>
<g fill="#2B2418" font-family="serif"><text x="60" y="90" font-size="30">Spring 2027</text>
<text x="60" y="122" font-size="15">Papier &amp; Fils · 春季目录 · proof 3</text>
<g font-size="13"><text x="60" y="410">Harbour notes, 1 100 copies, on recycled paper of 80 grammes.</text>
<text x="60" y="432">第 41 页第二栏：“harbour” 需要加 u。书脊加宽两毫米。</text>
<text x="60" y="454">The spine is two millimetres wider; page 12 is warmer.</text></g></g></svg>`)}#`;

/** What these files look like. `page` makes a document of the content scheme. */
export function previewOf(part: number, page: (html: string) => string): PreviewedFile {
  const one = FILES.find((known) => known.part === part) ?? file(part, 'file', 'application/octet-stream');
  const told = { name: one.name, contentType: one.contentType, size: one.size, url: '' };
  switch (part) {
    case 2:
      return {
        ...told,
        preview: {
          kind: 'message',
          frameUrl: page('<p>Dear Yue,</p><p>the lease is attached; please sign page 4.</p>'),
          message: {
            from: [{ name: 'Nordbank', email: 'lease@nordbank.example' }],
            to: [{ name: '', email: 'yue@harbour.example' }],
            cc: [],
            subject: 'Lease 2026',
            sentAt: NOW - 400 * HOUR,
            design: 'plain',
            attachments: [file(1, 'lease-signed.pdf', 'application/pdf', 310_000), file(2, 'terms.txt', 'text/plain')],
            blockedImages: 2,
            lang: '',
          },
        },
      };
    case 3: {
      const rows = ['Title;Copies;Paper', '春季目录;4 200;Munken 90', 'Harbour notes;1 100;Recycled 80'];
      const cells = rows.map((row) => `<tr><td>${row.split(';').join('</td><td>')}</td></tr>`).join('');
      const table = `<table border="1" cellpadding="6" style="border-collapse:collapse">${cells}</table>`;
      return {
        ...told,
        preview: { kind: 'table', frameUrl: page(table), charset: 'UTF-8', rows: 3, cut: false },
      };
    }
    case 4:
      return {
        ...told,
        preview: {
          kind: 'cards',
          cards: [
            {
              name: 'Élise Marchand',
              organization: 'Papier & Fils',
              title: 'Production',
              emails: [{ kind: 'work', value: 'elise@papier-fils.example' }],
              phones: [{ kind: 'cell', value: '+33 6 12 34 56 78' }],
              addresses: [{ kind: 'work', value: '14 rue des Arts\n69001 Lyon' }],
              urls: [{ kind: 'other', value: 'https://papier-fils.example' }],
              birthday: '',
              note: '',
            },
          ],
        },
      };
    case 5:
      return { ...told, preview: { kind: 'events', events: [{ ...INVITATION, canAnswer: false, me: null }] } };
    case 6:
      return {
        ...told,
        preview: {
          kind: 'text',
          frameUrl: page('<pre>Page 12: warmer.\nPage 41: 港 takes a u.</pre>'),
          charset: 'GB18030',
          cut: true,
        },
      };
    case 7: {
      const sizes = [...Array.from({ length: 11 }, () => ({ width: 595, height: 842 })), { width: 842, height: 595 }];
      return { ...told, preview: { kind: 'pages', pageUrl: PAPER, sizes } };
    }
    default:
      return { ...told, preview: { kind: 'none', why: 'kind' } };
  }
}
