/**
 * The variables of model.weights.h5, which have numbers in place of names. A layer's group is called after its class,
 * `layers/conv2d_1` for the second Conv2D of its model, and holds them in `vars` in the order in which its layer makes
 * them. Keras: saving/saving_lib.py (_save_container_state), utils/naming.py (to_snake_case), layers/.
 */
import { field, type JsonObject, listOf, objectOf, shown, stringOf } from '../tfjs/json.js';
import type { Weight } from '../tfjs/weights.js';
import type { Hdf5 } from './hdf5.js';
import { weightOf } from './model.js';

/** Models within models; more are damage. */
const deepest = 8;

/** Variables in their order, by the role that importers of layers ask for. */
type Roles = (options: JsonObject | undefined) => readonly string[];

/** Of an option that is on by default. */
function isOff(options: JsonObject | undefined, key: string): boolean {
  return [false, 0].includes(field(options, key) as number);
}

const withBias = (...roles: readonly string[]): Roles => {
  return (options) => [...roles, ...(isOff(options, 'use_bias') ? [] : ['bias'])];
};
const scaleAndCenter = (...others: readonly string[]): Roles => {
  return (options) => [
    ...(isOff(options, 'scale') ? [] : ['gamma']),
    ...(isOff(options, 'center') ? [] : ['beta']),
    ...others,
  ];
};

const roles: Readonly<Record<string, Roles>> = {
  BatchNormalization: scaleAndCenter('moving_mean', 'moving_variance'),
  Conv1D: withBias('kernel'),
  Conv1DTranspose: withBias('kernel'),
  Conv2D: withBias('kernel'),
  Conv2DTranspose: withBias('kernel'),
  Dense: withBias('kernel'),
  DepthwiseConv2D: withBias('kernel'),
  Embedding: () => ['embeddings'],
  LayerNormalization: scaleAndCenter(),
  Normalization: (options) => (field(options, 'mean') === undefined ? ['mean', 'variance'] : []),
  PReLU: () => ['alpha'],
  SeparableConv2D: withBias('depthwise_kernel', 'pointwise_kernel'),
};

/** Layers whose variables are their cell's. */
const recurrent: Roles = withBias('kernel', 'recurrent_kernel');
const cells: readonly string[] = ['LSTM', 'GRU', 'SimpleRNN'];

/** @param report is told of layers whose variables are not there, or another layer's */
export function readVariables(topology: unknown, file: Hdf5, report: (message: string) => void): Weight[] {
  return new Variables(file, report).ofModel(topology, [], []);
}

class Variables {
  /** Some versions before 3 called the list of layers otherwise, and on Windows joined names by backslashes. */
  private readonly layers: string;
  private readonly separator: string;

  constructor(
    private readonly file: Hdf5,
    private readonly report: (message: string) => void,
  ) {
    const names = file.members('/');
    this.layers = names.some((name) => /^_layer_checkpoint_dependencies\b/.test(name))
      ? '_layer_checkpoint_dependencies'
      : 'layers';
    this.separator = names.some((name) => name.includes('\\')) ? '\\' : '/';
  }

  /** @param path of the model's group @param scope names of the models that it lies in, its own last */
  ofModel(model: unknown, path: readonly string[], scope: readonly string[]): Weight[] {
    if (scope.length > deepest) return [];
    const counts = new Map<string, number>();
    const config = field(model, 'config');
    return (listOf(field(config, 'layers')) ?? []).flatMap((json): Weight[] => {
      const [type, options] = [stringOf(field(json, 'class_name')), objectOf(field(json, 'config'))];
      const name = stringOf(field(options, 'name')) ?? stringOf(field(json, 'name'));
      // Functions of keras.ops are no layers.
      if (!type || name === undefined || /\bops\b/.test(stringOf(field(json, 'module')) ?? '')) return [];
      const called = snakeCase(type);
      const count = counts.get(called) ?? 0;
      counts.set(called, count + 1);
      const group = [...path, this.layers, count === 0 ? called : `${called}_${count}`];
      if (listOf(field(options, 'layers'))) return this.ofModel(json, group, [...scope, name]);
      return this.ofLayer(type, options, group, [...scope, name], name);
    });
  }

  /** @param parts of the weights' names before the role @param owner the layer as the file names it */
  private ofLayer(
    type: string,
    options: JsonObject | undefined,
    path: readonly string[],
    parts: readonly string[],
    owner: string,
  ): Weight[] {
    if (cells.includes(type)) return this.read(recurrent(options), [...path, 'cell'], parts);
    const inner = field(options, 'layer');
    const [innerType, innerOptions] = [
      stringOf(field(inner, 'class_name')),
      objectOf(field(inner, 'config')),
    ];
    const innerName = stringOf(field(innerOptions, 'name'));
    if (type === 'Bidirectional' && innerType && innerName !== undefined) {
      const plain = innerName.replace(/^forward_/, '');
      return ['forward', 'backward'].flatMap((way) => {
        const group = [...path, `${way}_layer`];
        return this.ofLayer(innerType, innerOptions, group, [...parts, `${way}_${plain}`], '');
      });
    }
    if (type === 'TimeDistributed' && innerType)
      return this.ofLayer(innerType, innerOptions, [...path, 'layer'], parts, '');
    const known = Object.hasOwn(roles, type) ? roles[type] : undefined;
    return known ? this.read(known(options), path, parts, owner) : [];
  }

  private read(
    names: readonly string[],
    path: readonly string[],
    parts: readonly string[],
    owner = '',
  ): Weight[] {
    const group = `${path.join(this.separator)}/vars`;
    const found = stringOf(this.file.attribute(group, 'name'));
    if (owner !== '' && found !== undefined && found !== owner) {
      this.report(`its weights ${shown(group)} are those of layer "${found}", not of "${owner}"`);
      return [];
    }
    return names.flatMap((role, i) => {
      const variable = this.file.variable(`${group}/${i}`);
      if (!variable) this.report(`layer "${parts.join('/')}" has no weights ${shown(`${group}/${i}`)}`);
      return variable ? [weightOf([...parts, role].join('/'), variable)] : [];
    });
  }
}

/** Keras' own way: Conv2D is conv2d, PReLU p_re_lu, LayerNormalization layer_normalization. */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
