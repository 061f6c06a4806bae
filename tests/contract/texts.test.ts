import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { failureTexts } from '../../lib/http/failure-texts.ts';
import { faultTexts } from '../../lib/http/faults.ts';
import { specFile } from './documented.ts';

// The examples of the contract quote the texts of errors, and are what people search for.

type Members = Readonly<Record<string, unknown>>;

/** Every object in it, however deep. */
function* objectsIn(value: unknown): Generator<Members> {
  if (typeof value !== 'object' || value === null) return;
  yield Object(value);
  for (const part of Object.values(value)) yield* objectsIn(part);
}

const objects = [...objectsIn(parse(readFileSync(specFile, 'utf8')))];
const textsOf = (texts: object, name: string): Members => Object(Object(texts)[name]);

it('every example of a problem has the title, the status and the advice that the service sends', () => {
  const problems = objects.filter(({ type, detail }) => /^urn:/.test(String(type)) && detail !== undefined);
  expect(problems.length).toBeGreaterThan(15);
  for (const { type, title, status, detail } of problems) {
    const name = String(type).replace('urn:problem-type:gewe-contacts:', '');
    // Inside a refresh or a subscription a problem has no status: it says why a refresh failed.
    const texts = status === undefined ? textsOf(failureTexts, name) : textsOf(faultTexts, name);
    expect({ title, status, detail }, name).toEqual({
      title: texts.title,
      status: texts.status,
      detail: texts.detail,
    });
  }
});

it('every example of an envelope that tells of an error has the text that the service sends', () => {
  const told = objects.filter(({ code, msg }) => typeof code === 'string' && typeof msg === 'string');
  expect(told.length).toBeGreaterThan(5);
  for (const { code, msg } of told) {
    const name = String(code);
    const texts = [textsOf(failureTexts, name).msg, textsOf(faultTexts, name).msg];
    // An invalid request names what is wrong instead.
    if (code !== 'invalid-request') expect(texts, name).toContain(msg);
  }
});
