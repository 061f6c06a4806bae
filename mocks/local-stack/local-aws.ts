/** What the SDK's clients need to speak to the emulators, which look at none of it. */
export const localAws = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** An ARN of this machine's own account, which is none. */
export function localArn(service: string, resource: string): string {
  return `arn:aws:${service}:${localAws.region}:000000000000:${resource}`;
}

/** The time of an event: RFC 3339, to the second. */
export function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
