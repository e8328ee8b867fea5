import { defineBatchProcessor, defineProcessor } from '../../lambda-src/processor';

describe.each([
  ['defineProcessor', defineProcessor],
  ['defineBatchProcessor', defineBatchProcessor],
])('%s refuses at the start', (name, define) => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'must be given a function, got undefined'],
    ['null', null, 'must be given a function, got null'],
    ['a module', { default: () => {} }, 'must be given a function, got object'],
    [
      'a generator',
      function* () {},
      'must be given a function that is not a generator, whose body would never run; write async instead of *',
    ],
    [
      'an asynchronous generator',
      async function* () {},
      'must be given a function that is not a generator, whose body would never run; write async instead of *',
    ],
  ])('%s', (_, processor, message) => {
    expect(() => Reflect.apply(define, undefined, [processor])).toThrow(
      new TypeError(`${name} ${message}`),
    );
  });
});
