/** SysTick to the cycle: what cycle counts are taken with. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../src/virtual/rp2040/clock.js';
import { SysTick } from '../../src/virtual/rp2040/systick.js';

const [csr, rvr, cvr] = [0x10, 0x14, 0x18];
const nanos = 8;

function started(reload: number, control = 5) {
  const clock = new VirtualClock();
  let interrupts = 0;
  const tick = new SysTick(clock, nanos, () => interrupts++);
  tick.write(rvr, reload);
  tick.write(cvr, 123);
  tick.write(csr, control);
  const after = (cycles: number) => {
    clock.tick(cycles * nanos);
    return tick.read(cvr);
  };
  return { clock, tick, after, interrupts: () => interrupts };
}

describe('SysTick', () => {
  it('counts down through zero and reloads in the cycle after it', () => {
    const { after } = started(3);
    assert.deepEqual(
      Array.from({ length: 10 }, () => after(1)),
      [3, 2, 1, 0, 3, 2, 1, 0, 3, 2],
    );
  });

  it('has a period of 2^24 cycles at most', () => {
    const { after } = started(0xffffff);
    assert.equal(after(1), 0xffffff);
    for (let i = 0; i < 5; i++) assert.equal(after(2 ** 24), 0xffffff);
    assert.equal(after(2 ** 24 - 1), 0);
  });

  it('says once that it came to zero', () => {
    const { tick, after } = started(9);
    after(5);
    assert.equal(tick.read(csr), 5);
    after(6);
    assert.equal(tick.read(csr), 5 | (1 << 16));
    assert.equal(tick.read(csr), 5);
  });

  it('interrupts when asked to', () => {
    const silent = started(9);
    silent.after(100);
    assert.equal(silent.interrupts(), 0);
    const loud = started(9, 7);
    loud.after(100);
    assert.equal(loud.interrupts(), 10);
  });

  it('stands still while it is off, and starts from what was written', () => {
    const { tick, after } = started(9);
    after(4);
    tick.write(csr, 4);
    assert.equal(after(50), 6);
    tick.write(csr, 5);
    assert.equal(after(2), 4);
    tick.write(cvr, 0xffff);
    assert.equal(tick.read(cvr), 0);
    assert.equal(after(1), 9);
    assert.equal(tick.read(0xd00), undefined);
    assert.equal(tick.write(0xd08, 1), false);
  });

  it('keeps its count when the core changes its clock', () => {
    const { clock, tick, after } = started(1000);
    after(101);
    tick.setCycleNanos(2 * nanos);
    clock.tick(20 * nanos);
    assert.equal(tick.read(cvr), 890);
  });
});
