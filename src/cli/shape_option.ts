/** `--shape`, of every verb that reads a model: dimensions that an .onnx file leaves open. */
import type { Command } from 'commander';
import { inputError } from '../diagnostics.js';

export interface ShapeFlags {
  shape?: string[];
}

export function shapeOption(command: Command): Command {
  return command.option(
    '--shape <name=dims>',
    'of an .onnx model: an input’s shape, as in input=1x3x96x96; may be repeated',
    (text: string, before: string[] = []) => [...before, text],
  );
}

/** Undefined where nothing is given. @throws CrimpError `bad-usage` */
export function shapesOf({ shape }: ShapeFlags): Record<string, number[]> | undefined {
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
