import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../tests/support/scripted-server.ts';

// What the plugin asks AWS; what it says before a deploy, tests/deploy-check.test.ts shows.

const CheckPlugin = createRequire(import.meta.url)('./check-plugin.cjs');

let aws: ScriptedServer;
beforeAll(async () => {
  aws = await startScriptedServer();
});
afterAll(() => aws.close());

/** The plugin in a run of the Serverless Framework; AWS answers everything with `answer`. */
function pluginIn(command: string, deletionProtection: boolean, answer: object, status = 200) {
  aws.play((response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer));
  });
  const location = {
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  return new CheckPlugin(
    {
      processedInput: { commands: [command] },
      service: {
        provider: {},
        functions: {},
        custom: { stage: { deletionProtection, demandsTokenHashes: false }, names: { table: 'contacts' } },
      },
      getProvider: () => ({ getAwsSdkV3Config: async () => location }),
      classes: { Error },
    },
    {},
    { log: { notice: () => undefined } },
  );
}

it('asks nothing before serverless package, which needs no account', async () => {
  await pluginIn('package', true, {}).hooks.initialize();
  expect(aws.received).toEqual([]);
});

describe('after a deploy, the table', () => {
  /** The calls that DynamoDB got, by their names. */
  async function callsAfterDeploy(...[deletionProtection, answer, status]: [boolean, object, number?]) {
    await pluginIn('deploy', deletionProtection, answer, status).hooks['after:deploy:deploy']();
    return aws.received.map(({ headers, body }) => [
      String(headers['x-amz-target']).replace(/.*\./, ''),
      JSON.parse(String(body)),
    ]);
  }

  it('gets deletion protection, which the template does not give it', async () => {
    expect(await callsAfterDeploy(true, { Table: { DeletionProtectionEnabled: false } })).toEqual([
      ['DescribeTable', { TableName: 'contacts' }],
      ['UpdateTable', { TableName: 'contacts', DeletionProtectionEnabled: true }],
    ]);
  });

  it('that has it is left alone', async () => {
    const calls = await callsAfterDeploy(true, { Table: { DeletionProtectionEnabled: true } });
    expect(calls.map(([name]) => name)).toEqual(['DescribeTable']);
  });

  it('of a stage for trials gets none', async () => {
    expect(await callsAfterDeploy(false, {})).toEqual([]);
  });

  it('that could not be protected makes the deploy fail, with what to do', async () => {
    const refused = callsAfterDeploy(true, { __type: 'AccessDeniedException', message: 'not yours' }, 400);
    await expect(refused).rejects.toThrow(
      'The stack is deployed, but its table contacts has no deletion protection (AccessDeniedException: not yours): deploy again',
    );
  });
});
