import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import type { ProcessorContext } from '../../../lambda-src/runtime/context';
import { logSink } from '../../../lambda-src/sinks/log';
import { record } from '../../helpers/records';

const contextWith = (info: (message: string, fields?: object) => void) =>
  ({ log: { info } }) as ProcessorContext;

test.each(['INSERT', 'MODIFY', 'REMOVE'] as const)(
  'logs a change of kind %s',
  async (eventName) => {
    const info = jest.fn();
    const change = toChangeEvent(record(1, { eventName }));
    await logSink()(change, contextWith(info));
    expect(info.mock.calls).toEqual([[`${eventName} Orders`, { change }]]);
  },
);

test('refuses a change that the log refuses', () => {
  const context = contextWith(() => {
    throw new Error('closed');
  });
  expect(() => logSink()(toChangeEvent(record(1)), context)).toThrow(new Error('closed'));
});
