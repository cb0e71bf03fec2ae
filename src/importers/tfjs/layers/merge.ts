/** Layers of several inputs: Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate. */
import type { Shape } from '../../../graph/graph.js';
import { broadcastShape } from '../../../ops/broadcast.js';
import type { Layer, LayerImporter } from '../layer.js';
import { Unsupported, type Value } from '../value.js';

type MergeType = 'ADD' | 'SUB' | 'MUL' | 'MAXIMUM' | 'MINIMUM';

/** From left to right, two by two. */
export function merge(type: MergeType): LayerImporter {
  return (layer) => merged(layer, type, layer.name);
}

export const average: LayerImporter = (layer) => {
  const { graph, name } = layer;
  const sum = merged(layer, 'ADD', `${name}/sum`);
  const share = graph.floats(`${name}/share`, Float32Array.of(1 / layer.inputs().length));
  return graph.op('MUL', name, [sum.tensor, share], { activation: 'NONE' }, sum.shape);
};

function merged(layer: Layer, type: MergeType, name: string): Value {
  const inputs = layer.inputs();
  if (inputs.length < 2) throw new Unsupported(`has ${inputs.length} inputs; it takes two or more`);
  return inputs.reduce((a, b, i) => {
    const last = i === inputs.length - 1;
    const shape = commonShape(a, b);
    const attributes = type === 'MAXIMUM' || type === 'MINIMUM' ? {} : { activation: 'NONE' as const };
    const step = last ? name : `${name}/${i}`;
    return layer.graph.op(type, step, [a.tensor, b.tensor], attributes, shape);
  });
}

/** Keras aligns inputs of different rank at the batch, not at the end. */
function commonShape(a: Value, b: Value): Shape {
  const shape = a.shape.length === b.shape.length ? broadcastShape(a.shape, b.shape) : undefined;
  if (shape) return shape;
  throw new Unsupported(`has inputs of shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
}

export const concatenate: LayerImporter = (layer) => {
  const given = layer.options.get('axis') === undefined ? [-1] : layer.options.integers('axis');
  const inputs = layer.inputs();
  const [first] = inputs;
  const rank = first?.shape.length ?? 0;
  const axis = (given[0] ?? -1) < 0 ? (given[0] ?? -1) + rank : given[0]!;
  const others = (shape: Shape) => shape.filter((_, i) => i !== axis).join();
  if (!first || !(axis > 0 && axis < rank)) throw new Unsupported(`joins axis ${given[0]} of ${rank}`);
  if (!inputs.every(({ shape }) => shape.length === rank && others(shape) === others(first.shape)))
    throw new Unsupported(
      `joins the shapes ${inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ')} along axis ${axis}`,
    );
  const total = inputs.reduce((n, { shape }) => n + shape[axis]!, 0);
  const output = first.shape.map((d, i) => (i === axis ? total : d));
  const tensors = inputs.map(({ tensor }) => tensor);
  return layer.graph.op('CONCATENATION', layer.name, tensors, { axis }, output);
};
