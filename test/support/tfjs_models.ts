/** Models of TensorFlow.js as files, and what TensorFlow.js itself answers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type * as T from '@tensorflow/tfjs';
import { loadTensorflow } from '../../src/train/tensorflow.js';

export const tf = await loadTensorflow('cpu');

export interface SaveOptions {
  /** Weights are split into files of so many bytes at most. */
  readonly shardBytes?: number;
  /** Of every float weight. */
  readonly quantization?: 'uint8' | 'uint16' | 'float16';
}

/** Writes model.json and shards, as `tensorflowjs_converter` does. @returns the path of model.json */
export async function saveModel(
  model: T.LayersModel,
  folder: string,
  { shardBytes = 2 ** 22, quantization }: SaveOptions = {},
): Promise<string> {
  let artifacts!: T.io.ModelArtifacts;
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const whole = Buffer.from(artifacts.weightData as ArrayBuffer);
  const stored = quantization ? quantized(artifacts.weightSpecs!, whole, quantization) : undefined;
  const bytes = stored?.bytes ?? whole;
  mkdirSync(folder, { recursive: true });
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  paths.forEach((name, i) => {
    writeFileSync(path.join(folder, name), bytes.subarray(i * shardBytes, (i + 1) * shardBytes));
  });
  const { modelTopology, format, generatedBy, convertedBy } = artifacts;
  const weights = stored?.specs ?? artifacts.weightSpecs;
  const json = { format, generatedBy, convertedBy, modelTopology, weightsManifest: [{ paths, weights }] };
  const file = path.join(folder, 'model.json');
  writeFileSync(file, JSON.stringify(json));
  return file;
}

/** As the converter's quantization.py: q · scale + min over the range of each weight. */
function quantized(
  specs: readonly T.io.WeightsManifestEntry[],
  whole: Buffer,
  dtype: 'uint8' | 'uint16' | 'float16',
) {
  let offset = 0;
  const parts: Buffer[] = [];
  const entries = specs.map((spec) => {
    const count = spec.shape.reduce((n, d) => n * d, 1);
    const values = Float32Array.from({ length: count }, (_, i) => whole.readFloatLE(offset + 4 * i));
    offset += 4 * count;
    if (dtype === 'float16') {
      parts.push(Buffer.from(Uint16Array.from(values, float16Bits).buffer));
      return { ...spec, quantization: { dtype } };
    }
    const min = values.reduce((m, v) => Math.min(m, v), Infinity);
    const max = values.reduce((m, v) => Math.max(m, v), -Infinity);
    const levels = dtype === 'uint8' ? 255 : 65535;
    const scale = (max - min) / levels || 1;
    const q = values.map((v) => Math.round((v - min) / scale));
    parts.push(Buffer.from((dtype === 'uint8' ? Uint8Array.from(q) : Uint16Array.from(q)).buffer));
    return { ...spec, quantization: { dtype, scale, min } };
  });
  return { specs: entries, bytes: Buffer.concat(parts) };
}

/** Truncated to 11 bits of precision; numbers too small become 0. */
function float16Bits(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign;
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | Math.floor((size / 2 ** exponent - 1) * 1024);
}

/** Every weight drawn by the seed, variances above 0, so that no layer is still as it was initialized. */
export function randomize(model: T.LayersModel, next: () => number): void {
  model.setWeights(
    model.weights.map(({ originalName, shape }) => {
      const [count, positive] = [
        shape.reduce<number>((n, d) => n * d!, 1),
        /variance|gamma/.test(originalName),
      ];
      const fan = shape.slice(0, -1).reduce<number>((n, d) => n * d!, 1);
      const spread = shape.length > 1 ? 1.5 / Math.sqrt(fan) : 0.4;
      const values = Float32Array.from({ length: count }, () =>
        positive ? 0.5 + next() : (2 * next() - 1) * spread,
      );
      return tf.tensor(values, shape as number[]);
    }),
  );
}
