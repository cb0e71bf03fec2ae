import { test } from 'node:test';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { checkProperty } from '../property/harness.js';

test('FULLY_CONNECTED: the emitted C equals the simulator', () =>
  checkProperty(fullyConnectedGraph, { runs: 250 }));
