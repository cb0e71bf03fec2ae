import { test } from 'node:test';
import { unaryGraph } from '../property/arbitraries/unary.js';
import { checkProperty } from '../property/harness.js';

const dtypes = (['int8', 'int16', 'float32'] as const).map((dtype) => [dtype, dtype] as const);

test('RELU6: the emitted C equals the simulator', () => checkProperty(unaryGraph('RELU6', dtypes)));
