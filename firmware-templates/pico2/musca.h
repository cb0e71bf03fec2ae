/* The machine that stands in for an RP2350 in QEMU, Arm's Musca-B1: the same core, flash and RAM at the same addresses,
 * and a PL011, too; but other timers, and no clocks to set, no USB and no bootrom. musca.c drives what is different. */
#ifndef MUSCA_H
#define MUSCA_H

#include <stdbool.h>
#include <stdint.h>

/* Of UART0, which has all of its interrupts joined in one (QEMU, hw/arm/musca.c). */
#define MUSCA_UART_BASE 0x40105000u
#define MUSCA_IRQ_UART 44u
#define MUSCA_IRQ_TIMER0 3u
#define MUSCA_IRQ_TIMER1 4u

/* Whether this is that machine: an RP2350's core is of revision r1p0 (RP2350 datasheet, 3.7.5), QEMU's of r0p3. */
bool musca_here(void);

void musca_start(void);
uint64_t musca_microseconds(void);
uint64_t musca_instructions(void);
void musca_sleep(uint32_t microseconds);
_Noreturn void musca_reset(void);

/* Interrupt handlers, named in the vector table. */
void musca_wrap_interrupt(void);
void musca_nap_interrupt(void);

#endif
