/**
 * A Keras topology → graph: Sequential and Functional models, one inside another as well. A layer that is called more than
 * once is written once for each call.
 */
import { type Diagnostic, error, inputError, warning } from '../../diagnostics.js';
import { field, type JsonObject, listOf, objectOf, shown, stringOf } from './json.js';
import { Layer, type LayerImporter } from './layer.js';
import { layerImporters } from './layers/index.js';
import { type Dialect, Options } from './options.js';
import { type AnyValue, Unknown, Unsupported } from './value.js';
import type { Weights } from './weights.js';
import type { Writer } from './writer.js';

const damaged = 'The file is damaged: save or convert the model again.';
/** Models within models; more are damage. */
const deepest = 8;
/** Functions of Keras 3 that do as the layers of their names. */
const functions: readonly string[] = ['Add', 'Subtract', 'Multiply', 'Maximum', 'Minimum'];
/** Calls of layers; more are damage, or models within models that multiply themselves. */
const mostCalls = 20_000;

interface LayerConfig {
  readonly name: string;
  readonly type: string;
  readonly json: JsonObject;
  readonly options: JsonObject | undefined;
}

/** One value among those that a layer's calls give. */
interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

export class LayersImporter {
  private calls = 0;
  /** Inputs that are integers. */
  private readonly numbers: { readonly tensor: number; readonly dtype: unknown; readonly place: string }[] =
    [];

  constructor(
    private readonly graph: Writer,
    private readonly weights: Weights,
    private readonly file: string | undefined,
    private readonly report: (d: Diagnostic) => void,
    private readonly dialect: Dialect = 'tfjs',
  ) {}

  /**
   * @param inputs of a model within a model; the outer one makes its own @param scope names of the models it lies in, its
   * own last @returns its outputs
   */
  model(json: unknown, inputs?: readonly AnyValue[], scope: readonly string[] = []): AnyValue[] {
    const type = stringOf(field(json, 'class_name'));
    const config = field(json, 'config');
    if (scope.length > deepest) throw new Unsupported(`holds models ${scope.length} deep`);
    if (type !== undefined && isModel(type)) {
      const build = type === 'Sequential' ? this.sequential : this.functional;
      const outputs = build.call(this, config, inputs, scope);
      if (scope.length === 0) this.checkNumbers();
      return outputs;
    }
    const message = `the model is ${type === undefined ? 'nothing that has a class_name' : `a ${shown(type)}`}; Sequential and Functional models are read`;
    const hint = 'Build it as a Functional model and save it again, or export it as .tflite or .onnx.';
    this.report(error('unsupported-model', message, hint, { file: this.file }));
    return [];
  }

  private sequential(
    config: unknown,
    given: readonly AnyValue[] | undefined,
    scope: readonly string[],
  ): AnyValue[] {
    // Older ones are the list itself.
    const layers = this.layersOf(listOf(config) ?? field(config, 'layers'));
    let values = given;
    for (const layer of layers) {
      if (layer.type === 'InputLayer') {
        values ??= [this.input(layer.name, layer.json)];
        continue;
      }
      values ??= [this.input(`${layer.name}_input`, layer.json)];
      values = this.apply(layer, values, scope);
    }
    return [...(values ?? [])];
  }

  private functional(
    config: unknown,
    given: readonly AnyValue[] | undefined,
    scope: readonly string[],
  ): AnyValue[] {
    const layers = this.layersOf(field(config, 'layers'));
    const [inputs, outputs] = ['input_layers', 'output_layers'].map((key) => {
      const given = field(config, key);
      // Keras 3 writes a dictionary for a model that takes or gives one.
      const references = referencesOf(objectOf(given) ? Object.values(given as object) : given);
      if (references.length === 0) this.malformed(`its topology has no ${key}`);
      return references;
    }) as [Reference[], Reference[]];
    const values = new Map<string, AnyValue>();
    const keyOf = ({ layer, call, output }: Reference) => JSON.stringify([layer, call, output]);
    /** Of an unsupported layer only the first output is there, and nothing is known of the others either. */
    const unknown = (reference: Reference) => {
      const first = values.get(keyOf({ ...reference, output: 0 }));
      return first && first.shape === undefined ? first : undefined;
    };
    const byName = new Map(layers.map((layer) => [layer.name, layer]));
    inputs.forEach((reference, i) => {
      const layer = byName.get(reference.layer);
      const value = given ? given[i] : layer && this.input(layer.name, layer.json);
      if (value) values.set(keyOf(reference), value);
    });
    let calls = layers
      .filter(({ type }) => type !== 'InputLayer')
      .flatMap((layer) => {
        const nodes = listOf(layer.json.inbound_nodes) ?? [];
        if (nodes.length > 1 && given === undefined) this.shared(layer, nodes.length);
        return nodes.map((node, call) => ({ layer, call, from: referencesOf(node) }));
      });
    // Where a model was made outside of the one that holds it, some writers count its making as its first call.
    const highest = new Map<string, number>();
    for (const { layer, call } of [...outputs, ...calls.flatMap(({ from }) => from)])
      highest.set(layer, Math.max(call, highest.get(layer) ?? 0));
    calls = calls.map((one) => {
      const count = listOf(one.layer.json.inbound_nodes)!.length;
      const counted = isModel(one.layer.type) && highest.get(one.layer.name) === count;
      return counted ? { ...one, call: one.call + 1 } : one;
    });
    // Files may name layers before those that they read.
    while (calls.length > 0) {
      const waiting = calls.filter(({ layer, call, from }) => {
        const read = from.map((reference) => values.get(keyOf(reference)) ?? unknown(reference));
        if (!read.every((value) => value !== undefined)) return true;
        const results = this.apply(layer, read, scope);
        results.forEach((value, output) => {
          values.set(keyOf({ layer: layer.name, call, output }), value);
        });
        return false;
      });
      if (waiting.length === calls.length) {
        for (const { layer, from } of waiting) {
          const missing = from.find((reference) => !values.has(keyOf(reference)));
          this.malformed(`layer "${layer.name}" reads "${missing?.layer}", which nothing gives`);
        }
        break;
      }
      calls = waiting;
    }
    return outputs.flatMap((reference) => {
      const value = values.get(keyOf(reference)) ?? unknown(reference);
      if (!value) this.malformed(`its output "${reference.layer}" is not among its layers`);
      return value ? [value] : [];
    });
  }

  private apply(layer: LayerConfig, inputs: readonly AnyValue[], scope: readonly string[]): AnyValue[] {
    const { name, type, json } = layer;
    if (++this.calls > mostCalls)
      throw inputError('malformed-model', `it calls layers more than ${mostCalls} times`, damaged, {
        file: this.file,
      });
    try {
      if (isModel(type)) return this.model(json, inputs, [...scope, name]);
      const importer = importerOf(type, json);
      const options = new Options(layer.options, this.dialect);
      return [importer(new Layer(name, options, this.graph, inputs, this.weights, scope))].flat();
    } catch (thrown) {
      if (thrown instanceof Unknown) return [{ tensor: inputs[0]?.tensor ?? -1 }];
      if (!(thrown instanceof Unsupported)) throw thrown;
      return [this.unsupported(layer, inputs, thrown.message)];
    }
  }

  private unsupported({ name, type }: LayerConfig, inputs: readonly AnyValue[], reason: string): AnyValue {
    const tensors = inputs.map(({ tensor }) => tensor).filter((tensor) => tensor >= 0);
    const text = reason === '' ? `${type} layers are not supported` : `${type}: ${reason}`;
    const attributes = { builtin: type, version: 1, reason: text };
    return { tensor: this.graph.op('UNSUPPORTED', name, tensors, attributes, [1]).tensor };
  }

  /** With batch 1. Keras 3 calls `batch_input_shape` `batch_shape`. */
  private input(name: string, layer: unknown): AnyValue {
    const { shape: given, dtype } = inputOptions(layer);
    const shape = [1, ...(listOf(given)?.slice(1) ?? [])];
    const place = `layer "${name}"`;
    const sound = shape.every((d) => Number.isSafeInteger(d) && (d as number) > 0);
    if (!listOf(given)?.length || !sound) {
      const message = `the input's shape is ${shown(given)}; only the first dimension, the batch, can be open`;
      const hint = 'Build the model with an input of fixed shape and save it again.';
      this.report(error('dynamic-shape', message, hint, { file: this.file, place }));
      return { tensor: this.graph.input(name, [1]).tensor };
    }
    const numbers = dtype === 'int32' || dtype === 'int64';
    if (dtype !== undefined && dtype !== 'float32' && !numbers) this.notFloat(dtype, place);
    try {
      const value = this.graph.input(name, shape as number[]);
      if (numbers) this.numbers.push({ tensor: this.graph.integersOf(name, value), dtype, place });
      return value;
    } catch (thrown) {
      if (!(thrown instanceof Unsupported)) throw thrown;
      this.malformed(`the input's shape is ${shown(given)}`);
      return { tensor: -1 };
    }
  }

  private notFloat(dtype: unknown, place: string): void {
    const message = `the input is ${shown(dtype)}; only float32 can be, or int32 for an Embedding`;
    const hint = 'Build the model with a float32 input; crimp quantize --io makes it an integer one.';
    this.report(error('unsupported-tensor', message, hint, { file: this.file, place }));
  }

  /** Integers can be looked up; nothing else computes with them. */
  private checkNumbers(): void {
    for (const { tensor, dtype, place } of this.numbers) {
      const readers = this.graph.ops.filter((op) => op.inputs.includes(tensor));
      if (!readers.every(({ type }) => type === 'GATHER' || type === 'UNSUPPORTED'))
        this.notFloat(dtype, place);
    }
  }

  private layersOf(json: unknown): LayerConfig[] {
    const list = listOf(json);
    if (!list || list.length === 0) this.malformed('its topology has no layers');
    return (list ?? []).flatMap((entry, i): LayerConfig[] => {
      const layer = objectOf(entry);
      const options = objectOf(field(layer, 'config'));
      const type = stringOf(field(layer, 'class_name'));
      const name = stringOf(field(options, 'name')) ?? stringOf(field(layer, 'name'));
      if (layer && type && name !== undefined) return [{ name, type, json: layer, options }];
      this.malformed(`layer ${i} of its topology has no class_name or no name`);
      return [];
    });
  }

  private shared({ name, type }: LayerConfig, calls: number): void {
    const message = `${type} "${name}" is called ${calls} times; its weights are kept ${calls} times`;
    const where = { file: this.file, place: `layer "${name}"` };
    this.report(warning('shared-layer', message, 'Where flash is short, use a layer once.', where));
  }

  private malformed(message: string): void {
    this.report(error('malformed-model', message, damaged, { file: this.file }));
  }
}

/** @throws Unsupported */
function importerOf(type: string, json: JsonObject): LayerImporter {
  const registered = stringOf(json.registered_name);
  if (registered?.includes('>')) throw new Unsupported(`is ${shown(registered)}, a layer of the user's own`);
  // Keras 3 also calls functions by name, some of which do other than the layer of that name.
  if (/\bops\b/.test(stringOf(json.module) ?? '') && !functions.includes(type))
    throw new Unsupported('is a function of keras.ops; a layer in its place can be read');
  const importer = Object.hasOwn(layerImporters, type) ? layerImporters[type] : undefined;
  if (!importer) throw new Unsupported('');
  return importer;
}

function isModel(type: string): boolean {
  return type === 'Sequential' || type === 'Model' || type === 'Functional';
}

/** Of an input layer, or of the layer that a Sequential model begins with, which may be a model itself. */
function inputOptions(layer: unknown, depth = 0): { shape?: unknown; dtype?: unknown } {
  const config = field(layer, 'config');
  const built = field(field(layer, 'build_config'), 'input_shape');
  const shape = field(config, 'batch_input_shape') ?? field(config, 'batch_shape') ?? built;
  const first = listOf(config)?.[0] ?? listOf(field(config, 'layers'))?.[0];
  if (shape === undefined && first !== undefined && depth < deepest) return inputOptions(first, depth + 1);
  const dtype = stringOf(field(config, 'dtype'));
  return { shape: shape ?? field(config, 'build_input_shape'), dtype };
}

/**
 * [layer, call, output, …] and lists of them, as Keras 2 and TensorFlow.js write them; Keras 3 hides the same in `args`
 * as a `keras_history`.
 */
function referencesOf(json: unknown, depth = 0): Reference[] {
  const list = listOf(json);
  if (list) {
    const [layer, call = 0, output = 0] = list;
    if (typeof layer === 'string') {
      return [{ layer, call: Number(call) || 0, output: Number(output) || 0 }];
    }
    return depth < deepest ? list.flatMap((part) => referencesOf(part, depth + 1)) : [];
  }
  const history = field(field(json, 'config'), 'keras_history');
  return depth < deepest ? referencesOf(history ?? field(json, 'args') ?? [], depth + 1) : [];
}
