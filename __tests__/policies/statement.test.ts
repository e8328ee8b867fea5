import { policySize, renderPolicy, type Statement } from '../../policies/statement';

describe('renderPolicy writes, and policySize counts,', () => {
  test.each<[string, Statement[], string]>([
    ['no statement', [], '{"Version":"2012-10-17","Statement":[]}'],
    [
      'single values without brackets',
      [{ sid: 'One', actions: ['s3:GetObject'], resources: ['*'] }],
      '{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}',
    ],
    [
      'several values in brackets',
      [{ sid: 'Two', actions: ['s3:GetObject', 's3:PutObject'], resources: ['a', 'b'] }],
      '{"Version":"2012-10-17","Statement":[{"Sid":"Two","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["a","b"]}]}',
    ],
    [
      'principals by type',
      [
        {
          sid: 'Principals',
          principals: [
            { type: 'AWS', identifiers: ['111122223333', '444455556666'] },
            { type: 'Service', identifiers: ['lambda.amazonaws.com'] },
          ],
          actions: ['sts:AssumeRole'],
        },
      ],
      '{"Version":"2012-10-17","Statement":[{"Sid":"Principals","Effect":"Allow","Principal":{"AWS":["111122223333","444455556666"],"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    ],
    [
      'conditions by operator and key',
      [
        {
          sid: 'Conditions',
          actions: ['s3:GetObject'],
          resources: ['*'],
          condition: [
            { test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-1'] },
            { test: 'ArnLike', variable: 'aws:SourceArn', values: ['a', 'b'] },
            { test: 'StringEquals', variable: 'aws:PrincipalTag/team', values: ['data'] },
          ],
        },
      ],
      '{"Version":"2012-10-17","Statement":[{"Sid":"Conditions","Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1","aws:PrincipalTag/team":"data"},"ArnLike":{"aws:SourceArn":["a","b"]}}}]}',
    ],
    [
      'several statements, in which quotes are escaped',
      [
        { sid: 'One', actions: ['s3:GetObject'], resources: ['a"b'] },
        { sid: 'Two', actions: ['s3:GetObject'], resources: ['a\\b'] },
      ],
      '{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":"s3:GetObject","Resource":"a\\"b"},{"Sid":"Two","Effect":"Allow","Action":"s3:GetObject","Resource":"a\\\\b"}]}',
    ],
  ])('%s', (_, statements, document) => {
    expect(renderPolicy(statements)).toBe(document);
    expect(policySize(statements)).toBe(document.length);
  });
});
