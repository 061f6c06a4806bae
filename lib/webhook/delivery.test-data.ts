import type { WebhookRequest } from '../callbacks/ports.ts';

/** A small callback on its way to `target`. */
export function sampleDelivery(target: string, changes: Partial<WebhookRequest> = {}): WebhookRequest {
  return {
    target,
    ownHosts: [],
    headerId: 'ID_of-delivery-000001',
    receivedAtMs: Date.UTC(2025, 0, 2, 3, 4, 5, 6),
    contentType: 'application/json; charset=utf-8',
    body: Buffer.from('{"TypeName":"AddMsg"}'),
    ...changes,
  };
}
