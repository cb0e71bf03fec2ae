/** Nodes that give what they get: Identity, Dropout, Cast between floats; and the ends of classifiers. */
import { dataTypeName, dataTypes } from '../../../formats/onnx/data_types.js';
import { flatInput, input, type NodeImporter } from '../node_context.js';
import { Unsupported } from '../value.js';
import { applied } from './elementwise.js';

export const same: NodeImporter = ({ inputs }) => {
  const value = inputs[0];
  if (!value) throw new Unsupported('lacks its input');
  return [value];
};

/** At inference nothing is dropped. */
export const dropout: NodeImporter = (context) => {
  const value = flatInput(context);
  if (context.node.outputs.length > 1 && context.node.outputs[1] !== '')
    throw new Unsupported('gives its mask');
  return [value];
};

/** Half and double precision are float32 here, and all integers are as wide as they have to be. */
export const cast: NodeImporter = (context) => {
  const { node } = context;
  const value = flatInput(context);
  const to = node.number('to') ?? 0;
  const dtype = dataTypes[to]?.dtype;
  if (!dtype) throw new Unsupported(`casts to ${dataTypeName(to)}`);
  const into = dtype === 'int64' ? 'int32' : dtype;
  if (into === value.dtype) return [value];
  return [applied(context, node.name, { ...input(context), dtype: into }, 'CAST', {})];
};

/** The class with the highest score: crimp's verbs choose it themselves. */
export const argMax: NodeImporter = (context) => [{ kind: 'label', scores: input(context) }];

/** What exporters do with the number of a class until it is an output: another shape, another type, a name. */
export function keepsLabels(type: string): boolean {
  return ['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'ai.onnx.ml.ArrayFeatureExtractor'].includes(
    type,
  );
}

/** ArrayFeatureExtractor is supported only where it looks up the name of a class. */
export const extractor: NodeImporter = () => {
  throw new Unsupported('chooses among values that are no names of classes');
};
