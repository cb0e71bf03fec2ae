/** Where a run keeps what it has come to, beside its output: the record, and until it is finished models and checkpoints. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inputError } from '../diagnostics.js';
import { readInputFile, replaceFile } from '../files.js';
import type { FileRecord } from './record.js';

export interface Workspace {
  readonly recordFile: string;
  /** The record that is there; undefined where there is none. @throws CrimpError `record` */
  record(): FileRecord | undefined;
  writeRecord(record: FileRecord): void;
  saveModel(step: number, bytes: Uint8Array): void;
  /** undefined where it is gone. */
  model(step: number): Uint8Array | undefined;
  checkpoint(step: number, name: string): string;
  dropCheckpoints(step: number): void;
  /** All but the record. */
  clear(): void;
}

export function workspaceOf(output: string): Workspace {
  const recordFile = `${output}.record.json`;
  const folder = `${output}.run`;
  const modelFile = (step: number) => path.join(folder, `step-${step}.tflite`);
  const checkpoints = (step: number) => path.join(folder, `checkpoints-${step}`);
  return {
    recordFile,
    record: () => (existsSync(recordFile) ? readRecord(recordFile) : undefined),
    writeRecord: (record) => replaceFile(recordFile, `${JSON.stringify(record, null, 2)}\n`),
    saveModel: (step, bytes) => replaceFile(modelFile(step), bytes),
    model: (step) => (existsSync(modelFile(step)) ? readFileSync(modelFile(step)) : undefined),
    checkpoint: (step, name) => path.join(checkpoints(step), `${name}.npz`),
    dropCheckpoints: (step) => rmSync(checkpoints(step), { recursive: true, force: true }),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @throws CrimpError `cannot-read`, `record` */
export function readRecord(file: string): FileRecord {
  const hint = 'Give the .record.json that `crimp compress` has left.';
  const text = new TextDecoder().decode(readInputFile(file, hint));
  let record: Partial<FileRecord> | undefined;
  try {
    record = JSON.parse(text) as Partial<FileRecord>;
  } catch {
    // Said below.
  }
  if (record?.format !== 'crimp-record' || !Array.isArray(record.steps)) {
    throw inputError('record', 'is no record of a run', hint, { file });
  }
  if (record.version !== 1) {
    throw inputError('record', `is of version ${record.version}, and this crimp knows 1`, hint, { file });
  }
  return record as FileRecord;
}
