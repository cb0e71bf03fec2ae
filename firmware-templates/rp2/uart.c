/* UART0 at 115200 8N1. Received by interrupt: the FIFO holds 32 characters, 2.8 ms at full speed. */
#include "chip.h"
#include "crimp_target.h"
#include "parts.h"
#include "ring.h"

enum { BAUD = 115200 };

static struct ring received;

/* GP0 out, GP1 in. */
void uart_pins(void) {
    REGISTER(GPIO_CTRL(0)) = GPIO_FUNCTION_UART;
    REGISTER(GPIO_CTRL(1)) = GPIO_FUNCTION_UART;
    REGISTER(PAD_GPIO(0)) = PAD_OUTPUT;
    REGISTER(PAD_GPIO(1)) = PAD_INPUT_PULLED_UP; /* an open pin must not look like data */
}

void uart_start(uint32_t interrupt) {
    const uint32_t divider = (4u * CRIMP_CLOCK_HZ + BAUD / 2u) / BAUD; /* of 16 times the baud, in 1/64 (PL011, 3.2.2) */
    REGISTER(UART_IBRD) = divider >> 6;
    REGISTER(UART_FBRD) = divider & 63u;
    REGISTER(UART_LCR_H) = UART_LCR_H_FIFO_8BIT;
    REGISTER(UART_IFLS) = 0; /* interrupt at 4 characters */
    REGISTER(UART_CR) = UART_CR_ENABLE_TX_RX;
    REGISTER(UART_IMSC) = UART_RX_INTERRUPTS;
    enable_interrupt(interrupt);
}

void uart_interrupt(void) {
    while ((REGISTER(UART_FR) & UART_FR_RXFE) == 0u) {
        const uint32_t character = REGISTER(UART_DR);
        /* A break or a framing error is what a cable being plugged in looks like. */
        if ((character & UART_DR_BROKEN) == 0u) ring_put(&received, (uint8_t)character);
    }
}

/* Also what its interrupt has still to fetch. */
_Bool uart_has_received(void) {
    return ring_filled(&received) > 0u || (REGISTER(UART_FR) & UART_FR_RXFE) == 0u;
}

int uart_receive(void) { return ring_get(&received); }

void uart_send(const uint8_t *bytes, uint32_t n) {
    for (; n > 0u; n--) {
        while ((REGISTER(UART_FR) & UART_FR_TXFF) != 0u) {
        }
        REGISTER(UART_DR) = *bytes++;
    }
}

void uart_flush(void) {
    while ((REGISTER(UART_FR) & UART_FR_BUSY) != 0u) {
    }
}
