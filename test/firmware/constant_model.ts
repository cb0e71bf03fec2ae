/** The fixture model as code generation would hand it over. */
import { readFileSync } from 'node:fs';
import type { Sources } from '../../codegen/sources.js';

const text = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

export const constantModel: Sources = {
  prefix: 'constant',
  hash: '0123456789abcdef',
  files: new Map([
    ['constant.h', text('constant.h')],
    ['constant.c', text('constant.c')],
  ]),
  arenaBytes: 16,
  constants: [{ symbol: 'constant_answer', bytes: 3 }],
  weightsBytes: 3,
  inputBytes: 4,
  outputBytes: 3,
  inputs: [{ index: 0, name: 'x', dtype: 'int8', shape: [4], offset: 0, bytes: 4 }],
  outputs: [
    {
      index: 2,
      name: 'z',
      dtype: 'int8',
      shape: [3],
      quantization: { scale: Float32Array.of(1 / 256), zeroPoint: Int32Array.of(-128), axis: 0 },
      offset: 0,
      bytes: 3,
    },
  ],
  state: [],
  layers: [
    { op: 0, name: 'increment', type: 'ADD', kernel: 'fixture', symbol: 'constant_increment', macs: 0 },
    { op: 1, name: 'reply', type: 'RESHAPE', kernel: 'fixture', symbol: 'constant_reply', macs: 0 },
  ],
  tensorCount: 3,
  tensors: [
    { index: 1, name: 'y', layer: 0, offset: 4, bytes: 4 },
    { index: 2, name: 'z', layer: 1, offset: 0, bytes: 3 },
  ],
};
