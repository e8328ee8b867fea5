import * as limits from '../../topology/limits';

const NAMED = Object.entries(limits);

test('every limit names the page of AWS that it comes from', () => {
  const pages = NAMED.map(([name, { source }]) => [name, new URL(source)] as const);
  const elsewhere = pages.filter(
    ([, { protocol, hostname }]) => protocol !== 'https:' || hostname !== 'docs.aws.amazon.com',
  );
  expect(pages.length).toBeGreaterThan(10);
  expect(elsewhere).toEqual([]);
});

test('every range is one of whole numbers, the least first', () => {
  const ranges = NAMED.flatMap(([name, values]) =>
    Object.entries(values)
      .filter(([, value]) => typeof value === 'object' && 'min' in value)
      .map(([key, { min, max }]) => ({ name: `${name}.${key}`, min, max })),
  );
  const wrong = ranges.filter(
    ({ min, max }) => !Number.isInteger(min) || !Number.isInteger(max) || min > max,
  );
  expect(ranges.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

test('a key of the lake has at most the 1,024 bytes of S3', () => {
  // Account, table, date and name follow the prefix.
  expect(
    limits.OBJECT_KEY_PREFIX.length.max + 'account=/table=/date=/'.length + 12 + 255 + 10,
  ).toBeLessThan(1_024);
});
