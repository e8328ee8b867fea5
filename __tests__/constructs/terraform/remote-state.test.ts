import { RemoteState } from '../../../constructs/terraform/remote-state';
import { Stacks } from '../../../review/read/resources';
import { parseStack } from '../../../review/read/stacks';
import { EmptyStack } from '../../helpers/empty-stack';
import { remoteState } from '../../helpers/remote-state';
import { shippedTopologies } from '../../helpers/shipped-topologies';
import { jsonOf } from '../../helpers/synth-app';

const ROLE = 'arn:aws:iam::111122223333:role/Reader';
const STREAMS = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders.v1/stream/';

test('each output that is read has one postcondition, in the order of reading', () => {
  const stack = new EmptyStack();
  const state = new RemoteState(stack, 'other', 'other', {
    bucket: 'state',
    key: 'team/other.tfstate',
    region: 'us-east-1',
  });
  state.output('role_arn', ROLE);
  state.output('stream_arn', { streamOf: STREAMS });
  state.output('role_arn', ROLE);
  expect(jsonOf(stack).data).toEqual({
    terraform_remote_state: {
      other: remoteState(
        'other',
        { role_arn: ROLE, stream_arn: STREAMS },
        { bucket: 'state', key: 'team/other.tfstate' },
      ),
    },
  });
});

test('in every shipped topology, what is expected is what the other stack publishes', () => {
  const read = shippedTopologies().flatMap(({ stacks }) => {
    const parsed = [...stacks].map(([id, json]) => parseStack(id, json as never));
    const all = new Stacks(parsed);
    return parsed.flatMap((stack) =>
      Object.entries(stack.json.data?.terraform_remote_state ?? {}).flatMap(([name, block]) =>
        expectations(block).map(([output, expected]) => ({
          published: all
            .resolve(stack, name, `\${data.terraform_remote_state.${name}.outputs.${output}}`)
            .replace(/(\/stream\/)[0-9T:.-]+$/, '$1'),
          expected,
        })),
      ),
    );
  });
  expect(read.length).toBeGreaterThan(40);
  expect(read.map(({ expected }) => expected)).toEqual(read.map(({ published }) => published));
});

/** Outputs and what they must be, out of the conditions. */
function expectations(block: object): [output: string, expected: string][] {
  const { postcondition } = Reflect.get(block, 'lifecycle') as {
    postcondition: { condition: string }[];
  };
  return postcondition.map(({ condition }) => {
    const [, output = '', expected = ''] = /self\.outputs\.(\w+).* == "(.+)"/.exec(condition) ?? [];
    return [output, expected];
  });
}
