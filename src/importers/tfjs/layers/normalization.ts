/** LayerNormalization, and Normalization by what it has seen of its data. */
import { affine } from '../activation.js';
import { shown } from '../json.js';
import type { LayerImporter } from '../layer.js';
import type { Options } from '../options.js';
import { Unsupported, type Value } from '../value.js';

/** Over the last axes: (x − mean) / √(variance + ε) · γ + β. */
export const layerNormalization: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const epsilon = options.number('epsilon', 1e-3);
  const [center, scaled] = [options.flag('center', true), options.flag('scale', true)];
  const given = options.get('axis') === undefined ? [-1] : options.integers('axis');
  if (options.get('rms_scaling') === true) options.refuse('its rms_scaling is true');
  const x = layer.input();
  const { shape } = x;
  const axes = given.map((axis) => (axis < 0 ? axis + shape.length : axis)).sort((a, b) => a - b);
  const last = shape.length - axes.length;
  if (last < 1 || axes.length === 0 || axes.some((axis, i) => axis !== last + i))
    throw new Unsupported(`normalizes axes [${given.join(', ')}] of ${shape.length}; only the last can be`);
  const parameters = shape.slice(last);
  const weight = (role: string) =>
    graph.floats(`${name}/${role}`, layer.weight(role, parameters), parameters);
  const table = graph.integers(`${name}/axes`, axes);
  const means = shape.map((d, i) => (i < last ? d : 1));
  const mean = (step: string, { tensor }: Value) =>
    graph.op('MEAN', `${name}/${step}`, [tensor, table], { keepDims: true }, means);
  const none = { activation: 'NONE' } as const;
  const center0 = mean('mean', x);
  const centered = graph.op('SUB', `${name}/centered`, [x.tensor, center0.tensor], none, shape);
  const squares = graph.op('MUL', `${name}/squares`, [centered.tensor, centered.tensor], none, shape);
  const variance = mean('variance', squares);
  const bound = graph.floats(`${name}/epsilon`, Float32Array.of(epsilon));
  const sum = graph.op('ADD', `${name}/bounded`, [variance.tensor, bound], none, means);
  const root = graph.op('RSQRT', `${name}/root`, [sum.tensor], {}, means);
  const steps: [string, 'MUL' | 'ADD', number][] = [['normalized', 'MUL', root.tensor]];
  if (scaled) steps.push(['scaled', 'MUL', weight('gamma')]);
  if (center) steps.push(['shifted', 'ADD', weight('beta')]);
  return steps.reduce(
    (value, [step, type, operand], i) =>
      graph.op(type, i === steps.length - 1 ? name : `${name}/${step}`, [value.tensor, operand], none, shape),
    centered,
  );
};

/** (x − mean) / √variance of each channel; either in the options or among the weights. */
export const normalization: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const axis = options.get('axis') === undefined ? [-1] : options.integers('axis');
  const inverse = options.flag('invert', false);
  const [means, variances] = [numbersOf(options, 'mean'), numbersOf(options, 'variance')];
  const x = layer.input();
  const channels = x.shape.at(-1)!;
  const single = options.get('axis') === undefined && (means?.length === 1 || layer.hasScalar('mean'));
  if (!single && (axis.length !== 1 || (axis[0] !== -1 && axis[0] !== x.shape.length - 1)))
    throw new Unsupported(`normalizes axes [${axis.join(', ')}] of ${x.shape.length}; only the last can be`);
  const values = (given: Float32Array | undefined, role: string) => {
    const all = given ?? layer.weight(role, single ? [] : [channels]);
    if (all.length !== 1 && all.length !== channels)
      throw new Unsupported(`has ${all.length} values of ${role} for ${channels} channels`);
    return all.length === channels ? all : new Float32Array(channels).fill(all[0]!);
  };
  const [mean, variance] = [values(means, 'mean'), values(variances, 'variance')];
  const deviation = Float64Array.from(variance, (v) => Math.max(Math.sqrt(v), 1e-7));
  if (!deviation.every(Number.isFinite)) throw new Unsupported('has a variance below 0');
  const scale = Float32Array.from(deviation, (d) => (inverse ? d : 1 / d));
  const offset = mean.map((m, c) => (inverse ? m : -m / deviation[c]!));
  return affine(graph, name, x, scale, offset);
};

/** Keras writes them nested as the axes are. */
function numbersOf(options: Options, key: string): Float32Array | undefined {
  const given = options.get(key);
  if (given === undefined) return undefined;
  const list: unknown[] = Array.isArray(given) ? given.flat(8) : [given];
  if (list.length > 0 && list.every((n) => typeof n === 'number' && Number.isFinite(n)))
    return Float32Array.from(list as number[]);
  options.refuse(`its ${key} ${shown(given)} is no list of numbers`);
  return undefined;
}
