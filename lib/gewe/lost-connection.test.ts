import { describe, expect, it } from 'vitest';
import { lostConnection } from './lost-connection.ts';

const failed = (mayStillRun: boolean) => ({ kind: 'failure', class: 'upstream-error', mayStillRun });
const fetchFailed = (cause?: unknown): TypeError => new TypeError('fetch failed', { cause });
const nodeError = (about: object): Error => Object.assign(new Error('secret'), about);
const refused = nodeError({ code: 'ECONNREFUSED', syscall: 'connect' });
const reset = nodeError({ code: 'ECONNRESET', syscall: 'read' });

describe('an error of fetch', () => {
  it.each([
    ['the connection was refused', fetchFailed(refused)],
    ['the host cannot be reached', fetchFailed(nodeError({ code: 'EHOSTUNREACH', syscall: 'connect' }))],
    ['the name is unknown', fetchFailed(nodeError({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }))],
    [
      'the name server does not answer',
      fetchFailed(nodeError({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' })),
    ],
    ['connecting took too long', fetchFailed(nodeError({ code: 'UND_ERR_CONNECT_TIMEOUT' }))],
    ['the certificate has expired', fetchFailed(nodeError({ code: 'CERT_HAS_EXPIRED' }))],
    ['every address of the name refused', fetchFailed(new AggregateError([refused, refused]))],
  ])('means that nothing was sent when %s', (_, error) => {
    expect(lostConnection(error)).toEqual(failed(false));
  });

  it.each([
    ['the connection was reset', fetchFailed(reset)],
    ['the other side closed', fetchFailed(nodeError({ code: 'UND_ERR_SOCKET' }))],
    ['the host became unreachable', fetchFailed(nodeError({ code: 'EHOSTUNREACH', syscall: 'read' }))],
    ['one of several addresses was reached', fetchFailed(new AggregateError([refused, reset]))],
    ['several errors are told and none is given', fetchFailed(new AggregateError([]))],
    ['no cause is told', fetchFailed()],
    ['it is no error', 'ECONNREFUSED'],
    ['it is nothing', undefined],
  ])('leaves open what GeWe does when %s', (_, error) => {
    expect(lostConnection(error)).toEqual(failed(true));
  });
});
