import { arns, dnsSuffixOf } from '../topology/arns';
import { names } from '../topology/names';
import { type Account, makesFunction, type ResolvedConsumer } from '../topology/resolve';
import { ACTIONS } from './actions';
import { administeredBy, through } from './resource-policies';
import { type Condition, condition, type Statement } from './statement';
import { notFromCode } from './stream-reads';

/** What a service says of the data that it encrypts. */
const CONTEXT = 'kms:EncryptionContext';

/** The policy of the key that the stack makes for what a consumer keeps. IAM of the account grants the rest. */
export function consumerKeyPolicy(consumer: ResolvedConsumer): Statement[] {
  return [administeredBy(consumer.account), ...allowLog(consumer)];
}

/**
 * What the owner of a key that exists adds to its policy. The last two leave the key to IAM of the consumer's account:
 * its execution role, whoever deploys (who lets Lambda give the role a grant), and whoever reads.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
 */
export function statementsOfKeyOwner(consumer: ResolvedConsumer): Statement[] {
  const principals = [{ type: 'AWS', identifiers: [arns.root(consumer.account)] }];
  const ofAws = condition('Bool', 'kms:GrantIsForAWSResource', 'true');
  const account = { principals, resources: ['*'] };
  const grants = { actions: ACTIONS.grantToServices, condition: [ofAws] };
  return [
    ...allowLog(consumer),
    { sid: 'AllowUse', ...account, actions: ACTIONS.useKey },
    ...(makesFunction(consumer) ? [{ sid: 'AllowGrantsForLambda', ...account, ...grants }] : []),
  ];
}

/**
 * CloudWatch Logs itself, for the one log group, if it is the stack's.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function allowLog(consumer: ResolvedConsumer): Statement[] {
  if (!makesFunction(consumer)) return [];
  const { account } = consumer;
  const service = `logs.${account.region}.${dnsSuffixOf(account.partition)}`;
  return [
    {
      sid: 'AllowLog',
      principals: [{ type: 'Service', identifiers: [service] }],
      actions: ACTIONS.encryptLog,
      resources: ['*'],
      condition: [ofLog(consumer)],
    },
  ];
}

/**
 * What the execution role does with the key. Lambda gives the role a grant for the environment variables when the
 * function is created; this one holds for a role that is replaced, too.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
 */
export function useOfKey(consumer: ResolvedConsumer, keyArn: string): Statement[] {
  const { account, role, function: lambda, failedBatches } = consumer;
  const byLambda = notFromCode(role);
  const functionArn = arns.function(account, lambda.name);
  const ofFunction = condition('StringEquals', `${CONTEXT}:aws:lambda:FunctionArn`, functionArn);
  const resources = [keyArn];
  const ofOwnFunction = [
    {
      sid: 'DecryptEnvironment',
      actions: ACTIONS.decrypt,
      resources,
      condition: [...byLambda, ofFunction],
    },
    {
      sid: 'EncryptLog',
      actions: ACTIONS.encryptData,
      resources,
      condition: [through('logs', account.region), ofLog(consumer)],
    },
  ];
  return [
    ...(makesFunction(consumer) ? ofOwnFunction : []),
    {
      sid: 'EncryptFailedBatches',
      actions: ACTIONS.encryptData,
      resources,
      condition: [...byLambda, ...ofBucket(account, failedBatches.bucket)],
    },
  ];
}

/** What writing to a bucket that the key encrypts takes. */
export function encryptObjects(account: Account, keyArn: string, bucket: string): Statement {
  return {
    sid: 'EncryptChanges',
    actions: ACTIONS.encryptData,
    resources: [keyArn],
    condition: ofBucket(account, bucket),
  };
}

const ofLog = ({ account, function: lambda }: ResolvedConsumer): Condition => {
  const logGroup = arns.logGroup(account, names.logGroup(lambda.name));
  return condition('ArnEquals', `${CONTEXT}:aws:logs:arn`, logGroup);
};

/**
 * S3 names the bucket, not the object, since the bucket has a bucket key.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
 */
const ofBucket = (account: Account, bucket: string): Condition[] => [
  through('s3', account.region),
  condition('StringEquals', `${CONTEXT}:aws:s3:arn`, arns.bucket(account, bucket)),
];
