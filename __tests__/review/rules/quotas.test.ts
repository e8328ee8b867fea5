import { loadTopology } from '../../../load/load';
import { notes, reviewOf, statement, stops } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { topology } from '../../helpers/topology';

const ofProducer = (statements: number) =>
  reviewOf(loadTopology('topologies/orders.yaml'), {
    'producer-orders': (json) => {
      const each = statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess');
      const others = Array.from(
        { length: statements },
        () => 'arn:aws:dynamodb:us-east-1:1:table/T',
      );
      each.resources = [...(each.resources as string[]), ...others];
    },
  });

test('a policy over its quota stops a deployment, with its size and the page', () => {
  expect(stops(ofProducer(600))).toEqual([
    expect.stringMatching(
      /^producer-orders Orders policy of a stream: 2\d{4} of at most 20480 bytes; see https:\/\/docs\.aws\S+$/,
    ),
  ]);
});

test('one that is near to its quota is noted', () => {
  const review = ofProducer(500);
  expect(stops(review)).toEqual([]);
  expect(notes(review)).toContainEqual(
    expect.stringMatching(
      /^producer-orders Orders policy of a stream: 1\d{4} of at most 20480 bytes; /,
    ),
  );
});

test('the quota of managed policies is that of the topology', () => {
  const managedPolicyArns = Array.from(
    { length: 9 },
    (_, index) => `arn:aws:iam::111122223333:policy/p${index}`,
  );
  const notesOf = (managedPolicyQuota: number) =>
    notes(
      reviewOf(
        resolved(
          topology({
            'consumers.process-orders.role': {
              name: 'Role',
              managedPolicyArns,
              managedPolicyQuota,
            },
          }),
        ),
      ),
    ).filter((note) => note.includes('managed policies of a role'));
  expect(notesOf(10)).toEqual([
    expect.stringMatching(
      /^consumer-process-orders Role managed policies of a role: 9 of at most 10 policies; /,
    ),
  ]);
  expect(notesOf(20)).toEqual([]);
});

test('values of the environment are measured and not shown', () => {
  const review = reviewOf(
    resolved(
      topology({
        'consumers.process-orders.function.environment': { TOKEN: 'secret-'.repeat(580) },
      }),
    ),
  );
  expect(notes(review)).toContainEqual(
    expect.stringMatching(
      /^consumer-process-orders ProcessOrders environment of a function: 4065 of at most 4096 bytes; /,
    ),
  );
  expect(JSON.stringify(review)).not.toContain('secret-');
});
