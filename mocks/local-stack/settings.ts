import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import { readConfig, userSettingsFrom } from '../../lib/settings/read-settings.ts';
import { port, type Setting, text, word } from '../../lib/settings/setting-kinds.ts';
import { type LogLevel, userSettings } from '../../lib/settings/user-settings.ts';
import { wiringSettings } from '../../lib/settings/wiring-settings.ts';
import type { PortClaim } from './ports-check.ts';

/** What the environment says about the local stack alone, told by `npm start -- --help`. */
export const localSettings = {
  host: text(
    {
      name: 'HOST',
      fallback: '127.0.0.1',
      meaning: 'The address that the API listens on; 0.0.0.0 is all of this machine',
      allowed: 'an address of this machine',
      placeholder: '',
    },
    (host) => host,
  ),
  prism: port('PRISM_PORT', 4010, 'Port of the GeWe mock that Prism makes'),
  geweMock: port('GEWE_MOCK_PORT', 4020, 'Port of the GeWe mock with scenarios'),
  dynamoDb: port('DYNAMODB_PORT', 4030, 'Port of DynamoDB'),
  sqs: port('SQS_PORT', 4040, 'Port of SQS and S3'),
  events: port('EVENTS_PORT', 4060, 'Port of EventBridge'),
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
  logFormat: word(
    'LOG_FORMAT',
    'text',
    ['TEXT', 'JSON'],
    "text, or json: the functions' log as it is on AWS",
  ),
  forwardToLoopback: wiringSettings.forwardToLoopback,
} as const;

export interface LocalSettings {
  /** `GEWE_BASE_URL`, with its prefix. */
  readonly geweBaseUrl: string | undefined;
  readonly publicBaseUrl: string | undefined;
  /** Where the API listens. */
  readonly host: string;
  readonly logFormat: 'text' | 'json';
  readonly logLevel: LogLevel;
  readonly ports: {
    readonly api: PortClaim;
    readonly prism: PortClaim;
    readonly geweMock: PortClaim;
    readonly dynamoDb: PortClaim;
    readonly sqs: PortClaim;
    readonly events: PortClaim;
  };
  /** Absolute. */
  readonly dataDir: string;
}

/** Takes what `.env` in the folder sets and the environment does not. `ENV_FILE` names another file. */
export function loadDotEnv(root: string): void {
  const file = process.env.ENV_FILE ?? join(root, '.env');
  if (existsSync(file)) loadEnvFile(file);
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
    read(userSettings.maxListCalls);
    read(userSettings.passThrough);
    read(localSettings.forwardToLoopback);
    const host = read(localSettings.host);
    const claim = (part: string, setting: Setting<number>): PortClaim => ({
      part,
      variable: setting.name,
      port: read(setting),
    });
    return {
      geweBaseUrl: user.geweBaseUrl,
      publicBaseUrl: user.publicBaseUrl,
      host,
      logFormat: read(localSettings.logFormat) === 'JSON' ? 'json' : 'text',
      logLevel: user.logLevel,
      ports: {
        api: { part: 'the API', variable: userSettings.port.name, port: user.port, host },
        prism: claim('the GeWe mock (Prism)', localSettings.prism),
        geweMock: claim('the GeWe mock (scenarios)', localSettings.geweMock),
        dynamoDb: claim('DynamoDB', localSettings.dynamoDb),
        sqs: claim('SQS', localSettings.sqs),
        events: claim('EventBridge', localSettings.events),
      },
      dataDir: resolve(root, read(localSettings.dataDir)),
    };
  });
}
