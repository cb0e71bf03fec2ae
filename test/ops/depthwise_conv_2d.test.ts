import { test } from 'node:test';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { checkProperty } from '../property/harness.js';

test('DEPTHWISE_CONV_2D: the emitted C equals the simulator', () =>
  checkProperty(depthwiseConv2dGraph, { runs: 250 }));
