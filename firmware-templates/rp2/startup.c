/* From the vector table to protocol_serve: memory, stack painting, the board. And what happens on a fault. */
#include <stdint.h>

#include "board.h"
#include "chip.h"
#include "parts.h"
#include "protocol.h"
#include "text.h"

/* From the linker script. The stack lies at the start of RAM: below it there is no memory, so an overflow is a
 * fault and cannot spoil data. */
extern uint32_t stack_start[], stack_end[];
extern uint32_t data_start[], data_end[], data_load[];
extern uint32_t bss_start[], bss_end[];

enum { PAINT = 0x5ca1ab1e };

_Noreturn void report_fault(const uint32_t *frame);

_Noreturn void reset(void) {
    const uint32_t *from = data_load;
    for (uint32_t *to = data_start; to < data_end;) *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
    const uint32_t *const here = __builtin_frame_address(0);
    for (uint32_t *to = stack_start; to < here - 16;) *to++ = PAINT;
    start_board();
    protocol_serve();
}

uint32_t board_stack_used(void) {
    const uint32_t *lowest = stack_start;
    while (lowest < stack_end && *lowest == PAINT) lowest++;
    return (uint32_t)(stack_end - lowest) * 4u;
}

uint32_t board_stack_size(void) { return (uint32_t)(stack_end - stack_start) * 4u; }

/* Exception entry left r0-r3, r12, lr, pc, xPSR on the stack (ARMv6-M B1.5.6, ARMv8-M B3.19). */
__attribute__((naked)) void hard_fault(void) {
    __asm volatile("mrs r0, msp\n\tldr r1, =report_fault\n\tbx r1\n\t.ltorg");
}

_Noreturn void report_fault(const uint32_t *frame) {
    disable_interrupts();
    for (unsigned port = 0; port < BOARD_PORTS; port++) {
        text_to(port, 0);
        put("\r\ne-[fault pc=");
        put_hex(frame[6], 8);
        put("]\r\n");
        text_flush();
    }
    reset_board();
}
