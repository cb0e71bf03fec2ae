#include <stdint.h>

/*
 * MultiplyByQuantizedMultiplier for cores whose only multiply is 32 x 32 -> 32 bits. The multiplier
 * is kept as high * 2^16 + low with a signed low half, so that every partial product fits into 32
 * bits. The compiler proves for each channel that shift < 0 and |sum| + |rounding| < 2^31.
 */
struct crimp_mul32_scale {
    int32_t high;
    int32_t low;
    int32_t right;    /* rounding shift after it */
    int32_t rounding; /* added before the right shift: half of what it drops, and the output offset */
};

static inline struct crimp_mul32_scale crimp_mul32_make_scale(int32_t multiplier, int32_t shift,
                                                              int32_t offset)
{
    struct crimp_mul32_scale scale;

    scale.low = (int16_t)(multiplier & 0xffff);
    scale.high = (multiplier >> 16) + ((multiplier >> 15) & 1);
    scale.right = -shift;
    scale.rounding = (int32_t)((1u << (scale.right - 1)) + ((uint32_t)offset << scale.right));
    return scale;
}

/* Where requantized values go: clamped to min .. max, `stride` bytes apart. */
struct crimp_mul32_store {
    int32_t min;
    int32_t max;
    int32_t stride;
};

/*
 * Requantizes, clamps and stores sums[0 .. count - 1], count >= 1.
 *
 * With x = xh * 2^16 + xl, xl signed: x * multiplier + 2^30 = 2^32 * xh * high + 2^16 * middle +
 * (less than 2^16), where middle = xh * low + xl * high + floor(xl * low / 2^16) + 2^14 stays
 * inside 32 bits for every x and every multiplier >= 0. Hence the rounding high multiply is 2 * xh
 * * high + floor(middle / 2^15). The right shift rounds ties away from zero: negative values get
 * one less than half.
 */
static inline void crimp_mul32_requantize(const int32_t *sums, int32_t count,
                                          const struct crimp_mul32_scale *scale,
                                          const struct crimp_mul32_store *store, int8_t *output)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register int32_t rounding __asm__("r0") = scale->rounding;
    register const struct crimp_mul32_store *constants __asm__("r1") = store;
    register int32_t low __asm__("r2") = scale->low;
    register int32_t high __asm__("r3") = scale->high;
    register const int32_t *end __asm__("r4") = sums + count;
    register int32_t right __asm__("r5") = scale->right;
    register int8_t *out __asm__("r6") = output;
    register const int32_t *sum __asm__("r7") = sums;

    __asm__ volatile(".syntax unified\n"
                     "mov r9, r0\n"
                     "mov lr, r4\n"
                     "ldmia r1!, {r0, r4}\n"
                     "mov r10, r0\n"
                     "mov r11, r4\n"
                     "ldr r0, [r1]\n"
                     "mov r12, r0\n"
                     "movs r0, #1\n"
                     "lsls r0, r0, #14\n"
                     "mov r8, r0\n"
                     "1:\n"
                     "ldmia r7!, {r4}\n"
                     "sxth r0, r4\n" /* xl */
                     "asrs r4, r4, #15\n"
                     "adds r4, r4, #1\n"
                     "asrs r4, r4, #1\n" /* xh */
                     "movs r1, r0\n"
                     "muls r1, r2, r1\n"
                     "asrs r1, r1, #16\n"
                     "muls r0, r3, r0\n"
                     "adds r0, r0, r1\n"
                     "movs r1, r4\n"
                     "muls r1, r2, r1\n"
                     "adds r0, r0, r1\n"
                     "add r0, r8\n" /* middle */
                     "asrs r0, r0, #15\n"
                     "muls r4, r3, r4\n"
                     "adds r4, r4, r4\n"
                     "adds r4, r4, r0\n" /* the high multiply */
                     "asrs r0, r4, #31\n"
                     "adds r4, r4, r0\n"
                     "add r4, r9\n"
                     "asrs r4, r4, r5\n"
                     "cmp r4, r10\n"
                     "bge 2f\n"
                     "mov r4, r10\n"
                     "2:\n"
                     "cmp r4, r11\n"
                     "ble 3f\n"
                     "mov r4, r11\n"
                     "3:\n"
                     "strb r4, [r6]\n"
                     "add r6, r12\n"
                     "cmp r7, lr\n"
                     "bne 1b\n"
                     : "+l"(rounding), "+l"(constants), "+l"(end), "+l"(out), "+l"(sum)
                     : "l"(low), "l"(high), "l"(right)
                     : "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
#else
    for (int32_t i = 0; i < count; ++i) {
        const int32_t x = sums[i];
        const int32_t xl = (int16_t)(x & 0xffff);
        const int32_t xh = ((x >> 15) + 1) >> 1;
        const int32_t middle = xh * scale->low + xl * scale->high + ((xl * scale->low) >> 16) + 0x4000;
        const int32_t product = (int32_t)((uint32_t)(xh * scale->high) * 2u + (uint32_t)(middle >> 15));
        int32_t value = (product + (product >> 31) + scale->rounding) >> scale->right;

        value = value < store->min ? store->min : value;
        value = value > store->max ? store->max : value;
        output[i * store->stride] = (int8_t)value;
    }
#endif
}
