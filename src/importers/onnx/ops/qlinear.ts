/**
 * ONNX's and Microsoft's operators over integers, which have scales and zero points among their inputs: as the operator over
 * real values between DequantizeLinear and QuantizeLinear. `quantized_groups.ts` makes integers of it.
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { constantInput, type Known, type NodeContext, type NodeImporter } from '../node_context.js';
import {
  dequantized,
  dequantizedConstant,
  outputParameters,
  parameters,
  parametersOf,
  quantized,
} from '../quantized_value.js';
import { type Constant, Unsupported } from '../value.js';
import { binary, mul } from './arithmetic.js';
import { conv } from './conv.js';
import { gemm, matMul } from './dense.js';
import { leakyRelu, unary } from './elementwise.js';
import { concat } from './move.js';
import { averagePool, globalAveragePool } from './pool.js';
import { reduce, softmax } from './reduce.js';

/** Positions of an operand among the inputs. */
interface Operand {
  readonly value: number;
  readonly scale: number;
  readonly zeroPoint: number;
  /** Along which its scales lie, if there are several; −1 is the last. */
  readonly axis?: number;
}

interface Form {
  /** The operator over real values. */
  readonly real: NodeImporter;
  readonly operands: (context: NodeContext) => readonly Operand[];
  /** Of the output; its scale may be left out, and the output then is real. */
  readonly output: { readonly scale: number; readonly zeroPoint: number };
  /** int32, of the product of the scales of the first two operands. */
  readonly bias?: number;
}

const triple = (value: number, axis = 0): Operand => ({
  value,
  scale: value + 1,
  zeroPoint: value + 2,
  axis,
});

function ofOne(real: NodeImporter): Form {
  return { real, operands: () => [triple(0)], output: { scale: 3, zeroPoint: 4 } };
}

function ofTwo(real: NodeImporter, axis = 0): Form {
  return { real, operands: () => [triple(0), triple(3, axis)], output: { scale: 6, zeroPoint: 7 } };
}

const forms: Readonly<Record<string, Form>> = {
  QLinearConv: { ...ofTwo(conv), bias: 8 },
  QLinearMatMul: ofTwo(matMul, -1),
  'com.microsoft.QGemm': {
    real: gemm,
    operands: ({ node }) => [triple(0), triple(3, node.number('transB') === 1 ? 0 : 1)],
    output: { scale: 7, zeroPoint: 8 },
    bias: 6,
  },
  'com.microsoft.QLinearAdd': ofTwo(binary('ADD')),
  'com.microsoft.QLinearAveragePool': ofOne(averagePool),
  'com.microsoft.QLinearConcat': {
    real: concat,
    operands: ({ inputs }) =>
      Array.from({ length: Math.floor((inputs.length - 2) / 3) }, (_, i) => triple(2 + 3 * i)),
    output: { scale: 0, zeroPoint: 1 },
  },
  'com.microsoft.QLinearGlobalAveragePool': ofOne(globalAveragePool),
  'com.microsoft.QLinearLeakyRelu': ofOne(leakyRelu),
  'com.microsoft.QLinearMul': ofTwo(mul),
  'com.microsoft.QLinearReduceMean': ofOne(reduce('MEAN')),
  'com.microsoft.QLinearSigmoid': ofOne(unary('LOGISTIC', {})),
  'com.microsoft.QLinearSoftmax': ofOne(softmax('SOFTMAX')),
};

function importerOf({ real, operands, output, bias }: Form): NodeImporter {
  return (context) => {
    const { node, graph } = context;
    if (node.number('channels_last') === 1) {
      throw new Unsupported(
        'has the channels last, as ONNX Runtime’s optimizer leaves it: give the model as it was before',
      );
    }
    const given = operands(context);
    const inputs: (Known | undefined)[] = given.map((operand, i) => realOf(context, operand, i));
    if (bias !== undefined && context.inputs[bias]) inputs.push(biasOf(context, bias, inputs));
    // A softmax says of itself by which operator set it is to be taken.
    const opset = node.number('opset') ?? node.opset;
    const results = real({ ...context, node: { ...node, opset }, inputs });
    if (!context.inputs[output.scale]) return results;
    const p = outputParameters(context, output, given[0]!);
    return results.map((value) => {
      if (value.kind !== 'activation') throw new Unsupported('gives no values');
      return quantized(graph, `${node.name}/quantize`, value, p);
    });
  };
}

function realOf(context: NodeContext, { value, scale, zeroPoint, axis }: Operand, i: number): Known {
  const { node, graph, inputs } = context;
  const given = inputs[value];
  if (given?.kind !== 'constant' && given?.kind !== 'activation')
    throw new Unsupported(`lacks its input ${value}`);
  const p = parametersOf(context, scale, zeroPoint, given.dtype, axis);
  if (given.kind === 'constant') return dequantizedConstant(given, p);
  return dequantized(graph, `${node.name}/real_${i}`, given, p);
}

function biasOf(context: NodeContext, position: number, [a, b]: readonly (Known | undefined)[]): Constant {
  const bias = constantInput(context, position, 'bias');
  const scaleOf = (value: Known | undefined): Float32Array => {
    if (value?.kind === 'constant' && value.quantized) return value.quantized.scale;
    const source =
      value?.kind === 'activation' ? context.graph.producerOf((value.flattened ?? value).tensor) : undefined;
    return context.graph.tensors[source?.inputs[0] ?? -1]?.quantization?.scale ?? new Float32Array(0);
  };
  const [input] = scaleOf(a);
  const alpha = context.node.number('alpha') ?? 1;
  const scales = scaleOf(b).map((s) => s * input! * alpha);
  const flat = { ...bias, dims: [bias.values.length] };
  return dequantizedConstant(
    flat,
    parameters(
      scales,
      scales.map(() => 0),
      'int32',
    ),
  );
}

export const quantizedOperators: Readonly<Record<string, NodeImporter>> = Object.fromEntries(
  Object.entries(forms).map(([type, form]) => [type, importerOf(form)]),
);
