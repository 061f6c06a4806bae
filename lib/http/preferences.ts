/** No wait is longer: the gateway ends a request after 30 s. */
const maxWaitS = 25;

/** What a `Prefer` header (RFC 7240) asks of a start or of reading a refresh. */
export interface Preferences {
  /** How long to wait for the end; undefined when nothing is said. */
  readonly waitMs?: number;
  /** The value of `Preference-Applied`; undefined when nothing was applied. */
  readonly applied?: string;
}

/** Reads `wait=N` (whole seconds, taken as 25 when greater) and `respond-async`; what is not understood is ignored. */
export function preferencesOf(header: string | undefined): Preferences {
  let waitS: number | undefined;
  let respondAsync = false;
  for (const preference of (header ?? '').split(',')) {
    const [token = ''] = preference.split(';');
    const [name = '', value = ''] = token.split('=').map((text) => text.trim());
    if (name.toLowerCase() === 'respond-async') respondAsync = true;
    const seconds = /^"?(\d+)"?$/.exec(value)?.[1];
    // The first of repeated preferences counts (RFC 7240, section 2).
    if (name.toLowerCase() === 'wait' && seconds !== undefined) waitS ??= Math.min(Number(seconds), maxWaitS);
  }
  const applied = [respondAsync ? 'respond-async' : '', waitS === undefined ? '' : `wait=${waitS}`];
  const text = applied.filter(Boolean).join(', ');
  const seconds = waitS ?? (respondAsync ? 0 : undefined);
  return { ...(seconds !== undefined && { waitMs: seconds * 1000 }), ...(text && { applied: text }) };
}

/** What was applied, as a header; none when nothing was. */
export function appliedHeader({ applied }: Preferences): Readonly<Record<string, string>> {
  return applied === undefined ? {} : { 'Preference-Applied': applied };
}
