/* Microseconds from mtime. What board_cycles counts are instructions: an emulated core has no cycles of its own. */
#include "board.h"
#include "csr.h"
#include "parts.h"
#include "virt.h"

enum { TICKS_PER_MICROSECOND = 10 };

static uint64_t ticks(void) {
    uint32_t high = REGISTER(CLINT_MTIME + 4u);
    for (;;) {
        const uint32_t low = REGISTER(CLINT_MTIME);
        const uint32_t again = REGISTER(CLINT_MTIME + 4u);
        if (again == high) return ((uint64_t)high << 32) | low;
        high = again;
    }
}

/* A tenth, by divisions of 32 bits: 2^32 = 10 * 429496729 + 6. */
uint64_t board_microseconds(void) {
    const uint64_t now = ticks();
    const uint32_t high = (uint32_t)(now >> 32);
    const uint32_t low = (uint32_t)now;
    const uint32_t rest = high % 10u;
    const uint32_t tenth = rest * 429496729u + low / 10u + (rest * 6u + low % 10u) / 10u;
    return ((uint64_t)(high / 10u) << 32) | tenth;
}

uint64_t board_cycles(void) {
    uint32_t high = READ_CSR(CSR_MINSTRETH);
    for (;;) {
        const uint32_t low = READ_CSR(CSR_MINSTRET);
        const uint32_t again = READ_CSR(CSR_MINSTRETH);
        if (again == high) return ((uint64_t)high << 32) | low;
        high = again;
    }
}

const char *board_counts(void) { return "instructions"; }

/* Interrupts stay disabled in mstatus; enabled here they end a WFI all the same (privileged architecture, 3.3.3). */
void time_start(void) { WRITE_CSR(CSR_MIE, MIE_TIMER | MIE_EXTERNAL); }

/* mtimecmp's halves in an order that never makes it lie in the past on the way (3.2.1). */
static void alarm_at(uint64_t tick) {
    REGISTER(CLINT_MTIMECMP + 4u) = UINT32_MAX;
    REGISTER(CLINT_MTIMECMP) = (uint32_t)tick;
    REGISTER(CLINT_MTIMECMP + 4u) = (uint32_t)(tick >> 32);
}

/* What has come before is claimed before the last look at the UART, so what comes after it is pending and ends WFI. */
void board_sleep(uint32_t microseconds) {
    REGISTER(PLIC_CLAIM) = REGISTER(PLIC_CLAIM);
    if (uart_has_received()) return;
    alarm_at(ticks() + (uint64_t)microseconds * TICKS_PER_MICROSECOND);
    __asm volatile("wfi" ::: "memory");
}

/* There is no watchdog: an emulator that hangs is ended from outside. */
void board_alive(void) {}
