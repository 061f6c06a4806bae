import { geweBaseUrl } from '../gewe/base-url.ts';
import { isCallName, type PassRule } from '../pass-through/call.ts';
import { count, isHttp, port, seconds, secondsList, text, word } from './setting-kinds.ts';

// Every environment variable of the functions that users set (those that join the parts are in wiring-settings.ts), stated
// once: read through `readConfig`, explained by docs/reference.md and by `npm start -- --help`. The AWS endpoints, region and
// credentials are the SDK's own variables.

/** How much is logged; `SILENT` is nothing. */
export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What users and operators choose. */
export const userSettings = {
  port: port('PORT', 3000, 'The port of the API'),
  geweBaseUrl: text(
    {
      name: 'GEWE_BASE_URL',
      meaning: 'The base URL of GeWe; /gewe/v2/api is added when it ends in no prefix',
      allowed: 'an http or https URL without user name, query and fragment, such as http://api.geweapi.com',
      placeholder: 'http://127.0.0.1',
    },
    (url) => unlessThrown(() => geweBaseUrl(url)),
  ),
  listTimeout: seconds('GEWE_LIST_TIMEOUT_S', 240, [1, 270], 'The timeout of one list call'),
  cachePoll: seconds('GEWE_CACHE_POLL_S', 10, [1, 60], "The interval between two polls of GeWe's cache"),
  cacheWindow: seconds(
    'GEWE_CACHE_WINDOW_S',
    600,
    [0, 3_600],
    'How long GeWe may go on with a list call after its connection is lost',
  ),
  maxListCalls: count(
    'MAX_LIST_CALLS',
    100,
    [2, 20_000],
    'List calls open at GeWe, for all devices together',
  ),
  defaultWait: seconds('DEFAULT_WAIT_S', 8, [0, 25], 'How long fetchContactsList waits for the list'),
  minRefreshInterval: seconds(
    'MIN_REFRESH_INTERVAL_S',
    60,
    [0, 86_400],
    'A start this soon after a success returns that refresh; 0: always a new one',
  ),
  failureCooldown: seconds(
    'FAILURE_COOLDOWN_S',
    30,
    [0, 3_600],
    'A start this soon after a failure that a retry cannot fix returns that refresh; 0: always a new one',
  ),
  retryDelays: secondsList(
    'RETRY_DELAYS_S',
    '15,60,240',
    { max: 900, maxLength: 10 },
    'The delays before the retries of a transient failure',
  ),
  lease: seconds(
    'LEASE_S',
    30,
    [6, 240],
    'How long a worker holds a refresh without renewing its lease; it renews every third of that time',
  ),
  changeDebounce: seconds(
    'CHANGE_DEBOUNCE_S',
    10,
    [0, 300],
    'Debounce: how long to collect changes before refreshing',
  ),
  chatroomInterval: seconds(
    'CHATROOM_INTERVAL_S',
    2,
    [0, 60],
    'The interval between two getChatroomInfo calls for a device',
  ),
  maxWaitingCallbacks: count(
    'MAX_WAITING_CALLBACKS',
    10_000,
    [1, 1_000_000],
    'Callbacks of one token that wait for its bot; when more do, the oldest go to the dead-letter queue',
  ),
  allowedTokenHashes: text<ReadonlySet<string>>(
    {
      name: 'ALLOWED_TOKEN_HASHES',
      fallback: '',
      meaning: 'The tokens that may be used, as hashes (npm run token-hash makes one); empty: all',
      allowed: 'SHA-256 hashes of 64 hexadecimal characters with commas between, or empty for all',
      placeholder: new Set(),
    },
    parseHashes,
  ),
  passThrough: {
    ...text<PassRule>(
      {
        name: 'PASS_THROUGH',
        fallback: 'all',
        meaning: "Which of GeWe's other calls pass through: all, none, or some groups",
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
      meaning: "The public address of the service, when it is not the gateway's own",
      allowed: 'an absolute http or https URL without user name, query and fragment',
      placeholder: '',
    },
    parsePublicUrl,
  ),
  logLevel: word('LOG_LEVEL', 'INFO', logLevels, 'How much is logged'),
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
