import { fileURLToPath } from 'node:url';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';

export const specFile = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));
/** What GeWe is asked for besides, which we do not answer ourselves. */
export const upstreamSpecFile = fileURLToPath(new URL('../../mocks/gewe/upstream.yaml', import.meta.url));

export const operationIds = [
  'fetchContactsList',
  'fetchContactsListSelfHosted',
  'fetchContactsListCache',
  'fetchContactsListCacheSelfHosted',
  'startRefresh',
  'getRefresh',
  'getContacts',
  'getChanges',
  'eraseDevice',
  'getChatrooms',
  'putSubscription',
  'getSubscription',
  'deleteSubscription',
  'putCallback',
  'getCallback',
  'deleteCallback',
  'receiveCallback',
] as const;
export type OperationId = (typeof operationIds)[number];

/** Those that answer GeWe's envelope, whose `ret` and `data` say what a status says elsewhere. */
export const geweOperationIds = operationIds.filter((id) => id.startsWith('fetch'));
export const resourceOperationIds = operationIds.filter((id) => !id.startsWith('fetch'));
/** Those that want a token: all but what GeWe calls. */
export const tokenOperationIds = resourceOperationIds.filter((id) => id !== 'receiveCallback');
/** Those about one device. */
export const deviceOperationIds = tokenOperationIds.filter((id) => !id.endsWith('Callback'));

export interface Operation {
  readonly method: string;
  /** With `{appId}` and `{refreshId}` in it. */
  readonly path: string;
  readonly responses: readonly Response[];
}

type Response = Awaited<ReturnType<typeof getHttpOperationsFromSpec>>[number]['responses'][number];

/** Whose answers are GeWe's own: judged by `pass-through.test.ts`. */
export const passedOperationIds: readonly string[] = ['passThrough', 'passThroughSelfHosted'];

const described = (await getHttpOperationsFromSpec(specFile)).filter(
  ({ iid = '' }) => !passedOperationIds.includes(iid),
);

/** By operation id; a test holds its keys against `operationIds`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  described.map(({ iid = '', method, path, responses }) => [
    iid,
    { method: method.toUpperCase(), path, responses },
  ]),
);

/** Throws when `openapi.yaml` describes no such operation. */
export function operationOf(id: OperationId): Operation {
  const operation = operations.get(id);
  if (operation === undefined) throw new Error(`openapi.yaml has no operation ${id}`);
  return operation;
}

/** An answer by its name: `getContacts 304`, or `fetchContactsList 200, ret 202 without data`. */
export function answerName(id: string, status: number | string, envelope?: Envelope): string {
  if (envelope === undefined) return `${id} ${status}`;
  return `${id} ${status}, ret ${envelope.ret} ${envelope.hasData ? 'with' : 'without'} data`;
}

export interface Envelope {
  readonly ret: unknown;
  readonly hasData: boolean;
}

/** The names of all answers that the contract describes. */
export const documentedAnswers: readonly string[] = [...operations].flatMap(([id, { responses }]) =>
  responses.flatMap((response) => {
    const envelopes = envelopesOf(response);
    if (envelopes.length === 0) return [answerName(id, response.code)];
    return envelopes.map((envelope) => answerName(id, response.code, envelope));
  }),
);

/** The alternatives of an envelope, which the contract tells apart by a constant `ret` and by `data`. */
function envelopesOf({ contents = [] }: Response): Envelope[] {
  return contents.flatMap(({ schema }) =>
    (schema?.oneOf ?? []).flatMap((one) => {
      if (typeof one === 'boolean') return [];
      const ret = one.properties?.ret;
      if (ret === undefined || typeof ret === 'boolean') return [];
      return [{ ret: ret.const, hasData: one.required?.includes('data') ?? false }];
    }),
  );
}

/** `getContacts 304: etag` for each header that the contract describes. */
export const documentedHeaders: readonly string[] = [...operations].flatMap(([id, { responses }]) =>
  responses.flatMap(({ code, headers = [] }) => headers.map(({ name }) => headerName(id, code, name))),
);

export function headerName(id: string, status: number | string, name: string): string {
  return `${id} ${status}: ${name.toLowerCase()}`;
}

/** What no function answers, each with the reason. A test checks that the contract describes each of them. */
export const answeredByNoFunction: Readonly<Record<string, string>> = {
  'startRefresh 413':
    'the functions ignore the body of a start, whatever its size: only the gateway refuses one that is too large',
  'deleteCallback 500': 'it reads nothing that could be spoiled, and deletes whatever is there',
};

/** Which test file hears an answer: each file is held against all of its own. */
export type Part = 'gewe-surface' | 'resource' | 'events' | 'not-allowed' | 'unavailable';

/** Of these the file about events hears all but what is the same for every operation about a device. */
const eventOperations = /^(?:\w+Subscription|\w+Callback|getChatrooms) /;

/** Every answer that the contract describes is in one part, unless no function answers it. */
export function partOf(name: string): Part | undefined {
  if (name in answeredByNoFunction) return undefined;
  if (name.startsWith('fetch')) return 'gewe-surface';
  if (name.endsWith(' 403')) return 'not-allowed';
  if (name.endsWith(' 503')) return 'unavailable';
  return eventOperations.test(name) ? 'events' : 'resource';
}
