import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { type Edit, ruledOut } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { topology } from '../../helpers/topology';

interface Case {
  readonly set: Readonly<Record<string, unknown>>;
  readonly finds: string | readonly string[];
}

const FILE = path.join(__dirname, 'hostile-stacks.yaml');
const CASES: Record<string, Record<string, Case>> = parse(readFileSync(FILE, 'utf8'));

/** With something of most kinds, so that there is something to change. */
const TOPOLOGY = resolved(
  topology({
    'accounts.analytics.deployRole': { arn: 'arn:aws:iam::111122223333:role/Deploy' },
    'consumers.process-orders.sink': 's3',
    'consumers.process-orders.encryption': 'customer-managed',
    'consumers.process-orders.function.layers': ['arn:aws:lambda:us-east-1:111122223333:layer:a:1'],
    'consumers.process-orders.function.vpc': {
      subnetIds: ['subnet-0123abcd', 'subnet-1123abcd'],
      securityGroupIds: ['sg-0123abcd'],
    },
    'consumers.process-orders.alarms': { email: 'team@example.com' },
    'producers.orders.table.encryption': 'customer-managed',
  }),
);

/** The rule, the place and what is wrong, without stack and remedy, as the file has it. */
function findings(stack: string, edit: Edit): string[] {
  return ruledOut(TOPOLOGY, { [stack]: edit })
    .map(({ rule, place, message }) => `${rule}: ${place} ${message.split(';')[0]}`)
    .map((line) =>
      line
        .replace(`${stack} `, '')
        .replaceAll('has a value that is not known to the review', '<value>')
        .replaceAll('is not known to the review', '<unknown>')
        .replace('not what the topology says', '<differs>'),
    );
}

function set(json: object, place: string, value: unknown): void {
  const section = /^(aws_|terraform_data)/.test(place) ? 'resource.' : '';
  const keys = `${section}${place}`.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<object>((node, key) => {
    if (!Object.hasOwn(node, key)) Reflect.set(node, key, {});
    return Reflect.get(node, key);
  }, json);
  if (value === '<removed>') Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
}

test.each([
  'aws_cloudformation_stack',
  'aws_cloudwatch_log_subscription_filter',
  'aws_dynamodb_kinesis_streaming_destination',
  'aws_dynamodb_table_export',
  'aws_dynamodb_table_replica',
  'aws_iam_access_key',
  'aws_iam_openid_connect_provider',
  'aws_iam_user',
  'aws_kms_grant',
  'aws_lambda_alias',
  'aws_lambda_function_url',
  'aws_lambda_permission',
  'aws_pipes_pipe',
  'aws_s3_bucket_replication_configuration',
  'aws_s3_object',
  'aws_scheduler_schedule',
])('a resource of a type that the project does not make is a finding: %s', (type) => {
  const edit: Edit = (json) => set(json, `${type}.evil`, { provider: 'aws.consumer' });
  expect(findings('consumer-process-orders', edit)).toEqual([
    `allow-list: ${type}.evil resource.${type} <unknown>`,
  ]);
});

describe.each(Object.entries(CASES))('in %s a finding is', (stack, cases) => {
  test.each(Object.entries(cases))('%s', (_, { set: changes, finds }) => {
    const edit: Edit = (json) => {
      for (const [place, value] of Object.entries(changes))
        set(json, place, structuredClone(value));
    };
    expect(findings(stack, edit)).toEqual([finds].flat());
  });
});
