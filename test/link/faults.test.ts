/** Faults on the line, from seeds: whatever happens, no wrong result and always an end. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BindingInterface } from '@serialport/bindings-interface';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { openDevice } from '../../src/link/device.js';
import { virtualBoard } from '../../src/virtual/index.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import { random } from '../property/random.js';
import { Double, doubleLayers, doublePort, expectedTensor } from '../support/double.js';
import { echoBytes, echoFirmware, echoTensors, plusOne, timesThree } from '../support/echo_model.js';
import { type Fault, faultyBinding } from '../support/faulty_binding.js';

const seeds = 240;
const atOnce = 20;
const firmwareSeeds = 10;
const firmwareAtOnce = 5;
const inputBytes = 200;
/** A whole conversation is about this long in either direction. */
const conversationBytes = 1400;
const timeouts = { command: 120, run: 120, settle: 120 };
const kinds = ['flip', 'drop', 'insert', 'delay', 'vanish'] as const;
const known = new Set([
  'device-gone',
  'device-silent',
  'device-stuck',
  'device-refused',
  'device-restarted',
  'link-garbled',
  'wrong-firmware',
]);

function faultsOf(seed: number): Fault[] {
  const rng = random(seed);
  const upTo = (n: number) => rng.int(0, n - 1);
  // A fault every few bytes for some seeds, a single one for others; the port vanishes only now and then.
  const count = seed % 3 === 0 ? 1 : 1 + upTo(seed % 3 === 1 ? 5 : 60);
  return Array.from({ length: count }, () => ({
    kind: kinds[upTo(seed % 5 === 0 ? kinds.length : kinds.length - 1)]!,
    direction: rng.next() < 0.5 ? ('to-board' as const) : ('from-board' as const),
    atByte: upTo(conversationBytes),
    value: upTo(256),
  }));
}

/** @returns whether it went through; a refusal must be one of the known ones. */
async function converse(seed: number, faults: readonly Fault[]): Promise<boolean> {
  const double = new Double({ inputBytes });
  const input = Uint8Array.from({ length: inputBytes }, (_, i) => (i * 7 + seed) & 0xff);
  try {
    const device = await openDevice(doublePort, { binding: faultyBinding(double.binding, faults), timeouts });
    try {
      assert.equal(device.identity.hash, '00000000000000d0');
      await device.load(input);
      assert.deepEqual(await device.run(), { cycles: 123456 });
      assert.deepEqual(await device.output(), expectedTensor(input, doubleLayers - 1));
      assert.deepEqual(await device.layers(), [100, 200, 300]);
      for (let i = 0; i < doubleLayers; i++)
        assert.deepEqual(await device.tensor(i), expectedTensor(input, i));
      assert.deepEqual(await device.stack(), { used: 120, total: 4096 });
    } finally {
      await device.close();
    }
    return true;
  } catch (cause) {
    if (!(cause instanceof CrimpError)) throw cause;
    assert.equal(cause.exitCode, Exit.environment);
    assert.ok(known.has(cause.diagnostics[0]!.code), cause.message);
    assert.notEqual(cause.diagnostics[0]!.hint, '');
    return false;
  } finally {
    double.unplug();
  }
}

describe('faults on the line', { timeout: 120_000 }, () => {
  it(`gives no wrong result under ${seeds} seeded sets of faults`, async () => {
    let next = 0;
    const outcome = { survived: 0, survivable: 0 };
    const worker = async () => {
      while (next < seeds) {
        const seed = next++;
        const faults = faultsOf(seed);
        const through = await converse(seed, faults);
        if (faults.length > 6 || faults.some((fault) => fault.kind === 'vanish')) continue;
        outcome.survivable++;
        if (through) outcome.survived++;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    // A handful of damaged bytes is what retries are for.
    assert.ok(outcome.survived >= 0.95 * outcome.survivable, JSON.stringify(outcome));
  });

  it('reports a port that vanishes at any byte', async () => {
    for (const [direction, bytes] of [
      ['to-board', 300],
      ['from-board', 1000],
    ] as const) {
      for (let atByte = 0; atByte < bytes; atByte += 37) {
        const through = await converse(atByte, [{ kind: 'vanish', direction, atByte, value: 0 }]);
        assert.equal(through, false);
      }
    }
  });

  it('gives no wrong result with the real firmware, either', { skip: withoutArm }, async () => {
    const { uf2 } = await echoFirmware();
    let next = 0;
    const worker = async () => {
      while (next < firmwareSeeds) {
        const seed = next++;
        const board = virtualBoard(pico, uf2);
        await board.ready();
        const port = seed % 2 === 0 ? board.port : board.uartPort;
        await converseWithFirmware(port, faultyBinding(board.binding, faultsOf(3 * seed)), seed);
        board.close();
      }
    };
    await Promise.all(Array.from({ length: firmwareAtOnce }, worker));
  });
});

/** A single fault each: the firmware's own second of patience makes more of them slow. */
async function converseWithFirmware(port: string, binding: BindingInterface, seed: number): Promise<void> {
  const input = Uint8Array.from({ length: echoBytes }, (_, i) => (i * 3 + seed) & 0x7f);
  try {
    const device = await openDevice(port, { binding, target: pico });
    try {
      await device.load(input);
      const { cycles } = await device.run();
      assert.deepEqual(await device.output(), timesThree(input));
      assert.deepEqual(await device.tensor(echoTensors.plusOne), plusOne(input));
      assert.deepEqual(await device.run(), { cycles });
    } finally {
      await device.close();
    }
  } catch (cause) {
    if (!(cause instanceof CrimpError)) throw cause;
    assert.ok(known.has(cause.diagnostics[0]!.code), cause.message);
  }
}
