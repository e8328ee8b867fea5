import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { differences } from '../../../review/changes/differences';
import { parseStack, type StackJson } from '../../../review/read/stacks';

const stackWith = (attribute: unknown, comment = '') =>
  parseStack('a', {
    '//': comment,
    provider: { aws: [{ region: 'us-east-1' }] },
    resource: { aws_x: { y: { '//': comment, attribute } } },
  } as StackJson);

const between = (before: unknown, after: unknown) =>
  differences([stackWith(before)], [stackWith(after)]).map(
    ({ attribute, before: old, after: now }) => `${attribute}: ${old} -> ${now}`,
  );

test('there is a difference exactly where two attributes are not the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const [before, after] = [one, other].map((value) => JSON.parse(JSON.stringify(value)));
      expect(between(before, before)).toEqual([]);
      expect(between(before, after).length > 0).toBe(!isDeepStrictEqual(before, after));
    }),
  );
});

test('comments of cdktf are none, and a key of that name elsewhere is one', () => {
  expect(differences([stackWith(1, 'a')], [stackWith(1, 'b')])).toEqual([]);
  expect(between({ tags: { '//': 'a' } }, { tags: { '//': 'b' } })).toEqual([
    'attribute.tags.//: a -> b',
  ]);
});

test('statements are compared by their ids, other blocks by their place', () => {
  const [one, two, three] = ['One', 'Two', 'Three'].map((sid) => ({ sid, actions: ['a', 'b'] }));
  expect(between([one, three], [one, two, three])).toEqual([
    'attribute[Two].sid: undefined -> Two',
    'attribute[Two].actions: undefined -> ["a","b"]',
  ]);
  expect(between([{ days: 1 }], [{ days: 2 }])).toEqual(['attribute[0].days: 1 -> 2']);
});

test('of long values the part that differs is shown', () => {
  const same = 'x'.repeat(1_000);
  expect(between(`${same}a${same}`, `${same}b`)).toEqual([
    `attribute: …${'x'.repeat(50)}a${'x'.repeat(149)}… -> …${'x'.repeat(50)}b`,
  ]);
});
