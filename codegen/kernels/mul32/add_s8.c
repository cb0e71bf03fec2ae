#include <stdint.h>

/*
 * TFLite's ADD of int8 values without 64-bit products, bit for bit. The operand of the larger scale is `large`:
 * its term is exactly x * 2^19. The compiler proves that everything below stays inside 32 bits.
 */
struct crimp_mul32_add {
    int32_t large_term;     /* the large operand's offset * 2^19 */
    int32_t small_offset;   /* added to each value of the other operand */
    int32_t small_high;     /* its multiplier / 2^16, times 32 */
    int32_t small_low;      /* its multiplier modulo 2^16 */
    int32_t small_rounding; /* half of what the shift below drops */
    int32_t small_right;    /* its right shift, at least 1 */
    int32_t high;           /* the output's multiplier: high * 2^16 + low, low signed */
    int32_t low;
    int32_t rounding; /* half of what the shift below drops, and the output offset shifted up by it */
    int32_t right;    /* at least 1 */
    int32_t activation_min;
    int32_t activation_max;
};

/*
 * output[i] = large[i * large_step] + small[i * small_step]; a step is 0 for a repeated operand, else 1.
 * Right shifts round ties away from zero: negative values get one less than half.
 */
static void crimp_mul32_add_s8(const int8_t *large, int32_t large_step, const int8_t *small,
                               int32_t small_step, int8_t *output, int32_t count,
                               const struct crimp_mul32_add *add)
{
    const int8_t *end = output + count;

    while (output != end) {
        const int32_t x = *small + add->small_offset;
        const int32_t term = x * add->small_high + ((x * add->small_low + 1024) >> 11);
        const int32_t scaled = (term + (term >> 31) + add->small_rounding) >> add->small_right;
        const int32_t sum = *large * (1 << 19) + add->large_term + scaled;
        const int32_t sum_low = (int16_t)(sum & 0xffff);
        const int32_t sum_high = ((sum >> 15) + 1) >> 1;
        const int32_t middle =
            sum_high * add->low + sum_low * add->high + ((sum_low * add->low) >> 16) + 0x4000;
        const int32_t product = sum_high * add->high * 2 + (middle >> 15);
        int32_t value = (product + (product >> 31) + add->rounding) >> add->right;

        value = value < add->activation_min ? add->activation_min : value;
        value = value > add->activation_max ? add->activation_max : value;
        *output++ = (int8_t)value;
        large += large_step;
        small += small_step;
    }
}
