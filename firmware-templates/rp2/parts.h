/* What the parts of the firmware of an RP2040 or RP2350 offer each other. */
#ifndef PARTS_H
#define PARTS_H

#include <stdint.h>

/* board.c: clocks, time and ports, up to where the protocol can be served; and the way back to reset. */
void start_board(void);
_Noreturn void reset_board(void);

/* clocks.c: the target's clock from the 12 MHz crystal, 48 MHz for USB, a 1 MHz tick for timer and watchdog. */
void clocks_start(void);

/* time.c */
void time_start(void);
uint64_t time_microseconds(void);
uint64_t time_cycles(void);
void time_alive(void);
void time_sleep(uint32_t microseconds);
void time_last_words(void); /* gives the host time to fetch what was sent before a reset */
_Noreturn void time_reset(void);

/* uart.c */
void uart_pins(void);
void uart_start(uint32_t interrupt);
int uart_receive(void);
_Bool uart_has_received(void);
void uart_send(const uint8_t *bytes, uint32_t n);
void uart_flush(void);

/* usb.c */
void usb_start(void);
int usb_receive(void);
void usb_send(const uint8_t *bytes, uint32_t n);
void usb_flush(void);

/* usb_descriptors.c asks for the serial number: 16 hex digits, or false where the board has none of its own. */
_Bool board_serial_number(char digits[16]);

/* Interrupt handlers, named in the board's vector table; and the two exceptions of startup.c. */
_Noreturn void reset(void);
void hard_fault(void);
void keep_alive_interrupt(void);
void nap_interrupt(void);
void uart_interrupt(void);
void usb_interrupt(void);

#endif
