import { listCallsOf, type Target } from '../acceptance/target.ts';

/** The API and the mock of GeWe that `tests/deploy/run.ts` tells of in the environment. */
export const deployedTarget: Target = {
  url: told('DEPLOYED_URL'),
  // Each of them is a process of its own there.
  startsAtOnce: 12,
  slowS: 6,
  async setScenario(scenario, seconds) {
    const body = JSON.stringify({ scenario, ...(seconds !== undefined && { seconds }) });
    const reply = await fetch(`${told('GEWE_MOCK_URL')}/__mock/scenario`, { method: 'POST', body });
    if (!reply.ok) throw new Error(await reply.text());
  },
  async listCallsOf(appId) {
    const reply = await fetch(`${told('GEWE_MOCK_URL')}/__mock/calls`);
    return listCallsOf(JSON.parse(await reply.text()), appId);
  },
};

/** @throws Error when the variable is missing. */
export function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run npm run test:deploy`);
  return value;
}
