import { describe, expect, it } from 'vitest';
import { everyMs, phaseMs, ScheduleWorld } from './schedule-world.ts';

/** `SCHEDULE_DEVICES=100000` shows it of as many. */
const devices = Number(process.env.SCHEDULE_DEVICES ?? 2_000);
const timeoutMs = 60_000 + devices * 20;
const minuteMs = 60_000;
/** What 100,000 devices with list calls of 20 s need within an hour, of as many devices. */
const enough = Math.ceil((devices * 600) / 100_000);
const capacityOf = (maxListCalls: number) => {
  const runs = Math.max(2, Math.ceil(maxListCalls / 50));
  return { runs, callsPerRun: Math.floor(maxListCalls / runs) };
};
const callsOf = ({ runs, callsPerRun }: ReturnType<typeof capacityOf>) => runs * callsPerRun;
const evenly = (index: number) => Math.floor((index / devices) * everyMs);

const firstBegunOf = (world: ScheduleWorld) =>
  world.devices.map(({ begunAtMs }) => begunAtMs[0] ?? Number.POSITIVE_INFINITY);

function tell(world: ScheduleWorld, what: string): void {
  if (process.env.SCHEDULE_DEVICES === undefined) return;
  const late = firstBegunOf(world)
    .map((atMs, index) => atMs - (world.devices[index]?.dueAtMs ?? 0))
    .toSorted((one, other) => one - other);
  const seconds = (ms = 0) => `${Math.round(ms / 1000)} s`;
  console.info(what, {
    devices,
    mostOpenCalls: world.mostOpenCalls,
    lateMedian: seconds(late[Math.floor(late.length / 2)]),
    lateMost: seconds(late.at(-1)),
    paidRuns: seconds(world.paidMs),
    outcomes: Object.fromEntries(world.outcomes),
    requests: Object.fromEntries(world.table.requests),
  });
}

/** No device is left out, and none is refreshed twice in its hour: one that failed first was tried once more. */
function expectEachOnce(world: ScheduleWorld): void {
  for (const { begunAtMs, failsFirst } of world.devices) {
    const firstMs = begunAtMs[0] ?? 0;
    const inItsHour = begunAtMs.filter((atMs) => atMs < firstMs + everyMs / 2);
    expect(inItsHour).toHaveLength(failsFirst ? 2 : 1);
  }
}

describe('the schedule of many devices', () => {
  it(
    'begins all that are due over an hour within minutes, where the list calls that are allowed suffice',
    async () => {
      const capacity = capacityOf(enough);
      const world = await ScheduleWorld.create(devices, capacity, evenly);
      await world.pass(67);
      tell(world, 'due over an hour');
      const begun = firstBegunOf(world);
      for (const [index, { dueAtMs }] of world.devices.entries()) {
        expect(begun[index]).toBeGreaterThanOrEqual(dueAtMs);
        expect(begun[index]).toBeLessThan(dueAtMs + 8 * minuteMs);
      }
      expectEachOnce(world);
      expect(world.mostOpenCalls).toBeLessThanOrEqual(callsOf(capacity));
    },
    timeoutMs,
  );

  it(
    'begins all that are due at the same time within the hour',
    async () => {
      const capacity = capacityOf(enough);
      const world = await ScheduleWorld.create(devices, capacity, () => 0);
      await world.pass(60);
      tell(world, 'due at once');
      const [{ dueAtMs } = { dueAtMs: 0 }] = world.devices;
      expect(Math.max(...firstBegunOf(world))).toBeLessThan(dueAtMs + everyMs);
      expect(world.mostOpenCalls).toBeLessThanOrEqual(callsOf(capacity));
    },
    timeoutMs,
  );

  it(
    'loses none where they do not suffice, keeps them all busy, and begins those first that have been due for longest',
    async () => {
      const capacity = capacityOf(Math.ceil(enough / 2));
      const world = await ScheduleWorld.create(devices, capacity, (index) => Math.floor(evenly(index) / 4));
      await world.pass(60);
      const begun = firstBegunOf(world);
      const yetToBegin = world.devices.filter((_, index) => begun[index] === Number.POSITIVE_INFINITY);
      expect(yetToBegin.length).toBeGreaterThan(devices / 4);
      expect(world.outcomes.get('deferred')).toBeGreaterThan(0);
      // What is in line was begun in order; the worker takes it as it comes.
      const earliestMs = Math.min(...yetToBegin.map(({ dueAtMs }) => dueAtMs));
      for (const [index, { dueAtMs }] of world.devices.entries()) {
        if (begun[index] !== Number.POSITIVE_INFINITY)
          expect(dueAtMs).toBeLessThan(earliestMs + 2 * minuteMs);
      }
      await world.pass(65);
      tell(world, 'with half of the list calls');
      expect(firstBegunOf(world)).not.toContain(Number.POSITIVE_INFINITY);
      expect(world.mostOpenCalls).toBe(callsOf(capacity));
    },
    timeoutMs,
  );

  it(
    'lets runs end between the times that refreshes begin at, where few are due',
    async () => {
      const few = Math.ceil(devices / 20);
      const world = await ScheduleWorld.create(few, capacityOf(enough), (index) =>
        Math.floor((index / few) * everyMs),
      );
      await world.pass(70);
      tell(world, 'with a twentieth of the devices');
      const begun = world.devices.map(({ begunAtMs }) => begunAtMs[0] ?? 0);
      for (const [index, { dueAtMs }] of world.devices.entries()) {
        const beginsMs = begun[index] ?? 0;
        expect((beginsMs - phaseMs) % (5 * minuteMs)).toBeLessThan(15_000);
        expect(beginsMs - dueAtMs).toBeLessThan(6 * minuteMs + 15_000);
      }
      expectEachOnce(world);
    },
    timeoutMs,
  );
});
