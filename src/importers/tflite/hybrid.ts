/**
 * Hybrid models: float32 activations with weights stored in fewer bits. TFLite's dynamic-range kernels quantize the activations of
 * each inference as they come, and TFLM has none of them. Here the weights become the float32 values that they mean, and the
 * layers float32 layers. Weights of float16, each behind a DEQUANTIZE, are read as float32 already.
 */
import { type Diagnostic, note } from '../../diagnostics.js';
import type { AnyOp, Graph, Tensor } from '../../graph/graph.js';
import { realValues } from '../../graph/real_values.js';

/** Types that hold weights; of a state's tensor or of indices nothing is assumed. */
const stored = new Set(['int4', 'int8', 'uint8', 'int16']);

/** Ops that turn quantized values into real ones themselves. */
const converting = new Set(['DEQUANTIZE', 'CAST', 'UNSUPPORTED']);

function isHybrid({ type, inputs, outputs }: AnyOp, tensors: readonly Tensor[]): boolean {
  const float = (t: number) => tensors[t]?.dtype === 'float32';
  return (
    !converting.has(type) &&
    outputs.length > 0 &&
    outputs.every(float) &&
    inputs.some((t) => float(t) && !tensors[t]!.data)
  );
}

export function dequantizeHybrid(
  graph: Graph,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  /** Float tensors by the constant that they stand for. */
  const known = new Map<number, number>();
  const floatOf = (t: number): number => {
    const tensor = graph.tensors[t];
    if (!tensor || !stored.has(tensor.dtype)) return t;
    if (!known.has(t) && tensor.data && tensor.quantization) {
      const { name, shape } = tensor;
      known.set(t, tensors.length);
      tensors.push({ name: `${name}_float32`, dtype: 'float32', shape, data: realValues(tensor) });
    }
    return known.get(t) ?? t;
  };
  let layers = 0;
  const ops = graph.ops.map((op) => {
    if (!isHybrid(op, graph.tensors)) return op;
    const inputs = op.inputs.map(floatOf);
    if (inputs.every((t, i) => t === op.inputs[i])) return op;
    layers++;
    return { ...op, inputs } as AnyOp;
  });
  if (layers === 0) return graph;
  const message = `is a hybrid model: float32 activations, and quantized weights in ${layers} of ${ops.length} layers`;
  const hint =
    'The weights are taken as float32, and the layers computed so; TFLite would round their activations to int8 each time. ' +
    'Quantize it with `crimp quantize` for integers on the device.';
  report(note('hybrid-model', message, hint, { file }));
  return { ...graph, tensors, ops };
}

/** A DEQUANTIZE of a float32 constant is what is left of weights of float16: its readers take the constant. */
export function withoutHalves(graph: Graph): Graph {
  const values = new Map<number, number>();
  const ops = graph.ops.filter(({ type, inputs, outputs }) => {
    const [x, y] = [graph.tensors[inputs[0] ?? -1], outputs[0] ?? -1];
    const half = type === 'DEQUANTIZE' && x?.dtype === 'float32' && x.data && !graph.outputs.includes(y);
    if (half) values.set(y, inputs[0]!);
    return !half;
  });
  if (values.size === 0) return graph;
  const reading = (op: AnyOp) => ({ ...op, inputs: op.inputs.map((t) => values.get(t) ?? t) }) as AnyOp;
  return { ...graph, ops: ops.map(reading) };
}
