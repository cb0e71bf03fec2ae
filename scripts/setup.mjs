// The set-up step: dependency-free, idempotent. Installs the npm packages and, where it is missing and the user
// may install, the compilers; then bundles the CLI. A second run skips what is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** npm retries a request that fails, not a download that stalls halfway; five minutes is its patience with one. */
const INSTALL_ATTEMPTS = 5;
const IDLE_TIMEOUT_MS = 45_000;

const say = (text) => process.stderr.write(`setup: ${text}\n`);
const works = (command, args) =>
  spawnSync(command, args, { stdio: 'ignore', shell: process.platform === 'win32' }).status === 0;
const run = (command, args, options = {}) =>
  execFileSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    ...options,
  });

checkNode();
installPackages();
installTools();
await bundle();
linkCommand();

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 20) return;
  say(`Node ${process.versions.node} is too old: crimp needs Node 20 or newer (https://nodejs.org).`);
  process.exit(3);
}

/** npm keeps a copy of the lock file it installed from; while both agree there is nothing to do. */
function installPackages() {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const installedLock = path.join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installedLock)) {
    const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
    // Packages for other platforms are optional and rightly absent.
    const current = Object.entries(lock).every(
      ([name, wanted]) =>
        name === '' || wanted.optional || wanted.peer || installed[name]?.version === wanted.version,
    );
    if (current) return;
  }
  for (let attempt = 1; attempt <= INSTALL_ATTEMPTS; attempt++) {
    say(
      `installing npm packages (npm ci)${attempt === 1 ? '' : `, attempt ${attempt} of ${INSTALL_ATTEMPTS}`}`,
    );
    try {
      run('npm', [
        ...['ci', '--no-audit', '--no-fund', '--loglevel=error'],
        ...['--prefer-offline', `--fetch-timeout=${IDLE_TIMEOUT_MS}`],
      ]);
      return;
    } catch {
      // What arrived is in npm's cache: the next attempt asks for the rest only.
    }
  }
  say('npm ci failed, see above; crimp cannot go on without its packages.');
  process.exit(3);
}

/** For boards their compilers and emulators; for target `host` and its sanitizers the system's own compiler. */
function installTools() {
  const tools = [
    {
      commands: ['arm-none-eabi-gcc'],
      what: 'the Arm compiler, for building for a Pico',
      debian: ['gcc-arm-none-eabi'],
      macos: 'brew install --cask gcc-arm-embedded',
      windows: 'winget install Arm.GnuArmEmbeddedToolchain',
    },
    {
      commands: ['cc', 'gcc', 'clang'],
      what: 'a C compiler, for building for this computer',
      debian: ['gcc', 'libc6-dev'],
      macos: 'xcode-select --install',
      windows: 'winget install LLVM.LLVM',
    },
    {
      commands: ['riscv64-unknown-elf-gcc', 'riscv64-elf-gcc', 'riscv-none-elf-gcc', 'riscv32-esp-elf-gcc'],
      what: 'the RISC-V compiler, for building for rv32imc',
      debian: ['gcc-riscv64-unknown-elf'],
      macos: 'brew install riscv64-elf-gcc',
      windows: 'xpm install --global @xpack-dev-tools/riscv-none-elf-gcc@latest',
    },
    {
      commands: ['qemu-system-arm'],
      what: 'QEMU, which the virtual Pico 2 runs on',
      debian: ['qemu-system-arm'],
      macos: 'brew install qemu',
      windows: 'winget install SoftwareFreedomConservancy.QEMU',
    },
    {
      commands: ['qemu-system-riscv32'],
      what: 'QEMU, which the virtual rv32imc runs on',
      debian: ['qemu-system-misc'],
      macos: 'brew install qemu',
      windows: 'winget install SoftwareFreedomConservancy.QEMU',
    },
  ];
  const isMissing = ({ commands }) => !commands.some((name) => works(name, ['--version']));
  const missing = tools.filter(isMissing);
  if (missing.length === 0 || installPackagesOfDebian(missing.flatMap(({ debian }) => debian))) return;
  // One package that this Debian lacks shall not keep the others away.
  for (const tool of missing.length > 1 ? missing : []) installPackagesOfDebian(tool.debian);
  for (const { what, debian, macos, windows } of missing.filter(isMissing)) {
    const apt = `sudo apt-get install ${debian.join(' ')}`;
    say(
      `missing: ${what}. Install it with \`${apt}\` (Debian, Ubuntu), \`${macos}\` (macOS) or \`${windows}\` (Windows).`,
    );
  }
}

/** @returns false where there is no apt-get, or this user may not install */
function installPackagesOfDebian(packages) {
  const asRoot = process.getuid?.() === 0;
  if (!works('apt-get', ['--version']) || !(asRoot || works('sudo', ['-n', 'true']))) return false;
  say(`installing ${packages.join(' ')} (apt-get)`);
  const [command, prefix] = asRoot ? ['apt-get', []] : ['sudo', ['-n', 'apt-get']];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    run(command, [...prefix, 'install', '-y', '-q', '--no-install-recommends', ...packages], { env });
  try {
    try {
      install();
    } catch {
      // A fresh machine has no package lists yet.
      run(command, [...prefix, 'update', '-q'], { env });
      install();
    }
    return true;
  } catch {
    return false;
  }
}

async function bundle() {
  const { build, isFresh } = await import('./build.mjs');
  if (isFresh()) return;
  say('bundling the CLI (dist/)');
  await build();
}

/** npx finds the clone's own command without it, by a slow detour through a cache of its own. */
function linkCommand() {
  const link = path.join(root, 'node_modules', '.bin', 'crimp');
  if (process.platform === 'win32' || lstatSync(link, { throwIfNoEntry: false })) return;
  symlinkSync(path.join('..', '..', 'dist', 'cli.js'), link);
}
