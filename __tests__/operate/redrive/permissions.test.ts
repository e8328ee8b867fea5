import { readFileSync } from 'node:fs';
import type { PolicyDocument } from '../../../review/read/policy-document';
import { FUNCTION, keyOf } from '../../helpers/failed-batches';
import { simulate } from '../../helpers/oracle';

const documentation = readFileSync('docs/failed-batches.md', 'utf8');
const blocks = [...documentation.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) =>
  JSON.parse(json),
);
const document: PolicyDocument = blocks.find((block) => block.Statement !== undefined);

const BUCKET = 'arn:aws:s3:::process-orders-failed-batches-025f751830a2';
const OBJECT = `${BUCKET}/${keyOf('a')}`;

/** Whether a role with the documented policy alone may do it. */
function isAllowed(action: string, resource: string): Promise<boolean> {
  return simulate({
    principal: 'arn:aws:iam::111122223333:role/Redrive',
    action,
    resource,
    account: '111122223333',
    context: {},
    identityPolicies: [document],
  });
}

describe('the documented role', () => {
  test.each([
    ['s3:ListBucket', BUCKET],
    ['s3:GetObject', OBJECT],
    ['s3:DeleteObject', OBJECT],
    ['lambda:InvokeFunction', FUNCTION],
  ])('may %s on %s', async (action, resource) => {
    expect(await isAllowed(action, resource)).toBe(true);
  });

  test.each([
    ['s3:PutObject', OBJECT],
    ['s3:DeleteObjectVersion', OBJECT],
    ['s3:GetObject', `${BUCKET}/notes.txt`],
    ['s3:GetObject', OBJECT.replace('process-orders', 'search')],
    ['s3:DeleteBucket', BUCKET],
    ['s3:PutBucketPolicy', BUCKET],
    ['lambda:UpdateFunctionCode', FUNCTION],
    ['lambda:GetFunction', FUNCTION],
    ['lambda:InvokeFunction', `${FUNCTION}2`],
    ['kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/a'],
    ['dynamodb:GetRecords', 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders/stream/x'],
  ])('may not %s on %s', async (action, resource) => {
    expect(await isAllowed(action, resource)).toBe(false);
  });
});
