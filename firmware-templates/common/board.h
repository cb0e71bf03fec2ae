/* What a board gives the protocol. One implementation a board; nothing in common/ knows more of it. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#include "board_config.h" /* #define BOARD_PORTS n: serial lines, numbered from 0 */

/* Next received byte of a port, or -1. */
int board_receive(unsigned port);

/* Sends n bytes; returns when they are on their way. Bytes that nobody fetches for a second are dropped. */
void board_send(unsigned port, const void *bytes, uint32_t n);

/* Hands over what board_send still gathers. */
void board_flush(unsigned port);

/* Since reset; both exact, and neither wraps in any lifetime. What board_cycles counts board_counts says: "cycles", or
 * "instructions" on an emulated core without cycles of its own. */
uint64_t board_microseconds(void);
uint64_t board_cycles(void);
const char *board_counts(void);

/* Tells the watchdog that all is well. Must come once a minute, else the board resets. */
void board_alive(void);

/* Sleeps until something may have been received, or so long. */
void board_sleep(uint32_t microseconds);

/* High-water mark of the stack, and its size, in bytes. */
uint32_t board_stack_used(void);
uint32_t board_stack_size(void);

/* Resets into the bootloader, where there is one. */
_Noreturn void board_bootloader(void);

#endif
