#include <stdint.h>

#include "depthwise_plane.c"
#include "depthwise_windows_3x3.c"

/* DEPTHWISE_CONV_2D, int8, 3 x 3, depth multiplier 1: in bands of output rows one channel after the other. */
struct crimp_mul32_depthwise_3x3 {
    int32_t batch;
    int32_t output_height;
    int32_t output_width;
    int32_t padding_top;
    struct crimp_mul32_plane plane;
};

/*
 * weights: [channel][row][column]. multiplier: with 18 + 14 bits behind the point, negative where groups are
 * of two weights. rounding: with bias and output offset. stride: of columns, 1 or 2. plane: scratch, plane height *
 * width words.
 */
static void crimp_mul32_depthwise_conv_2d_s8_3x3(const int8_t *input, int8_t *output, const int8_t *weights,
                                                 const int32_t *multiplier, const int32_t *rounding,
                                                 int32_t *plane, int32_t stride,
                                                 const struct crimp_mul32_depthwise_3x3 *layer)
{
    const int32_t channels = layer->plane.channels;
    const int32_t half = layer->plane.half;
    const int32_t columns = layer->output_width;
    const int32_t width = layer->plane.width;
    const int32_t next = layer->plane.stride_height * width;
    const int32_t row_bytes = columns * channels;
    struct crimp_mul32_windows at;

    at.odd = columns & 1;
    at.pairs = 4 * stride * (columns - at.odd);
    at.next_pair = 8 * stride - 8 * width - 16;
    at.next_row = 4 * next - at.pairs - at.odd * (8 * width + 12);
    at.row_below = 4 * width - 16;
    at.channels = channels;
    crimp_mul32_clear_plane(plane, &layer->plane);
    for (int32_t image = 0; image < layer->batch; ++image) {
        for (int32_t top = 0; top < layer->output_height; top += 2 * half) {
            const int32_t left = layer->output_height - top;
            const int32_t both = left < half ? 0 : left < 2 * half ? left - half : half;

            at.end = plane + (left < half ? left : half) * next;
            at.upper = plane + both * next;
            at.below = both > 0 ? half * row_bytes : 0;
            at.output = output + top * row_bytes;
            for (int32_t channel = 0; channel < channels; ++channel) {
                const int32_t signed_multiplier = multiplier[channel];

                at.narrow = signed_multiplier < 0;
                at.low = at.narrow ? -signed_multiplier : signed_multiplier;
                at.high = (at.low + 0x2000) >> 14;
                at.low -= at.high << 14;
                at.rounding = rounding[channel];
                crimp_mul32_gather_plane(plane, input + channel,
                                         top * layer->plane.stride_height - layer->padding_top, &layer->plane);
                if (stride == 1) {
                    crimp_mul32_windows_3x3(plane, &at, weights + 9 * channel, columns, width, next, 1);
                } else {
                    crimp_mul32_windows_3x3(plane, &at, weights + 9 * channel, columns, width, next, 2);
                }
                ++at.output;
            }
        }
        input += layer->plane.input_height * layer->plane.input_width * channels;
        output += layer->output_height * row_bytes;
    }
}
