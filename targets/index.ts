/** The boards crimp knows: one line each. */
import { inputError } from '../src/diagnostics.js';
import { host } from './host.js';
import { pico } from './pico.js';
import { pico2 } from './pico2.js';
import { rv32imc } from './rv32imc.js';
import type { Target } from './target.js';

export const targets: readonly Target[] = [host, pico, pico2, rv32imc];

/** Taken where the user names no board. */
export const defaultTarget: Target = pico;

/** What `--target` takes for a board, for messages: all targets but the host. */
export function boardNames(): string {
  return targets.flatMap((t) => (t.firmware ? [`--target ${t.name}`] : [])).join(', ');
}

/** @throws CrimpError `unknown-target` with the names there are. */
export function findTarget(name: string): Target {
  const target = targets.find((t) => t.name === name);
  if (target) return target;
  const names = targets.map((t) => t.name).join(', ');
  throw inputError('unknown-target', `there is no target "${name}"`, `Choose one of: ${names}.`);
}
