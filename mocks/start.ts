import { join } from 'node:path';
import { parseCommandLine } from './local-stack/command-line.ts';
import { chooseGewe } from './local-stack/gewe.ts';
import { helpText, readyText } from './local-stack/messages.ts';
import { watchNpm } from './local-stack/orphan-watch.ts';
import { portFaults } from './local-stack/ports-check.ts';
import { readLocalSettings } from './local-stack/settings.ts';
import { type Closer, startStack } from './local-stack/stack.ts';

/** When the parts have not ended by then, the process ends without them; what it started ends with it. */
const stopTimeoutMs = 5_000;

const root = join(import.meta.dirname, '..');
const closers: Closer[] = [];
let stopping = false;

async function main(): Promise<void> {
  const { help, choice } = parseCommandLine(process.argv.slice(2));
  if (help) {
    console.log(helpText());
    return;
  }
  const settings = readLocalSettings(process.env, root);
  const gewe = chooseGewe(root, settings, choice);
  const { api, dynamoDb, sqs, lambda, events } = settings.ports;
  const claims = [api, ...(gewe.claim ? [gewe.claim] : []), dynamoDb, sqs, lambda, events];
  const faults = await portFaults(claims);
  if (faults.length > 0) throw new Error(faults.join('; '));

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  watchNpm(() => void stop(0));
  console.log(`Starting; GeWe is ${gewe.who} …`);
  const onGivenUp = () => void stop(1);
  await startStack({ root, env: process.env, settings, gewe, log: console.log, onGivenUp }, closers);
  console.log(
    readyText({
      apiPort: api.port,
      dynamoDbPort: dynamoDb.port,
      sqsPort: sqs.port,
      lambdaPort: lambda.port,
      eventsPort: events.port,
      dataDir: settings.dataDir,
      gewe: gewe.who,
      geweUrl: gewe.url,
    }),
  );
}

/** Ends the parts, the last started first. Asked again, it does not wait for them. */
async function stop(exitCode: number): Promise<void> {
  if (stopping) process.exit(exitCode);
  stopping = true;
  setTimeout(() => process.exit(exitCode), stopTimeoutMs);
  for (const close of closers.toReversed()) {
    await close().catch((error: unknown) => console.error(`stopping: ${String(error)}`));
  }
  process.exit(exitCode);
}

try {
  await main();
} catch (error) {
  // A fault that comes of being stopped half-way through the start is nothing to tell.
  if (!stopping) {
    console.error(`Cannot start: ${error instanceof Error ? error.message : String(error)}`);
    await stop(1);
  }
}
