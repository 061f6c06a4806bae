import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came over the wire. */
  readonly bytes: Buffer;
  /** Decoded. */
  readonly text: string;
}

export interface Call {
  readonly token?: string;
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, as it is: no header is added, nothing is decoded or followed. */
export function call(url: string, method: string, { token, body, headers }: Call = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const outgoing = request(
      url,
      {
        method,
        headers: {
          ...(token !== undefined && { 'X-GEWE-TOKEN': token }),
          ...(text !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
      },
      async (incoming) => {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        const gzip = incoming.headers['content-encoding'] === 'gzip';
        const told = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(told),
          bytes,
          text: (gzip ? gunzipSync(bytes) : bytes).toString('utf8'),
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(text);
  });
}

/** The calls of both APIs, GeWe-compatible and REST. */
export function clientOf(baseUrl: string, token: string) {
  const device = (appId: string) => `${baseUrl}/v1/devices/${appId}`;
  const contacts =
    (operation: string) =>
    (appId: string, more: Call = {}) =>
      call(`${baseUrl}/gewe/v2/api/contacts/${operation}`, 'POST', { token, body: { appId }, ...more });
  return {
    fetchContactsList: contacts('fetchContactsList'),
    fetchContactsListCache: contacts('fetchContactsListCache'),
    startRefresh: (appId: string, more: Call = {}) =>
      call(`${device(appId)}/contacts/refreshes`, 'POST', { token, ...more }),
    getRefresh: (appId: string, id: string, more: Call = {}) =>
      call(`${device(appId)}/contacts/refreshes/${id}`, 'GET', { token, ...more }),
    getContacts: (appId: string, more: Call = {}) =>
      call(`${device(appId)}/contacts`, 'GET', { token, ...more }),
    getChanges: (appId: string, since: string) =>
      call(`${device(appId)}/contacts/changes?since=${since}`, 'GET', { token }),
    eraseDevice: (appId: string) => call(device(appId), 'DELETE', { token }),
  };
}
