/** The flash cache model: sets, ways, replacement, and the windows around it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../src/virtual/rp2040/clock.js';
import { CachedRp2040, CacheModel } from '../../src/virtual/rp2040/xip_cache.js';
import { pico } from '../../targets/pico.js';

const shape = pico.firmware!.xipCache!;
const { missCycles } = shape;
/** Addresses so far apart share a set. */
const stride = shape.bytes / shape.ways;

describe('flash cache model', () => {
  it('misses a line once', () => {
    const cache = new CacheModel(shape);
    assert.equal(cache.read(0x100, true), missCycles);
    for (let i = 0; i < shape.lineBytes; i++) assert.equal(cache.read(0x100 + i, true), 0);
    assert.equal(cache.read(0x100 + shape.lineBytes, true), missCycles);
    assert.deepEqual([cache.hits, cache.misses], [8, 2]);
  });

  it('holds two lines a set and replaces the least recently used', () => {
    const cache = new CacheModel(shape);
    const misses = [0, stride, 0, 2 * stride, 0, stride].map((offset) => cache.read(offset, true) > 0);
    assert.deepEqual(misses, [true, true, false, true, false, true]);
  });

  it('holds as much as it is large, and no more', () => {
    const cache = new CacheModel(shape);
    const sweep = (bytes: number) => {
      let cycles = 0;
      for (let offset = 0; offset < bytes; offset += 4) cycles += cache.read(offset, true);
      return cycles / missCycles;
    };
    assert.equal(sweep(shape.bytes), shape.bytes / shape.lineBytes);
    assert.equal(sweep(shape.bytes), 0);
    cache.flush();
    assert.equal(sweep(2 * shape.bytes), (2 * shape.bytes) / shape.lineBytes);
    assert.equal(sweep(2 * shape.bytes), (2 * shape.bytes) / shape.lineBytes);
  });

  it('does not take lines from reads that do not allocate', () => {
    const cache = new CacheModel(shape);
    assert.equal(cache.read(0, false), missCycles);
    assert.equal(cache.read(0, true), missCycles);
    assert.equal(cache.read(0, false), 0);
  });

  it('charges the chip for reads of flash alone, by window and width', () => {
    const chip = new CachedRp2040(new VirtualClock(), new CacheModel(shape));
    chip.flash.set([1, 2, 3, 4]);
    const cost = (read: () => number, value: number) => {
      assert.equal(read(), value);
      return chip.takeStalls();
    };
    assert.equal(
      cost(() => chip.readUint32(0x10000000), 0x04030201),
      missCycles,
    );
    assert.equal(
      cost(() => chip.readUint8(0x10000003), 4),
      0,
    );
    assert.equal(
      cost(() => chip.readUint16(0x11000002), 0x0403),
      0,
    );
    assert.equal(
      cost(() => chip.readUint8(0x12000001), 2),
      missCycles,
    );
    assert.equal(
      cost(() => chip.readUint16(0x13000000), 0x0201),
      missCycles,
    );
    assert.equal(
      cost(() => chip.readUint32(0x20000000), 0),
      0,
    );
    assert.equal(
      cost(() => chip.readUint32(0x00000000), 0),
      0,
    );
  });

  it('refuses shapes that no cache has', () => {
    assert.throws(() => new CacheModel({ ...shape, lineBytes: 12 }), RangeError);
    assert.throws(() => new CacheModel({ ...shape, ways: 3 }), RangeError);
  });
});
