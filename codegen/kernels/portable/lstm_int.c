#include <stdint.h>

#include "fixed_point.c"
#include "sigmoid_s16.c"

/* Of the products of gates and states, each a multiplier and a shift; clip bounds the cell state unless it is 0. */
struct crimp_lstm_scales {
    int32_t input_offset;
    int32_t hidden_offset;
    int32_t forget_multiplier;
    int32_t forget_shift;
    int32_t input_multiplier;
    int32_t input_shift;
    int32_t output_multiplier;
    int32_t output_shift;
    int32_t tanh_multiplier;
    int32_t tanh_shift;
    int32_t clip;
};

static inline int16_t crimp_lstm_saturated(int32_t x)
{
    return (int16_t)crimp_clamp(x, INT16_MIN, INT16_MAX);
}

/* A gate of a Q3.12 sum, Q0.15. */
static int32_t crimp_lstm_sigmoid(int32_t sum, const uint16_t *table)
{
    const int16_t x = (int16_t)sum;
    int16_t y;

    crimp_logistic_s16(&x, &y, 1, 3, 0, table);
    return y;
}

static int32_t crimp_lstm_tanh(int32_t value, int32_t multiplier, int32_t shift, const uint16_t *table)
{
    const int16_t x = (int16_t)value;
    int16_t y;

    crimp_tanh_s16(&x, &y, 1, multiplier, shift, table);
    return y;
}

/*
 * The four sums of a unit, Q3.12, to its new cell state and its output before the clamp. Every step is rounded and
 * saturated on its own.
 */
static int32_t crimp_lstm_unit(const int32_t *sums, int16_t *cell, const struct crimp_lstm_scales *scales,
                               const uint16_t *table)
{
    const int32_t input = crimp_lstm_sigmoid(sums[0], table);
    const int32_t forget = crimp_lstm_sigmoid(sums[1], table);
    const int32_t candidate = crimp_lstm_tanh(sums[2], 3, 0, table);
    const int32_t output = crimp_lstm_sigmoid(sums[3], table);
    const int32_t kept =
        crimp_lstm_saturated(crimp_multiply_by_quantized_multiplier(
            forget * *cell, scales->forget_multiplier, scales->forget_shift));
    const int32_t added =
        crimp_lstm_saturated(crimp_multiply_by_quantized_multiplier(
            input * candidate, scales->input_multiplier, scales->input_shift));
    int32_t next = crimp_lstm_saturated(kept + added);
    int32_t shown, value;

    if (scales->clip > 0) {
        next = crimp_clamp(next, -scales->clip, scales->clip);
    }
    *cell = (int16_t)next;
    shown = crimp_lstm_tanh(next, scales->tanh_multiplier, scales->tanh_shift, table);
    value = crimp_multiply_by_quantized_multiplier(shown * output, scales->output_multiplier,
                                                   scales->output_shift);
    return (int32_t)((uint32_t)value - (uint32_t)scales->hidden_offset);
}
