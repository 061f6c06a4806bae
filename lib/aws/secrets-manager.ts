import { type ServiceLocation, sdkOptions } from './sdk-options.ts';

/**
 * Reads the text of a secret in Secrets Manager. The SDK's client is loaded when it is first needed: a keyring from the
 * environment never pays for it.
 */
export function secretText(
  location: ServiceLocation,
  secretId: string,
  timeoutMs?: number,
): () => Promise<string> {
  return async () => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const client = new SecretsManagerClient(sdkOptions(location, timeoutMs));
    try {
      const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      if (text === undefined) throw new Error('the secret holds no text');
      return text;
    } finally {
      client.destroy();
    }
  };
}
