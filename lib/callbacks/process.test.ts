import { describe, expect, it } from 'vitest';
import { createGate } from './process.ts';

describe('the gate of large bodies', () => {
  it('lets in as many as it has places, and the others in the order in which they came', async () => {
    const gate = createGate(2);
    const begun: number[] = [];
    const works = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const passed = works.map(({ promise }, index) =>
      gate(() => {
        begun.push(index);
        return promise;
      }),
    );
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    works[1]?.resolve();
    await passed[1];
    expect(begun).toEqual([0, 1, 2]);
    for (const { resolve } of works) resolve();
    await Promise.all(passed);
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('gives a place back that was left by a failure', async () => {
    const gate = createGate(1);
    await expect(gate(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate(async () => 'open')).toBe('open');
  });
});
