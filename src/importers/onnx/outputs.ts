/** The outputs of a model as tensors of the graph, under the names that the file gives them. */
import { type Diagnostic, error, warning } from '../../diagnostics.js';
import type { GraphProto } from '../../formats/onnx/schema.js';
import { type Activation, channelsLast, identity, sameList, type Value } from './value.js';
import type { Writer } from './writer.js';

/**
 * Images stay channels last, as inputs are. The number of a class beside its scores is left out: verbs that ask for it take the
 * largest score.
 */
export function outputsOf(
  { output }: GraphProto,
  values: ReadonlyMap<string, Value>,
  writer: Writer,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): number[] {
  const onlyLabels = output.every(({ name }) => values.get(name)?.kind === 'label');
  return output.flatMap(({ name }) => {
    const value = values.get(name);
    if (!value) {
      const hint = 'The file is damaged or its writer is at fault: export it again.';
      report(error('malformed-model', `nothing gives the output "${name}"`, hint, { file }));
      return [];
    }
    if (value.kind === 'label' && !onlyLabels) {
      const message = `output "${name}" is the class with the highest score; it is left out`;
      report(
        warning('label-output', message, 'The scores are an output of their own: choose from them.', {
          file,
        }),
      );
      return [];
    }
    if (value.kind === 'unknown') return [value.tensor];
    if (value.kind === 'constant') return [writer.constantTensor({ ...value, name })];
    const tensor = outputTensor(value.kind === 'label' ? value.scores : value, writer);
    rename(writer, tensor, name);
    return [tensor];
  });
}

function outputTensor(value: Activation, writer: Writer): number {
  const plain = identity(value.dims.length);
  const image = channelsLast(value.dims.length);
  if (value.flattened || !image || !sameList(value.order, image)) return writer.inOrder(value, plain);
  return writer.inOrder(
    value,
    image.filter((axis) => axis >= 0),
  );
}

/** Unless the tensor is an input, or an input has that name. A tensor in between gives it away. */
function rename({ tensors, inputs, ops }: Writer, index: number, name: string): void {
  const tensor = tensors[index]!;
  const writer = ops.findIndex((op) => op.outputs[0] === index);
  if (name === '' || tensor.name === name || inputs.includes(index) || tensor.data || writer < 0) return;
  const other = tensors.findIndex((t) => t.name === name);
  if (inputs.includes(other)) return;
  if (other >= 0) tensors[other] = { ...tensors[other]!, name: tensor.name };
  tensors[index] = { ...tensor, name };
  if (!ops.some((op) => op.name === name)) ops[writer] = { ...ops[writer]!, name };
}
