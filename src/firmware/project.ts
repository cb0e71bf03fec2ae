/** The C project of one firmware: crimp's own files for the board, the model's, and the few that are generated. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Sources } from '../../codegen/sources.js';
import type { Firmware, Target } from '../../targets/target.js';
import { assetPath } from '../assets.js';
import { modelTable } from './model_table.js';

export interface Unit {
  /** Relative to the project, with `/`. */
  readonly source: string;
  readonly object: string;
  readonly flags: readonly string[];
}

export interface Project {
  /** Contents by name, relative to the project, with `/`. */
  readonly files: ReadonlyMap<string, string>;
  readonly includeFolders: readonly string[];
  readonly units: readonly Unit[];
  readonly linkerScript: string;
}

/** Where the model's files lie; objects of it go to `objects/model`, which linker scripts tell apart. */
const modelFolder = 'model';
const generatedFolder = 'generated';

export function firmwareProject(sources: Sources, target: Target, firmware: Firmware): Project {
  const files = new Map<string, string>();
  for (const folder of firmware.templates) {
    const from = assetPath(path.posix.join('firmware-templates', folder));
    for (const name of readdirSync(from).sort()) {
      files.set(`${folder}/${name}`, readFileSync(path.join(from, name), 'utf8'));
    }
  }
  for (const [name, text] of sources.files) files.set(`${modelFolder}/${name}`, text);
  for (const [name, text] of modelTable(sources)) files.set(`${generatedFolder}/${name}`, text);
  files.set(`${generatedFolder}/crimp_target.h`, targetHeader(target, firmware));
  files.set(`${generatedFolder}/memory.ld`, memoryScript(firmware));
  const { runtime, model } = firmware.optimization;
  const units = [...files.keys()]
    .filter((name) => /\.[cS]$/.test(name))
    .map((source) => {
      const isModel = source.startsWith(`${modelFolder}/`);
      const object = `objects/${isModel ? 'model' : 'runtime'}/${path.posix.basename(source)}.o`;
      return { source, object, flags: [isModel ? model : runtime] };
    });
  return {
    files,
    includeFolders: [generatedFolder, modelFolder, ...firmware.templates],
    units,
    linkerScript: `${firmware.templates.at(-1)}/${firmware.linkerScript}`,
  };
}

function targetHeader(target: Target, { usb }: Firmware): string {
  const hex = (n: number) => `0x${n.toString(16).padStart(4, '0')}`;
  return [
    `/* The board ${target.title}, written by crimp. */`,
    `#define CRIMP_TARGET "${target.name}"`,
    `#define CRIMP_CLOCK_HZ ${target.clockHz}`,
    ...(usb
      ? [`#define CRIMP_USB_VENDOR ${hex(usb.vendorId)}`, `#define CRIMP_USB_PRODUCT ${hex(usb.productId)}`]
      : []),
    '',
  ].join('\n');
}

function memoryScript({ flash, ram, stackBytes }: Firmware): string {
  const region = (name: string, access: string, { origin, bytes }: { origin: number; bytes: number }) =>
    `    ${name} (${access}) : ORIGIN = 0x${origin.toString(16)}, LENGTH = ${bytes}`;
  return [
    '/* Written by crimp. */',
    'MEMORY',
    '{',
    region('FLASH', 'rx', flash),
    region('RAM', 'rwx', ram),
    '}',
    '',
    `crimp_stack_bytes = ${stackBytes};`,
    '',
  ].join('\n');
}
