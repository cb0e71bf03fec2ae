/**
 * A conversation as MLPerf Tiny's own runner holds it (mlcommons/tiny, benchmark/runner: device_under_test.py,
 * serial_device.py, script.py): text until a line that has `m-ready` in it, input as hex in pieces of 31 bytes, 5 s of
 * patience, 30 s for inferences.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { SerialPortStream } from '@serialport/stream';
import { virtualBoard } from '../../src/virtual/index.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import { echoBytes, echoFirmware, timesThree } from '../support/echo_model.js';

const bytesPerCommand = 31;

class Runner {
  private text = '';
  private lines: string[] = [];

  constructor(private readonly stream: SerialPortStream) {
    stream.on('data', (bytes: Buffer) => {
      this.text += bytes.toString('latin1').replace(/[\r\0]/g, '');
      const parts = this.text.split('\n');
      this.text = parts.pop()!;
      this.lines.push(...parts.filter((line) => line !== ''));
    });
  }

  async command(text: string): Promise<string[]> {
    this.stream.write(`${text}%`);
    const answer: string[] = [];
    for (;;) {
      const line = this.lines.shift();
      if (line === undefined) await once(this.stream, 'data', { signal: AbortSignal.timeout(30_000) });
      else {
        answer.push(line);
        if (line.includes('m-ready')) return answer;
      }
    }
  }

  /** What the board has said unasked. */
  discard(): void {
    this.lines = [];
  }
}

const found = (lines: readonly string[], pattern: RegExp) =>
  lines.map((line) => pattern.exec(line)?.[1]).filter((x) => x !== undefined);

describe('MLPerf Tiny’s runner', { skip: withoutArm, timeout: 60_000 }, () => {
  it('drives the firmware over UART and USB', async () => {
    const { uf2 } = await echoFirmware();
    const board = virtualBoard(pico, uf2);
    await board.ready();
    try {
      for (const path of [board.uartPort, board.port]) {
        const stream = new SerialPortStream({ binding: board.binding, path, baudRate: 115200 });
        await once(stream, 'open');
        const runner = new Runner(stream);
        await new Promise((resolve) => setTimeout(resolve, 50));
        runner.discard();

        assert.deepEqual(found(await runner.command('name'), /^m-name-dut-\[([^\]]+)]$/), ['crimp']);
        const profile = await runner.command('profile');
        assert.deepEqual(found(profile, /^m-profile-\[([^\]]+)]$/), ['ULPMark for tinyML Firmware V0.0.1']);
        assert.deepEqual(found(profile, /^m-model-\[([^\]]+)]$/), ['echo']);
        const timestamp = await runner.command('timestamp');
        assert.equal(found(timestamp, /^m-lap-us-([0-9]+)$/).length, 1);

        const input = Uint8Array.from({ length: echoBytes }, (_, i) => i * 11);
        let last = await runner.command(`db load ${input.length}`);
        assert.deepEqual(last, [`m-[Expecting ${input.length} bytes]`, 'm-ready']);
        for (let at = 0; at < input.length; at += bytesPerCommand) {
          const hex = Buffer.from(input.subarray(at, at + bytesPerCommand)).toString('hex');
          last = await runner.command(`db ${hex}`);
        }
        assert.ok(last.includes('m-load-done'), last.join(' '));

        const answer = await runner.command('infer 3 1');
        const laps = found(answer, /^m-lap-us-([0-9]+)$/).map(Number);
        assert.equal(laps.length, 2);
        assert.ok(laps[1]! > laps[0]!);
        const results = found(answer, /^m-results-\[([^\]]+)\]$/);
        assert.equal(results.length, 1);
        // The model gives no scale, so a value is printed as what it is.
        const values = results[0]!.split(',').map(Number);
        assert.deepEqual(values, [...Int8Array.from(timesThree(input))]);
        const again = found(await runner.command('results'), /^m-results-\[([^\]]+)\]$/);
        assert.deepEqual(again, results);
        assert.ok((await runner.command('help')).length > 3);
        assert.match((await runner.command('nonsense'))[0]!, /^e-\[/);
        stream.close();
        await once(stream, 'close');
      }
      assert.deepEqual(board.faults, []);
    } finally {
      board.close();
    }
  });
});
