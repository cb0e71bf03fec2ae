/* Microseconds from TIMER, core cycles from TIMER and SysTick together, and the watchdog. */
#include "chip.h"
#include "crimp_target.h"
#include "parts.h"

enum {
    CYCLES_PER_MICROSECOND = CRIMP_CLOCK_HZ / 1000000,
    KEEP_ALIVE_MICROSECONDS = 4000000,
    WATCHDOG_MICROSECONDS = 8000000, /* 24 bits, at two counts a microsecond on an RP2040 */
    KEEP_ALIVE_TIMES = 15,
    LAST_WORDS_MICROSECONDS = 50000, /* a USB host fetches within a few milliseconds */
};

static uint32_t phase;
static volatile uint32_t feeds_left;

uint64_t time_microseconds(void) {
    uint32_t high = REGISTER(TIMER_TIMERAWH);
    for (;;) {
        const uint32_t low = REGISTER(TIMER_TIMERAWL);
        const uint32_t again = REGISTER(TIMER_TIMERAWH);
        if (again == high) return ((uint64_t)high << 32) | low;
        high = again;
    }
}

/* SysTick counts core cycles, exactly but modulo 2^24. TIMER counts microseconds of the same crystal, so it says
 * which of the 2^24s is meant as long as it is right to within 2^23 cycles. No interrupt disturbs what is measured. */
static uint32_t systick_cycles(void) { return (0u - REGISTER(SYST_CVR)) & 0xffffffu; }

uint64_t time_cycles(void) {
    const uint64_t about = time_microseconds() * (uint64_t)CYCLES_PER_MICROSECOND;
    const uint32_t ahead = (systick_cycles() - phase - (uint32_t)about) << 8;
    return about + (uint64_t)((int64_t)(int32_t)ahead >> 8);
}

static void feed(void) {
    REGISTER(WATCHDOG_LOAD) = WATCHDOG_COUNTS_PER_MICROSECOND * WATCHDOG_MICROSECONDS;
    REGISTER(TIMER_ALARM0) = REGISTER(TIMER_TIMERAWL) + KEEP_ALIVE_MICROSECONDS;
}

/* The watchdog cannot wait for longer than 8 s, an inference may: the alarm feeds it for another minute. */
void time_alive(void) {
    feeds_left = KEEP_ALIVE_TIMES;
    feed();
}

/* Waking is all that this one is for. */
void nap_interrupt(void) { REGISTER(TIMER_INTR) = TIMER_ALARM1_BIT; }

void keep_alive_interrupt(void) {
    REGISTER(TIMER_INTR) = TIMER_ALARM0_BIT;
    if (feeds_left > 0u) {
        feeds_left--;
        feed();
    }
}

void time_start(void) {
    REGISTER(SYST_RVR) = 0xffffffu;
    REGISTER(SYST_CVR) = 0;
    REGISTER(SYST_CSR) = SYST_CSR_CORE_CLOCK_ENABLE;
    phase = systick_cycles() - (uint32_t)(time_microseconds() * (uint64_t)CYCLES_PER_MICROSECOND);

    REGISTER(PSM_WDSEL) = PSM_ALL_BUT_OSCILLATORS;
    REGISTER(WATCHDOG_LOAD) = WATCHDOG_COUNTS_PER_MICROSECOND * WATCHDOG_MICROSECONDS;
    REGISTER(WATCHDOG_CTRL) = WATCHDOG_CTRL_ENABLE;
    REGISTER(TIMER_INTE) = TIMER_ALARM0_BIT | TIMER_ALARM1_BIT;
    enable_interrupt(IRQ_TIMER_0);
    enable_interrupt(IRQ_TIMER_1);
    time_alive();
}

/* WFE, not WFI: an interrupt between the caller's last look and this instruction has set the event register. */
void time_sleep(uint32_t microseconds) {
    REGISTER(TIMER_ALARM1) = REGISTER(TIMER_TIMERAWL) + microseconds;
    __asm volatile("wfe" ::: "memory");
    REGISTER(TIMER_ARMED) = TIMER_ALARM1_BIT; /* or it would ring in the midst of an inference */
}

void time_last_words(void) {
    const uint64_t start = time_microseconds();
    while (time_microseconds() - start < LAST_WORDS_MICROSECONDS) {
    }
}

void time_reset(void) {
    time_last_words();
    SET_BITS(WATCHDOG_CTRL) = WATCHDOG_CTRL_TRIGGER;
    for (;;) {
    }
}
