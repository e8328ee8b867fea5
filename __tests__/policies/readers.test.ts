import { readerPrincipals } from '../../policies/readers';
import type { Reader } from '../../topology/resolve';

function reader(id: string, role: string, partition = 'aws'): Reader {
  return {
    stackId: `consumer-${role}`,
    account: { id, region: 'us-east-1', partition },
    roleArn: `arn:${partition}:iam::${id}:role/${role}`,
  };
}

const billing = reader('111122223333', 'billing');
const audit = reader('111122223333', 'audit');
const search = reader('777788889999', 'search');
const chinese = reader('111122223333', 'billing', 'aws-cn');

describe('the principals of readers', () => {
  test.each<[string, 'role' | 'account', Reader[], identifiers: string[], condition: object[]]>([
    ['a role', 'role', [billing], ['arn:aws:iam::111122223333:role/billing'], []],
    [
      'roles',
      'role',
      [search, billing],
      ['arn:aws:iam::777788889999:role/search', 'arn:aws:iam::111122223333:role/billing'],
      [],
    ],
    [
      'an account',
      'account',
      [billing],
      ['arn:aws:iam::111122223333:root'],
      [
        {
          test: 'ArnEquals',
          variable: 'aws:PrincipalArn',
          values: ['arn:aws:iam::111122223333:role/billing'],
        },
      ],
    ],
    [
      'an account with two roles',
      'account',
      [billing, audit],
      ['arn:aws:iam::111122223333:root'],
      [
        {
          test: 'ArnEquals',
          variable: 'aws:PrincipalArn',
          values: [
            'arn:aws:iam::111122223333:role/billing',
            'arn:aws:iam::111122223333:role/audit',
          ],
        },
      ],
    ],
    [
      'accounts',
      'account',
      [search, billing],
      ['arn:aws:iam::777788889999:root', 'arn:aws:iam::111122223333:root'],
      [
        {
          test: 'ArnEquals',
          variable: 'aws:PrincipalArn',
          values: [
            'arn:aws:iam::777788889999:role/search',
            'arn:aws:iam::111122223333:role/billing',
          ],
        },
      ],
    ],
    [
      'an account of another partition',
      'account',
      [chinese],
      ['arn:aws-cn:iam::111122223333:root'],
      [
        {
          test: 'ArnEquals',
          variable: 'aws:PrincipalArn',
          values: ['arn:aws-cn:iam::111122223333:role/billing'],
        },
      ],
    ],
  ])('are %s', (_, principal, readers, identifiers, condition) => {
    const roleArns = readers.map(({ roleArn }) => roleArn);
    // Conditions of the stream are not those of the readers.
    const conditions = [{ test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-1'] }];
    expect(
      readerPrincipals({ readers, streamPolicy: { principal, conditions } }, roleArns),
    ).toStrictEqual({ principals: [{ type: 'AWS', identifiers }], condition });
  });

  test.each<['role' | 'account', object]>([
    ['role', { principals: [{ type: 'AWS', identifiers: ['${a.b}'] }], condition: [] }],
    [
      'account',
      {
        principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:root'] }],
        condition: [{ test: 'ArnEquals', variable: 'aws:PrincipalArn', values: ['${a.b}'] }],
      },
    ],
  ])('with principal: %s are named as the caller names them', (principal, expected) => {
    const settings = { readers: [billing], streamPolicy: { principal, conditions: [] } };
    expect(readerPrincipals(settings, ['${a.b}'])).toStrictEqual(expected);
  });
});
