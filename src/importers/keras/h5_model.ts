/**
 * `.h5`: one HDF5 file, the topology an attribute, and for each layer a group that names its variables in an attribute.
 * Keras: legacy/saving/legacy_h5_format.py, before 3 engine/saving.py.
 */
import { listOf, stringOf } from '../tfjs/json.js';
import type { Weight } from '../tfjs/weights.js';
import { DamagedHdf5, Hdf5 } from './hdf5.js';
import { dialectOf, type KerasModel, NoModel, weightOf } from './model.js';

/** @throws DamagedHdf5, NoModel */
export function readH5(bytes: Uint8Array): KerasModel {
  const file = new Hdf5(bytes);
  const config = stringOf(file.attribute('/', 'model_config'));
  if (config === undefined) {
    const members = file.members('/');
    const weightsOnly = members.includes('layers') || file.attribute('/', 'layer_names') !== undefined;
    throw new NoModel(
      weightsOnly
        ? 'the file holds weights without their model'
        : 'the HDF5 file has no model_config, so no model of Keras',
      'Save the whole model: model.save("model.keras").',
    );
  }
  let topology: unknown;
  try {
    topology = JSON.parse(config);
  } catch {
    throw new DamagedHdf5('its model_config is no JSON');
  }
  const weights = strings(file, 'model_weights', 'layer_names').flatMap((layer): Weight[] => {
    const group = `model_weights/${layer}`;
    return strings(file, group, 'weight_names').flatMap((name) => {
      const variable = file.variable(`${group}/${name}`);
      if (!variable) throw new DamagedHdf5(`it has no ${group}/${name}`);
      return weightOf(nameOf(layer, name), variable);
    });
  });
  return { topology, weights, dialect: dialectOf(file.attribute('/', 'keras_version') ?? '2.') };
}

/** A list of names; one too long for an attribute is spread over several. */
function strings(file: Hdf5, path: string, name: string): readonly string[] {
  const whole = file.attribute(path, name);
  const parts: unknown[] = [];
  if (whole !== undefined) parts.push(whole);
  else {
    for (let part = file.attribute(path, `${name}0`); part !== undefined; ) {
      parts.push(part);
      part = file.attribute(path, `${name}${parts.length}`);
    }
  }
  return parts.flatMap((part) => (listOf(part) ?? []).map((entry) => stringOf(entry) ?? ''));
}

/** `model/conv/kernel:0` of the layer conv is `conv/kernel`; what does not name its layer has it in front. */
function nameOf(layer: string, variable: string): string {
  const path = variable.replace(/:\d+$/, '');
  const start = `/${path}/`.indexOf(`/${layer}/`);
  return start < 0 ? `${layer}/${path}` : path.slice(start);
}
