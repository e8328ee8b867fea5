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

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
test('the limits of lakes and alarms are those of S3, Athena and CloudWatch', () => {
  const { LIFECYCLE, ATHENA_SCAN, ALARMS, OBJECT_KEY_PREFIX } = limits;
  expect(LIFECYCLE.transitionToStandardIaInDays.min).toBe(30);
  expect(LIFECYCLE.expirationInDays.min).toBe(1);
  // Athena takes no less than 10 MB.
  expect(ATHENA_SCAN.megabytes.min * 1_000_000).toBe(10_000_000);
  // DynamoDB Streams keeps a record for 24 hours.
  expect(ALARMS.iteratorAgeInSeconds.max).toBeLessThan(24 * 60 * 60);
  expect(ALARMS.durationInPercent).toEqual({ min: 1, max: 100 });
  // An S3 key has at most 1,024 bytes; account, table, date and name follow the prefix.
  expect(
    OBJECT_KEY_PREFIX.length.max + 'account=/table=/date=/'.length + 12 + 255 + 10,
  ).toBeLessThan(1_024);
});
