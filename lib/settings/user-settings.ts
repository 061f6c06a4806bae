import { geweBaseUrl } from '../gewe/base-url.ts';
import { isCallName, type PassRule } from '../pass-through/call.ts';
import { isHttp, port, seconds, secondsList, text, word } from './setting-kinds.ts';

// Every environment variable of the functions that users set (those that join the parts are in wiring-settings.ts), stated
// once: read through `readConfig`, explained by docs/reference.md and by `npm start -- --help`. The AWS endpoints, region and
// credentials are the SDK's own variables.

/** How much is logged; `SILENT` is nothing. */
export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What users and operators choose. */
export const userSettings = {
  port: port({ name: 'PORT', fallback: '3000', meaning: 'Where the API listens, on one machine' }),
  geweBaseUrl: text(
    {
      name: 'GEWE_BASE_URL',
      meaning: 'Where GeWe is; /gewe/v2/api is added when it ends in no prefix',
      allowed: 'an http or https URL without user name, query and fragment, such as http://api.geweapi.com',
      placeholder: 'http://127.0.0.1',
    },
    (url) => unlessThrown(() => geweBaseUrl(url)),
  ),
  listTimeout: seconds(
    { name: 'GEWE_LIST_TIMEOUT_S', fallback: '240', meaning: 'How long one list call may take' },
    1,
    270,
  ),
  cachePoll: seconds(
    { name: 'GEWE_CACHE_POLL_S', fallback: '10', meaning: "The time between two looks into GeWe's cache" },
    1,
    60,
  ),
  cacheWindow: seconds(
    {
      name: 'GEWE_CACHE_WINDOW_S',
      fallback: '600',
      meaning: 'How long GeWe may go on with a list call whose connection is lost',
    },
    0,
    3_600,
  ),
  defaultWait: seconds(
    { name: 'DEFAULT_WAIT_S', fallback: '8', meaning: 'How long fetchContactsList waits for the list' },
    0,
    25,
  ),
  minRefreshInterval: seconds(
    {
      name: 'MIN_REFRESH_INTERVAL_S',
      fallback: '60',
      meaning: 'A start this soon after a success joins it; 0: no interval',
    },
    0,
    86_400,
  ),
  failureCooldown: seconds(
    {
      name: 'FAILURE_COOLDOWN_S',
      fallback: '30',
      meaning: 'A start this soon after a failure that repeating cannot help joins it; 0: none',
    },
    0,
    3_600,
  ),
  retryDelays: secondsList(
    {
      name: 'RETRY_DELAYS_S',
      fallback: '15,60,240',
      meaning: 'The waits before the retries of a transient failure',
    },
    900,
    10,
  ),
  lease: seconds(
    {
      name: 'LEASE_S',
      fallback: '30',
      meaning: 'How long a worker holds a refresh without renewing; it renews every third of it',
    },
    6,
    240,
  ),
  changeDebounce: seconds(
    {
      name: 'CHANGE_DEBOUNCE_S',
      fallback: '10',
      meaning: 'Debounce: how long to collect changes before refreshing',
    },
    0,
    300,
  ),
  chatroomInterval: seconds(
    {
      name: 'CHATROOM_INTERVAL_S',
      fallback: '2',
      meaning: "The time between two of a device's calls of getChatroomInfo",
    },
    0,
    60,
  ),
  allowedTokenHashes: text<ReadonlySet<string>>(
    {
      name: 'ALLOWED_TOKEN_HASHES',
      fallback: '',
      meaning: 'Whose tokens may be used (npm run token-hash makes a hash); empty: anyone',
      allowed: 'SHA-256 hashes of 64 hexadecimal characters with commas between, or empty for anyone',
      placeholder: new Set(),
    },
    parseHashes,
  ),
  passThrough: {
    ...text<PassRule>(
      {
        name: 'PASS_THROUGH',
        fallback: 'all',
        meaning: "Which of GeWe's other calls are passed through: all, none, or those of some groups",
        allowed: 'all, none, or names of groups with commas between, such as contacts,group',
        placeholder: 'none',
      },
      parsePassRule,
    ),
    // Whoever sets it to nothing may mean none: that must not be taken for the default.
    emptyCounts: true,
  },
  publicBaseUrl: text(
    {
      name: 'PUBLIC_BASE_URL',
      meaning: 'Where the service is reached from outside, when that is not the gateway itself',
      allowed: 'an absolute http or https URL without user name, query and fragment',
      placeholder: '',
    },
    parsePublicUrl,
  ),
  logLevel: word({ name: 'LOG_LEVEL', fallback: 'INFO', meaning: 'How much is logged' }, logLevels),
} as const;

function parseHashes(list: string): ReadonlySet<string> | undefined {
  const hashes = list
    .split(',')
    .map((hash) => hash.trim().toLowerCase())
    .filter((hash) => hash !== '');
  return hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)) ? new Set(hashes) : undefined;
}

function parsePassRule(rule: string): PassRule | undefined {
  if (rule === 'all' || rule === 'none') return rule;
  const groups = new Set(rule.split(',').map((group) => group.trim()));
  // Whoever writes `All` or `contacts,none` does not mean groups that are called so.
  const areNames = [...groups].every((group) => isCallName(group) && !/^(?:all|none)$/i.test(group));
  return areNames ? groups : undefined;
}

/** Without a slash at its end. */
function parsePublicUrl(textOfUrl: string): string | undefined {
  const url = URL.parse(textOfUrl);
  const plain = url !== null && !url.username && !url.password && !/[?#]/.test(textOfUrl);
  return plain && isHttp(url) ? `${url.origin}${url.pathname.replace(/\/+$/, '')}` : undefined;
}

function unlessThrown<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
