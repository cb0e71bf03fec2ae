/** Programs of a few instructions that fit into boot2, so that they need no compiler. Their source is beside them. */
import { bootromCrc } from '../../src/firmware/second_stage.js';

const boot2Bytes = 256;

/** A flash image whose boot2 is the program. */
export function tinyImage(program: readonly number[]): Uint8Array {
  const image = new Uint8Array(boot2Bytes);
  const view = new DataView(image.buffer);
  for (const [i, halfword] of program.entries()) view.setUint16(2 * i, halfword, true);
  view.setUint32(boot2Bytes - 4, bootromCrc(image.subarray(0, boot2Bytes - 4)), true);
  return image;
}

/**
 * At power-on says `F`, leaves 7 in a scratch register and lets the watchdog reset the chip; after that says the reason's and the register's digits.
 *
 *   ldr r0,=0x40034000
 *   ldr r1,=0x301
 *   str r1,[r0,#0x30]
 *   ldr r2,=0x40058000
 *   ldr r3,[r2,#8]
 *   cmp r3,#0
 *   bne 1f
 *   movs r1,#0x46
 *   str r1,[r0]
 *   movs r1,#7
 *   str r1,[r2,#0xc]
 *   ldr r1,=0x80000000
 *   str r1,[r2]
 *   2: b 2b
 *   1: adds r3,#0x30
 *   str r3,[r0]
 *   ldr r1,[r2,#0xc]
 *   adds r1,#0x30
 *   str r1,[r0]
 *   3: wfi
 *   b 3b
 */
export const watchdogReset = [
  0x480a, 0x490b, 0x6301, 0x4a0b, 0x6893, 0x2b00, 0xd106, 0x2146, 0x6001, 0x2107, 0x60d1, 0x4908, 0x6011,
  0xe7fe, 0x3330, 0x6003, 0x68d1, 0x3130, 0x6001, 0xbf30, 0xe7fd, 0x0000, 0x4000, 0x4003, 0x0301, 0x0000,
  0x8000, 0x4005, 0x0000, 0x8000,
];

/**
 * Looks up the ROM's reset_to_usb_boot and calls it.
 *
 *   movs r3,#0x14
 *   ldrh r0,[r3]
 *   ldr r1,=0x4255
 *   ldrh r2,[r3,#4]
 *   blx r2
 *   mov r4,r0
 *   movs r0,#0
 *   movs r1,#0
 *   blx r4
 */
export const resetToUsbBoot = [
  0x2314, 0x8818, 0x4903, 0x889a, 0x4790, 0x4604, 0x2000, 0x2100, 0x47a0, 0x0000, 0x4255, 0x0000,
];

/**
 * Erases a sector, programs a page with this very code, looks up a function that is not there, and says that lookup's result and the difference between flash and RAM as digits: `00`.
 *
 *   movs r3,#0x14
 *   ldrh r5,[r3]
 *   ldrh r6,[r3,#4]
 *   ldr r1,=0x4552
 *   mov r0,r5
 *   blx r6
 *   mov r4,r0
 *   ldr r0,=0x10000
 *   ldr r1,=0x1000
 *   movs r2,#0
 *   movs r3,#0
 *   blx r4
 *   ldr r1,=0x5052
 *   mov r0,r5
 *   blx r6
 *   mov r4,r0
 *   ldr r0,=0x10000
 *   ldr r1,=0x20041f00
 *   ldr r2,=0x100
 *   blx r4
 *   ldr r1,=0x5a5a
 *   mov r0,r5
 *   blx r6
 *   ldr r4,=0x40034000
 *   ldr r1,=0x301
 *   str r1,[r4,#0x30]
 *   adds r0,#0x30
 *   str r0,[r4]
 *   ldr r2,=0x10010000
 *   ldr r3,=0x20041f00
 *   ldrh r0,[r2]
 *   ldrh r1,[r3]
 *   subs r0,r0,r1
 *   adds r0,#0x30
 *   str r0,[r4]
 *   1: wfi
 *   b 1b
 */
export const rewritesFlash = [
  0x2314, 0x881d, 0x889e, 0x4911, 0x4628, 0x47b0, 0x4604, 0x4810, 0x4910, 0x2200, 0x2300, 0x47a0, 0x490f,
  0x4628, 0x47b0, 0x4604, 0x480b, 0x490e, 0x4a0e, 0x47a0, 0x490e, 0x4628, 0x47b0, 0x4c0e, 0x490e, 0x6321,
  0x3030, 0x6020, 0x4a0d, 0x4b08, 0x8810, 0x8819, 0x1a40, 0x3030, 0x6020, 0xbf30, 0xe7fd, 0x0000, 0x4552,
  0x0000, 0x0000, 0x0001, 0x1000, 0x0000, 0x5052, 0x0000, 0x1f00, 0x2004, 0x0100, 0x0000, 0x5a5a, 0x0000,
  0x4000, 0x4003, 0x0301, 0x0000, 0x0000, 0x1001,
];
