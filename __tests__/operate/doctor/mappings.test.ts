import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { MAPPING_METRICS } from '../../../constructs/monitoring/metrics';
import { mappings } from '../../../operate/doctor/causes/mappings';
import type { Overrides } from '../../helpers/topology';
import { factsOf } from './support/facts';
import { measured, UUID } from './support/processing';

const STACK = 'subscription-orders-process-orders';
const STREAM = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/';

type Change = Partial<EventSourceMappingConfiguration> | 'absent' | 'unknown';

/** As `cause message remedy`, where the only mapping is other than a healthy one. */
function found(change: Change, overrides: Overrides = {}, polled: Record<number, number> = {}) {
  const facts = factsOf(overrides, {
    consumer: ({ mappings }) => {
      const [[, mapping] = []] = mappings;
      const changed = typeof change === 'string' ? change : { ...(mapping as object), ...change };
      return {
        mappings: new Map([[STACK, changed]]),
        metrics: measured([MAPPING_METRICS.polls, `${UUID}0`, polled]),
      };
    },
  });
  return mappings(facts).flatMap((each) => {
    if (!each) return [];
    expect(each).toMatchObject({ account: 'analytics', stack: STACK, part: 'mapping' });
    return [each.cause, each.message, each.remedy.replaceAll('`', '')];
  });
}

test.each<[string, Change, Overrides?]>([
  ['that has processed records', {}],
  ['without a record yet', { LastProcessingResult: 'No records processed' }],
  ['that is being changed', { State: 'Updating' }],
  ['that was not read', 'unknown'],
  ['that the topology pauses', {}, { 'subscriptions[0].enabled': false }],
  [
    'with filters in another order, and spaces',
    {
      FilterCriteria: {
        Filters: [
          { Pattern: '{ "eventName": ["REMOVE"] }' },
          { Pattern: '{"eventName":["INSERT"]}' },
        ],
      },
    },
    { 'subscriptions[0].filters': [{ eventName: ['INSERT'] }, { eventName: ['REMOVE'] }] },
  ],
  [
    'whose last batch failed, which the metrics of the function show',
    { LastProcessingResult: 'PROBLEM: Function call failed' },
  ],
  // og-aws: "This usually just means that Lambda can't detect anything in the DynamoDB stream within the last 48 hours."
  [
    'of a quiet stream',
    {
      LastProcessingResult:
        'PROBLEM: internal Lambda error. Please contact Lambda customer support.',
    },
  ],
])('a mapping %s has no cause', (_, change, overrides = {}) => {
  expect(found(change, overrides)).toEqual([]);
});

test.each([
  ['TRIM_HORIZON', 'it reads the last 24 hours again (startingPosition: TRIM_HORIZON)'],
  ['LATEST', 'it reads what is written from then on (startingPosition: LATEST)'],
])('a mapping that was deleted is missing, and made again from %s', (startingPosition, from) => {
  expect(found('absent', { 'subscriptions[0].startingPosition': startingPosition })).toEqual([
    'mapping-missing',
    'the event source mapping of the state was deleted in AWS: nothing reads the stream',
    `create it again: npm run deploy -- ${STACK}; ${from}`,
  ]);
});

test('a mapping that the topology enables is disabled', () => {
  expect(found({ State: 'Disabled', LastModified: new Date('2026-11-27T09:30:00Z') })).toEqual([
    'mapping-disabled',
    'the event source mapping is Disabled since 2026-11-27T09:30:00Z (User action), and the topology has enabled: true: nothing reads the stream, which keeps a record for 24 hours',
    `enable it: npm run deploy -- ${STACK}`,
  ]);
});

test('a mapping differs from what is synthesized', () => {
  const all = found(
    {
      BatchSize: 10,
      StartingPosition: 'LATEST',
      FunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:Other',
      DestinationConfig: { OnFailure: {} },
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["MODIFY"]}' }] },
      MetricsConfig: undefined,
      EventSourceArn:
        'arn:aws:dynamodb:us-east-1:444455556666:table/Carts/stream/2026-01-01T00:00:00.000',
    },
    { 'subscriptions[0].filters': [{ eventName: ['INSERT'] }] },
  );
  expect(all).toEqual([
    'mapping-differs',
    [
      'the event source mapping is not what the topology synthesizes: starting_position is LATEST instead of TRIM_HORIZON',
      'batch_size is 10 instead of 100',
      'function_name is arn:aws:lambda:us-east-1:111122223333:function:Other instead of arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
      'destination_config.on_failure.destination_arn is none instead of arn:aws:s3:::process-orders-failed-batches-025f751830a2',
      'filter_criteria is [{"eventName":["MODIFY"]}] instead of [{"eventName":["INSERT"]}]',
      'metrics_config is [] instead of ["EventCount"]',
      `event_source_arn is arn:aws:dynamodb:us-east-1:444455556666:table/Carts/stream/2026-01-01T00:00:00.000 instead of ${STREAM}…`,
    ].join('; '),
    `look at the plan: npm run plan -- ${STACK}; then npm run deploy -- ${STACK}`,
  ]);
});

test('a mapping that the topology pauses is enabled', () => {
  expect(found({ State: 'Enabled' }, { 'subscriptions[0].enabled': false })[1]).toBe(
    'the event source mapping is not what the topology synthesizes: enabled is true instead of false',
  );
});

/** As AWS writes it: https://github.com/functionalone/serverless-iam-roles-per-function/issues/3 */
const notAuthorized = (action: string, kind?: string) => {
  const because = kind && ` because no ${kind} allows the dynamodb:${action} action`;
  return `User: arn:aws:sts::111122223333:assumed-role/ProcessOrdersRole/awslambda_427_20260319235532640 is not authorized to perform: dynamodb:${action} on resource: ${STREAM}2026-02-23T07:46:15.921${because ?? ''}`;
};

test.each<[string, string, message: string, remedy: string, Overrides?]>([
  [
    'the policy of the stream',
    notAuthorized('DescribeStream', 'resource-based policy'),
    'the policy of the stream does not let the role read',
    "write the stream's policy: npm run deploy -- producer-orders",
  ],
  [
    'the role',
    notAuthorized('GetRecords', 'identity-based policy'),
    'the role may not read the stream',
    "write the role's policies: npm run deploy -- consumer-process-orders",
  ],
  [
    'a role of others',
    notAuthorized('GetRecords', 'identity-based policy'),
    'the role may not read the stream',
    'the owner of arn:aws:iam::111122223333:role/Theirs gives it what this prints: npm run synth && terraform -chdir=cdktf.out/stacks/consumer-process-orders init -upgrade && terraform -chdir=cdktf.out/stacks/consumer-process-orders output -raw role_policy',
    { 'consumers.process-orders.role': { existing: 'arn:aws:iam::111122223333:role/Theirs' } },
  ],
  [
    'a boundary',
    notAuthorized('GetRecords', 'permissions boundary'),
    'a policy above the role does not let it read',
    'let whoever owns that policy allow it: no stack of the topology has it',
  ],
  [
    'what AWS does not say',
    notAuthorized('GetShardIterator'),
    'Lambda may not read the stream',
    "write the stream's policy: npm run deploy -- producer-orders; write the role's policies: npm run deploy -- consumer-process-orders",
  ],
  [
    'the key of the table',
    'kms:Decrypt on arn:aws:kms:us-east-1:444455556666:key/k is refused because no resource-based policy allows the kms:Decrypt action',
    'Lambda may not decrypt the table',
    'write the policy of a key that the stack makes: npm run deploy -- producer-orders; the owner of another one lets the role decrypt with it, as docs/encryption.md says',
  ],
  [
    'a role that is gone',
    'The role arn:aws:iam::111122223333:role/ProcessOrdersRole cannot be assumed by Lambda',
    'Lambda cannot assume the role',
    "write the role's policies: npm run deploy -- consumer-process-orders",
  ],
])('a mapping is refused by %s', (_, result, message, remedy, overrides = {}) => {
  expect(found({ LastProcessingResult: `PROBLEM: ${result}` }, overrides)).toEqual([
    'mapping-refused',
    `${message}: ${result}`,
    remedy,
  ]);
});

test('a mapping that the topology pauses is not refused', () => {
  const result = `PROBLEM: ${notAuthorized('GetRecords')}`;
  const paused = { 'subscriptions[0].enabled': false };
  expect(found({ LastProcessingResult: result }, paused)).toEqual([]);
});

test('a mapping that no longer reads is found by its silence', () => {
  const result = 'PROBLEM: internal Lambda error. Please contact Lambda customer support.';
  expect(found({ LastProcessingResult: result }, {}, { 45: 5, 50: 5 })).toEqual([
    'mapping-refused',
    `Lambda last read the stream at 2026-11-27T11:15:00Z: ${result}`,
    expect.stringMatching(
      /^look at the stream, its policy, the role and the table's key; .*alarms\.md, not-polled/,
    ),
  ]);
});

test.each<[string, Change, Record<number, number>]>([
  ['reads', {}, { 5: 5, 45: 5 }],
  ['was changed a moment ago', { LastModified: new Date('2026-11-27T11:50:00Z') }, { 45: 5 }],
])('a mapping that %s is not silent', (_, change, polled) => {
  expect(found(change, {}, polled)).toEqual([]);
});
