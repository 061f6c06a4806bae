import { createEraser } from '../lib/aws/dynamodb/eraser.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { parseMessage } from '../lib/aws/sqs/messages.ts';
import { queueHandler } from '../lib/aws/sqs/serve-queues.ts';
import { handleDeadLetter } from '../lib/refresh/dead-letter.ts';
import { readConfig } from '../lib/settings/read-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { eventBusFrom, oneAtATime, sourceFrom, sqsFrom, tableFrom } from './wiring.ts';

const { ports, run } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const { log, telemetry } = reportFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    eraser: createEraser(table),
    events: eventBusFrom(read),
    clock,
    telemetry,
  };
  return {
    ports,
    run: {
      queues: [sourceFrom(read, sqsFrom(read), wiringSettings.deadLetterQueueUrl)] as const,
      ...oneAtATime,
      log,
    },
  };
});

/** Serves the dead letters of the refresh queue: the refresh that a message was to carry on fails, and reports it. */
export const handler = queueHandler(
  parseMessage,
  (message, handle) => handleDeadLetter(message, handle, ports),
  run,
);
