import { test } from 'node:test';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { checkProperty } from '../property/harness.js';

test('CONV_2D: the emitted C equals the simulator', () => checkProperty(conv2dGraph, { runs: 250 }));
