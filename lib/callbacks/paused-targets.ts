import type { EpochMs } from '../device/record.ts';

/** Targets that did not answer, as far as this process knows: one that is dead is not to hold all workers. */
export interface PausedTargets {
  /** Until then the callbacks of this key are not tried. */
  rest(callbackKey: string, untilMs: EpochMs): void;
  wake(callbackKey: string): void;
  /** How much longer it rests; 0 when it does not. */
  leftMs(callbackKey: string, nowMs: EpochMs): number;
}

/** So many are remembered: those that were put to rest first are forgotten, which costs an attempt. */
const maxResting = 1_000;

export function createPausedTargets(): PausedTargets {
  const untilMs = new Map<string, EpochMs>();
  return {
    rest(callbackKey, until) {
      untilMs.delete(callbackKey);
      untilMs.set(callbackKey, until);
      const [first] = untilMs.keys();
      if (untilMs.size > maxResting && first !== undefined) untilMs.delete(first);
    },
    wake(callbackKey) {
      untilMs.delete(callbackKey);
    },
    leftMs: (callbackKey, nowMs) => Math.max(0, (untilMs.get(callbackKey) ?? 0) - nowMs),
  };
}
