/* Port 0 is the UART. */
#ifndef BOARD_CONFIG_H
#define BOARD_CONFIG_H

#define BOARD_PORTS 1u

#endif
