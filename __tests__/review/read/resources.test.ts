import { Stacks } from '../../../review/read/resources';
import { parseStack, type StackJson } from '../../../review/read/stacks';

const PROVIDER = { aws: [{ region: 'us-east-1', allowed_account_ids: ['111122223333'] }] };

function stack(id: string, json: Partial<StackJson>) {
  return parseStack(id, {
    provider: PROVIDER,
    terraform: { backend: { s3: { bucket: 'state', key: `orders/${id}.tfstate` } } },
    ...json,
  });
}

/** What a reference in one stack is resolved to. */
function resolve(
  text: string,
  json: Partial<StackJson>,
  others: [string, Partial<StackJson>][] = [],
) {
  const own = stack('own', json);
  const stacks = [own, ...others.map(([id, other]) => stack(id, other))];
  return new Stacks(stacks).resolve(own, 'aws_thing.thing', text);
}

const RESOURCES: StackJson['resource'] = {
  aws_iam_role: { role: { name: 'Reader', path: '/streams/' }, bare: { name: 'Bare' } },
  aws_iam_policy: { policy: { name: 'Read', path: '/' } },
  aws_lambda_function: { function: { function_name: 'Process' } },
  aws_cloudwatch_log_group: { log: { name: '/aws/lambda/Process' } },
  aws_dynamodb_table: { table: { name: 'Orders', server_side_encryption: { kms_key_arn: 'key' } } },
  aws_kms_key: { first: {}, second: {} },
  aws_s3_bucket: { bucket: { bucket: 'failed-batches' } },
  aws_sns_topic: { topic: { name: 'alarms' } },
  terraform_data: { settled: { input: '${aws_iam_role.role.arn}' } },
};

test.each([
  ['${aws_iam_role.role.arn}', 'arn:aws:iam::111122223333:role/streams/Reader'],
  ['${aws_iam_role.bare.arn}', 'arn:aws:iam::111122223333:role/Bare'],
  ['${aws_iam_role.role.name}', 'Reader'],
  ['${aws_iam_role.role.id}', 'Reader'],
  ['${aws_iam_policy.policy.arn}', 'arn:aws:iam::111122223333:policy/Read'],
  ['${aws_lambda_function.function.arn}', 'arn:aws:lambda:us-east-1:111122223333:function:Process'],
  [
    '${aws_cloudwatch_log_group.log.arn}:*',
    'arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/Process:*',
  ],
  ['${aws_dynamodb_table.table.arn}', 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders'],
  [
    '${aws_dynamodb_table.table.stream_arn}',
    'arn:aws:dynamodb:us-east-1:111122223333:table/Orders/stream/2026-01-01T00:00:00.000',
  ],
  ['${aws_dynamodb_table.table.server_side_encryption[0].kms_key_arn}', 'key'],
  [
    '${aws_kms_key.first.arn}',
    'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-759b06c5bb33',
  ],
  ['${aws_kms_key.second.key_id}', '00000000-0000-4000-8000-3054d2f557e8'],
  ['${aws_s3_bucket.bucket.arn}/changes/*', 'arn:aws:s3:::failed-batches/changes/*'],
  ['${aws_sns_topic.topic.arn}', 'arn:aws:sns:us-east-1:111122223333:alarms'],
  ['${terraform_data.settled.output}', 'arn:aws:iam::111122223333:role/streams/Reader'],
  ['no reference', 'no reference'],
  ['$${aws:PrincipalTag/team} and %%{x}', '${aws:PrincipalTag/team} and %{x}'],
])('%s is %s', (text, expected) => {
  expect(resolve(text, { resource: RESOURCES })).toBe(expected);
});

test('an output of another stack is found by the state it is in', () => {
  const data = {
    terraform_remote_state: {
      consumer: { config: { bucket: 'state', key: 'orders/consumer.tfstate' } },
    },
  };
  const output = { role_arn: { value: '${terraform_data.settled.output}' } };
  expect(
    resolve('${data.terraform_remote_state.consumer.outputs.role_arn}', { data }, [
      ['consumer', { resource: RESOURCES, output }],
    ]),
  ).toBe('arn:aws:iam::111122223333:role/streams/Reader');
});

test('a policy document is rendered with the references in it', () => {
  const data = {
    aws_iam_policy_document: {
      document: {
        statement: [
          {
            sid: 'Write',
            actions: ['logs:PutLogEvents'],
            resources: ['${aws_cloudwatch_log_group.log.arn}:*'],
          },
        ],
      },
    },
  };
  expect(
    resolve('${data.aws_iam_policy_document.document.json}', { resource: RESOURCES, data }),
  ).toBe(
    '{"Version":"2012-10-17","Statement":[{"Sid":"Write","Effect":"Allow","Action":"logs:PutLogEvents","Resource":"arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/Process:*"}]}',
  );
});

describe('refuses', () => {
  const refused = (text: string, json: Partial<StackJson> = {}) =>
    expect(() => resolve(text, json));

  test('a reference to what is not there', () => {
    refused('${aws_iam_role.other.arn}').toThrow(
      'own aws_thing.thing refers to aws_iam_role.other.arn, which is not there',
    );
  });

  test('an attribute that only AWS knows', () => {
    refused('${aws_sns_topic.topic.owner}', { resource: RESOURCES }).toThrow(
      'own aws_thing.thing refers to aws_sns_topic.topic.owner, which the review does not know before it is applied',
    );
  });

  test('an output that no stack publishes', () => {
    const data = {
      terraform_remote_state: { x: { config: { bucket: 'state', key: 'x.tfstate' } } },
    };
    refused('${data.terraform_remote_state.x.outputs.role_arn}', { data }).toThrow(
      'own aws_thing.thing refers to the output role_arn of the state state/x.tfstate, which no stack publishes',
    );
  });

  test('a function call', () => {
    refused('${jsonencode({"a" = 1})}').toThrow(
      'own aws_thing.thing: the review cannot evaluate ${jsonencode({"a" = 1})}',
    );
  });

  test('a template directive', () => {
    refused('%{ if true }x%{ endif }').toThrow(
      'own aws_thing.thing: the review cannot evaluate %{ if true }x%{ endif }',
    );
  });

  test('a policy that is not JSON', () => {
    const own = stack('own', { resource: { aws_iam_policy: { p: { policy: 'everything' } } } });
    const [policy] = new Stacks([own]).resources('aws_iam_policy');
    expect(() => policy?.document('policy')).toThrow(
      'own aws_iam_policy.p.policy is not JSON: everything',
    );
  });
});
