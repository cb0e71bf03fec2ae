/* Replies: text to the port that asked, with a running CRC over the lines. No printf, no floating point. */
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

/* Replies go to this port from now on, and their CRC starts at `crc`. */
void text_to(unsigned port, uint32_t crc);

/* A whole line: m-crc-[…], CRC-32 of everything put since text_to but CR. */
void put_crc_line(void);

void put_char(char c);
void put(const char *text);
void put_u64(uint64_t value);

/* `digits` hex digits, lower case. */
void put_hex(uint32_t value, unsigned digits);

/* mantissa * 2^exponent with three decimals, rounded half to even as printf's %.3f does. */
void put_real(int64_t mantissa, int exponent);

/* An IEEE 754 single, given as its bits, likewise. */
void put_float_bits(uint32_t bits);

void put_end_of_line(void);

/* `start` `value` `end`, the shape of most replies. */
void put_number_line(const char *start, uint64_t value, const char *end);

/* A whole line: e-[message] */
void put_error(const char *message);

/* Bytes as they are, outside the CRC. */
void put_raw(const void *bytes, uint32_t n);

void text_flush(void);

#endif
