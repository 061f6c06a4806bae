import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { deploySettings } from '../infra/deploy-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import {
  boundaryArn,
  certificateArn,
  chosenSettings,
  type Packaged,
  readPackaged,
} from './support/packaged.ts';

// How the stages differ, and what becomes of each setting of an operator in the template.

const dev = readPackaged('dev', inject('packagedIn').dev);
const prod = readPackaged('prod', inject('packagedIn').prod);

describe('the stages', () => {
  it('differ in what becomes of the data, and in nothing else of the table and the secret', () => {
    expect(dev.template.Resources.ContactsTable).toMatchObject({
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: { TableName: 'gewe-contacts-dev' },
    });
    expect(prod.template.Resources.ContactsTable).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { TableName: 'gewe-contacts-prod' },
    });
  });

  it('have the same resources', () => {
    const names = ({ template }: Packaged) =>
      Object.keys(template.Resources).map((name) => name.replace(/^Gewecontacts(dev|prod)/, 'Gewecontacts'));
    expect(names(prod).toSorted()).toEqual(names(dev).toSorted());
  });

  it('can be told apart by the tags of the stack, of functions and API', () => {
    const tags = (stage: string) => ({ service: 'gewe-contacts', stage });
    for (const [stage, { folder }] of [
      ['dev', dev],
      ['prod', prod],
    ] as const) {
      const state: { service: { provider: { stackTags: unknown } } } = JSON.parse(
        readFileSync(join(folder, 'serverless-state.json'), 'utf8'),
      );
      expect(state.service.provider.stackTags).toEqual(tags(stage));
    }
    expect(dev.template.Resources.HttpApi?.Properties.Tags).toEqual(tags('dev'));
    expect(prod.template.Resources.HttpApi?.Properties.Tags).toEqual(tags('prod'));
  });
});

describe('what the operator sets', () => {
  const stageOf = ({ template }: Packaged) => template.Resources.HttpApiStage?.Properties;

  /** What the functions are told, by name; no two are told different things. */
  function told({ functions }: Packaged): Record<string, unknown> {
    const names = Object.keys(chosenSettings);
    const found: Record<string, unknown> = {};
    for (const { Environment: environment } of functions.values()) {
      for (const [name, value] of Object.entries(Object(environment).Variables ?? {})) {
        if (!names.includes(name)) continue;
        expect(found[name] ?? value, name).toBe(value);
        found[name] = value;
      }
    }
    return found;
  }

  it('is each setting of the functions, by the name it has on one machine, and with the same default', () => {
    // How MAX_LIST_CALLS is spread over the runs of the worker: tests/template-events.test.ts.
    const { port: _local, maxListCalls: _spread, ...deployed } = userSettings;
    const defaults = Object.values(deployed).map(({ name, fallback = '' }) => [name, fallback]);
    expect(told(dev)).toEqual({ ...Object.fromEntries(defaults), GEWE_BASE_URL: 'http://api.geweapi.com' });
    expect(told(prod)).toEqual(chosenSettings);
  });

  it('throttles the API, if nothing is said by the defaults', () => {
    const { apiRateLimit, apiBurstLimit, callbackRateLimit, callbackBurstLimit } = deploySettings;
    expect(stageOf(dev)).toMatchObject({
      DefaultRouteSettings: {
        ThrottlingRateLimit: apiRateLimit.fallback,
        ThrottlingBurstLimit: apiBurstLimit.fallback,
      },
      RouteSettings: {
        'POST /v1/callbacks/{callbackId}': {
          ThrottlingRateLimit: callbackRateLimit.fallback,
          ThrottlingBurstLimit: callbackBurstLimit.fallback,
        },
      },
    });
    expect(stageOf(prod)).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: '7', ThrottlingBurstLimit: '9' },
      RouteSettings: { 'POST /v1/callbacks/{callbackId}': { ThrottlingRateLimit: '70' } },
    });
  });

  it('bounds the runs of every queue, if nothing is said by the defaults', () => {
    const limits = ({ ofType }: Packaged) =>
      ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties.ScalingConfig);
    const { callbackConcurrency, forwardConcurrency } = deploySettings;
    const runs = (...counts: readonly unknown[]) =>
      counts.map((count) => ({ MaximumConcurrency: Number(count) }));
    // The first is what MAX_LIST_CALLS makes of it; the second is the dead letters': the same everywhere.
    expect(limits(dev)).toEqual(runs(2, 2, callbackConcurrency.fallback, forwardConcurrency.fallback));
    expect(limits(prod)).toEqual(runs(9, 2, 5, 6));
  });

  it('bounds held waits; reserves nothing if nothing is said, as small accounts cannot', () => {
    const reserved = ({ functions }: Packaged) =>
      [...functions].flatMap(([name, { ReservedConcurrentExecutions: executions }]) =>
        executions === undefined ? [] : [[name, executions]],
      );
    expect(reserved(dev)).toEqual([]);
    expect(Object.fromEntries(reserved(prod))).toEqual({
      'start-refresh': 20,
      'get-refresh': 20,
      'pass-through': 20,
    });
  });

  it('puts the permissions boundary on every role', () => {
    for (const { ofType, template } of [dev, prod]) {
      for (const [, { Properties: role }] of ofType('AWS::IAM::Role')) {
        expect(role.PermissionsBoundary).toEqual({
          'Fn::If': ['HasPermissionsBoundary', { Ref: 'PermissionsBoundaryArn' }, { Ref: 'AWS::NoValue' }],
        });
      }
      expect(template.Parameters.PermissionsBoundaryArn?.Default).toBe(
        template === dev.template ? '' : boundaryArn,
      );
    }
  });

  it('gives the API a domain of its own', () => {
    for (const { template } of [dev, prod]) {
      const { HttpApiDomain, HttpApiDomainMapping } = template.Resources;
      const { CustomDomainTarget } = template.Outputs;
      for (const part of [HttpApiDomain, HttpApiDomainMapping, CustomDomainTarget]) {
        expect(part?.Condition).toBe('HasCustomDomain');
      }
    }
    expect(dev.template.Parameters.CustomDomain?.Default).toBe('');
    expect(prod.template.Parameters.CustomDomain?.Default).toBe('contacts.example.com');
    expect(prod.template.Resources.HttpApiDomain?.Properties.DomainNameConfigurations).toMatchObject([
      { CertificateArn: certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
    ]);
  });

  it('chooses the processor', () => {
    for (const { Architectures: of } of dev.functions.values())
      expect(of).toEqual([deploySettings.architecture.fallback]);
    for (const { Architectures: of } of prod.functions.values()) expect(of).toEqual(['x86_64']);
  });
});
