#include <stdint.h>

/*
 * MultiplyByQuantizedMultiplier by two multiplies, for layers for which the compiler has shown that
 * every sum gives the same (rescale.ts): sums are first clamped to what the output can tell apart.
 */
struct crimp_mul32_rescale {
    int32_t fine; /* bits of a multiplier that the coarse multiply leaves out; 0: no such form is exact */
    int32_t limit_shift;
    int32_t up;   /* steps from the output offset to the largest output, times 2 */
    int32_t down; /* and to the smallest */
};

/* One channel's share of it. */
struct crimp_mul32_factor {
    int32_t high; /* multiplier = high * 2^fine + low */
    int32_t low;
    int32_t rounding; /* half a step, and the output offset */
    int32_t below;    /* the same for negative sums, whose ties go the other way */
    int32_t lowest;
    int32_t highest;
};

/* Bits behind the point of a result. */
enum { crimp_mul32_output_bits = 22 };

static inline struct crimp_mul32_factor crimp_mul32_make_factor(int32_t multiplier, int32_t shift,
                                                                int32_t limit, int32_t offset,
                                                                const struct crimp_mul32_rescale *layer)
{
    const int32_t unit = limit << layer->limit_shift;
    const int32_t one = 1 << crimp_mul32_output_bits;
    const int32_t step = one >> -shift;
    struct crimp_mul32_factor factor;

    factor.high = (multiplier + (1 << (layer->fine - 1))) >> layer->fine;
    factor.low = multiplier - (factor.high << layer->fine);
    factor.rounding = offset * one + one / 2 + step / 2;
    factor.below = factor.rounding - step;
    factor.highest = (unit * layer->up) >> 8;
    factor.lowest = -((unit * layer->down) >> 8);
    return factor;
}

/* Rescales sums[0 .. count - 1], count >= 1, and stores them `stride` bytes apart. */
static inline void crimp_mul32_rescale(const int32_t *sums, int32_t count,
                                       const struct crimp_mul32_factor *factor, int32_t fine, int8_t *output,
                                       int32_t stride)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register int8_t *out __asm__("r0") = output;
    register const struct crimp_mul32_factor *constants __asm__("r1") = factor;
    register const int32_t *end __asm__("r2") = sums + count;
    register int32_t step __asm__("r4") = stride;
    register int32_t right __asm__("r5") = fine;
    register const int32_t *sum __asm__("r7") = sums;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_rescale rounding\n"
                     "movs r2, r1\n"
                     "muls r2, r4, r2\n"
                     "asrs r2, r2, r5\n"
                     "muls r1, r3, r1\n"
                     "adds r1, r1, r2\n"
                     "add r1, \\rounding\n"
                     "asrs r1, r1, #22\n" /* crimp_mul32_output_bits */
                     "strb r1, [r0]\n"
                     "adds r0, r0, r6\n"
                     "cmp r7, r12\n"
                     "bne 1b\n"
                     "b 5f\n"
                     ".endm\n"
                     "mov r12, r2\n"
                     "movs r6, r4\n"
                     "ldmia r1!, {r3, r4}\n"
                     "ldr r2, [r1, #0]\n"
                     "mov r8, r2\n"
                     "ldr r2, [r1, #4]\n"
                     "mov r9, r2\n"
                     "ldr r2, [r1, #8]\n"
                     "mov r10, r2\n"
                     "ldr r2, [r1, #12]\n"
                     "mov r11, r2\n"
                     "1:\n"
                     "ldmia r7!, {r1}\n"
                     "cmp r1, #0\n"
                     "blt 3f\n"
                     "cmp r1, r11\n"
                     "ble 2f\n"
                     "mov r1, r11\n"
                     "2:\n"
                     "crimp_rescale r8\n"
                     "3:\n"
                     "cmp r1, r10\n"
                     "bge 4f\n"
                     "mov r1, r10\n"
                     "4:\n"
                     "crimp_rescale r9\n"
                     "5:\n"
                     ".purgem crimp_rescale\n"
                     : "+l"(out), "+l"(constants), "+l"(end), "+l"(step), "+l"(sum)
                     : "l"(right)
                     : "r3", "r6", "r8", "r9", "r10", "r11", "r12", "cc", "memory");
#else
    for (int32_t i = 0; i < count; ++i) {
        int32_t x = sums[i] < factor->lowest ? factor->lowest : sums[i];

        x = x > factor->highest ? factor->highest : x;
        *output = (int8_t)((x * factor->high + ((x * factor->low) >> fine) +
                            (x < 0 ? factor->below : factor->rounding)) >>
                           crimp_mul32_output_bits);
        output += stride;
    }
#endif
}
