#include <stdint.h>

/*
 * Packs three runs of values into every `words`-th pair of words: see dots.c. A step of 0 repeats a
 * value. Returns where the next goes.
 */
static uint32_t *crimp_rv32im_pack(uint32_t *to, int32_t words, const int8_t *a, int32_t a_step,
                                   const int8_t *b, int32_t b_step, const int8_t *c, int32_t c_step,
                                   int32_t count)
{
    if ((a_step & b_step & c_step) == 1) {
        for (; count > 3; count -= 4) {
            to[0] = (uint32_t)a[0] + ((uint32_t)b[0] << 21);
            to[1] = (uint32_t)c[0] + ((uint32_t)b[0] << 10);
            to += words;
            to[0] = (uint32_t)a[1] + ((uint32_t)b[1] << 21);
            to[1] = (uint32_t)c[1] + ((uint32_t)b[1] << 10);
            to += words;
            to[0] = (uint32_t)a[2] + ((uint32_t)b[2] << 21);
            to[1] = (uint32_t)c[2] + ((uint32_t)b[2] << 10);
            to += words;
            to[0] = (uint32_t)a[3] + ((uint32_t)b[3] << 21);
            to[1] = (uint32_t)c[3] + ((uint32_t)b[3] << 10);
            to += words;
            a += 4;
            b += 4;
            c += 4;
        }
    }
    for (; count > 0; --count) {
        to[0] = (uint32_t)*a + ((uint32_t)*b << 21);
        to[1] = (uint32_t)*c + ((uint32_t)*b << 10);
        to += words;
        a += a_step;
        b += b_step;
        c += c_step;
    }
    return to;
}
