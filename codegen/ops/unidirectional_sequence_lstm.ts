/** How UNIDIRECTIONAL_SEQUENCE_LSTM becomes C. */
import { type LstmParameters, lstmParameters } from '../../src/ops/unidirectional_sequence_lstm.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableLstm } from '../kernels/portable/lstm.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<LstmParameters>[] = portableLstm;

export const unidirectionalSequenceLstm: OpEmitter<'UNIDIRECTIONAL_SEQUENCE_LSTM'> = {
  type: 'UNIDIRECTIONAL_SEQUENCE_LSTM',
  lower: (op, graph, context) => chooseKernel(kernels, lstmParameters(op, graph), context),
};
