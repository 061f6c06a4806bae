import type { MessageHandle, Ports, RefreshMessage } from '../device/ports.ts';
import { type MessageResult, secondsUntil } from '../device/ports.ts';
import { updateRecord } from '../device/update-record.ts';
import { type PublishPorts, publishPending } from './publish.ts';
import { failFromDeadLetter } from './refresh-rules.ts';

export type DeadLetterPorts = PublishPorts & Pick<Ports, 'eraser' | 'telemetry'>;

/** Handles a dead letter: the refresh that it was to carry on fails now, instead of at its deadline. */
export async function handleDeadLetter(
  message: RefreshMessage,
  handle: MessageHandle,
  ports: DeadLetterPorts,
): Promise<MessageResult> {
  if (message.kind === 'erase') {
    await ports.eraser.erase(message.deviceKey, message.rev);
    ports.telemetry?.deadLetterHandled();
    return { kind: 'ack', what: 'erased' };
  }
  if (message.kind === 'rerun' || message.kind === 'wake') {
    // The next change, start or minute of the schedule sends it again.
    ports.telemetry?.deadLetterHandled();
    return { kind: 'ack', what: 'dropped' };
  }
  const nowMs = ports.clock.now();
  const { record, outcome } = await updateRecord(ports, message.deviceKey, (now) =>
    failFromDeadLetter(now, message, nowMs),
  );
  if (outcome.kind === 'wait') {
    await handle.extendVisibility(secondsUntil(outcome.untilMs, nowMs));
    return { kind: 'retryLater' };
  }
  await publishPending(message.deviceKey, record, ports);
  ports.telemetry?.deadLetterHandled();
  return { kind: 'ack', what: outcome.kind };
}
