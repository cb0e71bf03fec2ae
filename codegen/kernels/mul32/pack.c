#include <stdint.h>

/* Packs two runs of values, one to the lower and one to the upper half of a word; a step of 0 repeats a value. */
static int32_t *crimp_mul32_pack(int32_t *to, int32_t to_step, const int8_t *a, int32_t a_step, const int8_t *b,
                                 int32_t b_step, int32_t count)
{
    for (; count > 0; --count) {
        *to = *a + (int32_t)((uint32_t)*b << 16);
        to += to_step;
        a += a_step;
        b += b_step;
    }
    return to;
}
