/**
 * What `run`, `validate` and `bench` are pointed at: a model file, or a build folder that holds its model beside
 * its firmware. Either way it ends as a compiled model for one target.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { findTarget } from '../../targets/index.js';
import type { Target } from '../../targets/target.js';
import { type Compiled, compile } from '../compile.js';
import { inputError } from '../diagnostics.js';
import { importModel } from '../importers/index.js';

export interface Subject {
  readonly compiled: Compiled;
  readonly target: Target;
  /** The build folder, when that is what was given. */
  readonly folder?: string;
}

/** What a build folder says of itself, in report.json. */
interface Manifest {
  readonly target: string;
  readonly model: { readonly name: string; readonly file: string; readonly hash: string };
}

/** @param target the target's name; a build folder knows its own and refuses another. */
export function openSubject(name: string, target?: string): Subject {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (!stat) {
    throw inputError('cannot-read', `${name}: no such file or folder`, 'Give a model file or a build folder.', {
      file: name,
    });
  }
  return stat.isDirectory() ? fromFolder(name, target) : fromModel(name, findTarget(target ?? 'pico'));
}

function fromModel(file: string, target: Target, name = path.basename(file).replace(/\.[^.]+$/, '')): Subject {
  const graph = importModel(readFileSync(file), { name, file });
  return { compiled: compile(graph, target, { name }), target };
}

function fromFolder(folder: string, target?: string): Subject {
  const report = path.join(folder, 'report.json');
  if (!existsSync(report)) {
    const hint = 'Make one with `crimp build MODEL --target T -o DIR`, or give the model file itself.';
    throw inputError('not-a-build', `${folder} is not a build folder: it has no report.json`, hint, { file: folder });
  }
  const manifest = readManifest(report);
  if (target !== undefined && target !== manifest.target) {
    const message = `${folder} was built for ${manifest.target}, not for ${target}`;
    throw inputError('wrong-target', message, `Build it again with --target ${target}, or leave --target away.`, {
      file: folder,
    });
  }
  const { name, file, hash } = manifest.model;
  const subject = fromModel(path.join(folder, file), findTarget(manifest.target), name);
  if (subject.compiled.hash !== hash) {
    const message = `${folder} holds a firmware and a model that do not belong together`;
    throw inputError('stale-build', message, 'Build it again with `crimp build`.', { file: folder });
  }
  return { ...subject, folder };
}

function readManifest(report: string): Manifest {
  try {
    const { target, model } = JSON.parse(readFileSync(report, 'utf8')) as Manifest;
    if (typeof target === 'string' && typeof model.file === 'string') return { target, model };
  } catch {
    // Falls through to the diagnostic: what exactly is broken in a generated file helps nobody.
  }
  throw inputError('not-a-build', `${report} is damaged`, 'Build it again with `crimp build`.', { file: report });
}
