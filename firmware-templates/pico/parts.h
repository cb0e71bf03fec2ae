/* What the parts of this board's firmware offer each other. */
#ifndef PARTS_H
#define PARTS_H

#include <stdint.h>

/* clocks.c: 125 MHz from the 12 MHz crystal, 48 MHz for USB, a 1 MHz tick for timer and watchdog. */
void clocks_start(void);

/* time.c */
void time_start(void);
void time_last_words(void); /* gives the host time to fetch what was sent before a reset */
_Noreturn void time_reset_board(void);

/* uart.c */
void uart_start(void);
int uart_receive(void);
void uart_send(const uint8_t *bytes, uint32_t n);
void uart_flush(void);

/* usb.c */
void usb_start(void);
int usb_receive(void);
void usb_send(const uint8_t *bytes, uint32_t n);
void usb_flush(void);

/* Interrupt handlers, named in startup.c's vector table. */
void keep_alive_interrupt(void);
void nap_interrupt(void);
void uart_interrupt(void);
void usb_interrupt(void);

#endif
