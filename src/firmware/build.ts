/** From a compiled model to a build folder: firmware.elf, .uf2, .bin, report.json, the model and the C sources. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Optimize } from '../../codegen/layer.js';
import type { Firmware, Target } from '../../targets/target.js';
import { type Compiled, checkFit } from '../compile.js';
import { environmentError, throwIfErrors } from '../diagnostics.js';
import { replaceInFolder } from '../files.js';
import { bootProblems } from './boot_check.js';
import { compileProject } from './compiler.js';
import { flatImage, readElf } from './elf.js';
import { buildHost, compilerVersion, hostCompiler } from './host.js';
import { firmwareProject } from './project.js';
import { sealSecondStage } from './second_stage.js';
import { type FirmwareSizes, firmwareSizes, type ProgramSizes, programSizes } from './sizes.js';
import { findToolchain } from './toolchain.js';
import { encodeUf2 } from './uf2.js';

export interface BuildOptions {
  /** Made if it is missing; files of other names in it stay. */
  readonly directory: string;
  /** The model file that was compiled, kept beside its firmware so that `validate` can check it later. */
  readonly model?: { readonly file: string; readonly bytes: Uint8Array };
  readonly onProgress?: (done: number, total: number) => void;
  /** Keep the C project in `sources/`; on by default. */
  readonly keepSources?: boolean;
}

/** Content of report.json, too. */
export interface FirmwareBuild {
  readonly target: string;
  readonly model: {
    readonly name: string;
    readonly file?: string;
    readonly hash: string;
    /** Compiled with packed weights. */
    readonly packWeights: boolean;
    readonly optimize?: Optimize;
  };
  readonly compiler?: string;
  readonly flash: FirmwareSizes['flash'] | ProgramSizes['flash'];
  readonly ram: FirmwareSizes['ram'] | ProgramSizes['ram'];
  /** Relative to the directory. */
  readonly files: readonly string[];
}

/** The sizes of a board's firmware; undefined for a program of the host. */
export function boardSizes({ flash, ram }: FirmwareBuild): FirmwareSizes | undefined {
  return flash.total === null || ram.total === null ? undefined : { flash, ram };
}

const sourcesFolder = 'sources';

/**
 * Builds and writes all files or none. The same model and compiler give the same bytes.
 * @throws CrimpError `model-too-large`, `no-compiler`, `compile-failed`, `cannot-write`
 */
export async function buildFirmware(
  compiled: Pick<Compiled, 'sources'> & Partial<Pick<Compiled, 'packWeights' | 'optimize'>>,
  target: Target,
  options: BuildOptions,
): Promise<FirmwareBuild> {
  throwIfErrors(checkFit(compiled.sources, target));
  return replaceInFolder(options.directory, async (folder) => {
    const { sources, packWeights = false, optimize } = compiled;
    const { firmware } = target;
    const made = firmware
      ? await buildBoard(compiled, target, firmware, { ...options, folder })
      : await buildProgram(compiled, folder);
    const { model, keepSources = true } = options;
    if (!keepSources) rmSync(path.join(folder, sourcesFolder), { recursive: true });
    if (model) writeFileSync(path.join(folder, model.file), model.bytes);
    const build: FirmwareBuild = {
      target: target.name,
      model: {
        name: sources.prefix,
        file: model?.file,
        hash: sources.hash,
        packWeights,
        ...(optimize && { optimize }),
      },
      ...made,
      files: [
        ...made.files,
        'report.json',
        ...(model ? [model.file] : []),
        ...(keepSources ? [sourcesFolder] : []),
      ],
    };
    writeFileSync(path.join(folder, 'report.json'), `${JSON.stringify(build, undefined, 2)}\n`);
    return build;
  });
}

async function buildBoard(
  { sources }: Pick<Compiled, 'sources'>,
  target: Target,
  firmware: Firmware,
  { folder, onProgress }: BuildOptions & { readonly folder: string },
): Promise<Omit<FirmwareBuild, 'target' | 'model'>> {
  const { toolchain } = target;
  const found = await findToolchain(toolchain);
  const project = firmwareProject(sources, target, firmware);
  const projectFolder = path.join(folder, sourcesFolder);
  writeProject(project.files, projectFolder);
  const linked = await compileProject(
    project,
    firmware,
    { toolchain, found },
    { folder: projectFolder, onProgress },
  );
  let file: Uint8Array = readFileSync(linked);
  if (firmware.secondStage) file = sealSecondStage(file, firmware.secondStage);
  rmSync(linked);
  rmSync(path.join(projectFolder, 'objects'), { recursive: true });

  const elf = readElf(file);
  const sizes = firmwareSizes(elf, sources, firmware);
  const image = flatImage(elf, firmware.flash.origin);
  const problems = bootProblems(image, firmware);
  if (problems.length > 0)
    throw environmentError(
      'bad-image',
      `the board would not start this firmware: ${problems.join('; ')}`,
      'Report this as a bug.',
    );
  const files: Record<string, Uint8Array> = {
    'firmware.elf': file,
    ...(firmware.flasher && {
      'firmware.uf2': encodeUf2(image, firmware.flash.origin, firmware.flasher),
    }),
    'firmware.bin': image,
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  return { ...sizes, compiler: `${path.basename(found.gcc)} ${found.version}`, files: Object.keys(files) };
}

async function buildProgram(
  { sources }: Pick<Compiled, 'sources'>,
  folder: string,
): Promise<Omit<FirmwareBuild, 'target' | 'model'>> {
  const projectFolder = path.join(folder, sourcesFolder);
  const executable = await buildHost(sources, projectFolder);
  const name = path.basename(executable);
  writeFileSync(path.join(folder, name), readFileSync(executable), { mode: 0o755 });
  rmSync(executable);
  return { ...programSizes(sources), compiler: await compilerVersion(await hostCompiler()), files: [name] };
}

function writeProject(files: ReadonlyMap<string, string>, folder: string): void {
  for (const [name, text] of files) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
