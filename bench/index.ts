import { benchSynth } from './synth';

benchSynth();
