import type { Policy } from './policy.ts';

/** The service's own defaults. */
export const defaultPolicy: Policy = {
  listTimeoutMs: 240_000,
  cachePollMs: 10_000,
  cacheWindowMs: 600_000,
  minRefreshIntervalMs: 60_000,
  failureCooldownMs: 30_000,
  retryDelaysMs: [15_000, 60_000, 240_000],
  leaseMs: 30_000,
  changeDebounceMs: 10_000,
};
