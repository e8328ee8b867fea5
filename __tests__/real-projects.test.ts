import { readdirSync, readFileSync } from 'node:fs';
import { loadTopology } from '../load/load';
import { linksIn } from './helpers/markdown';
import { reviewOf, stops, synthesizedStacks } from './helpers/review';

/** Public projects as topologies. What of them a topology cannot say is in docs/real-projects.md. */
const FOLDER = '__tests__/real-projects';

const STACKS: Record<string, string[]> = {
  'event-filters.yaml': [
    'consumer-put-item',
    'consumer-delete-item',
    'producer-items',
    'subscription-items-put-item',
    'subscription-items-delete-item',
  ],
  'replication.yaml': ['consumer-replay-from-stream', 'subscription-source-replay-from-stream'],
  'table-module.yaml': ['producer-my-table'],
  'ticket-shop.yaml': [
    'consumer-finalize-event',
    'producer-event-lifecycle',
    'subscription-event-lifecycle-finalize-event',
  ],
  'transactional-outbox.yaml': [
    'consumer-customers',
    'producer-outbox',
    'subscription-outbox-customers',
  ],
};

test.each(Object.entries(STACKS))('%s is a topology that nothing must stop', (file, ids) => {
  const topology = loadTopology(`${FOLDER}/${file}`);
  expect(synthesizedStacks(topology).map(({ id }) => id)).toEqual(ids);
  expect(stops(reviewOf(topology))).toEqual([]);
});

test('the page has every project, once', () => {
  const links = linksIn(readFileSync('docs/real-projects.md', 'utf8'))
    .map(({ target }) => target)
    .filter((target) => target.startsWith(`../${FOLDER}/`));
  const files = readdirSync(FOLDER);
  expect(links.sort()).toEqual(files.map((file) => `../${FOLDER}/${file}`).sort());
  expect(files.sort()).toEqual(Object.keys(STACKS));
});
