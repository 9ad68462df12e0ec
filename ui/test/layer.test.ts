/** The shape of the source: imports never go around in a circle, and only `ipc/` knows the transports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve('src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|svelte)$/.test(file));

/** Value imports of a file, as paths below `src`. A component that draws itself again is no circle. */
function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/^\s*import (?!type )[^;]*?from '([^']+)'/gm)].map((match) => match[1] ?? '');
  return found
    .filter((path) => path.startsWith('.') || path.startsWith('@/'))
    .map((path) => (path.startsWith('@/') ? path.slice(2) : join(dirname(file), path)))
    .flatMap((path) => [path, `${path}.ts`].filter((candidate) => files.includes(candidate)))
    .filter((path) => path !== file);
}

describe('imports', () => {
  it('never go around in a circle', () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, way: string[]) => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
      if (done.has(file) || way.includes(file)) return;
      for (const next of imports(file)) walk(next, [...way, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(files.length).toBeGreaterThan(60);
    expect(circles).toEqual([]);
  });

  it('bring the transports into ipc/ alone', () => {
    const others = files.filter((file) => !file.startsWith('ipc'));
    expect(others.filter((file) => readFileSync(join(root, file), 'utf8').includes('@tauri-apps'))).toEqual([]);
  });
});
