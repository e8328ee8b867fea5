import { benchSynth } from './synth';
import { benchTenants } from './tenants';

benchSynth();
benchTenants();
