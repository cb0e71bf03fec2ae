import { test } from 'node:test';
import { poolGraph } from '../property/arbitraries/pool.js';
import { checkProperty } from '../property/harness.js';

test('MAX_POOL_2D: the emitted C equals the simulator', () =>
  checkProperty(poolGraph('MAX_POOL_2D'), { runs: 250 }));
