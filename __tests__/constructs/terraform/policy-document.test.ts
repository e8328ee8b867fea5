import { parse } from '@cdktf/hcl2json';
import { type App, Testing } from 'cdktf';
import { policyDocument } from '../../../constructs/terraform/policy-document';
import type { Statement } from '../../../policies/statement';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import { EmptyStack } from '../../helpers/empty-stack';
import { counts, hclApp, jsonApp, jsonOf } from '../../helpers/synth-app';

/** A stack with the document of each case. */
function stackOf(app: App): EmptyStack {
  const stack = new EmptyStack(app);
  for (const [index, [, statements]] of CASES.entries()) {
    stack.publish({ [`json_${index}`]: policyDocument(stack, `document_${index}`, statements) });
  }
  return stack;
}

const CASES: [string, Statement[], object[]][] = [
  [
    'actions and resources',
    [{ sid: 'Read', actions: ['s3:GetObject', 's3:ListBucket'], resources: ['a', 'b'] }],
    [{ sid: 'Read', actions: ['s3:GetObject', 's3:ListBucket'], resources: ['a', 'b'] }],
  ],
  [
    'principals of several types',
    [
      {
        sid: 'Trust',
        principals: [
          { type: 'AWS', identifiers: ['111122223333', '444455556666'] },
          { type: 'Service', identifiers: ['lambda.amazonaws.com'] },
        ],
        actions: ['sts:AssumeRole'],
      },
    ],
    [
      {
        sid: 'Trust',
        principals: [
          { type: 'AWS', identifiers: ['111122223333', '444455556666'] },
          { type: 'Service', identifiers: ['lambda.amazonaws.com'] },
        ],
        actions: ['sts:AssumeRole'],
      },
    ],
  ],
  [
    'conditions, whose values hold no template',
    [
      {
        sid: 'Some',
        actions: ['s3:GetObject'],
        resources: ['*'],
        condition: [
          {
            test: 'StringLike',
            variable: 'aws:PrincipalTag/team',
            values: ['${aws:x}/*', '%{y}', '"\\'],
          },
          { test: 'Bool', variable: 'aws:SecureTransport', values: ['true'] },
        ],
      },
    ],
    [
      {
        sid: 'Some',
        actions: ['s3:GetObject'],
        resources: ['*'],
        condition: [
          {
            test: 'StringLike',
            variable: 'aws:PrincipalTag/team',
            values: ['$${aws:x}/*', '%%{y}', '"\\'],
          },
          { test: 'Bool', variable: 'aws:SecureTransport', values: ['true'] },
        ],
      },
    ],
  ],
  [
    'references in resources',
    [{ sid: 'Own', actions: ['s3:GetObject'], resources: ['${aws_s3_bucket.b.arn}/*'] }],
    [{ sid: 'Own', actions: ['s3:GetObject'], resources: ['${aws_s3_bucket.b.arn}/*'] }],
  ],
  [
    'several statements',
    [
      { sid: 'One', actions: ['s3:GetObject'], resources: ['a'] },
      { sid: 'Two', actions: ['s3:PutObject'], resources: ['b'] },
    ],
    [
      { sid: 'One', actions: ['s3:GetObject'], resources: ['a'] },
      { sid: 'Two', actions: ['s3:PutObject'], resources: ['b'] },
    ],
  ],
];

describe('a policy document of', () => {
  const json = jsonOf(stackOf(jsonApp()));
  let hcl: Record<string, object[]>;

  beforeAll(async () => {
    const { data } = await parse(
      'cdk.tf',
      await tidyHcl(Testing.synthHcl(stackOf(hclApp()), true)),
    );
    hcl = data.aws_iam_policy_document;
  }, 30_000);

  test.each(CASES.map(([name, , statement], index) => ({ name, statement, index })))(
    '$name',
    ({ statement, index }) => {
      const document = { provider: 'aws.consumer', statement };
      expect(json.data?.aws_iam_policy_document?.[`document_${index}`]).toEqual(document);
      expect(hcl[`document_${index}`]).toEqual([{ ...document, provider: '${aws.consumer}' }]);
      expect(json.output?.[`json_${index}`]).toEqual({
        description: `json_${index}`,
        value: `\${data.aws_iam_policy_document.document_${index}.json}`,
      });
    },
  );

  test('makes nothing else', () => {
    expect(counts(json.data)).toEqual({ aws_iam_policy_document: CASES.length });
    expect(json.resource).toBeUndefined();
  });
});
