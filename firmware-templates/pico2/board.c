/* board.h for the Pico 2, and for the machine that stands in for it. */
#include "board.h"

#include "chip.h"
#include "musca.h"
#include "parts.h"

uintptr_t uart_base = UART0_BASE;
static bool emulated;

extern const uint32_t vectors[];

void start_board(void) {
    REGISTER(VTOR) = (uintptr_t)vectors;
    emulated = musca_here();
    if (emulated) {
        uart_base = MUSCA_UART_BASE;
        musca_start();
        uart_start(MUSCA_IRQ_UART);
    } else {
        clocks_start();
        time_start();
        uart_pins();
        uart_start(IRQ_UART0);
        usb_start();
    }
}

void reset_board(void) {
    if (emulated) musca_reset();
    time_reset();
}

uint64_t board_microseconds(void) { return emulated ? musca_microseconds() : time_microseconds(); }

uint64_t board_cycles(void) { return emulated ? musca_instructions() : time_cycles(); }

const char *board_counts(void) { return emulated ? "instructions" : "cycles"; }

void board_sleep(uint32_t microseconds) {
    if (emulated) {
        musca_sleep(microseconds);
    } else {
        time_sleep(microseconds);
    }
}

/* An emulator that hangs is ended from outside. */
void board_alive(void) {
    if (!emulated) time_alive();
}

/* Function tables of the bootrom (5.4): the address of its look-up stands at the end of ROM's first words. */
static void *bootrom_function(uint32_t code) {
    typedef void *(*lookup_function)(uint32_t code, uint32_t mask);
    uintptr_t address = BOOTROM_TABLE_LOOKUP;
    __asm("" : "+r"(address)); /* hides from the compiler that an address this low is no object of C's */
    const lookup_function lookup = (lookup_function)(uintptr_t)*(const volatile uint16_t *)address;
    return lookup(code, BOOTROM_ARM_SECURE);
}

/* The chip's own random number, as its bootloader shows it (get_sys_info, 5.4.8.17). */
_Bool board_serial_number(char digits[16]) {
    enum { CHIP_INFO = 1, WORDS = 4 };
    typedef int (*get_sys_info_function)(uint32_t *out, uint32_t words, uint32_t flags);
    const get_sys_info_function get_sys_info = (get_sys_info_function)bootrom_function(BOOTROM_CODE('G', 'S'));
    uint32_t info[WORDS]; /* what is there, package, device id low and high */
    if (get_sys_info == 0 || get_sys_info(info, WORDS, CHIP_INFO) != WORDS) return 0;
    for (uint32_t i = 0; i < 16u; i++) digits[i] = "0123456789ABCDEF"[(info[i < 8u ? 3 : 2] >> (28u - 4u * (i % 8u))) & 15u];
    return 1;
}

/* reboot (5.4.8.24) does not return, and needs some time of its own: the host fetches what was sent meanwhile. */
_Noreturn void board_bootloader(void) {
    enum { REBOOT_TO_BOOTSEL = 0x2, NO_RETURN = 0x100, DELAY_MILLISECONDS = 10 };
    typedef int (*reboot_function)(uint32_t flags, uint32_t delay, uint32_t parameter0, uint32_t parameter1);
    disable_interrupts();
    if (!emulated) {
        time_last_words();
        REGISTER(WATCHDOG_CTRL) = 0;
        const reboot_function reboot = (reboot_function)bootrom_function(BOOTROM_CODE('R', 'B'));
        reboot(REBOOT_TO_BOOTSEL | NO_RETURN, DELAY_MILLISECONDS, 0, 0);
    }
    reset_board();
}
