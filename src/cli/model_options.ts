/** `--shape` and `--signature`, of every verb that reads a model: what its file leaves open. */
import type { Command } from 'commander';
import { inputError } from '../diagnostics.js';
import type { ModelOptions } from '../model_file.js';

export interface ModelFlags {
  shape?: string[];
  signature?: string;
}

export function modelOptions(command: Command): Command {
  command.option('--signature <name>', 'of a .tflite of several signatures: which of them is the model');
  return command.option(
    '--shape <name=dims>',
    'of an .onnx model: an input’s shape, as in input=1x3x96x96; may be repeated',
    (text: string, before: string[] = []) => [...before, text],
  );
}

/** @throws CrimpError `bad-usage` */
export function modelOptionsOf({ shape, signature }: ModelFlags): ModelOptions {
  return { shapes: shapesOf(shape), signature };
}

function shapesOf(shape: ModelFlags['shape']): Record<string, number[]> | undefined {
  if (!shape) return undefined;
  return Object.fromEntries(
    shape.map((text) => {
      const at = text.lastIndexOf('=');
      const dims = text
        .slice(at + 1)
        .split(/[x×,]/i)
        .map(Number);
      if (at > 0 && dims.every((d) => Number.isInteger(d) && d > 0)) return [text.slice(0, at), dims];
      const message = `--shape takes a name and whole numbers, not ${JSON.stringify(text)}`;
      throw inputError('bad-usage', message, 'Say --shape input=1x3x96x96.');
    }),
  );
}
