import { parseArgs } from 'node:util';
import { defaultSeconds, parseChoice, scenarioNames, scenarios } from './scenarios.ts';
import { startGeweMock } from './serve.ts';

const help = `A mock of GeWe on 127.0.0.1, for tests and for trying things out.

  npm run mock:gewe -- [--scenario <name>] [--seconds <n>] [--port <n>]

  --scenario   one of the scenarios below (normal)
  --seconds    how long the scenarios take that take time (${defaultSeconds})
  --port       0 for any free one (GEWE_MOCK_PORT, or 4020)

Scenarios:
${scenarioNames.map((name) => `  ${name.padEnd(20)} ${scenarios[name].description}`).join('\n')}

While it runs:
  POST /__mock/scenario {"scenario":"slow","seconds":5}   chooses another scenario
  GET /__mock/calls                                       counts the calls of each device
  POST /__mock/callback, with X-GEWE-TOKEN                posts its body to the callback URL of the token
`;

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message.split('\n')[0] : 'The GeWe mock did not start.');
  process.exit(1);
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'normal' },
      seconds: { type: 'string' },
      port: { type: 'string', default: process.env.GEWE_MOCK_PORT || '4020' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const choice = parseChoice(values.scenario, values.seconds);
  const running = await startGeweMock({ ...choice, port: parsePort(values.port) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.close().then(() => process.exit(0)));
  }
  console.log(
    `GeWe mock on ${running.url} (scenario ${choice.scenario}, ${choice.seconds} s). Ctrl-C stops it.`,
  );
  console.log(`Use it:  GEWE_BASE_URL=${running.url}`);
  console.log(`Change:  curl ${running.url}/__mock/scenario -d '{"scenario":"offline"}'`);
  console.log(`Counts:  curl ${running.url}/__mock/calls`);
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535))
    throw new Error(`The port must be a number from 0 to 65535, not ${JSON.stringify(text)}.`);
  return port;
}
