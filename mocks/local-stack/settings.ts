import { resolve } from 'node:path';
import { readConfig, userSettingsFrom } from '../../lib/settings/read-settings.ts';
import { port, type Setting, text } from '../../lib/settings/setting-kinds.ts';
import { userSettings } from '../../lib/settings/user-settings.ts';
import { wiringSettings } from '../../lib/settings/wiring-settings.ts';
import type { PortClaim } from './ports-check.ts';

/** What the environment says about the local stack alone, told by `npm start -- --help`. */
export const localSettings = {
  prism: port({ name: 'PRISM_PORT', fallback: '4010', meaning: 'Port of the GeWe mock that Prism makes' }),
  geweMock: port({
    name: 'GEWE_MOCK_PORT',
    fallback: '4020',
    meaning: 'Port of the GeWe mock with scenarios',
  }),
  dynamoDb: port({ name: 'DYNAMODB_PORT', fallback: '4030', meaning: 'Port of DynamoDB' }),
  sqs: port({ name: 'SQS_PORT', fallback: '4040', meaning: 'Port of SQS' }),
  lambda: port({ name: 'LAMBDA_PORT', fallback: '4050', meaning: "Port of Lambda's invoke API" }),
  events: port({ name: 'EVENTS_PORT', fallback: '4060', meaning: 'Port of EventBridge' }),
  dataDir: text(
    {
      name: 'LOCAL_DATA_DIR',
      fallback: '.local',
      meaning: 'Where data is kept',
      allowed: 'a folder',
      placeholder: '',
    },
    (folder) => folder,
  ),
  forwardToLoopback: wiringSettings.forwardToLoopback,
} as const;

export interface LocalSettings {
  /** `GEWE_BASE_URL`, with its prefix. */
  readonly geweBaseUrl: string | undefined;
  readonly publicBaseUrl: string | undefined;
  readonly ports: {
    readonly api: PortClaim;
    readonly prism: PortClaim;
    readonly geweMock: PortClaim;
    readonly dynamoDb: PortClaim;
    readonly sqs: PortClaim;
    readonly lambda: PortClaim;
    readonly events: PortClaim;
  };
  /** Absolute. */
  readonly dataDir: string;
}

/**
 * What the local stack needs to know. Checks what the functions will read, too: throws `ConfigError`, which names every
 * fault. `root`: what a relative data folder starts from.
 */
export function readLocalSettings(env: NodeJS.ProcessEnv, root: string): LocalSettings {
  return readConfig(env, (read) => {
    const user = userSettingsFrom(read);
    // Of the functions alone, and checked here, before anything is started.
    read(userSettings.chatroomInterval);
    read(userSettings.passThrough);
    read(localSettings.forwardToLoopback);
    const claim = (part: string, setting: Setting<number>): PortClaim => ({
      part,
      variable: setting.name,
      port: read(setting),
    });
    return {
      geweBaseUrl: user.geweBaseUrl,
      publicBaseUrl: user.publicBaseUrl,
      ports: {
        api: { part: 'the API', variable: userSettings.port.name, port: user.port },
        prism: claim('the GeWe mock (Prism)', localSettings.prism),
        geweMock: claim('the GeWe mock (scenarios)', localSettings.geweMock),
        dynamoDb: claim('DynamoDB', localSettings.dynamoDb),
        sqs: claim('SQS', localSettings.sqs),
        lambda: claim("Lambda's invoke API", localSettings.lambda),
        events: claim('EventBridge', localSettings.events),
      },
      dataDir: resolve(root, read(localSettings.dataDir)),
    };
  });
}
