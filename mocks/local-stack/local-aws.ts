/** What AWS clients are given here: the emulators ask for credentials, and look at none of them. */
export const localAws = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;
