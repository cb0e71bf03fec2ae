/* What the parts of this board's firmware offer each other. */
#ifndef PARTS_H
#define PARTS_H

#include <stdbool.h>

/* uart.c */
void uart_start(void);
bool uart_has_received(void);

/* time.c */
void time_start(void);

/* startup.c */
_Noreturn void reset_board(void);

#endif
