import fc from 'fast-check';
import type { CallPlan } from './made-up-gewe.ts';
import type { Fate } from './world.ts';

// What lives are made of. Each array says its size: fast-check's default stops at ten, and lives would be disturbed in their
// first ten calls alone.

const size = 'max';
export const numRunsOr = (number: number) => Number(process.env.LAW_RUNS ?? number);

/** So many calls that go well. */
export const well = (times: number): Fate[] => Array.from({ length: times }, () => 'goes-well');

/** What becomes of the calls of a life, from its first on: about every so many of them is disturbed. */
export const fatesWith = (every: number) =>
  fc
    .array(
      fc.record({
        before: fc.nat({ max: 2 * every }),
        trouble: fc.constantFrom<Fate>('dies-before', 'dies-after', 'stalls'),
      }),
      { maxLength: Math.round(300 / every), size },
    )
    .map((troubles) => troubles.flatMap(({ before, trouble }) => [...well(before), trouble]));

/** How GeWe's list calls go, one after the other. `ends`: the more often one is named, the more often it happens. */
export const plansWith = (ends: readonly CallPlan['ends'][], maxLength: number) =>
  fc.array(
    fc.record<CallPlan>(
      {
        worksS: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 200, max: 590 })),
        ends: fc.constantFrom(...ends),
        breaksAfterS: fc.integer({ min: 0, max: 60 }),
      },
      { requiredKeys: ['worksS', 'ends'] },
    ),
    { maxLength, size },
  );

/** What people do, one thing after the other, and how long they pause then. */
export const deedsOf = <Deed extends string>(deeds: readonly Deed[], maxLength: number) =>
  fc.array(
    fc.record({
      deed: fc.constantFrom(...deeds),
      pauseS: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 60, max: 2_000 })),
    }),
    { minLength: 1, maxLength, size },
  );
