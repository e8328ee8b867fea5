/** Answers are as AWS documents them; the page, or who published one, is named. */
import { FUNCTION_ALARMS } from '../../../constructs/monitoring/function-alarms';
import { MAPPING_ALARMS } from '../../../constructs/monitoring/mapping-alarms';
import {
  FUNCTION_METRICS,
  MAPPING_METRICS,
  OWN_METRICS,
} from '../../../constructs/monitoring/metrics';
import type { Cause } from '../../../operate/doctor/cause';
import { TO_DO } from '../../../operate/doctor/causes/alarms';
import { failedBatches } from '../../../operate/doctor/causes/failed-batches';
import { pointed } from '../../../operate/doctor/following';
import { MOST, waiting } from '../../../operate/doctor/read/failed-batches';
import type { LiveFunction } from '../../../operate/doctor/read/function';
import { duration } from '../../../operate/doctor/times';
import type { Overrides } from '../../helpers/topology';
import { type Faults, factsOf, found } from './support/facts';
import { measured, UUID } from './support/processing';

const CONSUMER = 'consumer-process-orders';
const STACK = 'subscription-orders-process-orders';
const NAME = 'ProcessOrders';
const ROLE = 'arn:aws:iam::111122223333:role/ProcessOrdersRole';

type Consumer = ReturnType<NonNullable<Faults['consumer']>>;

const causes = (consumer: Consumer, overrides?: Overrides) =>
  found({ overrides, consumer: () => consumer });

const OF_OTHERS: Overrides = {
  'consumers.process-orders.role': undefined,
  'consumers.process-orders.function': undefined,
  'consumers.process-orders.existingFunction': { name: NAME, roleArn: ROLE },
};

const CODE: Overrides = {
  'consumers.process-orders.function.code': {
    directory: 'lambda-src/python',
    handler: 'index.handler',
  },
  'consumers.process-orders.function.runtime': 'python3.12',
};

describe('functions', () => {
  const { errors, throttles } = FUNCTION_METRICS;

  const lambda = (change: Partial<LiveFunction>): LiveFunction => ({
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Role: ROLE,
    ...change,
  });

  const ofFunction = (change: Partial<LiveFunction>, metrics = measured(), overrides?: Overrides) =>
    causes({ function: lambda(change), metrics }, overrides);

  test.each<[string, Partial<LiveFunction>]>([
    ['that is active', {}],
    ['that is being updated', { LastUpdateStatus: 'InProgress' }],
    // Lambda makes it active again with the next record.
    ['that was idle', { State: 'Inactive', StateReasonCode: 'Idle' }],
    ['with concurrency of its own', { reserved: 5 }],
  ])('a function %s has no cause', (_, change) => {
    expect(ofFunction(change)).toEqual([]);
  });

  test('errors of long ago, and others than its own, are none of now', () => {
    const metrics = measured([errors, NAME, { 20: 4 }], [errors, 'Other', { 5: 4 }]);
    expect(ofFunction({}, metrics)).toEqual([]);
  });

  test('a function that does not exist is missing', () => {
    const message =
      'the function ProcessOrders is not in account 111122223333, us-east-1: nothing processes the records, and Lambda retries them';
    expect(causes({ function: 'absent' })).toEqual([
      `function-missing analytics ${CONSUMER} function`,
      message,
      `create it again: npm run deploy -- ${CONSUMER}`,
    ]);
    expect(causes({ function: 'absent' }, OF_OTHERS)).toEqual([
      `function-missing analytics ${CONSUMER} function`,
      message,
      'whoever owns it creates it again, or name another one as existingFunction',
    ]);
  });

  test('a function that could not be read has no cause of its own', () => {
    expect(causes({ function: 'unknown' })).toEqual([]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
  test.each<[Partial<LiveFunction>, message: string, remedy: string]>([
    [
      {
        State: 'Pending',
        StateReason: 'The function is being created.',
        StateReasonCode: 'Creating',
      },
      'the function ProcessOrders is Pending, so Lambda does not invoke it: The function is being created. (Creating)',
      'wait until it is active: aws lambda wait function-active-v2 --function-name ProcessOrders --region us-east-1',
    ],
    [
      {
        State: 'Failed',
        StateReason: 'The subnet has no free addresses.',
        StateReasonCode: 'SubnetOutOfIPAddresses',
      },
      'the function ProcessOrders is Failed, so Lambda does not invoke it: The subnet has no free addresses. (SubnetOutOfIPAddresses)',
      `remove that, then update it: aws lambda update-function-configuration --function-name ProcessOrders --role ${ROLE} --region us-east-1`,
    ],
    [
      {
        LastUpdateStatus: 'Failed',
        LastUpdateStatusReason: 'KMS access is denied.',
        LastUpdateStatusReasonCode: 'KMSKeyAccessDenied',
      },
      'the last update of the function ProcessOrders failed, so it runs what it had before: KMS access is denied. (KMSKeyAccessDenied)',
      `remove that, then npm run deploy -- ${CONSUMER}`,
    ],
  ])('a function is inactive: %j', (change, message, remedy) => {
    const place = `function-inactive analytics ${CONSUMER} function`;
    expect(ofFunction(change)).toEqual([place, message, remedy]);
  });

  test('a function that is idle while records wait is inactive', () => {
    const idle = {
      State: 'Inactive',
      StateReasonCode: 'Idle',
      StateReason: 'It is idle.',
    } as const;
    const metrics = measured([MAPPING_METRICS.failedInvokes, `${UUID}0`, { 5: 3 }]);
    expect(ofFunction(idle, metrics)[0]).toBe(`function-inactive analytics ${CONSUMER} function`);
  });

  test('a function without concurrency is paused', () => {
    const message =
      'the reserved concurrency of the function ProcessOrders is 0: Lambda does not invoke it, but reads on, and discards records at the maximum age of their subscription';
    // Invocations that it refuses are throttled.
    const metrics = measured([throttles, NAME, { 5: 9 }]);
    expect(ofFunction({ reserved: 0 }, metrics)).toEqual([
      `function-paused analytics ${CONSUMER} function`,
      message,
      `set what the topology has: npm run deploy -- ${CONSUMER}; to pause, write enabled: false for its subscriptions`,
    ]);
    expect(ofFunction({ reserved: 0 }, metrics, OF_OTHERS)).toEqual([
      `function-paused analytics ${CONSUMER} function`,
      message,
      'its owner runs aws lambda delete-function-concurrency --function-name ProcessOrders --region us-east-1; to pause, write enabled: false for its subscriptions',
    ]);
  });

  test('a function is throttled by what is reserved, or by the account', () => {
    const metrics = measured([throttles, NAME, { 3: 2, 8: 10 }]);
    const said =
      'Lambda refused 12 invocations of ProcessOrders in the last 15 minutes for lack of concurrency';
    expect(ofFunction({ reserved: 2 }, metrics)).toEqual([
      `function-throttled analytics ${CONSUMER} function`,
      `${said}: its reserved concurrency is 2`,
      `raise (or write) function.reservedConcurrentExecutions of process-orders, then npm run deploy -- ${CONSUMER}; for more in the account: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value <number> --region us-east-1`,
    ]);
    const [, message] = causes({
      function: lambda({}),
      metrics,
      unreserved: 10,
    });
    expect(message).toBe(
      `${said}: none is reserved, so it shares the 10 of the account with other functions`,
    );
  });

  const logs = (group: string) =>
    `if it is not repaired already, see why: aws logs filter-log-events --log-group-name ${group} --start-time 1795779900000 --region us-east-1 --query 'events[].message' --output text; correct the code, then npm run deploy -- ${CONSUMER}. What Lambda discarded meanwhile: npm run redrive -- --consumer process-orders`;

  test('a function fails with errors, and with changes that it reports', () => {
    const metrics = measured(
      [errors, NAME, { 5: 1 }],
      [OWN_METRICS.changesFailed, NAME, { 5: 3 }],
      [MAPPING_METRICS.failedInvokes, `${UUID}0`, { 5: 8 }],
    );
    expect(ofFunction({}, metrics)).toEqual([
      `function-fails analytics ${CONSUMER} function`,
      '1 invocation of ProcessOrders failed, and 3 attempts to process a change failed in ProcessOrders in the last 15 minutes, before or after a repair; Lambda retries until the limits of the subscription. The log group is /aws/lambda/ProcessOrders',
      logs('/aws/lambda/ProcessOrders'),
    ]);
  });

  test('a function of others logs where it says', () => {
    const metrics = measured([errors, NAME, { 5: 2 }]);
    const change = { LoggingConfig: { LogGroup: '/theirs' } };
    const [, message, remedy] = ofFunction(change, metrics, OF_OTHERS);
    expect(message).toMatch(/^2 invocations .* The log group is \/theirs$/);
    expect(remedy).toBe(logs('/theirs').replace(`npm run deploy -- ${CONSUMER}`, 'deploy it'));
  });

  test('code without metrics of its own fails by the records of its mappings', () => {
    const metrics = measured([MAPPING_METRICS.failedInvokes, `${UUID}0`, { 5: 8 }]);
    const [place, message, , ...more] = ofFunction({}, metrics, CODE);
    expect(more).toEqual([]);
    expect(place).toBe(`function-fails analytics ${CONSUMER} function`);
    expect(message).toMatch(
      /^8 attempts to process a record failed in ProcessOrders in the last 15 minutes,/,
    );
  });

  // https://repost.aws/knowledge-center/lambda-kmsaccessdeniedexception-errors
  test.each<[string, Partial<LiveFunction>, remedy: string]>([
    [
      'a grant that belongs to a role that was replaced',
      { Environment: { Variables: { STAGE: 'live' } } },
      `its key for the environment may belong to a role that was deleted. docs/encryption.md, "A role that is replaced": aws lambda update-function-configuration --function-name ProcessOrders --role <another role that Lambda may assume> --region us-east-1; then aws lambda wait function-updated-v2 --function-name ProcessOrders --region us-east-1; then aws lambda update-function-configuration --function-name ProcessOrders --role ${ROLE} --region us-east-1`,
    ],
    [
      'a key of the consumer',
      {
        Environment: { Variables: { STAGE: 'live' } },
        KMSKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/k',
      },
      `look at the key arn:aws:kms:us-east-1:111122223333:key/k: it must be enabled, and let the role ${ROLE} decrypt (docs/encryption.md)`,
    ],
    [
      'its network',
      {},
      'look at its network and its role: aws lambda get-function-configuration --function-name ProcessOrders --region us-east-1',
    ],
  ])('invocations do not reach a function because of %s', (_, change, remedy) => {
    const metrics = measured([MAPPING_METRICS.failedInvokes, `${UUID}0`, { 5: 8 }]);
    expect(ofFunction(change, metrics)).toEqual([
      `function-inactive analytics ${CONSUMER} function`,
      '8 attempts to deliver a record failed in the last 15 minutes, and ProcessOrders has no errors: Lambda does not reach it',
      remedy,
    ]);
  });
});

describe('records', () => {
  const age = (minutes: number) =>
    measured([FUNCTION_METRICS.iteratorAge, NAME, { 5: minutes * 60_000, 10: 1 }]);
  const late = (minutes: number, overrides?: Overrides) =>
    causes({ metrics: age(minutes) }, overrides);
  const REMEDY =
    'remove what else is found of the function. If it is only slow: a larger batchSize or parallelizationFactor of the subscription, or more memory for the function, then npm run deploy';

  test('records that come before the alarm are in time', () => {
    expect(late(14)).toEqual([]);
  });

  test('the age of what was processed long ago says nothing of now', () => {
    const metrics = measured([FUNCTION_METRICS.iteratorAge, NAME, { 20: 7_500_000 }]);
    expect(causes({ metrics })).toEqual([]);
  });

  test('records come late, and are discarded and lost later', () => {
    expect(late(125)).toEqual([
      `iterator-age analytics ${CONSUMER} function`,
      'the last batches were processed 2h 5m after their records were written, and the alarm is at 15m. If they come later still, Lambda sends records to the failed batches unread at 23h (20h 55m from now), and the stream loses them at 24h (21h 55m from now)',
      REMEDY,
    ]);
  });

  test('records that are older than the maximum age are discarded now', () => {
    const [, message] = late(125, { 'subscriptions[0].maximumRecordAgeInSeconds': 3600 });
    expect(message).toMatch(
      /unread at 1h \(now\), and the stream loses them at 24h \(21h 55m from now\)$/,
    );
  });

  test('without a maximum age records are lost, without an alarm at half of the time', () => {
    const overrides = {
      'subscriptions[0].maximumRecordAgeInSeconds': -1,
      'consumers.process-orders.alarms': false,
    };
    expect(late(11 * 60, overrides)).toEqual([]);
    const [, message] = late(13 * 60, overrides);
    expect(message).toBe(
      'the last batches were processed 13h after their records were written, more than half of the time that there is. If they come later still, the stream loses them at 24h (11h from now)',
    );
  });

  const paused = { 'subscriptions[0].enabled': false };

  test('a subscription that is paused is not late', () => {
    expect(late(125, paused)).toEqual([]);
  });

  const { polledRecords, filteredRecords, droppedRecords } = MAPPING_METRICS;
  const filters = { 'subscriptions[0].filters': [{ eventName: ['INSERT'] }] };
  const filtered = (polled: number, dropped: number, overrides: Overrides = filters) =>
    causes(
      {
        metrics: measured(
          [polledRecords, `${UUID}0`, { 60: polled }],
          [filteredRecords, `${UUID}0`, { 60: dropped }],
        ),
      },
      overrides,
    );

  test.each<[string, number, number, Overrides?]>([
    ['that let some through', 9, 8],
    ['of a stream with nothing new', 0, 0],
    ['of a subscription that is paused', 9, 9, { ...filters, ...paused }],
    ['that are none', 9, 9, {}],
  ])('filters %s have no cause', (_, polled, dropped, overrides = filters) => {
    expect(filtered(polled, dropped, overrides)).toEqual([]);
  });

  test('filters drop all records', () => {
    expect(filtered(9, 9)).toEqual([
      `filters-drop-all analytics ${STACK} mapping`,
      'Lambda read 9 records in the last 24 hours, and none of them matched a filter: [{"eventName":["INSERT"]}]',
      `compare the filters with a record, as docs/filters.md shows; correct them, then npm run deploy -- ${STACK}. What was filtered out is not delivered later`,
    ]);
  });

  test('records are lost that could not be kept', () => {
    const metrics = measured([droppedRecords, `${UUID}0`, { 60: 0, 120: 1, 600: 4 }]);
    expect(causes({ metrics })).toEqual([
      `records-lost analytics ${STACK} mapping`,
      'Lambda discarded 5 records in the last 24 hours that it could not write to the bucket process-orders-failed-batches-025f751830a2, the last ones in the hour from 2026-11-27T10:00:00Z',
      `write the bucket and what the role may do with it: npm run deploy -- ${CONSUMER}; then write the items again, since their records are lost`,
    ]);
  });

  test.each([
    [45_000, '45s'],
    [900_000, '15m'],
    [82_800_000, '23h'],
    [3_661_000, '1h 1m'],
  ])('%i milliseconds are %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

describe('failed batches', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
  const key = (uuid: string, day: number) =>
    `aws/lambda/${uuid}/shardId-00000001573689847184-864758bb/2026/11/${day}/2026-11-${day}T20.04.05-14e0db71-5d35-4eb5-b481-8945cf9d10c2`;
  const OTHER = '0b3a2f1e-1111-4eb5-b481-8945cf9d10c2';
  const keys = [
    key(`${UUID}0`, 21),
    key(`${UUID}0`, 20),
    key(OTHER, 25),
    'aws/lambda/notes.txt',
    'aws/lambda/',
  ];
  const said = (stack: string, waits: string, since: string, until: string) => [
    `failed-batches-waiting analytics ${stack} failed batches`,
    `${waits} in s3://process-orders-failed-batches-025f751830a2, the oldest since ${since}T20:04:05Z; S3 deletes it after ${until}T20:04:05Z (failedBatches.expirationInDays: 30)`,
    'remove the cause, then npm run redrive -- --consumer process-orders; with --dry-run it lists them and says why they failed',
  ];

  test('batches wait, those of a mapping that was replaced as well', () => {
    expect(causes({ failedBatches: waiting(keys) })).toEqual([
      ...said(STACK, '2 failed batches wait', '2026-11-20', '2026-12-20'),
      ...said(CONSUMER, '1 failed batch waits', '2026-11-25', '2026-12-25'),
    ]);
  });

  test('of more batches than are read it is said that there may be others', () => {
    const many = Array.from({ length: MOST }, () => key(OTHER, 25));
    expect(causes({ failedBatches: waiting(many) })[1]).toBe(
      '20000 failed batches wait in s3://process-orders-failed-batches-025f751830a2, the oldest since 2026-11-25T20:04:05Z; S3 deletes it after 2026-12-25T20:04:05Z (failedBatches.expirationInDays: 30); only the first 20000 of the bucket were read, so there may be more, and older ones',
    );
  });

  test('a bucket that is empty, or was not read, has no cause', () => {
    expect(causes({ failedBatches: waiting([]) })).toEqual([]);
    expect(causes({ failedBatches: 'unknown' })).toEqual([]);
  });

  test('those of subscriptions that were not asked for are left out', () => {
    const facts = factsOf({
      'producers.carts': {
        account: 'shop',
        table: { name: 'Carts', partitionKey: { name: 'CartId', type: 'S' } },
      },
      'subscriptions[1]': { producer: 'carts', consumer: 'process-orders' },
    });
    const [consumer] = facts.consumers;
    if (!consumer) throw new Error('no consumer');
    const withBatches = { ...consumer, failedBatches: waiting(keys) };
    const own = facts.subscriptions.slice(0, 1).map((each) => ({ ...each, consumer: withBatches }));
    const some = failedBatches({ ...facts, consumers: [withBatches], subscriptions: own });
    expect(some).toMatchObject([{ stack: STACK }]);
  });
});

describe('alarms', () => {
  const since = new Date('2026-11-27T11:00:00Z');
  const raised = {
    AlarmName: `${NAME}-errors`,
    StateValue: 'ALARM' as const,
    StateUpdatedTimestamp: since,
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    StateReason:
      'Threshold Crossed: 1 out of the last 1 datapoints [1.0 (27/11/26 10:55:00)] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).',
  };
  const silent = {
    AlarmName: `${NAME}-${STACK}-not-polled`,
    StateValue: 'INSUFFICIENT_DATA' as const,
    TreatMissingData: 'missing',
    StateReason: 'Insufficient Data: 3 datapoints were unknown.',
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
    AlarmConfigurationUpdatedTimestamp: new Date('2026-11-20T08:00:00Z'),
  };

  test('alarms are raised, one on silence without data', () => {
    expect(causes({ alarms: [raised, silent] })).toEqual([
      `alarm-raised analytics ${CONSUMER} alarms`,
      `the alarm ProcessOrders-errors is in ALARM since 2026-11-27T11:00:00Z: ${raised.StateReason}`,
      "read the function's log: aws logs filter-log-events --log-group-name /aws/lambda/ProcessOrders --start-time 1795777200000 --region us-east-1 --query 'events[].message' --output text (docs/runbook.md)",
      `alarm-raised analytics ${STACK} alarms`,
      `the alarm ProcessOrders-${STACK}-not-polled is in INSUFFICIENT_DATA since 2026-11-27T11:00:00Z: Insufficient Data: 3 datapoints were unknown.`,
      "look at the mapping's last result, the policy of the stream, the role and the key of the table: records are lost after 24 hours (docs/runbook.md)",
    ]);
  });

  test.each([
    [
      'one on silence that is new',
      { ...silent, StateTransitionedTimestamp: silent.AlarmConfigurationUpdatedTimestamp },
    ],
    ['one without data that is not on silence', { ...silent, TreatMissingData: 'notBreaching' }],
    ['one of another function', { ...raised, AlarmName: `${NAME}-v2-errors` }],
  ])('%s is not raised', (_, alarm) => {
    expect(causes({ alarms: [alarm] })).toEqual([]);
  });

  test('every alarm says what to do', () => {
    const ids = [...FUNCTION_ALARMS, ...MAPPING_ALARMS].map(({ id }) => id);
    expect(Object.keys(TO_DO)).toEqual(ids);
  });

  const email = { 'consumers.process-orders.alarms': { email: 'ops@example.com' } };
  const topic = 'arn:aws:sns:us-east-1:111122223333:ProcessOrders-alarms';
  const subscription = {
    SubscriptionArn: `${topic}:14e0db71-5d35-4eb5-b481-8945cf9d10c2`,
    Protocol: 'email',
    Endpoint: 'ops@example.com',
  };

  test('an address that is confirmed has no cause', () => {
    expect(causes({ emails: [subscription] }, email)).toEqual([]);
    expect(causes({ emails: 'unknown' })).toEqual([]);
  });

  test('an address is not confirmed, or was deleted for that', () => {
    const pending = { ...subscription, SubscriptionArn: 'PendingConfirmation' };
    expect(causes({ emails: [pending] }, email)).toEqual([
      `email-unconfirmed analytics ${CONSUMER} email`,
      `ops@example.com has not confirmed its subscription to ${topic}: nobody reads the alarms`,
      `open the link in the mail from AWS Notifications; it comes again with aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint ops@example.com --region us-east-1`,
    ]);
    expect(causes({ emails: [] }, email)).toEqual([
      `email-unconfirmed analytics ${CONSUMER} email`,
      `ops@example.com is not subscribed to ${topic}: SNS deletes what is not confirmed within two days, and nobody reads the alarms`,
      `subscribe it again: npm run deploy -- ${CONSUMER}; then open the link in the mail from AWS Notifications`,
    ]);
  });
});

describe('a refused mapping', () => {
  const cause = (id: Cause['cause'], stack: string): Cause => ({
    cause: id,
    account: 'shop',
    stack,
    part: 'part',
    message: 'it is so',
    remedy: 'do that',
  });
  const refused = cause('mapping-refused', STACK);

  test('points to the cause of it', () => {
    const reason = cause('policy-missing', 'producer-orders');
    expect(pointed([reason, refused], factsOf())).toEqual([
      reason,
      {
        ...refused,
        remedy: 'remove what else is found: policy-missing of producer-orders (part)',
      },
    ]);
  });

  test('keeps its own remedy without one, and with one of others', () => {
    const others = [cause('function-fails', CONSUMER), cause('policy-differs', 'producer-other')];
    expect(pointed([...others, refused], factsOf())).toEqual([...others, refused]);
  });
});
