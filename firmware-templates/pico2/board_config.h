/* Port 0 is UART0 (GP0 out, GP1 in), port 1 the USB serial line. */
#ifndef BOARD_CONFIG_H
#define BOARD_CONFIG_H

#define BOARD_PORTS 2u

#endif
