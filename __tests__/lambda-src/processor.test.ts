import { defineBatchProcessor, defineProcessor } from '../../lambda-src/processor';

describe.each([
  ['defineProcessor', defineProcessor, 'concurrency and timeoutInSeconds'],
  ['defineBatchProcessor', defineBatchProcessor, 'timeoutInSeconds and repeatWhole'],
])('%s refuses at the start', (name, define, known) => {
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

  test.each<[string, unknown, Error]>([
    ['no options', null, new TypeError(`${name} must be given its options as an object, got null`)],
    ['a number', 10, new TypeError(`${name} must be given its options as an object, got 10`)],
    ...[0, -1, 900.1, Number.NaN, '5'].map((value): [string, unknown, Error] => [
      `a time limit of ${value}`,
      { timeoutInSeconds: value },
      new RangeError(
        `timeoutInSeconds of ${name} must be a number above 0, at most 900, got ${value}`,
      ),
    ]),
    [
      'an option that is not one',
      { timeout: 5 },
      new TypeError(`${name} has no option timeout, only ${known}`),
    ],
    [
      'an option that every object inherits',
      { constructor: 1 },
      new TypeError(`${name} has no option constructor, only ${known}`),
    ],
  ])('%s', (_, options, error) => {
    expect(() => Reflect.apply(define, undefined, [() => {}, options])).toThrow(error);
  });

  test('nothing of options that leave out', () => {
    expect(() => define(() => {}, { timeoutInSeconds: undefined })).not.toThrow();
    expect(() => define(() => {}, { timeoutInSeconds: 0.5 })).not.toThrow();
  });
});

test.each([0, 1.5, -1, Number.NaN, '10', null])(
  'defineProcessor refuses concurrency: %p',
  (concurrency) => {
    const options = [() => {}, { concurrency }];
    expect(() => Reflect.apply(defineProcessor, undefined, options)).toThrow(
      new RangeError(
        `concurrency of defineProcessor must be a whole number from 1, got ${concurrency}`,
      ),
    );
  },
);

test.each([1, 'yes', null])('defineBatchProcessor refuses repeatWhole: %j', (repeatWhole) => {
  const options = [() => {}, { repeatWhole }];
  expect(() => Reflect.apply(defineBatchProcessor, undefined, options)).toThrow(
    new RangeError(`repeatWhole of defineBatchProcessor must be true or false, got ${repeatWhole}`),
  );
});
