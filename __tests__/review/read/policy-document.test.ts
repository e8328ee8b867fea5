import { renderPolicy } from '../../../policies/statement';
import { streamPolicy } from '../../../policies/stream-policy';
import { renderDocument } from '../../../review/read/policy-document';
import type { Block } from '../../../review/read/stacks';
import { resolved } from '../../helpers/synth-app';
import { topology } from '../../helpers/topology';

const render = (block: Block) => renderDocument('stack data.x', block, (text) => text);

test('a document is what the synthesis counts on', () => {
  const [producer] = resolved(
    topology({
      'producers.orders.streamPolicy': {
        principal: 'account',
        conditions: [
          { test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-1', 'o-2'] },
        ],
      },
    }),
  ).producers;
  if (!producer) throw new Error('no producer');
  const statements = streamPolicy(producer);
  expect(JSON.stringify(render({ statement: statements }))).toBe(renderPolicy(statements));
});

test('everything a statement can have is rendered', () => {
  expect(
    render({
      version: '2012-10-17',
      statement: {
        sid: 'All',
        effect: 'Deny',
        not_actions: ['s3:GetObject'],
        not_resources: ['a', 'b'],
        not_principals: { type: 'AWS', identifiers: ['root'] },
        condition: [
          { test: 'StringEquals', variable: 'aws:username', values: ['&{aws:username}'] },
          { test: 'StringEquals', variable: 'aws:username', values: ['b'] },
        ],
      },
    }),
  ).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'All',
        Effect: 'Deny',
        NotPrincipal: { AWS: 'root' },
        NotAction: 's3:GetObject',
        NotResource: ['a', 'b'],
        Condition: { StringEquals: { 'aws:username': ['${aws:username}', 'b'] } },
      },
    ],
  });
});

test('everybody is a star, and not a principal of the type star', () => {
  expect(
    render({
      statement: [{ principals: [{ type: '*', identifiers: ['*'] }], actions: ['s3:*'] }],
    }).Statement,
  ).toEqual([{ Effect: 'Allow', Principal: '*', Action: 's3:*' }]);
});

test.each([
  [{ source_policy_documents: ['x'] }, 'source_policy_documents'],
  [{ statement: [{ statements: [] }] }, 'statements'],
])('refuses what it does not know: %j', (block, key) => {
  expect(() => render(block)).toThrow(
    `stack data.x: the review cannot read ${key} of a policy document`,
  );
});
