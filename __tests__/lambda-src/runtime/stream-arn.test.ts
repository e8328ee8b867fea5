import { parseStreamArn } from '../../../lambda-src/runtime/stream-arn';

const arn = (region: string, account: string, table: string, partition = 'aws') =>
  `arn:${partition}:dynamodb:${region}:${account}:table/${table}/stream/2026-01-02T03:04:05.678`;

test.each([
  ['us-east-1', '444455556666', 'Orders', 'aws'],
  ['us-gov-west-1', '444455556666', 'T'.repeat(255), 'aws-us-gov'],
  ['cn-north-1', '444455556666', '...', 'aws-cn'],
  ['eusc-de-east-1', '444455556666', '123', 'aws-eusc'],
  ['us-isob-east-1', '444455556666', 'Orders', 'aws-iso-b'],
])(
  'the ARN of a stream in %s has its account %s, table %s and label',
  (region, account, table, partition) => {
    expect(parseStreamArn(arn(region, account, table, partition))).toEqual({
      region,
      account,
      table,
      label: '2026-01-02T03:04:05.678',
    });
  },
);

test.each([
  ['another partition', arn('us-east-1', '444455556666', 'Orders', 'x')],
  ['a partition with a line break', arn('us-east-1', '444455556666', 'Orders', 'aws\n')],
  ['any Region', arn('*', '444455556666', 'Orders')],
  ['a Region with a slash', arn('us-east-1/..', '444455556666', 'Orders')],
  ['an account of 13 digits', arn('us-east-1', '4444555566667', 'Orders')],
  ['an account in other digits', arn('us-east-1', '٤٤٤٤٥٥٥٥٦٦٦٦', 'Orders')],
  ['the table ..', arn('us-east-1', '444455556666', '..')],
  ['a table with a line break', arn('us-east-1', '444455556666', 'Orders\n')],
  ['a table with an equals sign', arn('us-east-1', '444455556666', 'a=b')],
  ['a table with a letter of another alphabet', arn('us-east-1', '444455556666', 'Оrders')],
  ['a table of 256 characters', arn('us-east-1', '444455556666', 'T'.repeat(256))],
  ['text before the ARN', ` ${arn('us-east-1', '444455556666', 'Orders')}`],
  ['a stream without a label', arn('us-east-1', '444455556666', 'Orders').replace(/[^/]+$/, '')],
  ['a label with a slash', `${arn('us-east-1', '444455556666', 'Orders')}/1`],
  ['an export of a table', 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/export/1'],
])('not the ARN of a stream: %s', (_, text) => {
  expect(parseStreamArn(text)).toBeUndefined();
});
