#include <stdint.h>

/* A pair of words of three values: see dots.c. */
static inline void crimp_rv32im_pack_three(uint32_t *to, int32_t a, int32_t b, int32_t c)
{
    to[0] = (uint32_t)a + ((uint32_t)b << 21);
    to[1] = (uint32_t)c + ((uint32_t)b << 10);
}

/* Packs three runs of values into every `words`-th pair of words. Returns where the next goes. */
static inline uint32_t *crimp_rv32im_pack(uint32_t *to, int32_t words, const int8_t *a, const int8_t *b,
                                          const int8_t *c, int32_t count)
{
    for (; count > 3; count -= 4) {
        crimp_rv32im_pack_three(to, a[0], b[0], c[0]);
        to += words;
        crimp_rv32im_pack_three(to, a[1], b[1], c[1]);
        to += words;
        crimp_rv32im_pack_three(to, a[2], b[2], c[2]);
        to += words;
        crimp_rv32im_pack_three(to, a[3], b[3], c[3]);
        to += words;
        a += 4;
        b += 4;
        c += 4;
    }
    for (; count > 0; --count) {
        crimp_rv32im_pack_three(to, *a++, *b++, *c++);
        to += words;
    }
    return to;
}
