/* Exceptions 1 to 15, then interrupts 0 to 20 (2.3.2); those not named here are never enabled. */
#include "chip.h"
#include "parts.h"

extern uint32_t stack_end[];

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handlers[36])(void);
} vectors = {
    stack_end,
    {
        [0] = reset,
        [1] = hard_fault, /* NMI */
        [2] = hard_fault,
        [10] = hard_fault, /* SVCall */
        [13] = hard_fault, /* PendSV */
        [14] = hard_fault, /* SysTick */
        [15 + IRQ_TIMER_0] = keep_alive_interrupt,
        [15 + IRQ_TIMER_1] = nap_interrupt,
        [15 + IRQ_USBCTRL] = usb_interrupt,
        [15 + IRQ_UART0] = uart_interrupt,
    },
};
