import type { Content } from './topology';

const KEY = 'arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const CONSUMER_KEY = KEY.replace('444455556666', '111122223333');
const partitionKey = { name: 'Id', type: 'S' } as const;
const onDemandThroughput = { maxReadRequestUnits: 100, maxWriteRequestUnits: -1 };

/** So many tables with the longest names do not fit into the inline policies of a role. */
const TENANTS = Array.from({ length: 36 }, (_, index) => `tenant-${index}`);

/** A topology in which every optional part is used somewhere. */
export const EVERYTHING: Content = {
  name: 'everything',
  state: {
    bucket: 'example-terraform-state',
    region: 'us-east-1',
    roleArn: 'arn:aws:iam::111122223333:role/State',
    kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    usePathStyle: true,
    manage: true,
  },
  accounts: {
    analytics: {
      id: '111122223333',
      region: 'us-east-1',
      deployRole: {
        arn: 'arn:aws:iam::111122223333:role/Deploy',
        externalId: 'an-external-id',
        sessionName: 'deploy',
      },
      tags: { Team: 'analytics' },
    },
    shop: {
      id: '444455556666',
      region: 'us-east-1',
      stateRoleArn: 'arn:aws:iam::444455556666:role/State',
    },
    ...Object.fromEntries(
      TENANTS.map((name, index) => [name, { id: `${200000000000 + index}`, region: 'us-east-1' }]),
    ),
  },
  consumers: {
    lake: {
      account: 'analytics',
      role: {
        name: 'LakeRole',
        path: '/streams/',
        permissionsBoundary: 'arn:aws:iam::111122223333:policy/Boundary',
        acknowledgedPolicyArns: ['arn:aws:iam::111122223333:policy/Boundary'],
        managedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
        statements: [
          {
            sid: 'Send',
            actions: ['sqs:SendMessage'],
            resources: ['arn:aws:sqs:us-east-1:111122223333:${aws:PrincipalTag/team}'],
            conditions: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['true'] }],
          },
          { actions: ['s3:Get*'], resources: ['*'] },
        ],
      },
      function: {
        name: 'WriteLake',
        reservedConcurrentExecutions: 50,
        environment: { TEMPLATE: 'not a reference: ${path.module}' },
        ephemeralStorage: 1_024,
        description: 'not a reference: ${path.module}',
        vpc: {
          subnetIds: ['subnet-0123abcd'],
          securityGroupIds: ['sg-0123abcd'],
          ipv6AllowedForDualStack: true,
        },
        layers: ['arn:aws:lambda:us-east-1:111122223333:layer:shared:1'],
        tracing: 'Active',
      },
      sink: { type: 's3', expirationInDays: 300, transitionToStandardIaInDays: 60 },
      encryption: 'customer-managed',
      alarms: { email: 'team@example.com' },
      dashboard: false,
      tags: { Team: 'lake' },
    },
    search: {
      account: 'analytics',
      role: { name: 'SearchRole' },
      function: { name: 'Search' },
      sink: { type: 's3', bucket: 'example-lake' },
      encryption: { kmsKeyArn: CONSUMER_KEY },
      alarms: { topicArn: 'arn:aws:sns:us-east-1:111122223333:on-call' },
    },
    legacy: {
      account: 'analytics',
      existingFunction: { name: 'Legacy', roleArn: 'arn:aws:iam::111122223333:role/old/Legacy' },
    },
    shared: {
      account: 'analytics',
      role: { existing: 'arn:aws:iam::111122223333:role/Shared' },
      function: { name: 'Share' },
    },
  },
  producers: {
    orders: {
      account: 'shop',
      table: {
        name: 'Orders',
        partitionKey,
        sortKey: { name: 'Version', type: 'N' },
        billingMode: 'PROVISIONED',
        readCapacity: 1,
        writeCapacity: 1,
        timeToLive: 'ExpiresAt',
        pointInTimeRecovery: { days: 7 },
        globalSecondaryIndexes: [
          {
            name: 'byCustomer',
            partitionKey: { name: 'Customer', type: 'S' },
            sortKey: { name: 'Version', type: 'N' },
            projection: ['Total', '${State}'],
            readCapacity: 1,
            writeCapacity: 1,
          },
        ],
        localSecondaryIndexes: [
          { name: 'byDate', sortKey: { name: 'Date', type: 'S' }, projection: ['Total'] },
        ],
        encryption: 'customer-managed',
      },
    },
    items: {
      account: 'shop',
      table: {
        name: 'Items',
        partitionKey,
        onDemandThroughput,
        tableClass: 'STANDARD_INFREQUENT_ACCESS',
        globalSecondaryIndexes: [{ name: 'byDate', partitionKey, onDemandThroughput }],
        encryption: { kmsKeyArn: KEY },
      },
      streamPolicy: { principal: 'account', readers: ['arn:aws:iam::777788889999:role/Indexer'] },
      tags: { Team: 'items' },
    },
    found: {
      account: 'shop',
      existingTable: { name: 'Found', encryption: { kmsKeyArn: KEY } },
      streamPolicy: 'none',
    },
    bids: {
      existingStream: {
        arn: 'arn:aws:dynamodb:us-east-1:777788889999:table/Bids/stream/2026-01-01T00:00:00.000',
        kmsKeyArn: KEY,
      },
    },
    tenants: { accounts: TENANTS, table: { name: 'T'.repeat(255), partitionKey } },
  },
  subscriptions: [
    { producer: 'orders', consumer: 'lake', filters: [{ eventName: ['INSERT'] }], readTable: true },
    { producer: 'items', consumer: 'lake', readTable: true },
    { producer: 'found', consumer: 'search', readTable: true },
    { producer: 'bids', consumer: 'search' },
    { producer: 'tenants', consumer: 'lake' },
    { producer: 'tenants', consumer: 'legacy' },
    { producer: 'orders', consumer: 'shared' },
  ],
};
