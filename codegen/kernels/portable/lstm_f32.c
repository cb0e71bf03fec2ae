#include <stdint.h>
#include <string.h>

#include "expm1_f32.c"
#include "float_clamp.c"
#include "logistic_f32.c"
#include "lstm.c"

struct crimp_lstm_gate_f32 {
    const float *weights;
    const float *recurrent;
    const float *bias;
};

static inline float crimp_lstm_bounded(float x)
{
    return crimp_float_clamp(x, -3.4028235e38f, 3.4028235e38f);
}

/* Products are statements of their own so that no compiler fuses them with the sums. */
static float crimp_lstm_sum_f32(const float *values, const float *weights, int32_t count, float bias)
{
    float sum = 0.0f;

    for (int32_t i = 0; i < count; ++i) {
        const float product = values[i] * weights[i];

        sum += product;
    }
    return crimp_lstm_bounded(sum + bias);
}

/* All steps of float32 values; clip bounds the cell state unless it is 0. The new hidden state waits in the output. */
static void crimp_lstm_f32(const float *input, float *output, float *hidden, float *cell,
                           const struct crimp_lstm_gate_f32 *gates, const struct crimp_lstm *shape, float clip)
{
    for (int32_t b = 0; b < shape->batch; ++b) {
        for (int32_t step = 0; step < shape->steps; ++step) {
            const int32_t row = b * shape->batch_stride + step * shape->step_stride;
            const float *x = input + row * shape->inputs;
            float *y = output + row * shape->units;

            for (int32_t unit = 0; unit < shape->units; ++unit) {
                float sums[4], kept, added, next, shown;

                for (int32_t g = 0; g < 4; ++g) {
                    const struct crimp_lstm_gate_f32 *gate = &gates[g];

                    sums[g] = crimp_lstm_sum_f32(x, gate->weights + unit * shape->inputs, shape->inputs,
                                                 gate->bias[unit]);
                    sums[g] += crimp_lstm_sum_f32(hidden, gate->recurrent + unit * shape->units, shape->units,
                                                  0.0f);
                }
                kept = crimp_lstm_bounded(crimp_logistic_f32(sums[1]) * cell[unit]);
                added = crimp_lstm_bounded(crimp_logistic_f32(sums[0]) * crimp_tanh_f32(sums[2]));
                next = kept + added;
                if (clip > 0.0f) {
                    next = next < clip ? next : clip;
                    next = next < -clip ? -clip : next;
                }
                cell[unit] = next;
                shown = crimp_tanh_f32(next);
                y[unit] = crimp_lstm_bounded(shown * crimp_logistic_f32(sums[3]));
            }
            memcpy(hidden, y, (uint32_t)shape->units * sizeof *y);
        }
        hidden += shape->units;
        cell += shape->units;
    }
}
