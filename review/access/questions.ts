import { READ_STREAM } from '../../policies/actions';
import type { Condition } from '../../policies/statement';
import { satisfying, violating } from './conditions';
import type { Kind, Protected } from './deployment';
import type { Intent } from './intent';
import type { Context } from './simulate';

/** One thing that somebody may want to do with a resource. */
export interface Question {
  readonly action: string;
  /** ARN asked for. Default: the resource's own. */
  readonly target?: string;
  /** Which part of the resource that is, in words. */
  readonly part?: string;
  /** The one service that asks. Default: everybody but services. */
  readonly service?: string;
  readonly context?: Context;
  /** What is out of the ordinary, such as `without TLS`; then everybody is to be denied, but for `notByLambda`. */
  readonly circumstance?: string;
  /** Asked of the roles of functions alone. */
  readonly ofFunctions?: true;
  /** Lambda itself never asks so: a role may, unless the topology keeps the action to Lambda. */
  readonly notByLambda?: true;
  /** The code of the function asks, which AWS says in the request. */
  readonly byCode?: true;
  /** Refused to everybody, administrators of the resource's account as well. */
  readonly refusedToAll?: true;
  /** In the resource's own account its policy need not agree, so its conditions do not bind there. */
  readonly ofOtherAccounts?: true;
}

const TABLE_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:Scan',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:UpdateTable',
  'dynamodb:DeleteTable',
  'dynamodb:PutResourcePolicy',
];
const STREAM_ADMINISTRATION = ['dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy'];
const KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:CreateGrant',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
];
const FUNCTION_ACTIONS = [
  'lambda:InvokeFunction',
  'lambda:UpdateFunctionCode',
  'lambda:GetFunction',
  'lambda:AddPermission',
];
const LOG_STREAM_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:GetLogEvents'];
const LOG_GROUP_ACTIONS = [
  'logs:CreateLogGroup',
  'logs:FilterLogEvents',
  'logs:PutRetentionPolicy',
  'logs:DeleteLogGroup',
];
const OBJECT_ACTIONS = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'];
const BUCKET_ACTIONS = ['s3:ListBucket', 's3:PutBucketPolicy', 's3:DeleteBucket'];
const TOPIC_ACTIONS = ['sns:Publish', 'sns:Subscribe', 'sns:SetTopicAttributes'];
const ROLE_ACTIONS = [
  'sts:AssumeRole',
  'iam:PassRole',
  'iam:PutRolePolicy',
  'iam:AttachRolePolicy',
  'iam:UpdateAssumeRolePolicy',
];
/** Actions that take no resource. */
const ACCOUNT_ACTIONS = [
  'dynamodb:ListStreams',
  'dynamodb:ListTables',
  's3:ListAllMyBuckets',
  'iam:ListRoles',
];

const TABLE_NAME = 'kms:EncryptionContext:aws:dynamodb:tableName';
const OWNER = 's3:ResourceAccount';
const OTHER_ACCOUNT = '000000000000';

const BY_CODE = {
  ofFunctions: true,
  notByLambda: true,
  byCode: true,
  circumstance: 'by the code of the function',
} as const;

/** What is asked for each kind of resource. */
export const QUESTIONS: Readonly<
  Record<Kind, (resource: Protected, intent: Intent) => Question[]>
> = {
  stream: (stream, intent) => {
    const conditions = intent.conditionsOf(stream.ownerArn);
    const context = satisfying(conditions);
    return [
      ...ask(READ_STREAM, { context }),
      ...ask(READ_STREAM, { ...BY_CODE, context, ofOtherAccounts: true }),
      ...conditions.flatMap((condition) => askWithout(condition, conditions)),
      ...ask(STREAM_ADMINISTRATION, { context }),
    ];
  },
  table: () => ask(TABLE_ACTIONS),
  key: (key) => (key.ownerArn?.includes(':sns:') ? keyOfTopic(key) : keyOfTable(key)),
  function: () => ask(FUNCTION_ACTIONS),
  'log group': ({ arn }) => [
    ...ask(LOG_STREAM_ACTIONS, { target: `${arn}:log-stream:example` }),
    ...ask(LOG_GROUP_ACTIONS),
  ],
  bucket: ({ arn, account, policyIsElsewhere }, intent) => {
    const keys = [...new Set([...intent.objectKeys(arn), 'example'])];
    const context = { [OWNER]: account };
    const ofOther = {
      ofFunctions: true,
      context: { [OWNER]: OTHER_ACCOUNT },
      circumstance: 'where another account owns it',
    } as const;
    return [
      ...keys.flatMap((key) => {
        const object = {
          target: `${arn}/${key}`,
          part: key === 'example' ? undefined : `under ${key.replace(/example$/, '')}`,
        };
        return [
          ...ask(OBJECT_ACTIONS, { ...object, context }),
          ...ask(['s3:PutObject'], { ...object, ...BY_CODE, context }),
          ...ask(['s3:PutObject'], { ...object, ...ofOther }),
        ];
      }),
      ...ask(BUCKET_ACTIONS, { context }),
      ...ask(['s3:ListBucket'], { ...BY_CODE, context }),
      ...ask(['s3:ListBucket'], ofOther),
      // The policy of the bucket refuses it, whoever asks.
      ...(policyIsElsewhere
        ? []
        : ask(OBJECT_ACTIONS, {
            target: `${arn}/${keys[0]}`,
            context: { ...context, 'aws:SecureTransport': 'false' },
            refusedToAll: true,
            circumstance: 'without TLS',
          })),
    ];
  },
  topic: ({ account }) => [
    ...ask(TOPIC_ACTIONS),
    ...ask(['sns:Publish'], {
      service: 'cloudwatch.amazonaws.com',
      context: { 'aws:SourceAccount': account },
    }),
    ...ask(['sns:Publish'], {
      service: 'cloudwatch.amazonaws.com',
      context: { 'aws:SourceAccount': OTHER_ACCOUNT },
      circumstance: 'for another account',
    }),
  ],
  role: () => [
    ...ask(ROLE_ACTIONS),
    ...ask(['sts:AssumeRole'], { service: 'lambda.amazonaws.com' }),
    ...ask(['sts:AssumeRole'], { service: 'ec2.amazonaws.com' }),
  ],
  account: () => [...ask(ACCOUNT_ACTIONS), ...ask(['dynamodb:ListStreams'], BY_CODE)],
};

function keyOfTable(key: Protected): Question[] {
  const table = key.ownerArn?.split('/').at(-1);
  const throughDynamodb = { 'kms:ViaService': `dynamodb.${key.region}.amazonaws.com` };
  const context = {
    ...throughDynamodb,
    ...(table !== undefined && { [TABLE_NAME]: table }),
  };
  return [
    ...ask(KEY_ACTIONS, { context }),
    ...ask(['kms:Decrypt'], { ...BY_CODE, context, ofOtherAccounts: true }),
    ...ask(['kms:Decrypt'], { context: {}, circumstance: 'other than through DynamoDB' }),
    // A key of somebody else's is granted as it is, whatever table it encrypts.
    ...(table === undefined || key.policyIsElsewhere
      ? []
      : [
          ...ask(['kms:Decrypt'], {
            context: { ...context, [TABLE_NAME]: `${table}-other` },
            ofOtherAccounts: true,
            circumstance: 'for another table',
          }),
          ...ask(['kms:Decrypt'], {
            context: throughDynamodb,
            ofFunctions: true,
            notByLambda: true,
            ofOtherAccounts: true,
            circumstance: 'for no table',
          }),
        ]),
  ];
}

function keyOfTopic({ account, region }: Protected): Question[] {
  return [
    ...ask(KEY_ACTIONS, { context: { 'kms:ViaService': `sns.${region}.amazonaws.com` } }),
    ...ask(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ScheduleKeyDeletion'], {
      service: 'cloudwatch.amazonaws.com',
      context: { 'aws:SourceAccount': account },
    }),
    ...ask(['kms:Decrypt', 'kms:GenerateDataKey'], {
      service: 'cloudwatch.amazonaws.com',
      context: { 'aws:SourceAccount': OTHER_ACCOUNT },
      circumstance: 'for another account',
    }),
  ];
}

/** Reading the stream while one of its conditions does not hold. */
function askWithout(condition: Condition, conditions: readonly Condition[]): Question[] {
  const context = violating(conditions, condition);
  if (context === undefined) return [];
  const { test, variable, values } = condition;
  return ask(READ_STREAM, {
    context,
    ofOtherAccounts: true,
    circumstance: `unless ${test} ${variable} = ${values.join(', ')}`,
  });
}

function ask(actions: readonly string[], question: Omit<Question, 'action'> = {}): Question[] {
  return actions.map((action) => ({ action, ...question }));
}
