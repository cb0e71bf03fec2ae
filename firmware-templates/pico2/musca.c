/* Time on QEMU's Musca-B1. It has no cycles of its own: what is counted are instructions, each of which takes 64 ns of
 * the machine's time (`-icount shift=6`, in the target), by a timer of 25 ns. */
#include "musca.h"

#include "chip.h"
#include "parts.h"

enum { CPUID_QEMU = 0x410fd213 };

/* CMSDK APB timers (Cortex-M System Design Kit, 4.4), at 40 MHz: TIMER0 runs freely, TIMER1 wakes. They count down. */
#define TIMER0_CTRL 0x40000000u
#define TIMER0_VALUE 0x40000004u
#define TIMER0_RELOAD 0x40000008u
#define TIMER0_INTCLEAR 0x4000000cu
#define TIMER1_CTRL 0x40001000u
#define TIMER1_VALUE 0x40001004u
#define TIMER1_RELOAD 0x40001008u
#define TIMER1_INTCLEAR 0x4000100cu
#define TIMER_ENABLE_WITH_INTERRUPT 9u

enum { NANOSECONDS_PER_TICK = 25, INSTRUCTION_SHIFT = 6, TICKS_PER_MICROSECOND = 40 };

static volatile uint32_t wraps;

bool musca_here(void) { return REGISTER(CPUID) == CPUID_QEMU; }

void musca_wrap_interrupt(void) {
    REGISTER(TIMER0_INTCLEAR) = 1;
    wraps++;
}

/* Waking is all that this one is for. */
void musca_nap_interrupt(void) {
    REGISTER(TIMER1_CTRL) = 0;
    REGISTER(TIMER1_INTCLEAR) = 1;
}

static uint64_t ticks(void) {
    uint32_t high = wraps;
    for (;;) {
        const uint32_t low = ~REGISTER(TIMER0_VALUE);
        const uint32_t again = wraps;
        if (again == high) return ((uint64_t)high << 32) | low;
        high = again;
    }
}

/* Exact from call to call: a tick more or less is less than half an instruction. From zero on it would not be, since the
 * machine's time goes on by any amount while it sleeps. */
uint64_t musca_instructions(void) {
    static uint64_t counted, until;
    const uint64_t now = ticks();
    counted += ((now - until) * NANOSECONDS_PER_TICK + (1u << INSTRUCTION_SHIFT) / 2u) >> INSTRUCTION_SHIFT;
    until = now;
    return counted;
}

/* A long division of 16 bits a step, for which the core has an instruction. */
uint64_t musca_microseconds(void) {
    const uint64_t now = ticks();
    const uint32_t high = (uint32_t)(now >> 32);
    const uint32_t middle = (high % TICKS_PER_MICROSECOND) << 16 | (uint32_t)now >> 16;
    const uint32_t low = (middle % TICKS_PER_MICROSECOND) << 16 | ((uint32_t)now & 0xffffu);
    return ((uint64_t)(high / TICKS_PER_MICROSECOND) << 32) + ((uint64_t)(middle / TICKS_PER_MICROSECOND) << 16) +
           low / TICKS_PER_MICROSECOND;
}

void musca_start(void) {
    REGISTER(TIMER0_RELOAD) = UINT32_MAX;
    REGISTER(TIMER0_VALUE) = UINT32_MAX;
    REGISTER(TIMER0_CTRL) = TIMER_ENABLE_WITH_INTERRUPT;
    enable_interrupt(MUSCA_IRQ_TIMER0);
    enable_interrupt(MUSCA_IRQ_TIMER1);
}

/* WFI, since QEMU does not wait at a WFE; held back, interrupts end it all the same (ARMv8-M, B3.35). */
void musca_sleep(uint32_t microseconds) {
    const uint32_t interrupts = hold_interrupts();
    if (!uart_has_received()) {
        REGISTER(TIMER1_RELOAD) = microseconds * TICKS_PER_MICROSECOND;
        REGISTER(TIMER1_VALUE) = microseconds * TICKS_PER_MICROSECOND;
        REGISTER(TIMER1_CTRL) = TIMER_ENABLE_WITH_INTERRUPT;
        __asm volatile("wfi" ::: "memory");
        musca_nap_interrupt(); /* or it would ring in the midst of an inference */
    }
    restore_interrupts(interrupts);
}

void musca_reset(void) {
    REGISTER(AIRCR) = AIRCR_SYSTEM_RESET;
    for (;;) {
    }
}
