import { test } from 'node:test';
import { meanGraph } from '../property/arbitraries/reduce.js';
import { checkProperty } from '../property/harness.js';

test('MEAN: the emitted C equals the simulator', () => checkProperty(meanGraph, { runs: 250 }));
