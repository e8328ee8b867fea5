#!/usr/bin/env node
/** The command line: `npm run <command>` starts it with the command's name and arguments. */
import { didYouMean, UserError } from '../topology/problem';
import { type Command, run } from './run';

/** Each is loaded when it is run: the libraries of one command take longer than the others. */
const MODULES: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  init: () => import('./init'),
  synth: () => import('./synth'),
  local: () => import('./local'),
  review: () => import('./review'),
  plan: () => import('./plan'),
  deploy: () => import('./deploy'),
  destroy: () => import('./destroy'),
  stacks: () => import('./stacks'),
  drift: () => import('./drift'),
  redrive: () => import('./redrive'),
  doctor: () => import('./doctor'),
  app: () => import('../main'),
  help: () => import('./help'),
};

run(async (world) => {
  const load = MODULES[world.name];
  if (!load) {
    const meant = Object.keys(MODULES).filter((name) => name !== 'app'); // cdktf's, not people's
    const hint = didYouMean(world.name, meant);
    throw new UserError(`There is no command ${world.name}; ${hint}npm run help lists them`);
  }
  const { command } = await load();
  return command(world);
});
