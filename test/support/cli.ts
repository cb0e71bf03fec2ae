/** Runs the bundled command as a user would, from a folder that is not the repository's. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { assetPath } from '../../src/assets.js';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const command = assetPath('dist/cli.js');

/** What was said beside the progress, which a slow computer shows and a fast one does not. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^[\w-]+: \d+ %.*\n/gm, '');
}

export function crimp(args: readonly string[], cwd: string = tmpdir()): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], {
      cwd,
      // Where CI is set, colors would be too.
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
