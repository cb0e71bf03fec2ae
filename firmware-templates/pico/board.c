/* board.h for the Pico. */
#include "board.h"

#include "chip.h"
#include "parts.h"

void start_board(void) {
    clocks_start();
    time_start();
    uart_pins();
    uart_start(IRQ_UART0);
    usb_start();
}

void reset_board(void) { time_reset(); }

uint64_t board_microseconds(void) { return time_microseconds(); }

uint64_t board_cycles(void) { return time_cycles(); }

const char *board_counts(void) { return "cycles"; }

void board_alive(void) { time_alive(); }

void board_sleep(uint32_t microseconds) { time_sleep(microseconds); }

/* The flash's unique id, which boot2 has read. */
_Bool board_serial_number(char digits[16]) {
    const uint32_t id[2] = {REGISTER(WATCHDOG_SCRATCH(0)), REGISTER(WATCHDOG_SCRATCH(1))};
    const uint8_t *const bytes = (const uint8_t *)id;
    for (uint32_t i = 0; i < 16u; i++) {
        digits[i] = "0123456789ABCDEF"[(bytes[i / 2u] >> (i % 2u == 0u ? 4 : 0)) & 15u];
    }
    return id[0] != id[1];
}

/* The assembly hides from the compiler that an address this low is no object of C's. */
static uintptr_t rom_half_word(uintptr_t address) {
    __asm("" : "+r"(address));
    return *(const volatile uint16_t *)address;
}

_Noreturn void board_bootloader(void) {
    typedef void *(*lookup_function)(const uint16_t *table, uint32_t code);
    typedef void (*reset_function)(uint32_t activity_pin_mask, uint32_t disabled_interfaces);
    const lookup_function lookup = (lookup_function)rom_half_word(BOOTROM_TABLE_LOOKUP);
    const uint16_t *const table = (const uint16_t *)rom_half_word(BOOTROM_FUNCTION_TABLE);
    disable_interrupts();
    time_last_words();
    REGISTER(WATCHDOG_CTRL) = 0;
    const reset_function reset_to_usb_boot = (reset_function)lookup(table, BOOTROM_CODE('U', 'B'));
    reset_to_usb_boot(0, 0);
    for (;;) {
    }
}
