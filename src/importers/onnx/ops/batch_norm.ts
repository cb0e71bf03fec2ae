/**
 * BatchNormalization → MUL and ADD by one value a channel, which training knows as batch normalization and quantization folds
 * into the weights before them.
 */
import { constantInput, input, type NodeImporter } from '../node_context.js';
import { Unsupported } from '../value.js';
import { applied } from './elementwise.js';
import { imageInput, imageValue } from './image.js';

export const batchNormalization: NodeImporter = (context) => {
  const { node, graph } = context;
  if (node.number('training_mode') === 1) throw new Unsupported('is in training mode');
  const given = input(context);
  const rank = given.dims.length;
  const image = rank > 2 ? imageInput(context) : undefined;
  const value = image ? imageValue(image.tensor, image.shape, rank) : given;
  const channels = value.dims[1] ?? 0;
  const parameters = ['scale', 'bias', 'mean', 'variance'].map((what, i) => {
    const { name, values } = constantInput(context, i + 1, what);
    if (values.length === channels) return { name, values };
    throw new Unsupported(`has ${values.length} values of ${what} for ${channels} channels`);
  });
  const [gamma, beta, mean, variance] = parameters.map(({ values }) => values);
  const epsilon = node.number('epsilon') ?? 1e-5;
  const scale = Float64Array.from(gamma!, (g, c) => g / Math.sqrt(variance![c]! + epsilon));
  const offset = Float64Array.from(beta!, (b, c) => b - mean![c]! * scale[c]!);
  const none = { activation: 'NONE' } as const;
  const product = applied(context, `${node.name}/mul`, value, 'MUL', none, [
    graph.floats(parameters[0]!.name, scale),
  ]);
  return [applied(context, node.name, product, 'ADD', none, [graph.floats(parameters[1]!.name, offset)])];
};
