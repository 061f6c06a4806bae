import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { readDeployment } from './deployment.ts';

/** A part of the local stack that is up. */
export interface LocalDynamoDb {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Ends open connections, then closes the store: only then may another process open the same path. */
  close(): Promise<void>;
}

/**
 * DynamoDB's protocol on 127.0.0.1, by dynalite. `path`: a folder to keep the data in, in memory when absent;
 * `port`: 0 lets the system choose. Rejects when the port is taken.
 */
export async function startDynamoDb({
  path,
  port = 0,
}: {
  readonly path?: string;
  readonly port?: number;
} = {}): Promise<LocalDynamoDb> {
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve, reject) => {
        // `close` waits for connections that the SDK's clients keep open.
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('dynalite does not listen on a port');
  return address.port;
}

/**
 * Creates the table as `serverless.yml` describes it, under this name; one that is there already is left as it is.
 * It can be used then: dynalite says for a moment that a new one is not there.
 */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand({ TableName: name, ...tableSchema() }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const patience = { maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.1 };
  await waitUntilTableExists({ client, ...patience }, { TableName: name });
}

type TableSchema = Pick<
  CreateTableCommandInput,
  'AttributeDefinitions' | 'KeySchema' | 'BillingMode' | 'GlobalSecondaryIndexes'
>;

/** Of the table in `serverless.yml`. Throws when it describes none. */
export function tableSchema(): TableSchema {
  const { resources } = readDeployment(fileURLToPath(new URL('../../serverless.yml', import.meta.url)));
  const properties: TableSchema | undefined = Object(resources.get('ContactsTable')).properties;
  if (properties === undefined) throw new Error('serverless.yml: resources must hold the table');
  const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes } = properties;
  return { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes };
}
