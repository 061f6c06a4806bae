import * as v from 'valibot';
import type { CallbackMessage, ForwardMessage } from '../../callbacks/ports.ts';
import type { RoomMessage } from '../../chatrooms/ports.ts';
import type { RefreshMessage } from '../../device/ports.ts';

// The messages of the queues, as JSON in a message's body. Members that are not known are left out.

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const refreshMessage: v.GenericSchema<unknown, RefreshMessage> = v.variant('kind', [
  v.object({ kind: v.literal('step'), deviceKey: text, refreshId: text, step: count, sealed: text }),
  v.object({ kind: v.literal('rerun'), deviceKey: text, sealed: text }),
  v.object({ kind: v.literal('erase'), deviceKey: text, rev: count }),
  v.object({ kind: v.literal('wake') }),
]);

const received = {
  callbackKey: text,
  deliveryId: text,
  receivedAtMs: count,
  contentType: v.string(),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  // The sealed body, or that it is stored: never both.
  body: v.union([
    v.object({ sealed: text, stored: v.exactOptional(v.never()) }),
    v.object({ stored: v.literal(true), sealed: v.exactOptional(v.never()) }),
  ]),
};

const callbackMessage: v.GenericSchema<unknown, CallbackMessage | RoomMessage> = v.variant('kind', [
  v.object({ ...received, kind: v.literal('callback'), tokenKey: text }),
  v.object({ kind: v.literal('room'), deviceKey: text, roomId: text, attempt: count, sealed: text }),
]);

const forwardMessage: v.GenericSchema<unknown, ForwardMessage> = v.object({
  ...received,
  kind: v.literal('forward'),
  attempt: v.exactOptional(count),
  waitsSinceMs: v.exactOptional(count),
  dueAtMs: v.exactOptional(count),
});

/** The message in the body of a record of the refresh queue or the schedule's; undefined when it is none. */
export const parseMessage = parserOf(refreshMessage);

/** The message in the body of a record of the callback queue; undefined when it is none. */
export const parseCallbackMessage = parserOf(callbackMessage);

/** The message in the body of a record of the forwarding queue; undefined when it is none. */
export const parseForwardMessage = parserOf(forwardMessage);

function parserOf<Message>(schema: v.GenericSchema<unknown, Message>) {
  const json = v.pipe(v.string(), v.parseJson(), schema);
  return (body: string): Message | undefined => {
    const result = v.safeParse(json, body, { abortEarly: true });
    return result.success ? result.output : undefined;
  };
}
