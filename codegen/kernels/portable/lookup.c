#include <stdint.h>

/* Functions of one 8-bit value as tables of 256 entries, by the value's bits. */

static void crimp_lookup_s8(const int8_t *input, int8_t *output, int32_t count, const int8_t *table)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = table[(uint8_t)*input++];
    }
}

static void crimp_lookup_s8_u8(const int8_t *input, uint8_t *output, int32_t count, const uint8_t *table)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = table[(uint8_t)*input++];
    }
}

static void crimp_lookup_u8_s8(const uint8_t *input, int8_t *output, int32_t count, const int8_t *table)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = table[*input++];
    }
}

static void crimp_lookup_u8_u8(const uint8_t *input, uint8_t *output, int32_t count, const uint8_t *table)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = table[*input++];
    }
}
