/** The answer to MLPerf Tiny's `infer`, read as mlcommons/tiny's benchmark/runner reads it. */

export interface InferResult {
  /** Between the two lap times around the inferences. */
  readonly microseconds: number;
  /** As the board printed them. */
  readonly results: readonly number[];
}

export function readInferResult(lines: readonly string[]): InferResult | undefined {
  const laps = lines.map((text) => /^m-lap-us-([0-9]+)$/.exec(text)?.[1]).filter((lap) => lap !== undefined);
  const list = lines.map((text) => /^m-results-\[([^\]]+)\]$/.exec(text)?.[1]).find((l) => l !== undefined);
  if (laps.length < 2 || list === undefined) return undefined;
  const results = list.split(',').map(Number);
  if (!results.every(Number.isFinite)) return undefined;
  return { microseconds: Number(laps[1]) - Number(laps[0]), results };
}
