import { userSettings } from '../../lib/settings/user-settings.ts';
import { scenarioNames, scenarios } from '../gewe/scenarios.ts';
import { localSettings } from './settings.ts';

const listed = (rows: readonly (readonly [string, string])[]) => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`);
};

/** What `npm start -- --help` says. */
export function helpText(): string {
  const variables = [...Object.values(userSettings), ...Object.values(localSettings)];
  return [
    'Runs everything on this machine. GeWe is played by Prism with the examples of openapi.yaml, unless told otherwise:',
    '',
    ...listed([
      ['npm start -- --scenario NAME', 'GeWe is the mock of mocks/gewe'],
      ['            [--seconds N]', 'how long the scenarios take that take time'],
      ['GEWE_BASE_URL=http://api.geweapi.com npm start', 'GeWe is the real one, or any other'],
    ]),
    '',
    'Scenarios:',
    ...listed(scenarioNames.map((name) => [name, scenarios[name].description])),
    '',
    'Variables (defaults):',
    ...listed(
      variables.map(({ name, meaning, fallback }) => [name, fallback ? `${meaning} (${fallback})` : meaning]),
    ),
  ].join('\n');
}

/** What runs where. */
export interface Running {
  readonly apiPort: number;
  readonly dynamoDbPort: number;
  readonly sqsPort: number;
  readonly lambdaPort: number;
  readonly eventsPort: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Who plays GeWe, in words. */
  readonly gewe: string;
  readonly geweUrl: string;
}

/** Told when all parts run: where they are, and three calls to try. */
export function readyText(running: Running): string {
  const { apiPort, dynamoDbPort, sqsPort, lambdaPort, eventsPort, dataDir, gewe, geweUrl } = running;
  const call = (operation: string) =>
    `  curl -X POST localhost:${apiPort}/gewe/v2/api/contacts/${operation} -H 'X-GEWE-TOKEN: t' ` +
    `-H 'content-type: application/json' -d '{"appId":"wx_demo"}'`;
  return [
    '',
    'Ready. Ctrl-C stops it all.',
    '',
    ...listed([
      ['API', `http://127.0.0.1:${apiPort}`],
      ['GeWe', `${geweUrl} (${gewe})`],
      ['DynamoDB', `http://127.0.0.1:${dynamoDbPort} (dynalite, data in ${dataDir})`],
      [
        'SQS',
        `http://127.0.0.1:${sqsPort} (fauxqs, in memory: callbacks that wait do not survive a restart)`,
      ],
      ['Lambda', `http://127.0.0.1:${lambdaPort} (serverless-offline)`],
      ['EventBridge', `http://127.0.0.1:${eventsPort} (the schedule runs every minute)`],
    ]),
    '',
    'Try:',
    '',
    call('fetchContactsList'),
    call('fetchContactsListCache'),
    `  curl -i localhost:${apiPort}/v1/devices/wx_demo/contacts -H 'X-GEWE-TOKEN: t'`,
    '  npm run event -- --help    sends events and callbacks',
    '',
  ].join('\n');
}
