import { expect } from 'vitest';
import { startPrismProxy } from '../../mocks/prism.ts';
import { type Call, call, type Reply } from '../acceptance/client.ts';
import {
  answerName,
  documentedAnswers,
  documentedHeaders,
  headerName,
  type OperationId,
  operationOf,
  type Part,
  partOf,
  specFile,
} from './documented.ts';

export interface Question extends Call {
  readonly appId?: string;
  readonly refreshId?: string;
  readonly since?: string;
  readonly callbackId?: string;
  /** Of the query, in place of `since`. */
  readonly query?: Readonly<Record<string, string>>;
}

/** Prism between the tests and the service, with a memory of what it has heard. */
export interface Judge {
  /** A request as the contract wants it: neither it nor its answer may break the contract. */
  ask(id: OperationId, question?: Question): Promise<Reply>;
  /** A request that is wrong on purpose: its answer may not break the contract. */
  askWrongly(id: OperationId, question?: Question): Promise<Reply>;
  /** The answers of this part of the contract that were never given. */
  neverHeard(part: Part): readonly string[];
  /** Headers that the contract describes for answers that were given, and that none of these had. */
  neverSentHeaders(): readonly string[];
  /** Headers that were sent and that the contract does not describe. */
  undocumentedHeaders(): readonly string[];
  close(): Promise<void>;
}

/** Not of the service: these are of HTTP itself, or of Node. */
const transport = ['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'];

export async function startJudge(upstream: string, token: string): Promise<Judge> {
  const strict = await startPrismProxy({ specFiles: [specFile], port: 0, upstream });
  const lenient = await startPrismProxy({ specFiles: [specFile], port: 0, upstream, checkRequests: false });
  const heard = new Set<string>();
  const sent = new Set<string>();

  async function askThrough(proxy: string, id: OperationId, question: Question) {
    const { appId = 'wx_demo', refreshId = '-', callbackId = '-', since, query, ...more } = question;
    const { method, path } = operationOf(id);
    const filled = path
      .replace('{appId}', appId)
      .replace('{refreshId}', refreshId)
      .replace('{callbackId}', callbackId);
    const asked = new URLSearchParams({ ...(id === 'getChanges' && since && { since }), ...query });
    const isGewe = path.includes('/v2/api/');
    const body = isGewe ? { body: { appId } } : method === 'PUT' ? { body: {} } : {};
    const url = `${proxy}${filled}${asked.size > 0 ? `?${asked}` : ''}`;
    const reply = await call(url, method, { token, ...body, ...more });
    const { status, text, headers } = reply;
    expect(headers['sl-violations'], `${id}: ${status} ${text.slice(0, 500)}`).toBeUndefined();
    // Prism says so of itself when it cannot reach the service; no answer of it counts.
    expect(text).not.toContain('stoplight.io');
    heard.add(answerName(id, status, isGewe ? envelopeOf(text) : undefined));
    const own = Object.keys(headers).filter((name) => !transport.includes(name));
    for (const name of own) sent.add(headerName(id, status, name));
    return reply;
  }

  return {
    ask: (id, question = {}) => askThrough(strict.url, id, question),
    askWrongly: (id, question = {}) => askThrough(lenient.url, id, question),
    neverHeard: (part) => documentedAnswers.filter((name) => partOf(name) === part && !heard.has(name)),
    neverSentHeaders: () => documentedHeaders.filter((name) => wasGiven(name) && !sent.has(name)),
    undocumentedHeaders: () => [...sent].filter((name) => !documentedHeaders.includes(name)),
    async close() {
      await strict.close();
      await lenient.close();
    },
  };

  function wasGiven(header: string): boolean {
    const [answer = ''] = header.split(':');
    // Prism decodes what is encoded, and takes the header away.
    if (header.endsWith(': content-encoding')) return false;
    return [...heard].some((name) => name === answer || name.startsWith(`${answer},`));
  }
}

function envelopeOf(text: string) {
  const body: { ret: unknown; data?: unknown } = JSON.parse(text);
  return { ret: body.ret, hasData: body.data !== undefined };
}
