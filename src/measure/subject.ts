/**
 * What `run`, `validate` and `bench` are pointed at: a model file, or a build folder that holds its model beside
 * its firmware. Either way it ends as a compiled model for one target.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Optimize } from '../../codegen/layer.js';
import { defaultTarget, findTarget } from '../../targets/index.js';
import type { Target } from '../../targets/target.js';
import { type Compiled, type CompileOptions, compile } from '../compile.js';
import { inputError } from '../diagnostics.js';
import { readBuildFolder } from '../firmware/build_folder.js';
import { importModel } from '../importers/index.js';
import { type ModelOptions, readModelFile } from '../model_file.js';

export interface Subject {
  readonly compiled: Compiled;
  readonly target: Target;
  /** The build folder, when that is what was given. */
  readonly folder?: string;
}

export interface SubjectOptions {
  /** The target's name; a build folder knows its own and refuses another. */
  readonly target?: string;
  /** As `compile` takes it; a build folder knows it too. */
  readonly packWeights?: boolean;
  readonly optimize?: Optimize;
}

/** @param options of a model file, as `importModel` takes them */
export function openSubject(
  name: string,
  { target, packWeights, optimize }: SubjectOptions = {},
  options?: ModelOptions,
): Subject {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (!stat) {
    throw inputError('cannot-read', 'no such file or folder', 'Give a model file or a build folder.', {
      file: name,
    });
  }
  if (stat.isDirectory()) return fromFolder(name, target, { packWeights, optimize });
  return fromModel(
    name,
    target === undefined ? defaultTarget : findTarget(target),
    { packWeights, optimize },
    options,
  );
}

function fromModel(
  file: string,
  target: Target,
  { name = path.basename(file).replace(/\.[^.]+$/, ''), ...more }: CompileOptions,
  options?: ModelOptions,
): Subject {
  const model = readModelFile(file, options);
  const graph = importModel(model.bytes, { ...model, name });
  return { compiled: compile(graph, target, { ...more, name }), target };
}

function fromFolder(
  folder: string,
  target: string | undefined,
  { packWeights, optimize }: Pick<SubjectOptions, 'packWeights' | 'optimize'>,
): Subject {
  const build = readBuildFolder(folder);
  if (target !== undefined && target !== build.target) {
    const message = `was built for ${build.target}, not for ${target}`;
    throw inputError(
      'wrong-target',
      message,
      `Build it again with --target ${target}, or leave --target away.`,
      {
        file: folder,
      },
    );
  }
  if (packWeights && !build.model.packWeights) {
    const hint = 'Build it again with --pack-weights, or leave --pack-weights away.';
    throw inputError('stale-build', 'was built without packed weights', hint, { file: folder });
  }
  if (optimize !== undefined && optimize !== build.model.optimize) {
    const hint = `Build it again with --optimize ${optimize}, or leave --optimize away.`;
    throw inputError('stale-build', `was not built with --optimize ${optimize}`, hint, { file: folder });
  }
  const { name, file, hash } = build.model;
  if (file === undefined) {
    const message = 'does not hold the model that it was built from';
    throw inputError('not-a-build', message, 'Give the model file itself.', { file: folder });
  }
  const subject = fromModel(path.join(folder, file), findTarget(build.target), {
    name,
    packWeights: build.model.packWeights,
    optimize: build.model.optimize,
  });
  if (subject.compiled.hash !== hash) {
    const message = 'holds a firmware and a model that do not belong together';
    throw inputError('stale-build', message, 'Build it again with `crimp build`.', { file: folder });
  }
  return { ...subject, folder };
}
