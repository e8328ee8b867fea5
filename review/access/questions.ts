import { unique } from '../lists';
import type { Context } from './conditions';
import { type Intent, MEANT } from './intent';
import type { AccessTarget, TargetKind } from './model';

/** One thing that somebody may want to do with a resource. */
export interface Question {
  readonly action: string;
  /** ARN asked for. Default: the resource's own. */
  readonly arn?: string;
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

const TABLE_NAME = 'kms:encryptioncontext:aws:dynamodb:tablename';
const OWNER = 's3:resourceaccount';
const OTHER_ACCOUNT = '000000000000';

const BY_CODE = {
  ofFunctions: true,
  notByLambda: true,
  byCode: true,
  circumstance: 'by the code of the function',
} as const;

/**
 * What is asked for each kind of target. A statement that allows any other action is found without a question.
 */
export const QUESTIONS: Readonly<
  Record<TargetKind, (target: AccessTarget, intent: Intent) => Question[]>
> = {
  stream: () => [
    ...ask(MEANT.readStream),
    ...ask(MEANT.readStream, { ...BY_CODE, ofOtherAccounts: true }),
  ],
  table: () => ask(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:PutItem']),
  key: (key) => (key.ownerArn?.includes(':sns:') ? keyOfTopic(key) : keyOfTable(key)),
  function: () => ask(['lambda:InvokeFunction', 'lambda:UpdateFunctionCode']),
  'log group': ({ arn }) => [
    ...ask(MEANT.writeLog, { arn: `${arn}:log-stream:example` }),
    ...ask([...MEANT.createLog, 'logs:FilterLogEvents']),
  ],
  bucket: ({ arn, account, policyIsElsewhere }, intent) => {
    const keys = unique([...intent.objectKeys(arn), 'example']);
    const context = { [OWNER]: account };
    const byOther = {
      ofFunctions: true,
      context: { [OWNER]: OTHER_ACCOUNT },
      circumstance: 'where another account owns it',
    } as const;
    return [
      ...keys.flatMap((key) => {
        const object = {
          arn: `${arn}/${key}`,
          part: key === 'example' ? undefined : `under ${key.replace(/example$/, '')}`,
        };
        return [
          ...ask(['s3:PutObject', 's3:GetObject'], { ...object, context }),
          ...ask(MEANT.writeObject, { ...object, ...BY_CODE, context }),
          ...ask(MEANT.writeObject, { ...object, ...byOther }),
        ];
      }),
      ...ask(MEANT.listObjects, { context }),
      ...ask(MEANT.listObjects, { ...BY_CODE, context }),
      ...ask(MEANT.listObjects, byOther),
      // The policy of the bucket refuses it, whoever asks.
      ...(policyIsElsewhere
        ? []
        : ask(['s3:PutObject', 's3:GetObject', 's3:DeleteObject'], {
            arn: `${arn}/${keys[0]}`,
            context: { ...context, 'aws:securetransport': 'false' },
            refusedToAll: true,
            circumstance: 'without TLS',
          })),
    ];
  },
  topic: ({ account }) => [
    ...ask(MEANT.publish),
    ...ask(MEANT.publish, forAlarms(account)),
    ...ask(MEANT.publish, { ...forAlarms(OTHER_ACCOUNT), circumstance: 'for another account' }),
  ],
  role: () => [
    ...ask(MEANT.assumeRole),
    ...ask(MEANT.assumeRole, { service: 'lambda.amazonaws.com' }),
  ],
  account: () => [...ask(MEANT.listStreams), ...ask(MEANT.listStreams, BY_CODE)],
};

/** CloudWatch asks, for alarms of an account. */
function forAlarms(account: string) {
  return { service: 'cloudwatch.amazonaws.com', context: { 'aws:sourceaccount': account } };
}

function keyOfTable(key: AccessTarget): Question[] {
  const table = key.ownerArn?.split('/').at(-1);
  const throughDynamodb = { 'kms:viaservice': `dynamodb.${key.region}.amazonaws.com` };
  const context = { ...throughDynamodb, [TABLE_NAME]: table };
  return [
    ...ask(MEANT.decrypt, { context }),
    ...ask(MEANT.decrypt, { ...BY_CODE, context, ofOtherAccounts: true }),
    ...ask(MEANT.decrypt, {
      context: { [TABLE_NAME]: table },
      circumstance: 'other than through DynamoDB',
    }),
    // A key of somebody else's is granted as it is, whatever table it encrypts.
    ...(table === undefined || key.policyIsElsewhere
      ? []
      : [
          ...ask(MEANT.decrypt, {
            context: { ...context, [TABLE_NAME]: `${table}-other` },
            ofOtherAccounts: true,
            circumstance: 'for another table',
          }),
          ...ask(MEANT.decrypt, {
            context: throughDynamodb,
            ofFunctions: true,
            notByLambda: true,
            ofOtherAccounts: true,
            circumstance: 'for no table',
          }),
        ]),
  ];
}

function keyOfTopic({ account, region }: AccessTarget): Question[] {
  const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
  return [
    ...ask(actions, { context: { 'kms:viaservice': `sns.${region}.amazonaws.com` } }),
    ...ask([...actions, 'kms:ScheduleKeyDeletion'], forAlarms(account)),
    ...ask(actions, { ...forAlarms(OTHER_ACCOUNT), circumstance: 'for another account' }),
  ];
}

function ask(actions: readonly string[], question: Omit<Question, 'action'> = {}): Question[] {
  return actions.map((action) => ({ action, ...question }));
}
