/** What a run ran on: the same recipe, data and seed give the same bytes where these are the same. */
import { readFileSync } from 'node:fs';
import { assetPath } from '../assets.js';
import { loadTensorflow } from '../train/tensorflow.js';

export interface Versions {
  readonly crimp: string;
  readonly node: string;
  /** `linux x64` */
  readonly platform: string;
  /** Of TensorFlow.js and where it computes; null where nothing is trained. */
  readonly tfjs: string | null;
  readonly backend: string | null;
}

export async function versionsOf(trains: boolean): Promise<Versions> {
  const { version } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { version: string };
  const tf = trains ? await loadTensorflow() : undefined;
  return {
    crimp: version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    tfjs: tf?.version.tfjs ?? null,
    backend: tf?.getBackend() ?? null,
  };
}
