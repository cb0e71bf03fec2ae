/** Dense. */
import { activationOption, withActivation } from '../activation.js';
import type { LayerImporter } from '../layer.js';
import { fullyConnected } from '../window.js';

export const dense: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const units = options.count('units');
  const useBias = options.flag('use_bias', true);
  const activation = activationOption(options);
  const x = layer.input();
  const kernel = layer.weight('kernel', [x.shape.at(-1) ?? 0, units]);
  const bias = useBias ? layer.constant('bias', layer.weight('bias', [units])) : undefined;
  return withActivation(graph, name, activation, (op, fused) =>
    fullyConnected(graph, op, x, kernel, units, bias, fused, `${name}/kernel`),
  );
};
