/* From reset to protocol_serve: memory, stack painting, protection of the flash, ports. And what happens on a fault. */
#include <stdint.h>

#include "board.h"
#include "csr.h"
#include "parts.h"
#include "protocol.h"
#include "text.h"
#include "virt.h"

/* From the linker script. The stack lies at the start of RAM, and below it the flash, which nothing may write: so an
 * overflow is a fault and cannot spoil data. */
extern uint32_t stack_start[], stack_end[];
extern uint32_t data_start[], data_end[], data_load[];
extern uint32_t bss_start[], bss_end[];
extern uint8_t flash_start[], flash_bytes[];

enum { PAINT = 0x5ca1ab1e };

_Noreturn void start(void);
_Noreturn void reset(void);
_Noreturn void report_fault(void);
void trap(void);

/* First in flash, where the machine's reset vector jumps to. */
__attribute__((naked, section(".start"), used)) _Noreturn void start(void) {
    __asm volatile("la sp, stack_end\n\tj reset");
}

/* The machine's memory is all RAM: this part of it shall be flash. NAPOT (privileged architecture, 3.7.1): a power of
 * two of bytes, told by the ones at the end of the address. */
static void protect_flash(void) {
    const uint32_t bytes = (uint32_t)flash_bytes;
    WRITE_CSR(CSR_PMPADDR0, ((uint32_t)flash_start >> 2) | ((bytes >> 3) - 1u));
    WRITE_CSR(CSR_PMPCFG0, PMP_LOCKED_READ_EXECUTE);
}

_Noreturn void reset(void) {
    const uint32_t *from = data_load;
    for (uint32_t *to = data_start; to < data_end;) *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
    const uint32_t *const here = __builtin_frame_address(0);
    for (uint32_t *to = stack_start; to < here - 16;) *to++ = PAINT;
    WRITE_CSR(CSR_MTVEC, (uintptr_t)trap);
    protect_flash();
    uart_start();
    time_start();
    protocol_serve();
}

uint32_t board_stack_used(void) {
    const uint32_t *lowest = stack_start;
    while (lowest < stack_end && *lowest == PAINT) lowest++;
    return (uint32_t)(stack_end - lowest) * 4u;
}

uint32_t board_stack_size(void) { return (uint32_t)(stack_end - stack_start) * 4u; }

/* Nothing but exceptions comes here, and none returns: the stack may have been what failed, and starts anew. */
__attribute__((naked, aligned(4))) void trap(void) { __asm volatile("la sp, stack_end\n\tj report_fault"); }

_Noreturn void report_fault(void) {
    const uint32_t pc = READ_CSR(CSR_MEPC);
    text_to(0, 0);
    put("\r\ne-[fault pc=");
    put_hex(pc, 8);
    put("]\r\n");
    text_flush();
    board_flush(0);
    reset_board();
}

_Noreturn void reset_board(void) {
    REGISTER(TEST_DEVICE) = TEST_RESET;
    for (;;) {
    }
}

/* The machine is given its firmware when it is powered, and has no bootloader: it only starts again. */
_Noreturn void board_bootloader(void) { reset_board(); }
