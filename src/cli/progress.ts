/**
 * Progress on stderr, of work that takes a while: a bar on a terminal after a second; elsewhere, where every line is
 * kept, a sign of life after five seconds and then every ten.
 */
import { createRequire } from 'node:module';
import type { Presets, SingleBar } from 'cli-progress';

/** Called with what is done and the total, as often as the worker likes. */
export type Progress = (done: number, total: number) => void;
export type ProgressFactory = (label: string) => Progress;

export interface ProgressOptions {
  /** ms; by default the clock. */
  readonly now?: () => number;
}

const barAfterMs = 1000;
const lineAfterMs = 5000;
const lineEveryMs = 10_000;

/** Loaded when the first bar is drawn: most calls are over by then. */
const cliProgress = () =>
  createRequire(import.meta.url)('cli-progress') as { SingleBar: typeof SingleBar; Presets: typeof Presets };

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export function progressOn(
  stream: ProgressOutput,
  { now = Date.now }: ProgressOptions = {},
): {
  start: ProgressFactory;
  aside(text: string): void;
  stop(): void;
} {
  let bar: SingleBar | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const aside = (text: string) => {
    stop();
    stream.write(`${text}\n`);
  };

  const drawBar = (label: string, done: number, total: number) => {
    if (!bar) {
      const { SingleBar, Presets } = cliProgress();
      const format = '{label} {bar} {percentage} % | {value}/{total} | {eta_formatted} left';
      // The cursor stays: work that leaves no turn for a signal's handler could not bring it back.
      const options = { stream: stream as NodeJS.WriteStream, format, clearOnComplete: true, barsize: 30 };
      bar = new SingleBar({ ...options, gracefulExit: false }, Presets.shades_classic);
      bar.start(total, done, { label });
    }
    bar.update(done);
    if (done >= total) stop();
  };

  const start: ProgressFactory = (label) => {
    stop();
    const began = now();
    let nextLine = began + lineAfterMs;
    return (done, total) => {
      const time = now();
      if (stream.isTTY) {
        // A bar that would only flash up at its end is noise.
        if (time - began >= barAfterMs && (bar || done < total)) drawBar(label, done, total);
      } else if (time >= nextLine && done < total) {
        stream.write(`${label}: ${Math.floor((100 * done) / total)} %\n`);
        nextLine = time + lineEveryMs;
      }
    };
  };
  return { start, aside, stop };
}
