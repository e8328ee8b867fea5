import { loadTopology } from '../../load/load';
import { jsonLines, type Screen, textLines } from '../../local/lines';
import type { Step } from '../../local/step';

const orders = loadTopology('topologies/orders.yaml');

const DELIVERED: Step = {
  account: 'analytics',
  stack: 'subscription-orders-process-orders',
  part: 'mapping',
  what: 'delivered',
  text: 'INSERT OrderId=1',
  outcome: 'ok',
};

/** What is written of steps. */
function shown(screen: Partial<Screen>, ...steps: readonly Partial<Step>[]): string {
  let written = '';
  const write = (text: string) => (written += text);
  const { print } = textLines(orders, { write, colours: false, ...screen });
  for (const step of steps) print({ ...DELIVERED, ...step });
  return written;
}

const log = (text: string) => ({ what: 'log', text });

test('a line has account, stack and part in columns', () => {
  expect(shown({}, { account: 'shop', stack: 'producer-orders', part: 'table Orders' }, {})).toBe(
    `shop       producer-orders                     table Orders            delivered  INSERT OrderId=1
analytics  subscription-orders-process-orders  mapping                 delivered  INSERT OrderId=1
`,
  );
});

test('a terminal shows the beginning of a line, and all of a problem', () => {
  const text = 'a'.repeat(60);
  const [cut, whole] = shown({ columns: 130 }, { text }, { text, outcome: 'problem' }).split('\n');
  expect(cut).toHaveLength(129);
  expect(cut?.slice(-4)).toBe('aaa…');
  expect(whole?.endsWith(`delivered  ${text}`)).toBe(true);
});

test('characters that take two columns, or none, are counted so', () => {
  const [cut = ''] = shown({ columns: 130 }, { text: '漢'.repeat(60) }).split('\n');
  expect([...cut].filter((one) => one === '漢')).toHaveLength(22);
  const marks = 'e\u0332'.repeat(40);
  expect(shown({ columns: 130 }, { text: marks })).toContain(marks);
});

test('on a narrow terminal account and stack are above what happens there', () => {
  const step = { ...DELIVERED, text: 'a'.repeat(60) };
  expect(shown({ columns: 60 }, step, { ...step, what: 'bisected' }, { stack: 'other' })).toBe(
    `analytics  subscription-orders-process-orders
  mapping                 delivered  aaaaaaaaaaaaaaaaaaaaa…
  mapping                 bisected   aaaaaaaaaaaaaaaaaaaaa…
analytics  other
  mapping                 delivered  INSERT OrderId=1
`,
  );
});

test('nothing in a record acts on the terminal', () => {
  const text = 'INSERT OrderId=\u001b]0;title\u0007\u001b[31m\r\nred\u202e';
  expect(shown({ columns: 200 }, { text })).toContain(
    'INSERT OrderId=\\u001b]0;title\\u0007\\u001b[31m red\\u202e\n',
  );
});

test('colours are for terminals', () => {
  expect(shown({ colours: true, columns: 200 }, { outcome: 'problem' })).toBe(
    '\u001b[36manalytics  subscription-orders-process-orders  mapping                 \u001b[39m\u001b[31mdelivered  INSERT OrderId=1\u001b[39m\n',
  );
});

test('of a line of the log in JSON, what it says is first', () => {
  const line = { timestamp: 'now', level: 'INFO', message: 'INSERT Orders', change: { id: '1' } };
  const metrics = { _aws: { Timestamp: 1 }, FunctionName: 'A', ChangesProcessed: 3 };
  const lines = [JSON.stringify(line), JSON.stringify(metrics), 'plain {', '[1]'];
  expect(
    shown({}, ...lines.map(log))
      .trimEnd()
      .split('\n')
      .map((one) => one.replace(/.* log +/, '')),
  ).toEqual([
    'INFO INSERT Orders change={"id":"1"}',
    'metrics ChangesProcessed=3',
    'plain {',
    '[1]',
  ]);
});

test('a line of the log in JSON that is nested too deeply is shown as it is', () => {
  const line = `{"message":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  expect(shown({}, log(line)).endsWith(`log        ${line}\n`)).toBe(true);
});

test('sentences have an empty line before them, but for the first', () => {
  let written = '';
  const { say, print } = textLines(orders, { write: (text) => (written += text), colours: false });
  say('One', 'two');
  print(DELIVERED);
  say('Three\u0007');
  expect(written.replace(/^analytics.*\n/m, '…\n')).toBe('One\ntwo\n…\n\nThree\\u0007\n');
});

test('--json has whole steps, and no sentence', () => {
  let written = '';
  const { say, print } = jsonLines((text) => (written += text));
  say('One');
  print({ ...DELIVERED, text: '\u001b\u009b' });
  expect(written).toBe(
    `${JSON.stringify(DELIVERED).replace('INSERT OrderId=1', '\\u001b\\u009b')}\n`,
  );
});
