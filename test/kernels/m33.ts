/**
 * A bare Cortex-M33 for kernels: C is linked flat and run by QEMU, which tells of itself by semihosting. No firmware, no
 * protocol; instructions are counted by a timer of the machine's own time.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { assetPath } from '../../src/assets.js';
import { pico2 } from '../../targets/pico2.js';
import { withoutTools } from '../support/tools.js';
import { bareString } from './bare_string.js';

/** An instruction takes 2^10 ns, and the timer's tick 50 ns: 32 bits of ticks are 209 million instructions. */
const icountShift = 10;

/** For node:test's `skip`. */
export const withoutCortexM33 = await withoutTools(pico2);

/** MPS2 AN505: code and RAM as the secure state sees them. */
const linkerScript = `
SECTIONS {
  . = 0x10000000; .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) *(.data*) }
  . = 0x38000000; .bss : { *(.bss*) *(COMMON) }
}
`;

const support = `
#include <stdint.h>
int main(void);
void put(const void *bytes, uint32_t count);
uint32_t instructions(void);

/* CMSDK timer 0 of the IoT kit counts down from RELOAD. */
static volatile uint32_t *const timer = (volatile uint32_t *)0x50000000;

static int semihosting(int operation, const void *parameters)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = parameters;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static int out = -1;

void put(const void *bytes, uint32_t count)
{
    if (out < 0) {
        const struct { const char *name; int mode, length; } open = {":tt", 4, 3};
        out = semihosting(1, &open);
    }
    const struct { int handle; const void *bytes; uint32_t count; } write = {out, bytes, count};
    semihosting(5, &write);
}

uint32_t instructions(void)
{
    return (uint32_t)((uint64_t)(0xffffffffu - timer[1]) * 50u >> ${icountShift});
}

static void start(void)
{
    timer[2] = 0xffffffffu;
    timer[1] = 0xffffffffu;
    timer[0] = 1;
    main();
    semihosting(0x18, (const void *)0x20026);
    for (;;) {}
}

static void fault(void)
{
    semihosting(0x18, (const void *)0x20023);
    for (;;) {}
}

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
    (const void *)0x38400000, (const void *)start, (const void *)fault, (const void *)fault,
    (const void *)fault, (const void *)fault, (const void *)fault, (const void *)fault,
};

`;

/**
 * Compiles `file` in `folder`, whose main may `put` bytes and ask for the `instructions` so far, and runs it.
 *
 * @returns all that it has put
 */
export function runOnCortexM33(folder: string, file: string, flags: readonly string[] = ['-O2']): Uint8Array {
  const at = (name: string) => path.join(folder, name);
  writeFileSync(at('m33.ld'), linkerScript);
  writeFileSync(at('m33.c'), support + bareString);
  const own = ['-fno-tree-loop-distribute-patterns', '-Wno-unused-function', '-nostdlib', '-T', at('m33.ld')];
  own.push('-I', assetPath('firmware-templates/common'), '-Wl,--no-warn-rwx-segments');
  const { prefix, compileFlags } = pico2.toolchain;
  const sources = [at(file), at('m33.c'), '-lgcc', '-o', at('m33.elf')];
  execFileSync(`${prefix}gcc`, [...compileFlags, ...flags, ...own, ...sources], { stdio: 'inherit' });
  const machine = ['-M', 'mps2-an505', '-icount', `shift=${icountShift}`];
  const quiet = ['-nographic', '-monitor', 'none', '-serial', 'none'];
  const semihosting = ['-semihosting-config', 'enable=on,target=native'];
  const args = [...machine, ...quiet, ...semihosting, '-kernel', at('m33.elf')];
  return execFileSync('qemu-system-arm', args, { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
}
