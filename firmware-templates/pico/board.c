/* board.h for the Pico. */
#include "board.h"

#include "parts.h"
#include "rp2040.h"

int board_receive(unsigned port) { return port == 0u ? uart_receive() : usb_receive(); }

void board_send(unsigned port, const void *bytes, uint32_t n) {
    if (port == 0u) {
        uart_send(bytes, n);
    } else {
        usb_send(bytes, n);
    }
}

void board_flush(unsigned port) {
    if (port == 0u) {
        uart_flush();
    } else {
        usb_flush();
    }
}

/* WFE, not WFI: an interrupt between the caller's last look and this instruction has set the event register. */
void board_sleep(uint32_t microseconds) {
    REGISTER(TIMER_ALARM1) = REGISTER(TIMER_TIMERAWL) + microseconds;
    __asm volatile("wfe" ::: "memory");
    REGISTER(TIMER_ARMED) = TIMER_ALARM1_BIT; /* or it would ring in the midst of an inference */
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
