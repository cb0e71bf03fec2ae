import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressOn } from '../../src/report/progress.js';

/** A stream that keeps what is written, and a clock that a test turns. */
function stage(isTTY: boolean) {
  let written = '';
  let time = 0;
  const stream = {
    isTTY,
    columns: 80,
    write: (text: string) => {
      written += text;
      return true;
    },
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  };
  const progress = progressOn(stream, { now: () => time });
  return { progress, written: () => written, pass: (ms: number) => (time += ms) };
}

test('a pipe hears nothing of work that is over in a few seconds', () => {
  const { progress, written, pass } = stage(false);
  const step = progress.start('compile');
  for (let done = 0; done <= 20; done++, pass(200)) step(done, 20);
  assert.equal(written(), '');
});

test('a pipe hears of long work every ten seconds, and not of its end', () => {
  const { progress, written, pass } = stage(false);
  const step = progress.start('validate');
  for (let done = 0; done <= 100; done++, pass(300)) step(done, 100);
  assert.equal(written(), 'validate: 17 %\nvalidate: 51 %\nvalidate: 85 %\n');
});

test('a terminal sees a bar after a second, its cursor and wrapping left alone, and nothing once it is done', () => {
  const { progress, written, pass } = stage(true);
  const step = progress.start('bench');
  step(0, 4);
  pass(500);
  step(1, 4);
  assert.equal(written(), '');
  pass(1000);
  step(2, 4);
  assert.match(written(), /bench .*50 % \| 2\/4 \| 2 s left/);
  step(4, 4);
  for (const unwanted of ['\u001b[?25l', '\u001b[?7l', 'NaN', 'NF']) assert.ok(!written().includes(unwanted));
  progress.aside('a note');
  assert.ok(written().endsWith('a note\n'));
});

test('what else there is to say stands beside the figures', () => {
  for (const isTTY of [true, false]) {
    const { progress, written, pass } = stage(isTTY);
    const step = progress.start('train');
    pass(6000);
    step(1, 4, 'loss 0.5');
    assert.match(written(), isTTY ? /25 % \| 1\/4 \| loss 0\.5 \| 18 s left/ : /^train: 25 %, loss 0\.5\n$/);
    progress.stop();
  }
});

test('a bar that would show only its end is not drawn', () => {
  const { progress, written, pass } = stage(true);
  const step = progress.start('quick');
  pass(3000);
  step(1, 1);
  assert.equal(written(), '');
});
