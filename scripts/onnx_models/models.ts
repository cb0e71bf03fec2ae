/** The five models, with weights that `train.ts` has left beside them. */
import { readFileSync } from 'node:fs';
import { parseNpz } from '../../src/data/npz.js';
import { type Data, digits, readings, sounds } from './data.js';
import { cnn, keywords, lstm, mlp, separable } from './networks.js';
import { exportTorch, type TorchNetwork } from './torch_graph.js';

export interface TorchModel {
  readonly network: TorchNetwork;
  data(): Data;
}

export const torchModels: readonly TorchModel[] = [
  { network: cnn, data: () => digits(cnn.input) },
  { network: separable, data: () => digits(separable.input) },
  { network: keywords, data: sounds },
  { network: mlp, data: readings },
  { network: lstm, data: () => digits(lstm.input) },
];

/** PyTorch's state_dict as an .npz. */
export function weightsFile({ name }: TorchNetwork): URL {
  return new URL(`weights/${name}.npz`, import.meta.url);
}

/** The .onnx file of the trained network. */
export function onnxFile(network: TorchNetwork): Uint8Array {
  const arrays = parseNpz(readFileSync(weightsFile(network)), `${network.name}.npz`);
  const parameters = [...arrays].map(([name, { values }]) => [name, values as Float32Array] as const);
  return exportTorch(network, new Map(parameters));
}
