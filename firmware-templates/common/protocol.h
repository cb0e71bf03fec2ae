#ifndef PROTOCOL_H
#define PROTOCOL_H

/* Greets and then answers commands on every port for ever. */
_Noreturn void protocol_serve(void);

#endif
