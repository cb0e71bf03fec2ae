#include "text.h"

#include <stdbool.h>

#include "board.h"
#include "crc32.h"

static unsigned to_port;
static uint32_t line_crc;

void text_to(unsigned port, uint32_t crc) {
    to_port = port;
    line_crc = crc;
}

void put_char(char c) {
    if (c != '\r') line_crc = crc32(line_crc, &c, 1);
    board_send(to_port, &c, 1);
}

void put(const char *text) {
    while (*text != '\0') put_char(*text++);
}

/* Divides by ten in place, a byte at a time: needs no 64-bit division. Returns the remainder. */
static uint32_t divide_by_ten(uint8_t little_endian[8]) {
    uint32_t remainder = 0;
    for (unsigned i = 8; i-- > 0u;) {
        const uint32_t part = (remainder << 8) | little_endian[i];
        const uint32_t quotient = (part * 6554u) >> 16; /* exact for part < 2560 */
        little_endian[i] = (uint8_t)quotient;
        remainder = part - quotient * 10u;
    }
    return remainder;
}

/* Decimal digits with at least `least` of them; the point, if any, stands before the last `decimals`. */
static void put_decimal(uint64_t value, unsigned least, unsigned decimals) {
    uint8_t bytes[8];
    char digits[20];
    unsigned n = 0;
    for (unsigned i = 0; i < 8u; i++) {
        bytes[i] = (uint8_t)value;
        value >>= 8;
    }
    bool more = true;
    while (n < sizeof digits && (more || n < least)) {
        digits[n++] = (char)('0' + divide_by_ten(bytes));
        more = false;
        for (unsigned i = 0; i < 8u; i++) more = more || bytes[i] != 0u;
    }
    while (n-- > 0u) {
        put_char(digits[n]);
        if (n == decimals && n != 0u) put_char('.');
    }
}

void put_u64(uint64_t value) { put_decimal(value, 1, 0); }

void put_hex(uint32_t value, unsigned digits) {
    while (digits-- > 0u) {
        const uint32_t nibble = (value >> (4u * digits)) & 15u;
        put_char((char)(nibble < 10u ? '0' + nibble : 'a' + nibble - 10u));
    }
}

void put_real(int64_t mantissa, int exponent) {
    uint64_t magnitude = mantissa < 0 ? 0u - (uint64_t)mantissa : (uint64_t)mantissa;
    if (mantissa < 0) put_char('-');
    /* Up to 2^50 the thousandths fit: 1000 * 2^e = 125 * 2^(e + 3). */
    for (; exponent > -3 && magnitude < (UINT64_C(1) << 49); exponent--) magnitude <<= 1;
    if (exponent <= -3 && magnitude < (UINT64_C(1) << 54)) {
        const int drop = -3 - exponent;
        const uint64_t scaled = magnitude * 125u;
        uint64_t thousandths = 0;
        if (drop < 64) {
            const uint64_t rest = scaled & ((UINT64_C(1) << drop) - 1u);
            const uint64_t half = drop > 0 ? UINT64_C(1) << (drop - 1) : 0u;
            thousandths = scaled >> drop;
            if (drop > 0 && (rest > half || (rest == half && (thousandths & 1u) != 0u))) thousandths++;
        }
        put_decimal(thousandths, 4, 3);
        return;
    }
    /* Larger than any score is: twelve digits or more and a power of ten. */
    unsigned tens = 0;
    while (exponent > 0) {
        while (magnitude >= (UINT64_C(1) << 60)) {
            uint8_t bytes[8];
            uint64_t quotient = 0;
            for (unsigned i = 0; i < 8u; i++) bytes[i] = (uint8_t)(magnitude >> (8u * i));
            (void)divide_by_ten(bytes);
            for (unsigned i = 8; i-- > 0u;) quotient = (quotient << 8) | bytes[i];
            magnitude = quotient;
            tens++;
        }
        magnitude <<= 1;
        exponent--;
    }
    put_decimal(exponent < 0 ? magnitude >> -exponent : magnitude, 1, 0);
    put_char('e');
    put_decimal(tens, 1, 0);
}

void put_float_bits(uint32_t bits) {
    const int biased = (int)((bits >> 23) & 0xffu);
    const int32_t fraction = (int32_t)(bits & 0x7fffffu);
    if (biased == 255) {
        put(fraction != 0 ? "nan" : (bits >> 31) != 0u ? "-inf" : "inf");
        return;
    }
    const int32_t mantissa = biased == 0 ? fraction : fraction | 0x800000;
    put_real((bits >> 31) != 0u ? -mantissa : mantissa, (biased == 0 ? 1 : biased) - 150);
}

void put_end_of_line(void) { put("\r\n"); }

void put_number_line(const char *start, uint64_t value, const char *end) {
    put(start);
    put_u64(value);
    put(end);
    put_end_of_line();
}

void put_error(const char *message) {
    put("e-[");
    put(message);
    put("]\r\n");
}

void put_raw(const void *bytes, uint32_t n) { board_send(to_port, bytes, n); }

void put_crc_line(void) {
    const uint32_t crc = line_crc; /* before this line goes in, too */
    put("m-crc-[");
    put_hex(crc, 8);
    put("]\r\n");
}

void text_flush(void) { board_flush(to_port); }
