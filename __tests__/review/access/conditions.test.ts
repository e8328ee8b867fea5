import { satisfying, violating } from '../../../review/access/conditions';

const OTHER_ARN = 'arn:aws:iam::000000000000:role/something-else';
const condition = (test: string, ...values: string[]) => ({ test, variable: 'key', values });

test.each([
  ['StringEquals', ['a', 'b'], 'a', 'something-else'],
  ['StringEqualsIgnoreCase', ['a'], 'a', 'something-else'],
  ['StringEqualsIfExists', ['a'], 'a', 'something-else'],
  ['StringNotEquals', ['a'], 'something-else', 'a'],
  ['StringLike', ['o-*/r-?'], 'o-x/r-x', 'something-else'],
  ['StringNotLike', ['a*'], 'something-else', 'ax'],
  ['ForAnyValue:StringLike', ['a*'], ['ax'], ['something-else']],
  ['ForAllValues:StringEquals', ['a'], ['a'], ['something-else']],
  ['ArnLike', ['arn:aws:iam::*:role/a'], 'arn:aws:iam::x:role/a', OTHER_ARN],
  ['ArnNotEquals', ['arn:a'], OTHER_ARN, 'arn:a'],
  ['Bool', ['true'], 'true', 'false'],
  ['Bool', ['false'], 'false', 'true'],
  ['NumericEquals', ['5'], '5', '6'],
  ['NumericLessThan', ['5'], '4', '6'],
  ['NumericGreaterThanEquals', ['5'], '6', '4'],
  [
    'DateLessThan',
    ['2026-01-02T00:00:00Z'],
    '2026-01-01T00:00:00.000Z',
    '2026-01-03T00:00:00.000Z',
  ],
  ['IpAddress', ['192.0.2.0/24'], '192.0.2.0', '203.0.113.254'],
  ['NotIpAddress', ['192.0.2.0/24'], '203.0.113.254', '192.0.2.0'],
  ['Null', ['false'], 'something-else', undefined],
  ['Null', ['true'], undefined, 'something-else'],
])('%s %j holds for %j, and not for %j', (operator, values, holds, fails) => {
  const each = condition(operator, ...values);
  expect(satisfying([each])).toEqual(holds === undefined ? {} : { key: holds });
  expect(violating([each], each)).toEqual(fails === undefined ? {} : { key: fails });
});

test('a policy variable stands for a value that the request has too', () => {
  const each = condition('StringEquals', '${aws:PrincipalTag/team}');
  expect(satisfying([each])).toEqual({ key: 'example', 'aws:PrincipalTag/team': 'example' });
});

test('who asks decides on the keys of the principal', () => {
  const each = { test: 'ArnLike', variable: 'aws:PrincipalArn', values: ['arn:*'] };
  expect(satisfying([each])).toEqual({});
  expect(violating([each], each)).toBeUndefined();
});

test('one condition fails while the others hold', () => {
  const org = { test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-1'] };
  const ip = { test: 'IpAddress', variable: 'aws:SourceIp', values: ['192.0.2.0/24'] };
  expect(violating([org, ip], ip)).toEqual({
    'aws:PrincipalOrgID': 'o-1',
    'aws:SourceIp': '203.0.113.254',
  });
});
