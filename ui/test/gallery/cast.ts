/** Mail whose names are as long as names get, and mail that is written from the right to the left. */
import type { Account, Mailbox } from '@/ipc/generated';
import { ACCOUNTS, type Cast, MAILBOXES } from '../mail';

const LONG: Cast = {
  people: [
    [
      'Dr.-Ing. Maximiliane Freifrau von Hohenlohe-Waldenburg-Schillingsfürst (Verwaltungsrat)',
      'maximiliane.freifrau.von.hohenlohe-waldenburg@verwaltung.donaudampfschifffahrtsgesellschaft.example',
    ],
    [
      '中国人民解放军第四〇一医院放射影像科预约与随访服务中心（青岛市市南区）',
      'fangsheyingxiangke-yuyueyusuifang@qingdaoshinanqu401yiyuan.example',
    ],
    ['', 'no-reply+8f14e45fceea167a5a36dedd4bea2543a8e5d7c1b0@bounces.notifications.mailer.example'],
    ['Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch', 'station@anglesey.example'],
  ],
  lines: [
    [
      'Re: Fwd: Re: [EXTERNAL] Minutes of the extraordinary general meeting of the Association of Independent Publishers, third corrected version with the annexes that were asked for',
      'As agreed on the telephone, please find attached the third corrected version with all annexes.',
    ],
    [
      '关于进一步加强和规范二〇二七年度春季图书目录编辑、校对、印刷、装订及发行各环节质量管理工作的通知（征求意见稿第三版）',
      '请各部门于十二月五日前将修改意见以书面形式反馈至编辑部，逾期视为无意见。',
    ],
    [
      'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft_final_final2_REALLY_FINAL.pdf',
      'https://files.example/very/long/path/without/any/space/that/could/be/broken/anywhere/at/all/0123456789abcdef',
    ],
    ['', ''],
  ],
};

const RIGHT: Cast = {
  people: [
    ['نور الهدى', 'noor@maktaba.example'],
    ['דוד כהן', 'david@sefer.example'],
    ['Élise Marchand', 'elise@papier-fils.example'],
    ['فاطمة الزهراء (المالية)', 'fatima@maktaba.example'],
  ],
  lines: [
    ['النسخة الثالثة من فهرس الربيع 2027 (PDF)', 'تم تصحيح شريط الألوان في الصفحة 12، والكعب أعرض بمقدار 2 مم.'],
    ['הצעת מחיר מס׳ 41 — Munken 90g', 'שלום יואה, מצורפת ההצעה המתוקנת. נא לאשר עד יום רביעי.'],
    ['Re: فهرس الربيع', 'Noor wrote: «النسخة جاهزة» — please release it.'],
    ['כרטיסים לליסבון, 24/11', 'הטיסה TP 1367 יוצאת ב־09:40.'],
  ],
};

/** Casts by the word that chooses them. */
export const CASTS: Record<string, Cast> = { long: LONG, right: RIGHT };

/** The accounts, under the longest names. */
export const LONG_ACCOUNTS: Account[] = ACCOUNTS.map((one, at) => ({
  ...one,
  config: {
    ...one.config,
    label:
      [
        'Harbour Studio – Correspondence with printers and binders',
        'Personal',
        '家用邮箱（全家人共用，请勿删除任何邮件）',
      ][at] ?? '',
    email: at === 0 ? 'yue.lin+correspondence-with-printers@harbour-studio-and-bindery.example' : one.config.email,
  },
}));

/** Folders under the longest names, five inside one another. */
export const LONG_MAILBOXES: Mailbox[] = MAILBOXES.map((one) => {
  if (one.role !== 'other') return one;
  const name =
    one.id === 5
      ? 'Catalogue 2027, corrections of the printer and of the binder'
      : `${one.name} and everything that belongs to it`;
  return { ...one, name, path: name };
}).concat(
  MAILBOXES.filter((one) => one.id === 9).flatMap((one) =>
    [91, 92, 93].map((id, at) => ({
      ...one,
      id,
      parent: at === 0 ? 9 : id - 1,
      name: ['Lithography', '二〇二七年春季目录的校样', 'Third proof'][at] ?? '',
      path: `${id}`,
      unread: 100_000 * at,
      total: 300_000,
    })),
  ),
);

/** A mail and the beginning of an answer that are written from the right to the left. */
export const RIGHT_BODY = `<div dir="rtl" lang="ar"><p>عزيزتي يوي،</p><p>تم تصحيح شريط الألوان في الصفحة 12، والكعب الآن أعرض بمقدار 2 مم كما طلب Tomas.</p><p>مع التحية،<br>نور الهدى</p></div>`;
export const RIGHT_DRAFT =
  '<div>عزيزتي نور،</div><div><br></div><div>النسخة الثالثة (PDF) جاهزة. يرجى الطباعة يوم الأربعاء.</div>';
