import { test } from 'node:test';
import { poolGraph } from '../property/arbitraries/pool.js';
import { checkProperty } from '../property/harness.js';

test('AVERAGE_POOL_2D: the emitted C equals the simulator', () =>
  checkProperty(poolGraph('AVERAGE_POOL_2D'), { runs: 250 }));
