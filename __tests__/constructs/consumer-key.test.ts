import { jsonencoded } from '../helpers/jsonencoded';
import { consumerStack, type StackJson } from '../helpers/synth-app';
import { inRegion, type Overrides } from '../helpers/topology';

// The parser of HCL takes a while to start.
jest.setTimeout(30_000);

const CONSUMER = 'consumers.process-orders';
const ARN = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const FOUND = { kmsKeyArn: ARN };
const OWN = '${aws_kms_key.consumer_key.arn}';
const GIVEN = '${data.aws_kms_key.consumer_key.arn}';
const provider = 'aws.consumer';

const synth = (encryption: unknown, overrides: Overrides = {}) =>
  consumerStack({ [`${CONSUMER}.encryption`]: encryption, ...overrides });

const LAKE = { [`${CONSUMER}.sink`]: 's3' };

const context = (key: string, arn: string, test = 'StringEquals') => ({
  test,
  variable: `kms:EncryptionContext:${key}`,
  values: [arn],
});
const LOG_GROUP = 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/ProcessOrders';
const OF_LOG = context('aws:logs:arn', LOG_GROUP, 'ArnEquals');
const LOG_ACTIONS = [
  ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
];

/** What is encrypted with which key. */
function keysOf({ resource = {} }: StackJson) {
  const { aws_s3_bucket_server_side_encryption_configuration: buckets = {}, ...others } = resource;
  const rules = Object.entries(buckets).map(([name, block]) => [name, Object(block).rule]);
  return {
    log: Object(others.aws_cloudwatch_log_group?.log).kms_key_id,
    environment: Object(others.aws_lambda_function?.processor).kms_key_arn,
    buckets: Object.fromEntries(rules),
    results: Object(others.aws_athena_workgroup?.lake_queries).configuration?.result_configuration
      .encryption_configuration,
  };
}

const encryptedWith = (key?: string) => [
  key === undefined
    ? { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }
    : {
        apply_server_side_encryption_by_default: {
          sse_algorithm: 'aws:kms',
          kms_master_key_id: key,
        },
        bucket_key_enabled: true,
      },
];

test.each([
  ['no key', 'aws-owned', undefined],
  ['one key that the stack makes', 'customer-managed', OWN],
  ['one key that exists', FOUND, GIVEN],
])('%s encrypts all that a consumer keeps', (_, encryption, key) => {
  expect(keysOf(synth(encryption, LAKE))).toEqual({
    log: key,
    environment: key,
    buckets: {
      failed_batches_encryption: encryptedWith(key),
      lake_bucket_encryption: encryptedWith(key),
    },
    results: key
      ? { encryption_option: 'SSE_KMS', kms_key_arn: key }
      : { encryption_option: 'SSE_S3' },
  });
});

test('a bucket that exists keeps its encryption, and the results of queries in it have the key', () => {
  const sink = { type: 's3', bucket: 'our-lake' };
  const stack = synth('customer-managed', { [`${CONSUMER}.sink`]: sink });
  expect(keysOf(stack)).toMatchObject({
    buckets: { failed_batches_encryption: encryptedWith(OWN) },
    results: { kms_key_arn: OWN },
  });
  expect(statements(stack).map(({ sid }) => sid)).not.toContain('EncryptChanges');
});

test('of a function that exists the key encrypts failed batches, and its role is to use it for them alone', () => {
  const roleArn = 'arn:aws:iam::111122223333:role/TheirRole';
  const stack = synth('customer-managed', {
    [`${CONSUMER}.role`]: undefined,
    [`${CONSUMER}.function`]: undefined,
    [`${CONSUMER}.existingFunction`]: { name: 'Theirs', roleArn },
  });
  const documents = stack.data?.aws_iam_policy_document;
  const sids = (name: string) =>
    Object(documents?.[name]).statement.map(({ sid }: { sid: string }) => sid);
  expect(keysOf(stack)).toMatchObject({
    log: undefined,
    buckets: { failed_batches_encryption: encryptedWith(OWN) },
  });
  expect(sids('consumer_key_policy')).toEqual(['AllowAccountAdministration']);
  expect(sids('execution_role_policy')).toContain('EncryptFailedBatches');
  expect(sids('execution_role_policy')).not.toContain('EncryptLog');
  expect(sids('execution_role_policy')).not.toContain('DecryptEnvironment');
});

test('a function without variables has no key, which Lambda would not keep', () => {
  expect(keysOf(synth('customer-managed'))).toMatchObject({ log: OWN, environment: undefined });
});

test('the key rotates, has an alias, and its policy lets in IAM of the account and the one log group', () => {
  const { resource, data } = synth('customer-managed', { [`${CONSUMER}.alarms`]: false });
  expect(resource?.aws_kms_key).toEqual({
    consumer_key: {
      provider,
      description: 'Lambda function ProcessOrders',
      enable_key_rotation: true,
      policy: '${data.aws_iam_policy_document.consumer_key_policy.json}',
      lifecycle: { create_before_destroy: true },
    },
  });
  expect(resource?.aws_kms_alias).toEqual({
    consumer_key_alias: {
      provider,
      name: 'alias/lambda/ProcessOrders',
      target_key_id: '${aws_kms_key.consumer_key.key_id}',
    },
  });
  expect(data?.aws_iam_policy_document?.consumer_key_policy).toEqual({
    provider,
    statement: [
      {
        sid: 'AllowAccountAdministration',
        principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:root'] }],
        actions: ['kms:*'],
        resources: ['*'],
      },
      {
        sid: 'AllowLog',
        principals: [{ type: 'Service', identifiers: ['logs.us-east-1.amazonaws.com'] }],
        actions: LOG_ACTIONS,
        resources: ['*'],
        condition: [OF_LOG],
      },
    ],
  });
});

test.each([
  ['us-gov-west-1', 'logs.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'logs.cn-north-1.amazonaws.com.cn'],
  ['eusc-de-east-1', 'logs.eusc-de-east-1.amazonaws.eu'],
])('in %s CloudWatch Logs is %s', (region, service) => {
  const { data } = synth('customer-managed', inRegion(region));
  expect(
    Object(data?.aws_iam_policy_document?.consumer_key_policy).statement[1].principals,
  ).toEqual([{ type: 'Service', identifiers: [service] }]);
});

/** What the inline policy `function` says of keys. */
function statements({ data }: StackJson) {
  const document = Object(data?.aws_iam_policy_document?.execution_role_function_policy);
  const all: { sid: string; actions: string[] }[] = document.statement;
  return all.filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));
}

const NOT_FROM_CODE = { test: 'Null', variable: 'lambda:SourceFunctionArn', values: ['true'] };
const via = (service: string) => ({
  test: 'StringEquals',
  variable: 'kms:ViaService',
  values: [`${service}.us-east-1.amazonaws.com`],
});

test.each([
  ['and not for its code', true, [NOT_FROM_CODE]],
  ['also for its code without pollerOnly', false, []],
])(
  'the role uses the key for each of the things that it encrypts, %s',
  (_, pollerOnly, byLambda) => {
    const stack = synth('customer-managed', {
      ...LAKE,
      [`${CONSUMER}.role.pollerOnly`]: pollerOnly,
    });
    const resources = [OWN];
    const use = { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources };
    const bucketOf = (purpose: string) =>
      context('aws:s3:arn', `arn:aws:s3:::process-orders-${purpose}-025f751830a2`);
    const functionArn = 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders';
    expect(statements(stack)).toEqual([
      { sid: 'EncryptChanges', ...use, condition: [via('s3'), bucketOf('changes')] },
      {
        sid: 'DecryptEnvironment',
        actions: ['kms:Decrypt'],
        resources,
        condition: [...byLambda, context('aws:lambda:FunctionArn', functionArn)],
      },
      { sid: 'EncryptLog', ...use, condition: [via('logs'), OF_LOG] },
      {
        sid: 'EncryptFailedBatches',
        ...use,
        condition: [...byLambda, via('s3'), bucketOf('failed-batches')],
      },
    ]);
  },
);

test('a key that exists must be fit, and its owner gets the statements to add', async () => {
  const { data, output, resource } = synth(FOUND, { [`${CONSUMER}.alarms`]: false });
  expect(resource?.aws_kms_key).toBeUndefined();
  expect(data?.aws_kms_key).toEqual({
    consumer_key: {
      provider,
      key_id: ARN,
      lifecycle: {
        postcondition: [
          {
            condition:
              '${self.enabled && self.key_manager == "CUSTOMER" && self.key_spec == "SYMMETRIC_DEFAULT"}',
            error_message: `Key ${ARN} must be a customer managed, symmetric key that is enabled. Write such a key as encryption: { kmsKeyArn: ... } of the consumer, or customer-managed.`,
          },
        ],
      },
    },
  });
  const { description, value } = Object(output?.key_policy_statement);
  expect(description).toBe('Statements that the owner of the key adds to its policy, as JSON');
  const account = { AWS: 'arn:aws:iam::111122223333:root' };
  expect(await jsonencoded(value)).toEqual([
    {
      Sid: 'AllowLog',
      Effect: 'Allow',
      Principal: { Service: 'logs.us-east-1.amazonaws.com' },
      Action: LOG_ACTIONS,
      Resource: '*',
      Condition: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': LOG_GROUP } },
    },
    {
      Sid: 'AllowUse',
      Effect: 'Allow',
      Principal: account,
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
      Resource: '*',
    },
    {
      Sid: 'AllowGrantsForLambda',
      Effect: 'Allow',
      Principal: account,
      Action: 'kms:CreateGrant',
      Resource: '*',
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ]);
});
