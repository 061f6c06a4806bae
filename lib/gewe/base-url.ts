/** What GeWe's hosted service puts before its operations. */
const hostedPrefix = '/gewe/v2/api';
/** What self-hosted builds put there. */
const selfHostedPrefix = '/v2/api';

/**
 * The address that GeWe's operations are appended to (`…/contacts/fetchContactsList`), without a slash at its end.
 *
 * `text`, the setting `GEWE_BASE_URL`, is an http or https URL. It may end in `/gewe/v2/api` or `/v2/api`;
 * `/gewe/v2/api` is added when it ends in neither.
 *
 * @throws Error for a person to read when `text` is no such URL; the message does not repeat the text, which may
 * hold a password.
 */
export function geweBaseUrl(text: string): string {
  const url = parse(text);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Error('GEWE_BASE_URL must be an http or https URL, such as http://api.geweapi.com');
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error('GEWE_BASE_URL must not hold a user name or a password');
  }
  if (/[?#]/.test(text)) {
    throw new Error('GEWE_BASE_URL must not hold a query (?) or a fragment (#)');
  }
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path.endsWith(selfHostedPrefix) ? path : `${path}${hostedPrefix}`}`;
}

function parse(text: string): URL | undefined {
  // Without its slashes, `http:localhost` would be taken for `http://localhost`.
  return /^\s*https?:\/\/[^/]/i.test(text) ? (URL.parse(text) ?? undefined) : undefined;
}
