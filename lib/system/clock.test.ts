import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells the time in milliseconds', () => {
  expect(systemClock.now()).toBe(1_000);
});

it('sleeps for the time it was given', async () => {
  let awake = false;
  const sleeping = systemClock.sleep(500).then(() => {
    awake = true;
  });
  await vi.advanceTimersByTimeAsync(499);
  expect(awake).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await sleeping;
  expect(awake).toBe(true);
});

it('wakes when the signal aborts, does not reject, and leaves no timer', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(new Error('over'));
  await expect(sleeping).resolves.toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});

it('does not sleep when the signal has aborted already', async () => {
  await systemClock.sleep(60_000, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});

it('leaves no listener on a signal that lives longer', async () => {
  const { signal } = new AbortController();
  const sleeping = systemClock.sleep(10, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10);
  await sleeping;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
