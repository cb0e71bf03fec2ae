/** Progress on stderr: a bar on a terminal, a line every ten percent elsewhere, nothing for work under a second. */
import cliProgress from 'cli-progress';

/** Called with what is done and the total, as often as the worker likes. */
export type Progress = (done: number, total: number) => void;
export type ProgressFactory = (label: string) => Progress;

const quietMilliseconds = 1000;

export function progressOn(stream: NodeJS.WriteStream): {
  start: ProgressFactory;
  aside(text: string): void;
  stop(): void;
} {
  let bar: cliProgress.SingleBar | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const aside = (text: string) => {
    stop();
    stream.write(`${text}\n`);
  };

  const start: ProgressFactory = (label) => {
    stop();
    const began = Date.now();
    let decile = 0;
    return (done, total) => {
      if (Date.now() - began < quietMilliseconds) return;
      if (!stream.isTTY) {
        const reached = Math.floor((10 * done) / total);
        if (reached > decile) stream.write(`${label}: ${reached * 10} %\n`);
        decile = Math.max(decile, reached);
        return;
      }
      if (!bar) {
        const format = '{label} {bar} {percentage} % | {value}/{total} | {eta_formatted} left';
        bar = new cliProgress.SingleBar(
          { stream, format, hideCursor: true, clearOnComplete: true },
          cliProgress.Presets.shades_classic,
        );
        bar.start(total, done, { label });
      }
      bar.update(done);
      if (done >= total) stop();
    };
  };
  return { start, aside, stop };
}
