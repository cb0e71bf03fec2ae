/**
 * Progress on stderr, of work that takes a while: a bar on a terminal after a second; elsewhere, where every line is
 * kept, a sign of life after five seconds and then every ten.
 */
import { createRequire } from 'node:module';
import type { Presets, SingleBar } from 'cli-progress';

/** Called with what is done, the total and what else there is to say, as often as the worker likes. */
export type Progress = (done: number, total: number, detail?: string) => void;
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

interface Said {
  readonly done: number;
  readonly total: number;
  readonly detail?: string;
}

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
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    bar?.stop();
    bar = undefined;
  };
  const aside = (text: string) => {
    stop();
    stream.write(`${text}\n`);
  };

  const drawBar = (label: string, { done, total, detail }: Said, elapsed: number) => {
    const more = detail ? ` | ${detail}` : '';
    const left = done > 0 ? ` | ${Math.ceil((elapsed * (total - done)) / done / 1000)} s left` : '';
    if (!bar) {
      const { SingleBar, Presets } = cliProgress();
      const format = '{label} {bar} {percentage} % | {value}/{total}{more}{left}';
      // Cursor and wrapping stay on: work that leaves no turn for a signal's handler could not bring them back.
      const options = {
        stream: stream as NodeJS.WriteStream,
        format,
        clearOnComplete: true,
        linewrap: true,
        barsize: 30,
      };
      bar = new SingleBar({ ...options, gracefulExit: false }, Presets.shades_classic);
      bar.start(total, done, { label, left, more });
    }
    bar.update(done, { left, more });
    if (done >= total) stop();
  };

  const start: ProgressFactory = (label) => {
    stop();
    const began = now();
    let nextLine = began + lineAfterMs;
    let last: Said | undefined;
    const draw = () => {
      // A bar that would only flash up at its end is noise.
      if (last && (bar || last.done < last.total)) drawBar(label, last, now() - began);
    };
    // A single step may take longer than a bar may wait.
    if (stream.isTTY) timer = setTimeout(draw, barAfterMs).unref();
    return (done, total, detail) => {
      last = { done, total, detail };
      const time = now();
      if (stream.isTTY) {
        if (time - began >= barAfterMs) draw();
      } else if (time >= nextLine && done < total) {
        stream.write(`${label}: ${Math.floor((100 * done) / total)} %${detail ? `, ${detail}` : ''}\n`);
        nextLine = time + lineEveryMs;
      }
    };
  };
  return { start, aside, stop };
}
