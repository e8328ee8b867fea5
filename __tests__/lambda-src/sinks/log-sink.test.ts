import { toChangeEvent } from '../../../lambda-src/change-event';
import { LogSink } from '../../../lambda-src/sinks/log-sink';
import { record } from '../../helpers/records';

test.each(['INSERT', 'MODIFY', 'REMOVE'] as const)(
  'logs a change of kind %s',
  async (eventName) => {
    const log = jest.fn();
    const change = toChangeEvent(record(1, { eventName }));
    await new LogSink(log).write(change);
    expect(log.mock.calls).toEqual([['INFO', `${eventName} Orders`, { change }]]);
  },
);

test('refuses a change that the log refuses', async () => {
  const log = () => {
    throw new Error('closed');
  };
  await expect(new LogSink(log).write(toChangeEvent(record(1)))).rejects.toThrow(
    new Error('closed'),
  );
});
