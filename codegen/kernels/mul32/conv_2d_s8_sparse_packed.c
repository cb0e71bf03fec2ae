#include <stdint.h>

#include "../portable/packed_weights.c"
#include "requantize.c"

/* CONV_2D, int8, one group, no padding: only the weights that are not 0 are multiplied. */
struct crimp_mul32_sparse_conv_2d {
    int32_t batch;
    int32_t image; /* bytes of an input image */
    int32_t output_height;
    int32_t output_width;
    int32_t output_channels;
    int32_t filter_size; /* weights of a channel */
    int32_t run;         /* taps that follow one another in the input too: a row of the filter */
    int32_t jump;        /* bytes from the end of such a run to the next one */
    int32_t row_step;    /* bytes from the window of an output pixel to that of the one below, */
    int32_t column_step; /* and to that of its right neighbor */
    int32_t output_offset;
    struct crimp_mul32_store store;
};

/* The next channel's weights: offset in the input * 2^8 + weight. Returns their end. */
static int32_t *crimp_mul32_list_taps(struct crimp_packed_weights *at, int32_t *taps, const int8_t *codebook,
                                      const struct crimp_mul32_sparse_conv_2d *layer,
                                      const struct crimp_packing *packing)
{
    int32_t jumps = 0;
    int32_t run_end = layer->run;

    for (int32_t i = 0; i < layer->filter_size;) {
        const int32_t gap = crimp_packed_bits(at, packing->gap_bits);

        i += gap;
        if (gap != packing->skip) {
            const int32_t weight = codebook[crimp_packed_bits(at, packing->index_bits)];

            while (i >= run_end) {
                run_end += layer->run;
                jumps += layer->jump;
            }
            *taps++ = (int32_t)((uint32_t)(i + jumps) << 8 | (uint32_t)(weight & 255));
            ++i;
        }
        crimp_packed_refill(at);
    }
    return taps;
}

/*
 * Row of outputs after row of outputs, and in it channel after channel. Rows of weights are
 * [output channel][row][column][channel]. bias: with input offset * sum of weights added. taps: scratch, a word
 * for each weight of the channel that has most.
 */
static void crimp_mul32_conv_2d_s8_sparse_packed(const int8_t *input, int8_t *output, const uint16_t *weights,
                                                 const int8_t *codebook, const int32_t *bias,
                                                 const int32_t *multiplier, const int8_t *shift,
                                                 int32_t *taps,
                                                 const struct crimp_mul32_sparse_conv_2d *layer,
                                                 const struct crimp_packing *packing)
{
    const int32_t channels = layer->output_channels;

    for (int32_t image = 0; image < layer->batch; ++image) {
        const int8_t *row = input;

        for (int32_t y = 0; y < layer->output_height; ++y) {
            struct crimp_packed_weights at = crimp_packed_start(weights);

            for (int32_t channel = 0; channel < channels; ++channel) {
                const struct crimp_mul32_scale scale =
                    crimp_mul32_make_scale(multiplier[channel], shift[channel], layer->output_offset);
                const int32_t *end = crimp_mul32_list_taps(&at, taps, codebook, layer, packing);
                const int8_t *window = row;
                int8_t *to = output + channel;

                for (int32_t left = layer->output_width; left > 0;) {
                    const int32_t count = left < 16 ? left : 16;
                    int32_t sums[16];

                    for (int32_t x = 0; x < count; ++x) {
                        int32_t sum = bias[channel];

                        for (const int32_t *tap = taps; tap != end; ++tap) {
                            sum += window[*tap >> 8] * (int8_t)(*tap & 255);
                        }
                        sums[x] = sum;
                        window += layer->column_step;
                    }
                    crimp_mul32_requantize(sums, count, &scale, &layer->store, to);
                    to += count * channels;
                    left -= count;
                }
            }
            row += layer->row_step;
            output += layer->output_width * channels;
        }
        input += layer->image;
    }
}
