#include <stdint.h>
#include <string.h>

#include "lstm.c"
#include "lstm_int.c"

/* Weights of a gate, and how the sums of input and of state come to Q3.12. */
struct crimp_lstm_gate_s16 {
    const int8_t *weights;
    const int8_t *recurrent;
    const int64_t *bias;
    int32_t input_multiplier;
    int32_t input_shift;
    int32_t recurrent_multiplier;
    int32_t recurrent_shift;
};

/* The sums have 64 bits. */
static int64_t crimp_lstm_sum_s16(int64_t sum, const int16_t *values, const int8_t *weights, int32_t count, int32_t offset)
{
    for (int32_t i = 0; i < count; ++i) {
        sum += (values[i] + offset) * weights[i];
    }
    return sum;
}

static int32_t crimp_lstm_gate_part_s16(int64_t sum, int32_t multiplier, int32_t shift)
{
    return crimp_lstm_saturated(crimp_multiply_by_quantized_multiplier_64(sum, multiplier, shift));
}

/* All steps of int16_t values and int8 weights; the new hidden state waits in the output until a step is done. */
static void crimp_lstm_s16(const int16_t *input, int16_t *output, int16_t *hidden, int16_t *cell,
                        const struct crimp_lstm_gate_s16 *gates, const struct crimp_lstm *shape,
                        const struct crimp_lstm_scales *scales, const uint16_t *table)
{
    for (int32_t b = 0; b < shape->batch; ++b) {
        for (int32_t step = 0; step < shape->steps; ++step) {
            const int32_t row = b * shape->batch_stride + step * shape->step_stride;
            const int16_t *x = input + row * shape->inputs;
            int16_t *y = output + row * shape->units;

            for (int32_t unit = 0; unit < shape->units; ++unit) {
                int32_t sums[4];

                for (int32_t g = 0; g < 4; ++g) {
                    const struct crimp_lstm_gate_s16 *gate = &gates[g];
                    const int8_t *weights = gate->weights + unit * shape->inputs;
                    const int8_t *recurrent = gate->recurrent + unit * shape->units;
                    const int64_t now = crimp_lstm_sum_s16(gate->bias[unit], x, weights, shape->inputs,
                                                        scales->input_offset);
                    const int64_t past =
                        crimp_lstm_sum_s16(0, hidden, recurrent, shape->units, scales->hidden_offset);

                    sums[g] = crimp_lstm_saturated(
                        crimp_lstm_gate_part_s16(now, gate->input_multiplier, gate->input_shift) +
                        crimp_lstm_gate_part_s16(past, gate->recurrent_multiplier, gate->recurrent_shift));
                }
                y[unit] = (int16_t)crimp_clamp(crimp_lstm_unit(sums, &cell[unit], scales, table), INT16_MIN,
                                               INT16_MAX);
            }
            memcpy(hidden, y, (uint32_t)shape->units * sizeof *y);
        }
        hidden += shape->units;
        cell += shape->units;
    }
}
