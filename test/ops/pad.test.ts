import { test } from 'node:test';
import { padGraph } from '../property/arbitraries/reduce.js';
import { checkProperty } from '../property/harness.js';

test('PAD: the emitted C equals the simulator', () => checkProperty(padGraph, { runs: 250 }));
