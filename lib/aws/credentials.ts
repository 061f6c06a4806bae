/** What the SDK asks of a credential provider; `expiration` is left out: Lambda renews nothing in a process. */
interface EnvironmentCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles (an alias in `serverless.yml`): the SDK's
 * clients call it when they are given no credentials. A Lambda's credentials are environment variables; the
 * chain this replaces also looks in files, processes and metadata services, at 135 KB and a third of the CPU of
 * a cold start. The provider rejects when a variable is missing.
 */
export function defaultProvider(): () => Promise<EnvironmentCredentials> {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (!accessKeyId || !secretAccessKey) {
      throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  };
}
