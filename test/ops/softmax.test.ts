import { test } from 'node:test';
import { softmaxGraph } from '../property/arbitraries/softmax.js';
import { checkProperty } from '../property/harness.js';

test('SOFTMAX: the emitted C equals the simulator', () => checkProperty(softmaxGraph, { runs: 250 }));
