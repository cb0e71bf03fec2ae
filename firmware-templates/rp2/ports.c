/* board.h: port 0 is the UART, port 1 USB. Where USB was not started it has received nothing, and drops what it is sent. */
#include "board.h"
#include "parts.h"

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
