/** `.keras`: a ZIP of config.json, metadata.json and model.weights.h5. Keras: saving/saving_lib.py. */
import { unzipSync } from 'fflate';
import { damagedMember } from '../../data/zip_checksums.js';
import { field } from '../tfjs/json.js';
import { DamagedHdf5, Hdf5 } from './hdf5.js';
import { dialectOf, type KerasModel, NoModel } from './model.js';
import { readVariables } from './variables.js';

const [configName, metadataName, weightsName] = ['config.json', 'metadata.json', 'model.weights.h5'];
/** A kilobyte of deflate is a megabyte at most. */
const mostDense = 1032;

export function isZip(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, i) => bytes[i] === byte);
}

/** Tells a model of Keras from other archives. */
export function isKerasArchive(bytes: Uint8Array): boolean {
  return isZip(bytes) && namesOf(bytes).includes(configName);
}

/** None of an archive that is damaged. */
function namesOf(bytes: Uint8Array): readonly string[] {
  const names: string[] = [];
  try {
    unzipSync(bytes, {
      filter: ({ name }) => {
        names.push(name);
        return false;
      },
    });
  } catch {
    return [];
  }
  return names;
}

/** @param report is told of variables that are not where they should be @throws DamagedHdf5, NoModel */
export function readArchive(bytes: Uint8Array, report: (message: string) => void): KerasModel {
  const wanted = [configName, metadataName, weightsName];
  let members: Readonly<Record<string, Uint8Array>>;
  try {
    members = unzipSync(bytes, {
      filter: ({ name, size, originalSize }) =>
        wanted.includes(name) && originalSize <= (size + 1) * mostDense && size <= bytes.length,
    });
  } catch (cause) {
    throw new DamagedHdf5((cause as Error).message);
  }
  const changed = damagedMember(bytes, members);
  if (changed !== undefined) throw new DamagedHdf5(`the CRC-32 of its ${changed} is wrong`);
  const topology = parsed(members[configName], configName);
  const weights = members[weightsName];
  if (!weights) {
    const message = `the archive has no ${weightsName}`;
    throw new NoModel(message, 'Save the model whole, its weights in one file: model.save("model.keras").');
  }
  const metadata = members[metadataName] && parsed(members[metadataName], metadataName);
  const dialect = dialectOf(field(metadata, 'keras_version'));
  return { topology, weights: readVariables(topology, new Hdf5(weights), report), dialect };
}

function parsed(member: Uint8Array | undefined, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(member));
  } catch {
    throw new DamagedHdf5(`its ${name} is no JSON`);
  }
}
