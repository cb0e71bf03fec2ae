/* The UART, polled. Its interrupt is never taken: it only ends board_sleep. */
#include "board.h"
#include "parts.h"
#include "virt.h"

void uart_start(void) {
    BYTE_REGISTER(UART_LCR) = UART_LCR_8N1; /* the emulated line has no speed to set */
    BYTE_REGISTER(UART_FCR) = UART_FCR_ENABLE_AND_CLEAR;
    BYTE_REGISTER(UART_IER) = UART_IER_RECEIVED;
    REGISTER(PLIC_PRIORITY(IRQ_UART)) = 1u;
    REGISTER(PLIC_ENABLE) = 1u << IRQ_UART;
    REGISTER(PLIC_THRESHOLD) = 0u;
}

bool uart_has_received(void) { return (BYTE_REGISTER(UART_LSR) & UART_LSR_RECEIVED) != 0u; }

int board_receive(unsigned port) {
    (void)port;
    return uart_has_received() ? BYTE_REGISTER(UART_DATA) : -1;
}

void board_send(unsigned port, const void *bytes, uint32_t n) {
    (void)port;
    for (const uint8_t *from = bytes; n > 0u; n--) {
        while ((BYTE_REGISTER(UART_LSR) & UART_LSR_HOLDING_EMPTY) == 0u) {
        }
        BYTE_REGISTER(UART_DATA) = *from++;
    }
}

void board_flush(unsigned port) {
    (void)port;
    while ((BYTE_REGISTER(UART_LSR) & UART_LSR_ALL_SENT) == 0u) {
    }
}
