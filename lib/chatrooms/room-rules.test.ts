import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureClass } from '../device/failures.ts';
import type { Chatroom, RoomInfo } from './room-rules.ts';
import {
  claimAttempt,
  deferInfo,
  infoFailed,
  infoReceived,
  leave,
  mostAttempts,
  noteIntervalMs,
  noteMessage,
  slotReserved,
} from './room-rules.ts';

const roomId = '1@chatroom';
const info: RoomInfo = { name: 'name', remark: null, owner: 'wxid_1', memberCount: 3 };
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const hearAt = (room: Chatroom | undefined, atMs: number, isSaved = false) =>
  noteMessage(room, { roomId, receivedAtMs: atMs, writtenAtMs: atMs, isSaved }, atMs);
const leaveAt = (room: Chatroom | undefined, atMs: number) =>
  leave(room, { roomId, atMs, receivedAtMs: atMs });

/** What is stored after a decision. */
function stored({ next }: { readonly next?: Chatroom }): Chatroom {
  if (next === undefined) throw new Error('nothing was decided');
  return next;
}
const discovered = stored(hearAt(undefined, 0));
const known = stored(infoReceived(discovered, 1, info));

/** The failures of one request after the other, and how long each made it wait. */
function failing(failure: FailureClass, times: number): readonly number[] {
  const waits: number[] = [];
  let room = discovered;
  for (let turn = 0; turn < times && room.request && !room.request.givenUp; turn += 1) {
    const nowMs = room.request.notBeforeMs;
    room = stored(infoFailed(room, room.attempts, failure, nowMs));
    waits.push(((room.request?.notBeforeMs ?? 0) - nowMs) / minuteMs);
  }
  return waits;
}

describe('a room that is discovered', () => {
  it('is attempts about when it is new, and not when it is saved', () => {
    expect(hearAt(undefined, 5).send).toEqual({ attempt: 1, delayS: 0 });
    const saved = hearAt(undefined, 5, true);
    expect(saved).toEqual({
      next: { id: roomId, rev: 1, firstHeardAtMs: 5, lastHeardAtMs: 5, writtenAtMs: 5, attempts: 0 },
    });
    // It is in the list no longer.
    expect(hearAt(saved.next, 6).send).toEqual({ attempt: 1, delayS: 0 });
  });

  it('changes once a minute at most, however many messages are written in it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 10 * minuteMs }), { maxLength: 200, size: 'max' }), (times) => {
        let room = known;
        let changes = 0;
        for (const atMs of times) {
          const { next, send } = hearAt(room, atMs);
          expect(send).toBeUndefined();
          if (next) changes += 1;
          room = next ?? room;
        }
        expect(changes).toBeLessThanOrEqual(10);
        expect(room.lastHeardAtMs).toBeGreaterThan(Math.max(0, ...times) - noteIntervalMs);
        expect(room).toMatchObject({ firstHeardAtMs: 0, info });
      }),
    );
  });

  it('is attempts about by one message at a time; one that is a minute late was lost', () => {
    expect(hearAt(discovered, minuteMs - 1).send).toBeUndefined();
    const again = hearAt(discovered, minuteMs);
    expect(again.send).toEqual({ attempt: 1, delayS: 0 });
    expect(hearAt(again.next, 2 * minuteMs - 1).send).toBeUndefined();
    expect(claimAttempt(again.next, 1, minuteMs)).toEqual({ kind: 'reserve' });
  });
});

describe('a room that was left', () => {
  const left = stored(leaveAt(known, 10 * minuteMs));

  it('is brought back by a message that was written later, and by no other', () => {
    expect(left).toMatchObject({ leftAtMs: 10 * minuteMs, info });
    for (const writtenAtMs of [undefined, 0, 9 * minuteMs, 10 * minuteMs]) {
      const message = { roomId, receivedAtMs: 20 * minuteMs, isSaved: false };
      const timed = writtenAtMs === undefined ? message : { ...message, writtenAtMs };
      expect(noteMessage(left, timed, 20 * minuteMs)).toEqual({});
    }
    const back = hearAt(left, 10 * minuteMs + 1);
    expect(back.next).not.toHaveProperty('leftAtMs');
    expect(back.send).toEqual({ attempt: 2, delayS: 0 });
    expect(hearAt(stored(infoReceived(back.next, 2, info)), 12 * minuteMs).send).toBeUndefined();
  });

  it('is not attempts about any more', () => {
    expect(claimAttempt(stored(leaveAt(discovered, 5)), 1, 5)).toEqual({ kind: 'drop' });
  });

  it('is known even when no message in it came before', () => {
    expect(leaveAt(undefined, 7).next).toMatchObject({ leftAtMs: 7, firstHeardAtMs: 7 });
  });

  it('ends as the latest word says, in whatever order and however often the words come', () => {
    const word = fc.record({
      leaves: fc.boolean(),
      atMs: fc.nat({ max: 50 }).map((at) => at * 2 * minuteMs),
    });
    fc.assert(
      fc.property(
        fc
          .uniqueArray(word, { minLength: 1, maxLength: 30, size: 'max', selector: ({ atMs }) => atMs })
          .chain((words) =>
            fc.record({
              words: fc.constant(words),
              heard: fc.shuffledSubarray([...words, ...words], { minLength: words.length * 2 }),
            }),
          ),
        ({ words, heard }) => {
          let room: Chatroom | undefined;
          for (const { leaves, atMs } of heard) {
            // Each is received when it happened, but for the order: as messages caught up with are.
            const { next } = leaves ? leaveAt(room, atMs) : hearAt(room, atMs);
            room = next ?? room;
          }
          const last = words.toSorted((one, other) => one.atMs - other.atMs).at(-1);
          if (last?.leaves) expect(room?.leftAtMs).toBe(last.atMs);
          else expect(room?.leftAtMs).toBeUndefined();
        },
      ),
    );
  });
});

describe('a message that asks about a room', () => {
  it('reserves a time of its own, waits for it, then calls; its repeat waits for that call', () => {
    expect(claimAttempt(discovered, 1, 0)).toEqual({ kind: 'reserve' });
    const booked = stored(slotReserved(discovered, 1, 4_000));
    expect(claimAttempt(booked, 1, 3_999)).toEqual({ kind: 'wait', untilMs: 4_000 });
    const call = claimAttempt(booked, 1, 4_000);
    if (call.kind !== 'call') throw new Error(call.kind);
    expect(claimAttempt(call.next, 1, 4_001)).toMatchObject({ kind: 'wait' });
    expect(claimAttempt(stored(infoReceived(call.next, 1, info)), 1, 4_001)).toEqual({ kind: 'drop' });
  });

  it('is dropped when it is of another attempt, or of a room that is gone', () => {
    for (const room of [undefined, known]) expect(claimAttempt(room, 1, 0)).toEqual({ kind: 'drop' });
    expect(claimAttempt(discovered, 2, 0)).toEqual({ kind: 'drop' });
    expect(infoReceived(discovered, 2, info)).toEqual({});
    expect(infoFailed(discovered, 2, 'upstream-error', 0)).toEqual({});
    expect(slotReserved(discovered, 2, 0)).toEqual({});
  });

  it('is tried again after 1, 5 and 30 minutes, 2 and 12 hours, then given up for a week', () => {
    expect(failing('upstream-error', 10)).toEqual([1, 5, 30, 120, 720, 7 * 24 * 60]);
  });

  it('is tried again as often when the device is offline, then given up until the next message in the room', () => {
    expect(failing('device-offline', 10)).toEqual([1, 5, 30, 120, 720, 0]);
  });

  it('is given up for a day when the token or the device is refused', () => {
    const classes = ['token-rejected', 'device-unknown'] as const;
    for (const failure of classes) expect(failing(failure, 10)).toEqual([24 * 60]);
    const given = stored(infoFailed(discovered, 1, 'token-rejected', 0));
    expect(hearAt(given, dayMs - 1).send).toBeUndefined();
    const again = hearAt(given, dayMs);
    expect(again.send).toEqual({ attempt: 2, delayS: 0 });
    expect(again.next?.request?.failures).toBe(0);
  });

  it('waits for a device that is known to be offline, uses up no attempt by that, and ends some day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * dayMs }), (offlineMs) => {
        let room = stored(infoFailed(discovered, 1, 'upstream-error', offlineMs));
        let nowMs = offlineMs;
        let turns = 0;
        for (; room.request && !room.request.givenUp; turns += 1) {
          nowMs = Math.max(nowMs, room.request.notBeforeMs);
          const { next, send } = deferInfo(room, room.attempts, 0, nowMs);
          expect(next?.request?.failures).toBe(1);
          expect(next?.request?.notBeforeMs).toBeLessThanOrEqual(nowMs + 2 * 60 * minuteMs);
          expect(send?.attempt).toBe(next?.request?.givenUp ? undefined : next?.attempts);
          room = stored({ ...(next && { next }) });
        }
        expect(turns).toBeLessThan(25);
        expect(nowMs).toBeLessThan(Math.max(offlineMs, dayMs) + 3 * 60 * minuteMs);
        expect(nowMs).toBeGreaterThanOrEqual(dayMs);
        // Whoever is heard in it next is the sign that the device is back.
        expect(hearAt(room, nowMs).send).toEqual({ attempt: room.attempts + 1, delayS: 0 });
      }),
    );
    expect(deferInfo(discovered, 2, 0, 0)).toEqual({});
  });

  it('is followed by no more than so many others, however the device comes and goes', () => {
    const classes = fc.constantFrom<FailureClass>('upstream-error', 'upstream-timeout', 'device-offline');
    const turn = fc.oneof(classes, fc.integer({ min: 0, max: dayMs - 1 }));
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 60, size: 'max' }), (turns) => {
        let room = discovered;
        let messages = 1;
        for (let count = 0; room.request && !room.request.givenUp; count += 1) {
          const nowMs = room.request.notBeforeMs;
          const what = turns[count % turns.length] ?? 0;
          const { next, send } =
            typeof what === 'number'
              ? deferInfo(room, room.attempts, nowMs - what, nowMs)
              : infoFailed(room, room.attempts, what, nowMs);
          if (send) messages += 1;
          room = stored({ ...(next && { next }) });
        }
        expect(messages).toBeLessThanOrEqual(mostAttempts);
      }),
      { numRuns: 500 },
    );
    expect(mostAttempts).toBe(30);
  });

  it('is delayed no longer than SQS allows', () => {
    const third = stored(
      infoFailed(stored(infoFailed(discovered, 1, 'upstream-error', 0)), 2, 'upstream-error', 0),
    );
    expect(infoFailed(third, 3, 'upstream-error', 0).send).toEqual({ attempt: 4, delayS: 900 });
  });
});

it('counts each change', () => {
  const changes = [
    hearAt(known, dayMs),
    leaveAt(known, 5),
    hearAt(stored(leaveAt(known, 5)), 6),
    slotReserved(discovered, 1, 5),
    infoReceived(discovered, 1, info),
    infoFailed(discovered, 1, 'upstream-error', 0),
    infoFailed(discovered, 1, 'token-rejected', 0),
    deferInfo(discovered, 1, 0, 0),
    hearAt(discovered, 10 * minuteMs),
  ];
  const revs = changes.map((decision) => stored(decision).rev);
  expect(revs).toEqual([3, 3, 4, 2, 2, 2, 2, 2, 2]);
});
