#include <stdint.h>
#include <string.h>

/*
 * Instructions of Arm's DSP extension, and what they do in plain C. A word holds two numbers of 16 bits.
 */
static inline int32_t crimp_dsp_smlad(int32_t a, int32_t b, int32_t sum)
{
#if defined(__ARM_FEATURE_DSP)
    return __builtin_arm_smlad(a, b, sum);
#else
    const int32_t low = (int16_t)(a & 0xffff) * (int16_t)(b & 0xffff);
    const int32_t high = (a >> 16) * (b >> 16);

    return (int32_t)((uint32_t)sum + (uint32_t)low + (uint32_t)high);
#endif
}

/* Bytes 0 and 2 with their sign. */
static inline int32_t crimp_dsp_even_bytes(int32_t four)
{
#if defined(__ARM_FEATURE_DSP)
    return __builtin_arm_sxtb16(four);
#else
    return ((int8_t)(four & 0xff) & 0xffff) | (int8_t)((four >> 16) & 0xff) * 0x10000;
#endif
}

/* Bytes 1 and 3 with their sign. */
static inline int32_t crimp_dsp_odd_bytes(int32_t four)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    int32_t two;

    __asm__("sxtb16 %0, %1, ror #8" : "=r"(two) : "r"(four));
    return two;
#else
    return crimp_dsp_even_bytes(four >> 8);
#endif
}

/* Adds bytes 0 and 2 to two sums of 16 bits. */
static inline int32_t crimp_dsp_add_even_bytes(int32_t sums, int32_t four)
{
#if defined(__ARM_FEATURE_DSP)
    return __builtin_arm_sxtab16(sums, four);
#else
    const uint32_t low = (uint32_t)(sums + (int8_t)(four & 0xff)) & 0xffffu;
    const uint32_t high = (uint32_t)((sums >> 16) + (int8_t)((four >> 16) & 0xff));

    return (int32_t)(low | high << 16);
#endif
}

/* Saturates to eight bits. */
static inline int8_t crimp_dsp_saturate(int32_t value)
{
#if defined(__ARM_FEATURE_DSP)
    return (int8_t)__builtin_arm_ssat(value, 8);
#else
    return (int8_t)(value < INT8_MIN ? INT8_MIN : value > INT8_MAX ? INT8_MAX : value);
#endif
}

/* Four bytes, wherever they lie. */
static inline int32_t crimp_dsp_load(const int8_t *from)
{
    int32_t four;

    memcpy(&four, from, 4);
    return four;
}

/* The last one, two or three bytes of a run, `stride` words apart; what is missing is 0. */
static inline int32_t *crimp_dsp_widen_rest(int32_t *to, int32_t stride, const int8_t *from, int32_t count)
{
    to[0] = (from[0] & 0xffff) | (count > 2 ? from[2] * 0x10000 : 0);
    if (count == 1) {
        return to + stride;
    }
    to[stride] = from[1] & 0xffff;
    return to + 2 * stride;
}

/* Widens a run of bytes to words of two, `stride` words apart: bytes 0 and 2, 1 and 3 of each four. */
static inline int32_t *crimp_dsp_widen(int32_t *to, int32_t stride, const int8_t *from, int32_t count)
{
    const int8_t *end = from + (count & ~3);

    for (; from != end; from += 4) {
        const int32_t four = crimp_dsp_load(from);

        to[0] = crimp_dsp_even_bytes(four);
        to[stride] = crimp_dsp_odd_bytes(four);
        to += 2 * stride;
    }
    return (count & 3) > 0 ? crimp_dsp_widen_rest(to, stride, from, count & 3) : to;
}

/* 256 * a sum + what is to be added, requantized (requantize.ts). */
static inline int8_t crimp_dsp_scale(int32_t sum, int32_t multiplier, int32_t shift, int32_t rounding,
                                     int32_t below)
{
    const int32_t x = sum - (below & (sum >> 31));

    return crimp_dsp_saturate(((int32_t)(((int64_t)x * multiplier) >> 32) + rounding) >> shift);
}

/*
 * Requantizes the sums of a pair of channels and stores both. `both` is the first one + 256 * the second.
 * Returns the words behind those of the pair.
 */
static inline const int32_t *crimp_dsp_store_pair(const int32_t *words, int32_t first, int32_t both,
                                                  int8_t *output)
{
    const int32_t two = (int32_t)((uint32_t)both - (uint32_t)first);
    const int32_t is_signed = words[1] < 0;
    const int32_t *rest = words + (is_signed ? 4 : 2);
    const int32_t one = (int32_t)((uint32_t)first << 8) + ((rest[1] >> 8) & 0xff);

    output[1] = crimp_dsp_scale(two, words[0], words[1] & 0xff, is_signed ? words[2] : 0,
                                is_signed ? words[3] : 0);
    output[0] = crimp_dsp_scale(one, rest[0], rest[1] & 0xff, is_signed ? rest[2] : 0, is_signed ? rest[3] : 0);
    return rest + (is_signed ? 4 : 2);
}

static void crimp_dsp_clamp(int8_t *values, int32_t count, int32_t min, int32_t max)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t value = values[i] < min ? min : values[i];

        values[i] = (int8_t)(value > max ? max : value);
    }
}
