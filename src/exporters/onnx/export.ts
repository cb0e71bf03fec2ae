/**
 * Graph → .onnx, operator set 21 (ONNX 1.16, IR version 10), which ONNX Runtime takes since 1.18 and which first has 16-bit
 * and 4-bit QuantizeLinear. Float graphs become plain float models, integer graphs QDQ models: weights and biases as the
 * integers they are behind a DequantizeLinear, activations between QuantizeLinear and DequantizeLinear.
 */
import { type Diagnostic, error, throwIfErrors } from '../../diagnostics.js';
import type { Graph, Op, TensorData } from '../../graph/graph.js';
import { CannotExport, Exporter } from './exporter.js';
import { computedLayout } from './interface_layout.js';
import { type Layout, shapeIn } from './layout.js';
import type { TensorInfo } from './model_writer.js';
import { exportOp } from './ops/index.js';

/**
 * Inputs and outputs have the graph's names, dtypes and shapes. Where `channelsFirst` says that data have the channels first, so
 * has the input, and with it every output that is an image. State is an input of its name and an output of that name with `_next`
 * behind: whoever runs the model hands it back, and starts from what `onnxModelOf` says.
 *
 * @throws CrimpError `cannot-export` for every op that ONNX has no way to say
 */
export function exportOnnx(graph: Graph): Uint8Array {
  return onnxModelOf(graph).bytes;
}

export interface OnnxModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Inputs and outputs beside those, through which state is handed on, and what it starts from. */
  readonly states: readonly OnnxState[];
}

export interface OnnxState {
  readonly input: TensorInfo;
  readonly output: TensorInfo;
  readonly initial: TensorData;
}

/** The same, with what the file has as inputs and outputs. @throws CrimpError `cannot-export` */
export function onnxModelOf(graph: Graph): OnnxModel {
  const exporter = new Exporter(graph);
  const { writer } = exporter;
  declareInputs(exporter);
  const states = declareStates(exporter);
  const problems: Diagnostic[] = [];
  graph.ops.forEach((op, index) => {
    writer.at(op.name);
    try {
      exportOp(op as Op, exporter);
    } catch (thrown) {
      if (!(thrown instanceof CannotExport)) throw thrown;
      const where = { op: { index, type: op.type, name: op.name } };
      problems.push(error('cannot-export', thrown.message, 'Replace the layer, or write a .tflite.', where));
      // So that what follows can be looked at as well.
      for (const t of op.outputs) exporter.write(t, { name: '', free: false });
    }
  });
  throwIfErrors(problems);
  writeOutputs(exporter, states);
  exporter.giveNames();
  const [inputs, outputs] = [graph.inputs.length, graph.outputs.length];
  return {
    bytes: writer.bytes(graph.name),
    inputs: writer.inputs.slice(0, inputs),
    outputs: writer.outputs.slice(0, outputs),
    states: states.map((t, i) => ({
      input: writer.inputs[inputs + i]!,
      output: writer.outputs[outputs + i]!,
      initial: graph.tensors[t]!.initial!,
    })),
  };
}

function declareInputs(exporter: Exporter): void {
  const { graph, writer, names } = exporter;
  graph.inputs.forEach((t, i) => {
    const { dtype, shape } = graph.tensors[t]!;
    const given = graph.channelsFirst?.[i] && shape.length > 2 ? 'first' : 'last';
    const value = writer.input(names[t]!, dtype, shapeIn(given, shape));
    exporter.declare(t, value, given, given === 'last' ? computedLayout(graph, t) : given);
  });
}

/** Tensors whose value outlives an inference. What an op that restarts begins with is a constant. */
function declareStates(exporter: Exporter): number[] {
  const { graph, writer, names } = exporter;
  const anew = new Set(
    graph.ops.flatMap((op) =>
      op.type === 'UNIDIRECTIONAL_SEQUENCE_LSTM' && op.attributes.restarts ? op.inputs : [],
    ),
  );
  return [...graph.tensors.keys()].filter((t) => {
    const { dtype, shape, initial } = graph.tensors[t]!;
    if (!initial) return false;
    const value = anew.has(t)
      ? writer.initializer(dtype, shape, initial, names[t]!)
      : writer.input(names[t]!, dtype, shape);
    exporter.declare(t, value, 'last');
    return !anew.has(t);
  });
}

function writeOutputs(exporter: Exporter, states: readonly number[]): void {
  const { graph, writer, names } = exporter;
  const channelsFirst = graph.channelsFirst?.includes(true) ?? false;
  const taken = new Set(graph.inputs);
  const write = (t: number, name: string, layout: Layout) => {
    const { dtype, shape } = graph.tensors[t]!;
    writer.at(name);
    writer.output(exporter.raw(t, layout), name, dtype, shapeIn(layout, shape));
  };
  for (const t of graph.outputs) {
    const first = channelsFirst && exporter.layoutOf(t) === 'first' && !graph.tensors[t]!.data;
    // An input, or what is an output already, has its name.
    write(t, taken.has(t) ? writer.unique(names[t]!) : names[t]!, first ? 'first' : 'last');
    taken.add(t);
  }
  for (const t of states) write(t, writer.unique(`${names[t]}_next`), 'last');
}
