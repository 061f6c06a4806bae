import { expect, it } from 'vitest';
import { createGate } from './gate.ts';

const { signal } = new AbortController();

it('lets so many in at a time, in the order of their coming', async () => {
  const gate = createGate(2);
  const order: number[] = [];
  const leaves = await Promise.all([gate.enter(signal), gate.enter(signal)]);
  const later = [3, 4].map((who) =>
    gate.enter(signal).then((leave) => {
      order.push(who);
      return leave;
    }),
  );
  expect(order).toEqual([]);
  leaves[0]?.();
  // Whoever leaves twice makes room for one.
  leaves[0]?.();
  const leaveThird = await later[0];
  expect(order).toEqual([3]);
  leaveThird?.();
  await later[1];
  expect(order).toEqual([3, 4]);
});

it('forgets who gives up in line', async () => {
  const gate = createGate(1);
  const leave = await gate.enter(signal);
  const impatient = new AbortController();
  const gone = gate.enter(impatient.signal);
  impatient.abort(new Error('too long'));
  await expect(gone).rejects.toThrow('too long');
  await expect(gate.enter(impatient.signal)).rejects.toThrow('too long');
  leave();
  await expect(gate.enter(signal)).resolves.toBeTypeOf('function');
});
