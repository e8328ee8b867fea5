import { alarmKeyPolicy, alarmTopicPolicy } from '../../policies/alarm-topic';

const CLOUDWATCH = [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com'] }];

test('alarmTopicPolicy lets the alarms of the account, and nobody else, publish', () => {
  const topicArn = 'arn:aws:sns:us-east-1:111122223333:Orders-alarms';
  expect(alarmTopicPolicy(topicArn, { id: '111122223333' })).toStrictEqual([
    {
      sid: 'AllowAlarms',
      principals: CLOUDWATCH,
      actions: ['sns:Publish'],
      resources: [topicArn],
      condition: [
        { test: 'StringEquals', variable: 'aws:SourceAccount', values: ['111122223333'] },
      ],
    },
  ]);
});

test.each([
  ['us-east-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])(
  'alarmKeyPolicy in %s lets the account administer the key, and alarms use it',
  (region, partition) => {
    expect(alarmKeyPolicy({ id: '111122223333', region, partition })).toStrictEqual([
      {
        sid: 'AllowAccountAdministration',
        principals: [{ type: 'AWS', identifiers: [`arn:${partition}:iam::111122223333:root`] }],
        actions: ['kms:*'],
        resources: ['*'],
      },
      {
        sid: 'AllowAlarms',
        principals: CLOUDWATCH,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        condition: [
          { test: 'StringEquals', variable: 'aws:SourceAccount', values: ['111122223333'] },
        ],
      },
    ]);
  },
);
