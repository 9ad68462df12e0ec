/** Walking through files, and into messages that are files. */
import { describe, expect, it } from 'vitest';
import { type Viewed, Viewer } from '@/state/viewer.svelte';
import { file } from '../reading';

const list = (parts: number[]): Viewed[] =>
  parts.map((part) => ({
    message: 7,
    sender: 'Anna',
    part,
    inside: [],
    file: file(part, `${part}.eml`, 'message/rfc822'),
  }));
const where = ({ file }: Viewer) => (file ? [file.part, ...file.inside] : []);

describe('Viewer', () => {
  it('walks through the files and stops at the ends', () => {
    const viewer = new Viewer();
    expect(viewer.file).toBeUndefined();
    viewer.open(list([2, 3, 5]), 1);
    const seen = ([1, 1, 1, -1, -1, -1] as const).map((by) => {
      viewer.step(by);
      return viewer.file?.part;
    });
    expect(seen).toEqual([5, 5, 5, 3, 2, 2]);
    viewer.close();
    expect(viewer.file).toBeUndefined();
  });

  it('goes into messages that are files, and back the way it came', () => {
    const viewer = new Viewer();
    viewer.open(list([2, 3]), 1);
    expect([viewer.nested, viewer.canEnter]).toEqual([false, true]);
    viewer.enter([file(0, 'a.eml', 'message/rfc822'), file(4, 'b.eml', 'message/rfc822')], 1);
    expect(where(viewer)).toEqual([3, 4]);
    viewer.enter([file(1, 'c.txt', 'text/plain')], 0);
    expect(where(viewer)).toEqual([3, 4, 1]);
    viewer.back();
    viewer.back();
    expect([where(viewer), viewer.at, viewer.nested]).toEqual([[3], 1, false]);
    viewer.back();
    expect(viewer.file).toBeUndefined();
  });

  it('does not go deeper than the engine does', () => {
    const viewer = new Viewer();
    viewer.open(list([2]), 0);
    for (let depth = 0; depth < 20; depth += 1) viewer.enter([file(0, 'a.eml', 'message/rfc822')], 0);
    expect(viewer.file?.inside.length).toBeLessThanOrEqual(8);
    expect(viewer.canEnter).toBe(false);
  });
});
