/** Variables, which are inputs and outputs in ONNX: what is read is the value of the moment. */
import { inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import type { Exporter } from '../exporter.js';

export function readVariable(op: Op<'READ_VARIABLE'>, x: Exporter): void {
  const [variable, output] = [inputTensor(x.graph, op), outputTensor(x.graph, op)];
  const value = x.raw(op.inputs[0]!);
  x.writeRaw(
    op.outputs[0]!,
    variable.shape.join() === output.shape.join() ? value : x.reshaped(value, output.shape),
  );
}

export function assignVariable(op: Op<'ASSIGN_VARIABLE'>, x: Exporter): void {
  const [variable, value] = [inputTensor(x.graph, op), inputTensor(x.graph, op, 1)];
  const raw = x.raw(op.inputs[1]!);
  x.writeRaw(
    op.inputs[0]!,
    variable.shape.join() === value.shape.join() ? raw : x.reshaped(raw, variable.shape),
  );
}
