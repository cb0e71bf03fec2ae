/** Embedding → GATHER. Where the model's own input are the numbers, that input becomes int32. */
import type { LayerImporter } from '../layer.js';

export const embedding: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const [entries, depth] = [options.count('input_dim'), options.count('output_dim')];
  if (options.flag('mask_zero', false))
    options.refuse(
      'it masks the number 0 (mask_zero), and steps are never skipped; give sequences of full length and say mask_zero=False',
    );
  const x = layer.input();
  const table = layer.constant('embeddings', layer.weight('embeddings', [entries, depth]), [entries, depth]);
  const numbers = graph.integersOf(`${name}/numbers`, x);
  const attributes = { axis: 0, batchDims: 0 };
  return graph.op('GATHER', name, [table, numbers], attributes, [...x.shape, depth]);
};
