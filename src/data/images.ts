/** A folder of images, one sub-folder a class, at the size and in the channels of the model's input, as bytes 0 … 255. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Sharp } from 'sharp';
import { CrimpError, type Diagnostic, error, inputError } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { Graph, Tensor } from '../graph/graph.js';
import { listed, numberClasses } from './labels.js';
import type { Loaded } from './load.js';
import type { ReadOptions } from './options.js';

const endings = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif'];

/** Decoded at the same time; libvips has threads of its own. */
const atOnce = 8;

/** Reported of a folder; the rest is likely to be of the same kind. */
const maxProblems = 10;

interface Frame {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Sub-folders are classes, in sorted order; a folder of images without any has no labels.
 *
 * @throws CrimpError `data-shape` for a model that takes no image, and for a folder without any; `data-format` for each
 *   image that cannot be decoded; `data-labels` as `numberClasses`
 */
export async function loadImages(folder: string, graph: Graph, options: ReadOptions = {}): Promise<Loaded> {
  const frame = frameOf(graph, folder);
  const { images, labels, classes } = imagesIn(folder, graph, options);
  if (images.length === 0) {
    const hint = `Put images in, or a folder of them for each class: ${endings.join(', ')}.`;
    throw inputError('data-shape', 'holds no images', hint, { file: folder });
  }
  const values = await decodeAll(images, frame);
  return { file: folder, count: images.length, inputs: [values], labels, classes, raw: false };
}

/** A flat input takes square images, gray ones if it can. */
function frameOf(graph: Graph, file: string): Frame {
  const tensor = graph.tensors[graph.inputs[0]!]!;
  const sample = tensor.shape[0] === 1 ? tensor.shape.slice(1) : tensor.shape;
  const [height = 0, width = 0, channels = 1, ...more] = sample.length === 1 ? square(sample[0]!) : sample;
  const fits = (channels === 1 || channels === 3) && height > 0 && width > 0 && more.length === 0;
  if (graph.inputs.length === 1 && fits) return { height, width, channels: channels as 1 | 3 };
  const shapes = graph.inputs.map((t) => `[${(graph.tensors[t] as Tensor).shape}]`).join(' and ');
  const message = `is a folder of images, and the model takes ${shapes}`;
  const hint = 'Images go into one input of height × width × 1 or 3; save other data as .npz.';
  throw inputError('data-shape', message, hint, { file });
}

function square(size: number): number[] {
  for (const channels of [1, 3]) {
    const side = Math.sqrt(size / channels);
    if (Number.isInteger(side)) return [side, side, channels];
  }
  return [];
}

function imagesIn(
  folder: string,
  graph: Graph,
  { onNote }: ReadOptions,
): Pick<Loaded, 'labels' | 'classes'> & { readonly images: string[] } {
  const top = entriesOf(folder);
  const skipped: string[] = [];
  const isImage = (name: string) => {
    const ending = path.extname(name).slice(1).toLowerCase();
    if (endings.includes(ending)) return true;
    skipped.push(name);
    return false;
  };
  const note = () => {
    if (skipped.length === 0) return;
    const message = `skipped what is no image: ${listed(skipped, 5)}`;
    onNote?.({ code: 'data-skipped', severity: 'note', message, hint: '', where: { file: folder } });
  };
  if (top.folders.length === 0) {
    const images = top.files.filter(isImage);
    note();
    return { images: images.map((name) => path.join(folder, name)) };
  }
  skipped.push(...top.files);
  const { classes, numbers } = numberClasses(top.folders, graph, folder, onNote);
  const images: string[] = [];
  const labels: number[] = [];
  for (const name of top.folders) {
    const { files, folders } = entriesOf(path.join(folder, name));
    skipped.push(...folders.map((inner) => path.join(name, inner)));
    for (const file of files.map((f) => path.join(name, f)).filter(isImage)) {
      images.push(path.join(folder, file));
      labels.push(numbers.get(name)!);
    }
  }
  note();
  return { images, labels: Int32Array.from(labels), classes };
}

/** Sorted; hidden ones are nobody's data. */
function entriesOf(folder: string): { readonly files: string[]; readonly folders: string[] } {
  const [files, folders]: [string[], string[]] = [[], []];
  for (const name of readdirSync(folder).sort()) {
    if (name.startsWith('.')) continue;
    const stat = statSync(path.join(folder, name), { throwIfNoEntry: false });
    if (stat) (stat.isDirectory() ? folders : files).push(name);
  }
  return { files, folders };
}

async function decodeAll(images: readonly string[], frame: Frame): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const size = elementCount([frame.height, frame.width, frame.channels]);
  const values = new Uint8Array(images.length * size);
  const problems: Diagnostic[] = [];
  for (let i = 0; i < images.length && problems.length < maxProblems; i += atOnce) {
    const some = images.slice(i, i + atOnce);
    const decoded = await Promise.allSettled(some.map((file) => decode(sharp(file), frame)));
    decoded.forEach((result, k) => {
      if (result.status === 'fulfilled') values.set(result.value, (i + k) * size);
      else problems.push(broken(some[k]!, result.reason as Error));
    });
  }
  if (problems.length > 0) throw new CrimpError(problems);
  return values;
}

/** Upright, stretched to the frame, in sRGB or gray, without transparency. */
async function decode(image: Sharp, { height, width, channels }: Frame): Promise<Uint8Array> {
  const { data, info } = await image
    .autoOrient()
    .removeAlpha()
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .resize(width, height, { fit: 'fill' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`it has ${info.channels} channels`);
  return data;
}

function broken(file: string, { message }: Error): Diagnostic {
  const hint = 'Replace the image, or take it out of the folder.';
  return error('data-format', `cannot be decoded (${message.split('\n')[0]})`, hint, { file });
}
