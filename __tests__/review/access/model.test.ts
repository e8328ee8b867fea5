import { readAccessModel } from '../../../review/access/model';
import { listOf } from '../../../review/lists';
import { Stacks } from '../../../review/read/resources';
import { parseStack, type StackJson } from '../../../review/read/stacks';
import { synthesizedStacks } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { existingTable, topology } from '../../helpers/topology';

const PROVIDER = { aws: [{ region: 'us-east-1', allowed_account_ids: ['111122223333'] }] };
const POLICY = '{"Version":"2012-10-17","Statement":[]}';

function read(resource: StackJson['resource']) {
  const stacks = [parseStack('own', { provider: PROVIDER, resource })];
  return readAccessModel(new Stacks(stacks));
}

const role = (more: object = {}) => ({
  aws_iam_role: { role: { name: 'Reader', assume_role_policy: POLICY, ...more } },
});

test('a role has its inline and its attached policies', () => {
  const { roles } = read({
    ...role(),
    aws_iam_role_policy: { inline: { name: 'function', role: 'Reader', policy: POLICY } },
    aws_iam_policy: { own: { name: 'Own', policy: POLICY } },
    aws_iam_role_policy_attachment: {
      own: { role: 'Reader', policy_arn: '${aws_iam_policy.own.arn}' },
      aws: {
        role: 'Reader',
        policy_arn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole',
      },
    },
  });
  expect(roles[0]?.policies.map(({ name }) => name)).toEqual([
    'function',
    'Own',
    'AWSLambdaDynamoDBExecutionRole',
  ]);
});

test('a managed policy that is not known is named, not left out', () => {
  const { notEvaluated } = read({
    ...role({ permissions_boundary: 'arn:aws:iam::111122223333:policy/Boundary' }),
    aws_iam_role_policy_attachment: {
      audit: { role: 'Reader', policy_arn: 'arn:aws:iam::aws:policy/SecurityAudit' },
    },
  });
  expect(notEvaluated).toEqual([
    {
      stack: 'own',
      policyArn: 'arn:aws:iam::aws:policy/SecurityAudit',
      what: 'the managed policy arn:aws:iam::aws:policy/SecurityAudit of role Reader',
    },
    {
      stack: 'own',
      policyArn: 'arn:aws:iam::111122223333:policy/Boundary',
      what: 'the permissions boundary arn:aws:iam::111122223333:policy/Boundary of role Reader',
    },
  ]);
});

test('a role has the policies that other stacks of its account give it', () => {
  const stack = (id: string, account: string, resource: StackJson['resource']) =>
    parseStack(id, {
      provider: { aws: [{ region: 'us-east-1', allowed_account_ids: [account] }] },
      resource,
    });
  const policy = { aws_iam_role_policy: { p: { role: 'Reader', policy: POLICY } } };
  const stacks = [
    stack('own', '111122223333', role()),
    stack('same-account', '111122223333', policy),
    stack('other-account', '444455556666', policy),
  ];
  const { roles } = readAccessModel(new Stacks(stacks));
  expect(roles.map(({ policies }) => policies.length)).toEqual([1]);
});

test('a bucket and a topic have the policies that are resources of their own', () => {
  const { targets } = read({
    aws_s3_bucket: { bucket: { bucket: 'failed' } },
    aws_s3_bucket_policy: { policy: { bucket: '${aws_s3_bucket.bucket.bucket}', policy: POLICY } },
    aws_sns_topic: { topic: { name: 'alarms' } },
    aws_sns_topic_policy: { policy: { arn: '${aws_sns_topic.topic.arn}', policy: POLICY } },
  });
  expect(targets.map(({ kind, arn, policy }) => [kind, arn, policy])).toEqual([
    ['bucket', 'arn:aws:s3:::failed', JSON.parse(POLICY)],
    ['topic', 'arn:aws:sns:us-east-1:111122223333:alarms', JSON.parse(POLICY)],
  ]);
});

test('the stream of a table that exists is there as well', () => {
  const stacks = synthesizedStacks(resolved(topology(existingTable())));
  const { targets } = readAccessModel(new Stacks(stacks));
  expect(
    targets
      .filter(({ kind }) => kind === 'stream' || kind === 'table')
      .map(({ kind, name, account, policy }) => [
        kind,
        name,
        account,
        listOf(policy?.Statement).length,
      ]),
  ).toEqual([['stream', 'Orders', '444455556666', 1]]);
});

describe('refuses', () => {
  test('two policies of one bucket', () => {
    expect(() =>
      read({
        aws_s3_bucket: { bucket: { bucket: 'failed' } },
        aws_s3_bucket_policy: {
          a: { bucket: 'failed', policy: POLICY },
          b: { bucket: 'failed', policy: POLICY },
        },
      }),
    ).toThrow(
      'own aws_s3_bucket_policy.a and own aws_s3_bucket_policy.b are both the policy of arn:aws:s3:::failed',
    );
  });

  test('a policy of what no stack has', () => {
    expect(() =>
      read({ aws_dynamodb_resource_policy: { p: { resource_arn: 'arn:aws:x', policy: POLICY } } }),
    ).toThrow('own aws_dynamodb_resource_policy.p is the policy of arn:aws:x, which no stack has');
  });

  test('a policy with a reference to nothing', () => {
    expect(() =>
      read(role({ assume_role_policy: '${data.aws_iam_policy_document.x.json}' })),
    ).toThrow(
      'own aws_iam_role.role refers to data.aws_iam_policy_document.x.json, which is not there',
    );
  });
});
