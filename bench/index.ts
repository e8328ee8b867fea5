import { benchBundles } from './bundles';
import { benchHandler } from './handler';
import { benchSynth } from './synth';
import { benchTenants } from './tenants';

benchSynth();
benchTenants();
benchBundles();
benchHandler();
