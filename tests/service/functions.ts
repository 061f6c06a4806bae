import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Invocation } from '../../mocks/local-stack/invoke.ts';
import type { FunctionConfig } from '../../mocks/local-stack/serverless-config.ts';
import type { Invoke } from '../../mocks/local-stack/triggers.ts';
import { contextOf, type HttpFunction } from './gateway.ts';

type Handler = (event: object, context: Context) => Promise<unknown>;

/** The functions of `serverless.yml`, as they are deployed, in this process. */
export interface Functions {
  /** The function of a route. Throws when there is none. */
  http(routeKey: string): HttpFunction;
  readonly invoke: Invoke;
}

const folder = join(import.meta.dirname, '../../functions');

/**
 * Loads every function with the environment as it is now. One whose file is not there fails when it is called, and says
 * so. `onCrash` is told of every invocation that threw, with the function's key before.
 */
export async function loadFunctions(
  configs: readonly FunctionConfig[],
  onCrash: (line: string) => void,
): Promise<Functions> {
  const handlers = new Map<string, Handler>();
  for (const { key } of configs) handlers.set(key, await handlerOf(key));
  const handlerNamed = (key: string): Handler => {
    const handler = handlers.get(key);
    if (handler === undefined) throw new Error(`serverless.yml has no function ${key}`);
    return handler;
  };
  return {
    http(routeKey) {
      const config = configs.find(({ routes }) => routes.includes(routeKey));
      if (config === undefined) throw new Error(`serverless.yml has no function for ${routeKey}`);
      const handler: Handler = handlerNamed(config.key);
      return async (event) => {
        const answer = await handler(event, contextOf(config.timeoutS * 1000));
        const checked: APIGatewayProxyStructuredResultV2 = Object(answer);
        return checked;
      };
    },
    async invoke({ key, timeoutS }, event): Promise<Invocation> {
      try {
        return { kind: 'answered', payload: await handlerNamed(key)(event, contextOf(timeoutS * 1000)) };
      } catch (error) {
        onCrash(`${key}: ${String(error)}`);
        return { kind: 'crashed', reason: String(error) };
      }
    },
  };
}

async function handlerOf(key: string): Promise<Handler> {
  const file = join(folder, `${key}.ts`);
  if (!existsSync(file)) {
    return () => Promise.reject(new Error(`functions/${key}.ts is not there`));
  }
  const { handler }: { handler: Handler } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return handler;
}
