/** The link against boards that do not behave: each ends in its own diagnostic. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BindingInterface } from '@serialport/bindings-interface';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { type Device, type OpenOptions, openDevice } from '../../src/link/device.js';
import { pico } from '../../targets/pico.js';
import { Double, type DoubleOptions, doublePort } from '../support/double.js';

const timeouts = { command: 150, run: 150, settle: 100 };
const input = new Uint8Array(200).fill(3);

async function diagnosed(
  run: Promise<unknown>,
  code: string,
  exitCode: number = Exit.environment,
): Promise<string> {
  try {
    await run;
  } catch (cause) {
    assert.ok(cause instanceof CrimpError, String(cause));
    const [diagnostic] = cause.diagnostics;
    assert.deepEqual([diagnostic!.code, cause.exitCode], [code, exitCode]);
    assert.notEqual(diagnostic!.hint, '');
    return diagnostic!.message;
  }
  return assert.fail(`${code} expected`);
}

async function withDouble(
  options: DoubleOptions,
  use: (double: Double, open: (more?: OpenOptions) => Promise<Device>) => Promise<unknown>,
) {
  const double = new Double(options);
  try {
    await use(double, (more) => openDevice(doublePort, { binding: double.binding, timeouts, ...more }));
  } finally {
    double.unplug();
  }
}

const opening = (options: DoubleOptions, code: string, more?: OpenOptions) =>
  withDouble(options, (_, open) => diagnosed(open(more), code));

describe('openDevice', { timeout: 60_000 }, () => {
  it('knows the board by its answer', () =>
    withDouble({}, async (_, open) => {
      const device = await open({ hash: '00000000000000d0' });
      assert.deepEqual(device.identity, {
        version: 1,
        name: 'double',
        hash: '00000000000000d0',
        target: 'none',
        inputBytes: 200,
        outputBytes: 200,
        layers: 3,
        tensors: 3,
        clockHz: 1000,
        arenaBytes: 800,
      });
      assert.deepEqual(await device.identify(), device.identity);
      await device.close();
    }));

  it('gives up on a port where nobody answers', () => opening({ answers: { crimp: null } }, 'device-silent'));

  it('quotes other firmware', () =>
    withDouble({ babble: 'T=21.5 C\r\n', answers: { crimp: null } }, async (_, open) => {
      assert.match(await diagnosed(open(), 'wrong-firmware'), /T=21\.5 C/);
    }));

  it('is not taken in by noise without lines', () =>
    opening({ babble: '\x00\xff\x13%', answers: { crimp: null } }, 'wrong-firmware'));

  it('refuses a firmware that knows MLPerf’s commands only', () =>
    withDouble({}, async (double, open) => {
      double.line.device!.send = (bytes) => {
        if (Buffer.from(bytes).includes('crimp'))
          double.line.receive(Buffer.from('e-[Unknown command: crimp]\r\nm-ready\r\n'));
      };
      assert.match(await diagnosed(open(), 'wrong-firmware'), /Unknown command/);
    }));

  it('refuses another protocol, board or model', async () => {
    const newer = 'm-crimp-[2,m,h,none,1,1,1,1,1,1,more]';
    await opening({ answers: { crimp: [newer] } }, 'wrong-firmware');
    await opening({}, 'wrong-board', { target: pico });
    await opening({}, 'wrong-model', { hash: 'ffffffffffffffff' });
  });

  it('closes the port when it refuses, so that another may have it', () =>
    withDouble({}, async (_, open) => {
      await diagnosed(open({ hash: 'f' }), 'wrong-model');
      const device = await open();
      await diagnosed(open(), 'port-busy');
      await device.close();
      await (await open()).close();
    }));

  it('tells why a port does not open', async () => {
    const says = (message: string): BindingInterface => ({
      list: async () => [],
      open: () => Promise.reject(new Error(message)),
    });
    const messages: Record<string, string> = {
      'Error: No such file or directory, cannot open /dev/ttyACM0': 'port-absent',
      'Opening COM5: File not found': 'port-absent',
      'Error Resource temporarily unavailable Cannot lock port': 'port-busy',
      'Error: Device or resource busy, cannot open /dev/tty.usbmodem1': 'port-busy',
      'Opening COM5: Access denied': 'port-busy',
      'Error: Permission denied, cannot open /dev/ttyACM0': 'port-denied',
      'Error: Inappropriate ioctl for device': 'port-error',
    };
    for (const [message, code] of Object.entries(messages)) {
      await diagnosed(openDevice('/dev/ttyACM0', { binding: says(message), timeouts }), code);
    }
  });
});

describe('Device', { timeout: 60_000 }, () => {
  const opened = (options: DoubleOptions, use: (device: Device, double: Double) => Promise<unknown>) =>
    withDouble(options, async (double, open) => {
      const device = await open();
      await use(device, double);
      await device.close();
    });

  it('refuses an input of another size before it sends anything', () =>
    opened({}, (device) => diagnosed(device.load(new Uint8Array(199)), 'wrong-input-size', Exit.badInput)));

  it('notices a board that stops answering', () =>
    opened({ answers: { run: null } }, async (device, double) => {
      await device.load(input);
      double.line.device!.send = () => {};
      assert.match(await diagnosed(device.run(), 'device-stuck'), /`run 1`/);
    }));

  it('asks again when one answer got lost, and gives up when all do', () =>
    opened({ answers: { run: null } }, async (device) => {
      await device.load(input);
      assert.match(await diagnosed(device.run(), 'link-garbled'), /4 answers/);
    }));

  it('resets a model’s state', async () => {
    await opened({}, (device) => device.reset());
    await opened({ answers: { reset: ['m-rest'] } }, (device) => diagnosed(device.reset(), 'link-garbled'));
  });

  it('notices that the board has restarted since the input was loaded', () =>
    opened({ answers: { run: ['e-[Input has 0 bytes of 200]'] } }, async (device) => {
      await device.load(input);
      await diagnosed(device.run(), 'device-restarted');
    }));

  it('passes on what the board refuses', () =>
    opened({}, async (device) => {
      assert.match(await diagnosed(device.run(), 'device-refused'), /no input/);
    }));

  it('refuses answers of the wrong shape, though their CRC is right', async () => {
    const answers = {
      run: ['m-cycles-[12x]'],
      layers: ['m-layers-[1,2]'],
      stack: ['m-stack-[]'],
      output: ['m-bulk-[0,00000000]'],
    };
    await opened({ answers }, async (device) => {
      await device.load(input);
      await diagnosed(device.run(), 'link-garbled');
      await diagnosed(device.layers(), 'link-garbled');
      await diagnosed(device.stack(), 'link-garbled');
      await diagnosed(device.output(), 'link-garbled');
    });
  });

  it('ends when the board is unplugged midway', () =>
    opened({ answers: { run: null } }, async (device, double) => {
      await device.load(input);
      setTimeout(() => double.unplug(), 20);
      await diagnosed(device.run(), 'device-gone');
      await diagnosed(device.output(), 'device-gone');
    }));

  it('never takes a late answer for that to a later command', () =>
    opened({}, async (device, double) => {
      await device.load(input);
      const late: Uint8Array[] = [];
      const { receive } = double.line;
      double.line.receive = (bytes) => void late.push(bytes);
      const lost = device.run();
      await new Promise((resolve) => setTimeout(resolve, 50));
      double.line.receive = receive;
      // The next answer comes right behind the one that is late.
      double.line.receive = (bytes) => {
        double.line.receive = receive;
        double.line.receive(Buffer.concat([...late, bytes]));
      };
      assert.deepEqual(await lost, { cycles: 123456 });
      assert.deepEqual(await device.stack(), { used: 120, total: 4096 });
    }));

  it('reports an MLPerf command that is not answered or refused', () =>
    opened({}, async (device) => {
      assert.equal(await device.name(), 'double');
      assert.match(await diagnosed(device.profile(), 'device-refused'), /Unknown command: profile/);
    }));
});
