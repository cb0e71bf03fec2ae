/**
 * A model of two layers, in C by hand: every input byte plus one, then times three. Its two tensors are of one size,
 * so that mixing them up would not show by their length.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Sources } from '../../codegen/sources.js';
import { buildFirmware } from '../../src/firmware/build.js';
import { pico } from '../../targets/pico.js';

export const echoBytes = 300;
export const echoTensors = { input: 0, plusOne: 1, timesThree: 2 } as const;

export const plusOne = (input: Uint8Array) => input.map((x) => x + 1);
export const timesThree = (input: Uint8Array) => plusOne(input).map((x) => x * 3);

/** As first byte of the input, it makes the model run into an undefined instruction. */
export const crashByte = 0xfa;

/** @param hash 16 hex digits; another one makes another model of it. */
export function echoModel(hash: string): Sources {
  const io = (index: number, name: string) =>
    ({ index, name, dtype: 'int8', shape: [echoBytes], offset: 0, bytes: echoBytes }) as const;
  return {
    prefix: 'echo',
    hash,
    files: new Map([
      ['echo.h', header(hash)],
      ['echo.c', code],
    ]),
    arenaBytes: 2 * echoBytes,
    constants: [],
    weightsBytes: 0,
    inputBytes: echoBytes,
    outputBytes: echoBytes,
    inputs: [io(echoTensors.input, 'x')],
    outputs: [io(echoTensors.timesThree, 'z')],
    state: [],
    layers: [
      { op: 0, name: 'plus one', type: 'ADD', kernel: 'fixture', symbol: 'plus_one', macs: 0 },
      { op: 1, name: 'times three', type: 'MUL', kernel: 'fixture', symbol: 'times_three', macs: 0 },
    ],
    tensorCount: 3,
    tensors: [
      { index: echoTensors.plusOne, name: 'y', layer: 0, offset: echoBytes, bytes: echoBytes },
      { index: echoTensors.timesThree, name: 'z', layer: 1, offset: 0, bytes: echoBytes },
    ],
  };
}

const header = (hash: string) => `
#include <stdint.h>
#define ECHO_HASH "${hash}"
#define ECHO_ARENA_BYTES ${2 * echoBytes}
#define ECHO_LAYERS 2
extern uint8_t echo_arena[ECHO_ARENA_BYTES];
extern void (*const echo_layers[])(void);
`;

const code = `
#include "echo.h"
enum { N = ${echoBytes} };
uint8_t echo_arena[ECHO_ARENA_BYTES];
static void plus_one(void) {
    if (echo_arena[0] == ${crashByte}) __builtin_trap();
    for (unsigned i = 0; i < N; i++) echo_arena[N + i] = (uint8_t)(echo_arena[i] + 1u);
}
static void times_three(void) {
    for (unsigned i = 0; i < N; i++) echo_arena[i] = (uint8_t)(echo_arena[N + i] * 3u);
}
void (*const echo_layers[])(void) = {plus_one, times_three};
`;

export interface Images {
  readonly uf2: Uint8Array;
  readonly bin: Uint8Array;
  readonly elf: Uint8Array;
}

/** The Pico's firmware with the model in it. */
export async function echoFirmware(hash = '00000000000ec001'): Promise<Images> {
  const folder = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
  try {
    await buildFirmware({ sources: echoModel(hash) }, pico, { directory: folder, keepSources: false });
    const read = (kind: string) => Uint8Array.from(readFileSync(path.join(folder, `firmware.${kind}`)));
    return { uf2: read('uf2'), bin: read('bin'), elf: read('elf') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
