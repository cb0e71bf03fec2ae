/**
 * Models of TensorFlow.js as Keras' files, written by the HDF5 library (h5wasm), as h5py does. Layout: Keras'
 * legacy/saving/legacy_h5_format.py and saving/saving_lib.py.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as T from '@tensorflow/tfjs';
import { zipSync } from 'fflate';
import h5wasm, { type Group } from 'h5wasm/node';
import { withTemporaryFolder } from '../../src/files.js';

type Json = Record<string, unknown>;

export interface KerasOptions {
  readonly version?: string;
  /** Changes the topology before it is written. */
  readonly topology?: (json: Json) => unknown;
  /** Of variables: chunks, shuffled and deflated; Keras itself writes them plain. */
  readonly packed?: boolean;
  readonly float64?: boolean;
}

export interface ArchiveOptions extends KerasOptions {
  /** What the group of a model's layers is called; and what stands between names. */
  readonly container?: string;
  readonly separator?: string;
  /** Of Keras 3.8 and newer: variables say whose they are. */
  readonly named?: boolean;
  /** Members in place of those that belong in. */
  readonly members?: Readonly<Record<string, Uint8Array | undefined>>;
}

const role = (variable: { readonly originalName: string }) => variable.originalName.split('/').at(-1)!;
const isModel = (layer: T.layers.Layer): layer is T.LayersModel => 'layers' in layer;

/** One HDF5 file. */
export async function hdf5(write: (root: Group) => void): Promise<Uint8Array> {
  await h5wasm.ready;
  return withTemporaryFolder(async (folder) => {
    const name = path.join(folder, 'file.h5');
    const file = new h5wasm.File(name, 'w');
    write(file);
    file.close();
    return new Uint8Array(readFileSync(name));
  });
}

function groupAt(group: Group, path: readonly string[]): Group {
  return path.reduce(
    (at, name) => (at.keys().includes(name) ? (at.get(name) as Group) : at.create_group(name)),
    group,
  );
}

export function topologyOf(model: T.LayersModel): Json {
  return JSON.parse(model.toJSON(null, true) as string) as Json;
}

/** `.h5`: every layer of the outermost model has a group; an inner model's holds all of its variables. */
export function h5File(model: T.LayersModel, options: KerasOptions = {}): Promise<Uint8Array> {
  return hdf5((root) => {
    const topology = options.topology?.(topologyOf(model)) ?? topologyOf(model);
    root.create_attribute('keras_version', options.version ?? '2.11.0');
    root.create_attribute('model_config', JSON.stringify(topology));
    const group = root.create_group('model_weights');
    names(
      group,
      'layer_names',
      model.layers.map(({ name }) => name),
    );
    for (const layer of model.layers) {
      const own = group.create_group(layer.name);
      const variables = variablesOf(layer);
      names(
        own,
        'weight_names',
        variables.map(({ name }) => name),
      );
      for (const { name, value } of variables) {
        const at = groupAt(own, name.split('/').slice(0, -1));
        dataset(at, name.split('/').at(-1)!, value, options);
      }
    }
  });
}

function variablesOf(layer: T.layers.Layer): { name: string; value: T.Tensor }[] {
  if (isModel(layer)) return layer.layers.flatMap(variablesOf);
  const values = layer.getWeights();
  return layer.weights.map((variable, i) => {
    // Of a Bidirectional the name says which way; Keras adds the cell.
    const way = variable.originalName.split('/').slice(1, -1);
    const inner = way.map((name) => `${name}/cell/`).join('');
    return { name: `${layer.name}/${inner}${role(variable)}:0`, value: values[i]! };
  });
}

/** Fixed-length strings, as NumPy's bytes. */
function names(group: Group, name: string, list: readonly string[]): void {
  const longest = Math.max(1, ...list.map(({ length }) => length));
  if (list.length > 0) group.create_attribute(name, [...list], [list.length], `S${longest}`);
}

function dataset(group: Group, name: string, value: T.Tensor, { packed, float64 }: KerasOptions): void {
  const data = float64 ? Float64Array.from(value.dataSync()) : (value.dataSync() as Float32Array);
  const shape = [...value.shape];
  const chunks = shape.map((d) => Math.ceil(d / 2));
  group.create_dataset({ name, data, shape, ...(packed ? { chunks, compression: 4 } : {}) });
}

/** `.keras`: config.json, metadata.json and model.weights.h5, in which variables are numbered. */
export async function kerasFile(model: T.LayersModel, options: ArchiveOptions = {}): Promise<Uint8Array> {
  const weights = await hdf5((root) => archived(root, model, [], options));
  const topology = keras3(topologyOf(model));
  const text = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
  const members: Record<string, Uint8Array | undefined> = {
    'metadata.json': text({ keras_version: options.version ?? '3.8.0', date_saved: '2025-01-01@00:00:00' }),
    'config.json': text(options.topology?.(topology) ?? topology),
    'model.weights.h5': weights,
    ...options.members,
  };
  const present = Object.entries(members).filter(
    (member): member is [string, Uint8Array] => member[1] !== undefined,
  );
  return zipSync(Object.fromEntries(present), { level: 0, mtime: new Date(1980, 0, 1) });
}

const groupNames: Readonly<Record<string, string>> = {
  BatchNormalization: 'batch_normalization',
  Bidirectional: 'bidirectional',
  Conv2D: 'conv2d',
  Conv2DTranspose: 'conv2d_transpose',
  Dense: 'dense',
  Embedding: 'embedding',
  DepthwiseConv2D: 'depthwise_conv2d',
  GRU: 'gru',
  LSTM: 'lstm',
  LayerNormalization: 'layer_normalization',
  Functional: 'functional',
  Model: 'functional',
  PReLU: 'p_re_lu',
  SeparableConv2D: 'separable_conv2d',
  Sequential: 'sequential',
  SimpleRNN: 'simple_rnn',
  TimeDistributed: 'time_distributed',
};

function archived(root: Group, model: T.LayersModel, path: readonly string[], options: ArchiveOptions): void {
  const { container = 'layers', separator = '/', named } = options;
  const counts = new Map<string, number>();
  for (const layer of model.layers) {
    const called = groupNames[layer.getClassName()];
    if (called === undefined) continue;
    const count = counts.get(called) ?? 0;
    counts.set(called, count + 1);
    const own = [...path, container, count === 0 ? called : `${called}_${count}`];
    if (isModel(layer)) {
      archived(root, layer, own, options);
      continue;
    }
    for (const { inner, values } of groupsOf(layer)) {
      const at = groupAt(root, [...[...own, ...inner].join(separator).split('/'), 'vars']);
      if (named && inner.length === 0) at.create_attribute('name', layer.name);
      for (const [i, value] of values.entries()) dataset(at, String(i), value, options);
    }
  }
}

/** The variables of a recurrent layer are its cell's, those of a wrapper are the layers' within. */
function groupsOf(layer: T.layers.Layer): { inner: string[]; values: T.Tensor[] }[] {
  const [type, values] = [layer.getClassName(), layer.getWeights()];
  if (['GRU', 'LSTM', 'SimpleRNN'].includes(type)) return [{ inner: ['cell'], values }];
  if (type === 'TimeDistributed') return [{ inner: ['layer'], values }];
  if (type !== 'Bidirectional') return [{ inner: [], values }];
  return ['forward_layer', 'backward_layer'].map((name, i) => ({
    inner: [name, 'cell'],
    values: values.slice((i * values.length) / 2, ((i + 1) * values.length) / 2),
  }));
}

/** A topology as Keras 3 writes it: modules, batch_shape, and calls by keras_history. */
function keras3(model: Json): Json {
  const config = model.config as Json;
  const layers = (config.layers as Json[]).map((layer): Json => {
    const nodes = (layer.inbound_nodes as [string, number, number][][] | undefined) ?? [];
    const { batch_input_shape, ...own } = layer.config as Json;
    const written = own.layers ? keras3(layer) : { ...layer, config: own };
    if (layer.class_name === 'InputLayer') (written.config as Json).batch_shape = batch_input_shape;
    else if (batch_input_shape) written.build_config = { input_shape: batch_input_shape };
    const inbound_nodes = nodes.map((node) => {
      const tensors = node.map(([name, call, output]) => ({
        class_name: '__keras_tensor__',
        config: { shape: [null], dtype: 'float32', keras_history: [name, call, output] },
      }));
      return { args: [tensors.length === 1 ? tensors[0] : tensors], kwargs: {} };
    });
    return { module: 'keras.layers', registered_name: null, ...written, inbound_nodes };
  });
  const class_name = model.class_name === 'Model' ? 'Functional' : model.class_name;
  return {
    module: 'keras',
    ...model,
    class_name,
    config: { ...config, layers },
    registered_name: class_name,
  };
}
