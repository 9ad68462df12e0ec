/**
 * The letters of pictures: the fonts that `cargo xtask` installs and no others, drawn the same way everywhere. A font
 * that happens to be on a computer changes nothing.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian's packages fonts-inter, fonts-noto-cjk and fonts-dejavu-core put their files. */
const FOLDERS = [
  { folder: '/usr/share/fonts/opentype/inter', names: ['Inter-*'] },
  { folder: '/usr/share/fonts/opentype/noto', names: ['NotoSansCJK-*', 'NotoSerifCJK-*'] },
  { folder: '/usr/share/fonts/truetype/dejavu', names: ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf', 'DejaVuSerif.ttf', 'DejaVuSerif-Bold.ttf'] },
];

/** What stands for the names that style sheets use, the first first. */
const FAMILIES = {
  'system-ui': ['Inter', 'Noto Sans CJK SC', 'DejaVu Sans'],
  'sans-serif': ['Inter', 'Noto Sans CJK SC', 'DejaVu Sans'],
  serif: ['DejaVu Serif', 'Noto Serif CJK SC'],
  Georgia: ['DejaVu Serif', 'Noto Serif CJK SC'],
  'ui-monospace': ['DejaVu Sans Mono', 'Noto Sans Mono CJK SC'],
  monospace: ['DejaVu Sans Mono', 'Noto Sans Mono CJK SC'],
};

function pattern(name) {
  return new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
}

/** Writes the settings of fontconfig; answers with the file, for `FONTCONFIG_FILE`. */
export async function writeFonts() {
  const folder = await mkdtemp(join(tmpdir(), 'posthorn-fonts-'));
  const accepted = FOLDERS.flatMap(({ folder, names }) => names.map((name) => `<glob>${folder}/${name}</glob>`));
  const aliases = Object.entries(FAMILIES).map(
    ([name, fonts]) =>
      `<match target="pattern"><test qual="any" name="family"><string>${name}</string></test><edit name="family" mode="prepend" binding="strong">${fonts.map((font) => `<string>${font}</string>`).join('')}</edit></match>`,
  );
  const drawn = { antialias: true, hinting: false, autohint: false, embeddedbitmap: false };
  const edits = Object.entries(drawn).map(([name, value]) => `<edit name="${name}" mode="assign"><bool>${value}</bool></edit>`);
  const text = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
${FOLDERS.map(({ folder }) => `<dir>${folder}</dir>`).join('\n')}
<selectfont><rejectfont><glob>*</glob></rejectfont><acceptfont>${accepted.join('')}</acceptfont></selectfont>
${aliases.join('\n')}
<match target="font">${edits.join('')}<edit name="hintstyle" mode="assign"><const>hintnone</const></edit><edit name="rgba" mode="assign"><const>none</const></edit></match>
<cachedir>${join(folder, 'cache')}</cachedir></fontconfig>`;
  const file = join(folder, 'fonts.conf');
  await writeFile(file, text);
  return { file, folder };
}

/** Returns a word for the fonts that are installed: another version of them gives another word. */
export function fontsWord() {
  const hash = createHash('sha256');
  for (const { folder, names } of FOLDERS) {
    let files = [];
    try {
      files = readdirSync(folder).filter((file) => names.some((name) => pattern(name).test(file)));
    } catch {
      // A missing folder is another word too.
    }
    for (const file of files.sort()) hash.update(`${file} ${statSync(join(folder, file)).size}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}
