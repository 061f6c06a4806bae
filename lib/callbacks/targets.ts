import { BoundedMap } from '../device/bounded-map.ts';
import type { EpochMs } from '../device/record.ts';
import {
  largeBodies,
  largeBytes,
  mostUnproven,
  pauseAfterMs,
  shareOfRun,
  turnMs,
  unprovenShareOfRun,
} from './forward-rules.ts';
import type { DeliveryOutcome } from './ports.ts';

/** What one process knows of one target. */
interface Target {
  /** Deliveries under way, and those of them with a large body. */
  open: number;
  openLarge: number;
  /** In a row. */
  failures: number;
  /** The last one; 0 when there was none. */
  tookMs: number;
  pausedUntilMs: EpochMs;
  /** It was paused because it failed, and has accepted nothing since: one delivery at a time finds out. */
  isOnTrial: boolean;
  /** It has accepted a delivery, and was not paused since because it failed. */
  isProven: boolean;
  /** The latest turn that was given. */
  turnAtMs: EpochMs;
}

/**
 * What this process knows of the targets: how many deliveries to each are under way, which of them rest, and when what waits for one
 * comes back. Other processes know nothing of it: each finds out for itself, with one delivery, and that costs less than a record that
 * all of them would read and write.
 */
export interface Targets {
  /**
   * Why nothing is to be delivered there now: it is paused, the first deliveries to it, or to many others, are under way and none has been
   * accepted, or the last one took so long that another may not end within `budgetMs`.
   */
  restOf(callbackKey: string, nowMs: EpochMs, budgetMs: number): 'paused' | 'on-trial' | 'late' | undefined;
  /** Takes a place for a delivery; gives what gives it back. Undefined when the token has its share, or too many large bodies are open. */
  take(callbackKey: string, bytes: number): (() => void) | undefined;
  /** A delivery has ended. */
  note(callbackKey: string, outcome: DeliveryOutcome, tookMs: number, nowMs: EpochMs): void;
  /** When a callback that has to wait may come back: after the pause, and after those that were told before. */
  nextTurn(callbackKey: string, nowMs: EpochMs): EpochMs;
}

/** So many are remembered: to forget one costs a delivery. */
const mostTargets = 10_000;

/** `slots`: deliveries that a run has under way at once. */
export function createTargets(slots: number): Targets {
  const share = Math.max(1, Math.floor(slots * shareOfRun));
  const unprovenShare = Math.max(1, Math.floor(slots * unprovenShareOfRun));
  const known = new BoundedMap<Target>(mostTargets);
  let openLarge = 0;
  let openUnproven = 0;

  const targetOf = (callbackKey: string): Target => {
    const found = known.get(callbackKey);
    if (found !== undefined) return found;
    const fresh = {
      open: 0,
      openLarge: 0,
      failures: 0,
      tookMs: 0,
      pausedUntilMs: 0,
      isOnTrial: false,
      isProven: false,
      turnAtMs: 0,
    };
    known.set(callbackKey, fresh);
    return fresh;
  };

  return {
    restOf(callbackKey, nowMs, budgetMs) {
      const { pausedUntilMs, isOnTrial, isProven, open, tookMs } = targetOf(callbackKey);
      if (nowMs < pausedUntilMs) return 'paused';
      const isTried = open >= (isOnTrial ? 1 : mostUnproven) || openUnproven >= unprovenShare;
      if (!isProven && isTried) return 'on-trial';
      return tookMs * 2 > budgetMs ? 'late' : undefined;
    },

    take(callbackKey, bytes) {
      const target = targetOf(callbackKey);
      const large = bytes > largeBytes ? 1 : 0;
      const unproven = target.isProven ? 0 : 1;
      if (target.open >= share) return undefined;
      const isFull = openLarge >= largeBodies.atOnce || target.openLarge >= largeBodies.ofOneToken;
      if (large && isFull) return undefined;
      const add = (change: 1 | -1) => {
        target.open += change;
        target.openLarge += change * large;
        openLarge += change * large;
        openUnproven += change * unproven;
      };
      add(1);
      return () => add(-1);
    },

    note(callbackKey, outcome, tookMs, nowMs) {
      const target = targetOf(callbackKey);
      target.tookMs = tookMs;
      const isDelivered = outcome.kind === 'delivered';
      target.failures = isDelivered ? 0 : target.failures + 1;
      const pauseMs = pauseAfterMs(outcome, tookMs, target.failures);
      if (pauseMs > 0) target.pausedUntilMs = Math.max(target.pausedUntilMs, nowMs + pauseMs);
      target.isOnTrial = !isDelivered && (target.isOnTrial || pauseMs > 0);
      target.isProven = isDelivered || (target.isProven && !target.isOnTrial);
    },

    nextTurn(callbackKey, nowMs) {
      const target = targetOf(callbackKey);
      target.turnAtMs = Math.max(target.turnAtMs, nowMs, target.pausedUntilMs) + turnMs;
      return target.turnAtMs;
    },
  };
}
